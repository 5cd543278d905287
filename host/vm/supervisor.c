/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "host/vm/supervisor.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <uv.h>

#include "host/vm/child.h"
#include "host/vm/console.h"
#include "host/vm/ending.h"
#include "host/vm/explain.h"
#include "host/vm/json.h"
#include "host/vm/process.h"
#include "host/vm/qmp.h"
#include "host/vm/status.h"
#include "host/vm/way.h"
#include "src/base/log.h"

#define START_MS 120000 /* QEMU makes the machine; seconds on a busy computer */
#define PRESS_MS 5000   /* a guest that is still booting does not hear the power button */
#define QUIT_MS 5000    /* from "quit" to SIGKILL */
#define WAIT_MS 3000    /* a guest that waits for room on the disk is let on so often */

struct supervisor {
	struct oriel_vm *vm;
	struct oriel_vm_status status;
	struct oriel_vm_fault *fault;
	oriel_vm_started_fn started;
	void *user;
	uv_loop_t loop;
	uv_signal_t child_ended, term, quit;
	uv_timer_t timer; /* start, press or quit, one after the other */
	uv_timer_t wait;  /* while the guest waits for room on the disk */
	struct oriel_vm_child child;
	struct oriel_qmp *qmp;
	struct oriel_vm_way *way;
	bool ready;         /* QEMU runs the machine */
	bool told;          /* started() was called */
	bool gone;          /* QEMU has ended */
	char disk_said[80]; /* why the disk could not be written */
	struct oriel_vm_ending ending;
};

static void write_status(struct supervisor *supervisor)
{
	int r = oriel_vm_status_write(&supervisor->vm->place, &supervisor->status);

	if (r < 0)
		oriel_warning("can't write status.json: %s", strerror(-r));
}

static void fill_status(struct supervisor *supervisor)
{
	const struct oriel_vm *vm = supervisor->vm;
	struct oriel_vm_status *status = &supervisor->status;

	*status = (struct oriel_vm_status){
		.state = ORIEL_VM_BOOTING,
		.qemu = supervisor->child.pid,
		.qemu_start = oriel_process_start_time(supervisor->child.pid),
		.started = time(NULL),
		.memory = vm->config.memory,
		.cpus = vm->config.cpus,
	};
	snprintf(status->image, sizeof status->image, "%s", vm->image.folder);
	snprintf(status->gpu, sizeof status->gpu, "%s", oriel_vm_gpu_names[vm->config.gpu]);
	snprintf(status->share, sizeof status->share, "%s", oriel_vm_share_names[vm->share.mode]);
	snprintf(status->share_why, sizeof status->share_why, "%s", vm->share.why);
	snprintf(status->device, sizeof status->device, "%s",
		oriel_vm_device_names[vm->share.device]);
	snprintf(status->accel, sizeof status->accel, "%s", oriel_vm_accel_names[vm->accel]);
	snprintf(status->qemu_version, sizeof status->qemu_version, "%u.%u", vm->qemu.major,
		vm->qemu.minor);
	for (int i = 0; i < vm->share.n_sources; i++)
		oriel_vm_status_add_source(status, &vm->share.sources[i]);
}

static void handle_kill(uv_timer_t *timer)
{
	struct supervisor *supervisor = timer->data;

	oriel_warning("QEMU does not end: killing it");
	kill(supervisor->child.pid, SIGKILL);
}

static void quit_qemu(struct supervisor *supervisor)
{
	if (!supervisor->qmp || oriel_qmp_send(supervisor->qmp, "quit") < 0)
		kill(supervisor->child.pid, SIGTERM);
	uv_timer_start(&supervisor->timer, handle_kill, QUIT_MS, 0);
}

static void handle_press(uv_timer_t *timer)
{
	struct supervisor *supervisor = timer->data;

	oriel_qmp_send(supervisor->qmp, "system_powerdown");
}

static void handle_term(uv_signal_t *signal, int number)
{
	struct supervisor *supervisor = signal->data;

	if (number == SIGQUIT || supervisor->ending.asked || !supervisor->ready)
		quit_qemu(supervisor);
	else
		uv_timer_start(&supervisor->timer, handle_press, 0, PRESS_MS);
	supervisor->ending.asked = true;
}

