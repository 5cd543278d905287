/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "host/vm/ending.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "host/vm/console.h"
#include "host/vm/explain.h"

#define CONSOLE_LINES 12

static const struct {
	const char *shutdown;
	const char *reason;
} proper_ends[] = {
	{"guest-shutdown", "the guest shut down"},
	{"host-qmp-quit", "ended by oriel down"},
	{"host-signal", "ended by a signal"},
	{"host-ui", "its window was closed"},
};

static const char *proper_end(const struct oriel_vm_ending *ending)
{
	if (ending->panicked || ending->stuck)
		return NULL;
	for (size_t i = 0; i < sizeof proper_ends / sizeof *proper_ends; i++)
		if (strcmp(ending->shutdown, proper_ends[i].shutdown) == 0)
			return proper_ends[i].reason;
	return ending->asked ? "ended by oriel down" : NULL;
}

/* Memory that is a file is given when it is touched, and SIGBUS when there is none to give. */
static void tell_signal(const struct oriel_vm *vm, int number, char *reason, size_t size)
{
	bool no_memory = number == SIGBUS && vm->share.n_sources > 0;

	snprintf(reason, size, "QEMU was ended by signal %d (%s)%s%.200s%s", number,
		strsignal(number), no_memory ? ": there was no room left for " : "",
		no_memory ? vm->share.paths[0] : "",
		no_memory ? ": make some, or use --share stream" : "");
}

static void tell_status(int status, const char *said, char *reason, size_t size)
{
	static const char prefix[] = "QEMU: ";
	char text[400] = "QEMU: ";

	if (said[0])
		oriel_qemu_explain(said, text, sizeof text);
	snprintf(reason, size, "QEMU ended with status %d%s%s", status, said[0] ? ": " : "",
		text + sizeof prefix - 1);
}

static void tell_crash(
	const struct oriel_vm *vm, const struct oriel_vm_ending *ending, char *reason, size_t size)
{
	char path[ORIEL_VM_PATH], said[256];

	oriel_vm_state_file(&vm->place, "qemu.log", path);
	oriel_console_tail(path, 1, said, sizeof said);
	said[strcspn(said, "\n")] = '\0';
	if (ending->panicked)
		snprintf(reason, size, "the guest's kernel panicked");
	else if (ending->stuck)
		snprintf(reason, size, "QEMU could not run the guest any more (see %.300s)%s", path,
			vm->accel == ORIEL_VM_ACCEL_TCG ? "" : ": use --accel tcg, which is slow");
	else if (WIFSIGNALED(ending->exit_status))
		tell_signal(vm, WTERMSIG(ending->exit_status), reason, size);
	else
		tell_status(WEXITSTATUS(ending->exit_status), said, reason, size);
}

void oriel_vm_ending_tell(const struct oriel_vm *vm, const struct oriel_vm_ending *ending,
	struct oriel_vm_status *status)
{
	const char *proper = proper_end(ending);

	status->state = proper ? ORIEL_VM_STOPPED : ORIEL_VM_CRASHED;
	status->qemu = 0;
	status->qemu_start = 0;
	status->n_sources = 0;
	if (proper)
		snprintf(status->reason, sizeof status->reason, "%s", proper);
	else
		tell_crash(vm, ending, status->reason, sizeof status->reason);
	oriel_console_tail(vm->console, CONSOLE_LINES, status->console, sizeof status->console);
}
