/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "host/cli/vm_name.h"
#include "host/vm/console.h"
#include "host/vm/start.h"
#include "host/vm/status.h"
#include "src/base/clock.h"
#include "src/base/log.h"

#define POLL_MS 100
#define TIMEOUT_S 120
#define TIMEOUT_TCG_S 900
#define CONSOLE_LINES 12

/* A boot that is watched. */
struct watch {
	struct oriel_vm_place place;
	struct oriel_vm_status status;
	struct oriel_boot boot;
	char console[ORIEL_VM_PATH];
	char told[512]; /* the reason in its status that was shown */
	uint64_t start_ns;
	unsigned limit_ms; /* 0: by the accelerator */
	bool terminal;
};

static double seconds(const struct watch *watch)
{
	return (double)(oriel_now_ns() - watch->start_ns) / 1e9;
}

/* On a terminal one line that changes, else one line a stage. */
static void show_stage(const struct watch *watch)
{
	if (watch->terminal)
		fprintf(stderr, "\r\033[Kqemu:%s: %.60s (%.0f s)", watch->place.name,
			watch->boot.stage[0] ? watch->boot.stage : "firmware", seconds(watch));
	else
		fprintf(stderr, "qemu:%s: %s (%.1f s)\n", watch->place.name, watch->boot.stage,
			seconds(watch));
}

static void end_stages(const struct watch *watch)
{
	if (watch->terminal)
		fputs("\r\033[K", stderr);
}

static void print_console(const struct watch *watch)
{
	char tail[2048];

	oriel_console_tail(watch->console, CONSOLE_LINES, tail, sizeof tail);
	if (tail[0])
		fprintf(stderr, "The last lines of its console (%s):\n%s", watch->console, tail);
	else
		fprintf(stderr, "Its console (%s) is empty.\n", watch->console);
}

static int fail_boot(const struct watch *watch)
{
	end_stages(watch);
	oriel_error("qemu:%s ended before its orield answered: %s", watch->place.name,
		watch->status.reason[0] ? watch->status.reason : "nobody knows why");
	print_console(watch);
	return ORIEL_CLI_FAILED;
}

static int fail_stuck(const struct watch *watch)
{
	end_stages(watch);
	oriel_error(
		"qemu:%s does not boot: %s: mend the image, and oriel down qemu:%s --force ends "
		"it",
		watch->place.name, watch->boot.failure, watch->place.name);
	print_console(watch);
	return ORIEL_CLI_FAILED;
}

static int fail_timeout(const struct watch *watch)
{
	end_stages(watch);
	oriel_error("no orield answered in qemu:%s within %.0f s; it still runs: wait for it with "
		    "oriel up qemu:%s --timeout SECONDS, or end it with oriel down",
		watch->place.name, seconds(watch), watch->place.name);
	print_console(watch);
	return ORIEL_CLI_FAILED;
}

static unsigned limit_ms(const struct watch *watch)
{
	if (watch->limit_ms)
		return watch->limit_ms;
	return (strcmp(watch->status.accel, "tcg") == 0 ? TIMEOUT_TCG_S : TIMEOUT_S) * 1000;
}

static int tell_up(const struct watch *watch, bool was_up)
{
	end_stages(watch);
	if (was_up)
		printf("qemu:%s is already up\n", watch->place.name);
	else
		printf("qemu:%s is up (%.1f s): oriel run --on qemu:%s PROGRAM\n",
			watch->place.name, seconds(watch), watch->place.name);
	return 0;
}

/* What keeps a machine that is booting waiting. */
static void show_reason(struct watch *watch)
{
	if (strcmp(watch->told, watch->status.reason) == 0)
		return;
	snprintf(watch->told, sizeof watch->told, "%s", watch->status.reason);
	if (!watch->told[0])
		return;
	end_stages(watch);
	oriel_warning("qemu:%s: %s", watch->place.name, watch->told);
}

/* Waits until the guest answers. */
static int watch_boot(struct watch *watch)
{
	const struct timespec pause = {.tv_nsec = POLL_MS * 1000000};
	unsigned last_second = 0;

	for (;;) {
		bool changed = oriel_boot_read(&watch->boot, watch->console);

		if (oriel_vm_status_read(&watch->place, &watch->status) < 0 ||
			watch->status.state == ORIEL_VM_STOPPED ||
			watch->status.state == ORIEL_VM_CRASHED)
			return fail_boot(watch);
		if (watch->status.state == ORIEL_VM_RUNNING)
			return tell_up(watch, false);
		if (watch->boot.failure[0])
			return fail_stuck(watch);
		if (seconds(watch) * 1000 > limit_ms(watch))
			return fail_timeout(watch);
		show_reason(watch);
		if (changed || (watch->terminal && (unsigned)seconds(watch) != last_second))
			show_stage(watch);
		last_second = (unsigned)seconds(watch);
		nanosleep(&pause, NULL);
	}
}

int oriel_cli_up(const struct oriel_cli_args *args)
{
	static struct watch watch;
	const struct oriel_vm_options options = {
		.image = args->image,
		.memory = args->memory,
		.cpus = args->cpus,
		.gpu = args->gpu,
		.share = args->share,
		.share_size = args->share_size,
		.accel = args->accel,
	};
	struct oriel_vm_fault fault;
	int status = oriel_cli_vm_place(args, &watch.place), r;

	if (status == 0)
		status = oriel_cli_timeout(args, 0, &watch.limit_ms);
	if (status != 0)
		return status;
	watch.start_ns = oriel_now_ns();
	watch.terminal = isatty(2);
	oriel_vm_state_file(&watch.place, "console.log", watch.console);
	r = oriel_vm_start(&watch.place, &options, args->fresh, &fault);
	if (r < 0 && r != -EALREADY) {
		oriel_error("%s", fault.text);
		return r == -EINVAL ? ORIEL_CLI_USAGE : ORIEL_CLI_FAILED;
	}
	if (r == -EALREADY && oriel_vm_status_read(&watch.place, &watch.status) == 0 &&
		watch.status.state == ORIEL_VM_RUNNING)
		return tell_up(&watch, true);
	return watch_boot(&watch);
}