static void handle_child(uv_signal_t *signal, int number)
{
	struct supervisor *supervisor = signal->data;

	(void)number;
	if (waitpid(supervisor->child.pid, &supervisor->ending.exit_status, WNOHANG) ==
		supervisor->child.pid) {
		supervisor->gone = true;
		uv_stop(&supervisor->loop);
	}
}

static void handle_answered(void *user)
{
	struct supervisor *supervisor = user;

	supervisor->status.state = ORIEL_VM_RUNNING;
	supervisor->status.answered = time(NULL);
	write_status(supervisor);
}

static void handle_wait(uv_timer_t *timer)
{
	struct supervisor *supervisor = timer->data;

	oriel_qmp_send(supervisor->qmp, "query-status");
}

static void tell_started(struct supervisor *supervisor)
{
	if (!supervisor->told)
		supervisor->started(supervisor->user);
	supervisor->told = true;
}

static void handle_ready(void *user)
{
	struct supervisor *supervisor = user;

	supervisor->ready = true;
	uv_timer_stop(&supervisor->timer);
	if (supervisor->gone) {
		tell_started(supervisor);
		return;
	}
	if (oriel_vm_way_create(&supervisor->loop, &supervisor->vm->place, handle_answered,
		    supervisor, &supervisor->way, supervisor->fault) < 0) {
		supervisor->ready = false;
		quit_qemu(supervisor);
		return;
	}
	oriel_vm_way_ask(supervisor->way);
	write_status(supervisor);
	tell_started(supervisor);
}

static void handle_reset(struct supervisor *supervisor)
{
	supervisor->status.state = ORIEL_VM_BOOTING;
	supervisor->status.answered = 0;
	write_status(supervisor);
	oriel_vm_way_ask(supervisor->way);
}

/* An orield that was killed does not say so, but its end of the port is closed. */
static void handle_port(struct supervisor *supervisor, struct json_object *data)
{
	const char *id = oriel_vm_json_text(data, "id");
	struct json_object *open;

	if (supervisor->way && id && strcmp(id, ORIEL_QEMU_PORT) == 0 &&
		json_object_object_get_ex(data, "open", &open) && !json_object_get_boolean(open))
		oriel_vm_way_left(supervisor->way);
}

static void handle_event(void *user, const char *name, struct json_object *data)
{
	struct supervisor *supervisor = user;
	struct oriel_vm_ending *ending = &supervisor->ending;
	const char *reason = oriel_vm_json_text(data, "reason");

	oriel_info("QEMU: %s%s%s", name, reason ? ": " : "", reason ? reason : "");
	if (strcmp(name, "SHUTDOWN") == 0)
		snprintf(ending->shutdown, sizeof ending->shutdown, "%s", reason ? reason : "");
	else if (strcmp(name, "GUEST_PANICKED") == 0)
		ending->panicked = true;
	else if (strcmp(name, "RESET") == 0 && supervisor->status.state == ORIEL_VM_RUNNING)
		handle_reset(supervisor);
	else if (strcmp(name, "VSERPORT_CHANGE") == 0)
		handle_port(supervisor, data);
	else if (strcmp(name, "BLOCK_IO_ERROR") == 0)
		snprintf(supervisor->disk_said, sizeof supervisor->disk_said, "%s",
			reason ? reason : "I/O error");
	else if (strcmp(name, "STOP") == 0 && !uv_is_active((uv_handle_t *)&supervisor->wait))
		oriel_qmp_send(supervisor->qmp, "query-status");
}

/* The guest waits, and nothing is lost, until there is room. */
static void wait_for_disk(struct supervisor *supervisor)
{
	struct oriel_vm_status *status = &supervisor->status;

	if (uv_is_active((uv_handle_t *)&supervisor->wait)) {
		oriel_qmp_send(supervisor->qmp, "cont");
		return;
	}
	snprintf(status->reason, sizeof status->reason,
		"the guest waits, because its disk can't be written (%s): make room on the disk of "
		"%.300s",
		supervisor->disk_said, supervisor->vm->place.state);
	oriel_console_clean(status->reason);
	oriel_warning("%s", status->reason);
	write_status(supervisor);
	uv_timer_start(&supervisor->wait, handle_wait, WAIT_MS, WAIT_MS);
}

/* QEMU stops machines that it can't run on as they are. */
static void handle_status(void *user, const char *run_state)
{
	struct supervisor *supervisor = user;

	if (strcmp(run_state, "internal-error") == 0) {
		supervisor->ending.stuck = true;
		quit_qemu(supervisor);
	} else if (strcmp(run_state, "io-error") == 0) {
		wait_for_disk(supervisor);
	} else if (strcmp(run_state, "running") == 0 && supervisor->status.reason[0]) {
		uv_timer_stop(&supervisor->wait);
		supervisor->status.reason[0] = '\0';
		write_status(supervisor);
	}
}

static const struct oriel_qmp_events qmp_events = {
	.ready = handle_ready,
	.event = handle_event,
	.status = handle_status,
};

static void handle_no_start(uv_timer_t *timer)
{
	struct supervisor *supervisor = timer->data;

	oriel_vm_fail(supervisor->fault, -ETIMEDOUT,
		"QEMU (%s) did not make the machine within %d s: see %s/qemu.log",
		supervisor->vm->qemu.path, START_MS / 1000, supervisor->vm->place.state);
	kill(supervisor->child.pid, SIGKILL);
}

static void init_loop(struct supervisor *supervisor)
{
	uv_signal_t *const signals[] = {
		&supervisor->child_ended, &supervisor->term, &supervisor->quit};

	for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
		uv_signal_init(&supervisor->loop, signals[i]);
		signals[i]->data = supervisor;
	}
	uv_timer_init(&supervisor->loop, &supervisor->timer);
	supervisor->timer.data = supervisor;
	uv_timer_init(&supervisor->loop, &supervisor->wait);
	supervisor->wait.data = supervisor;
	uv_signal_start(&supervisor->child_ended, handle_child, SIGCHLD);
	uv_signal_start(&supervisor->term, handle_term, SIGTERM);
	uv_signal_start(&supervisor->quit, handle_term, SIGQUIT);
	signal(SIGINT, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
}

static void finish_loop(struct supervisor *supervisor)
{
	oriel_qmp_destroy(supervisor->qmp);
	oriel_vm_way_destroy(supervisor->way);
	uv_close((uv_handle_t *)&supervisor->child_ended, NULL);
	uv_close((uv_handle_t *)&supervisor->term, NULL);
	uv_close((uv_handle_t *)&supervisor->quit, NULL);
	uv_close((uv_handle_t *)&supervisor->timer, NULL);
	uv_close((uv_handle_t *)&supervisor->wait, NULL);
	uv_run(&supervisor->loop, UV_RUN_DEFAULT);
	uv_loop_close(&supervisor->loop);
}

static int start_qemu(struct supervisor *supervisor)
{
	int r = oriel_vm_child_start(supervisor->vm, &supervisor->child, supervisor->fault);

	if (r < 0)
		return r;
	/* Before anything can kill us: it says which QEMU would be left. */
	fill_status(supervisor);
	write_status(supervisor);
	r = oriel_qmp_create(&supervisor->loop, supervisor->child.qmp_fd, &qmp_events, supervisor,
		&supervisor->qmp);
	if (r == 0) {
		uv_timer_start(&supervisor->timer, handle_no_start, START_MS, 0);
		return 0;
	}
	kill(supervisor->child.pid, SIGKILL);
	waitpid(supervisor->child.pid, &supervisor->ending.exit_status, 0);
	return oriel_vm_fail(
		supervisor->fault, r, "no control connection to QEMU: %s", strerror(-r));
}

/* Runs QEMU once to its end. */
static int run_once(struct supervisor *supervisor)
{
	int r = uv_loop_init(&supervisor->loop);

	if (r < 0)
		return oriel_vm_fail(supervisor->fault, r, "no event loop: %s", strerror(-r));
	init_loop(supervisor);
	r = start_qemu(supervisor);
	if (r == 0) {
		uv_run(&supervisor->loop, UV_RUN_DEFAULT);
		/* The last that QEMU has said, which may say why. */
		uv_run(&supervisor->loop, UV_RUN_NOWAIT);
	}
	finish_loop(supervisor);
	supervisor->qmp = NULL;
	supervisor->way = NULL;
	supervisor->gone = false;
	return r;
}

/* QEMU has ended before it ran the machine: says why, and tries with less where that may help.
 * Whether it is worth another try. */
static bool blame(struct supervisor *supervisor)
{
	struct oriel_vm *vm = supervisor->vm;
	char path[ORIEL_VM_PATH], said[2048], text[sizeof supervisor->fault->text];
	enum oriel_qemu_blame blame;

	if (supervisor->fault->text[0])
		return false;
	oriel_vm_state_file(&vm->place, "qemu.log", path);
	oriel_console_tail(path, 4, said, sizeof said);
	blame = oriel_qemu_explain(said, text, sizeof text);
	oriel_vm_fail(
		supervisor->fault, -ECHILD, "qemu:%s did not start: %s", vm->place.name, text);
	if (supervisor->ending.asked)
		return false;
	if (blame == ORIEL_QEMU_BLAME_SHARE)
		return oriel_vm_share_less(vm, text);
	if (blame == ORIEL_QEMU_BLAME_ACCEL && vm->config.accel == ORIEL_VM_ACCEL_AUTO &&
		vm->accel != ORIEL_VM_ACCEL_TCG) {
		oriel_warning("no acceleration, so the guest is slow: %s", text);
		vm->accel = ORIEL_VM_ACCEL_TCG;
		return true;
	}
	return false;
}

/* There are computers whose KVM makes machines and then can't run them: QEMU gives up, or says so,
 * before the guest's first word. Whether it is worth another try without. */
static bool blame_acceleration(struct supervisor *supervisor)
{
	struct oriel_vm *vm = supervisor->vm;
	struct oriel_vm_ending *ending = &supervisor->ending;
	bool aborted = WIFSIGNALED(ending->exit_status) && WTERMSIG(ending->exit_status) == SIGABRT;
	char said[64];

	oriel_console_tail(vm->console, 1, said, sizeof said);
	if (said[0] || ending->asked || !(aborted || ending->stuck) ||
		vm->config.accel != ORIEL_VM_ACCEL_AUTO || vm->accel == ORIEL_VM_ACCEL_TCG)
		return false;
	oriel_warning("%s does not work here, so the guest is slow: see qemu.log",
		oriel_vm_accel_names[vm->accel]);
	vm->accel = ORIEL_VM_ACCEL_TCG;
	supervisor->ready = false;
	*ending = (struct oriel_vm_ending){0};
	return true;
}

static void tell_no_start(struct supervisor *supervisor)
{
	struct oriel_vm_status *status = &supervisor->status;

	status->state = ORIEL_VM_CRASHED;
	status->qemu = 0;
	status->qemu_start = 0;
	status->n_sources = 0;
	snprintf(status->reason, sizeof status->reason, "%.500s", supervisor->fault->text);
	write_status(supervisor);
}

static void remove_files(const struct oriel_vm_place *place)
{
	static const char *const names[] = {"link.sock", "link.sock.lock", "serial.sock"};
	char path[ORIEL_VM_PATH];

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		oriel_vm_run_file(place, names[i], path);
		unlink(path);
	}
	oriel_share_clean(place);
}

void oriel_vm_clean(const struct oriel_vm_place *place)
{
	struct oriel_vm_status status;

	if (oriel_vm_status_load(place, &status) == 0 &&
		oriel_process_end(status.qemu, status.qemu_start, QUIT_MS))
		oriel_info("ended a QEMU that was left of the start before");
	remove_files(place);
}

int oriel_vm_supervise(
	struct oriel_vm *vm, oriel_vm_started_fn started, void *user, struct oriel_vm_fault *fault)
{
	struct supervisor supervisor = {.vm = vm, .fault = fault, .started = started, .user = user};
	int r;

	do {
		fault->text[0] = '\0';
		r = run_once(&supervisor);
	} while (r == 0 &&
		 (supervisor.ready ? blame_acceleration(&supervisor) : blame(&supervisor)));
	if (r == 0 && !supervisor.ready)
		r = -ECHILD;
	if (r == 0) {
		oriel_vm_ending_tell(vm, &supervisor.ending, &supervisor.status);
		write_status(&supervisor);
	} else {
		tell_no_start(&supervisor);
	}
	remove_files(&vm->place);
	rmdir(vm->place.run);
	return r;
}
