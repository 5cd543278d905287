/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "host/vm/start.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "host/vm/lock.h"
#include "host/vm/status.h"
#include "host/vm/supervisor.h"
#include "src/base/log.h"

#define POLL_MS 50
#define QUIT_MS 15000 /* the supervisor gives QEMU less before it kills it */
#define KILL_MS 5000
#define END_MS 5000 /* from the machine's end to its supervisor's */

/* What the supervisor tells the process that has started it, once. */
struct report {
	int code;
	struct oriel_vm_fault fault;
};

struct child {
	struct oriel_vm vm;
	int report_fd;
};

static void tell(int fd, int code, const struct oriel_vm_fault *fault)
{
	struct report report = {.code = code};

	if (code < 0)
		report.fault = *fault;
	/* Who does not wait for it any more need not know. */
	if (write(fd, &report, sizeof report) < 0)
		oriel_debug("nobody waits for the start");
	close(fd);
}

/* What was inherited from a shell, such as the lock of flock(1), is not ours to keep for as long as
 * a machine runs. */
static void close_others(int keep)
{
	DIR *dir = opendir("/dev/fd");
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		int fd = atoi(entry->d_name);

		if (fd > 2 && fd != keep && fd != dirfd(dir))
			close(fd);
	}
	if (dir)
		closedir(dir);
}

static void use_null(void)
{
	int fd = open("/dev/null", O_RDWR);

	if (fd < 0)
		return;
	dup2(fd, 0);
	dup2(fd, 1);
	if (fd > 2)
		close(fd);
}

/* From now on the terminal is somebody else's. */
static void handle_started(void *user)
{
	struct child *child = user;
	char path[ORIEL_VM_PATH];
	int fd;

	tell(child->report_fd, 0, NULL);
	child->report_fd = -1;
	oriel_vm_state_file(&child->vm.place, "supervisor.log", path);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
	if (fd >= 0) {
		dup2(fd, 2);
		close(fd);
	}
	oriel_log_init("oriel", ORIEL_LOG_INFO);
}

static bool is_ended(const struct oriel_vm_place *place)
{
	struct oriel_vm_status status;

	return oriel_vm_status_load(place, &status) == 0 &&
	       (status.state == ORIEL_VM_STOPPED || status.state == ORIEL_VM_CRASHED);
}

/* A supervisor that has told the end of its machine is about to end, too: its lock is waited for.
 */
static int lock(const struct oriel_vm_place *place, struct oriel_vm_fault *fault)
{
	const struct timespec pause = {.tv_nsec = POLL_MS * 1000000};
	int r = oriel_vm_lock(place);

	for (int ms = 0; r == -EAGAIN && ms < END_MS && is_ended(place); ms += POLL_MS) {
		nanosleep(&pause, NULL);
		r = oriel_vm_lock(place);
	}
	if (r == -EAGAIN)
		return -EALREADY;
	if (r < 0)
		return oriel_vm_fail(fault, r, "can't lock %s/lock: %s: mend that folder",
			place->state, strerror(-r));
	return 0;
}

static int be_supervisor(struct child *child, const struct oriel_vm_options *options, bool fresh,
	struct oriel_vm_fault *fault)
{
	struct oriel_vm *vm = &child->vm;
	int r = lock(&vm->place, fault);

	if (r < 0)
		return r;
	oriel_vm_clean(&vm->place);
	r = oriel_vm_prepare(vm, options, fresh, fault);
	if (r < 0)
		return r;
	return oriel_vm_supervise(vm, handle_started, child, fault);
}

static void run_child(const struct oriel_vm_place *place, const struct oriel_vm_options *options,
	bool fresh, int report_fd)
{
	struct child *child = calloc(1, sizeof *child);
	struct oriel_vm_fault fault = {.text = "out of memory"};
	int r = -ENOMEM;

	setsid();
	umask(077);
	/* Warnings are for who waits; what happens later goes into a log. */
	oriel_log_init("oriel", ORIEL_LOG_WARNING);
	use_null();
	close_others(report_fd);
	if (child) {
		child->vm.place = *place;
		child->report_fd = report_fd;
		r = be_supervisor(child, options, fresh, &fault);
	}
	if (r < 0 && (!child || child->report_fd >= 0))
		tell(report_fd, r, &fault);
	free(child);
	_exit(r < 0 ? 1 : 0);
}

static int wait_for_report(int fd, pid_t pid, struct oriel_vm_fault *fault)
{
	struct report report;
	ssize_t n;

	do {
		n = read(fd, &report, sizeof report);
	} while (n < 0 && errno == EINTR);
	if (n != sizeof report) {
		waitpid(pid, NULL, 0);
		return oriel_vm_fail(
			fault, -ECHILD, "the machine's supervisor was killed: try again");
	}
	if (report.code < 0) {
		waitpid(pid, NULL, 0);
		*fault = report.fault;
	}
	return report.code;
}

int oriel_vm_start(const struct oriel_vm_place *place, const struct oriel_vm_options *options,
	bool fresh, struct oriel_vm_fault *fault)
{
	int fds[2], r = oriel_vm_place_create(place);
	pid_t pid;

	if (r < 0)
		return oriel_vm_fail(fault, r, "can't make %s or %s: %s: mend what is above them",
			place->state, place->run, strerror(-r));
	if (pipe(fds) < 0)
		return oriel_vm_fail(fault, -errno, "no pipe: %s", strerror(errno));
	fcntl(fds[0], F_SETFD, FD_CLOEXEC);
	fcntl(fds[1], F_SETFD, FD_CLOEXEC);
	pid = fork();
	if (pid == 0) {
		close(fds[0]);
		run_child(place, options, fresh, fds[1]);
	}
	r = pid < 0 ? -errno : 0;
	close(fds[1]);
	if (r < 0)
		oriel_vm_fail(fault, r, "can't start a process: %s", strerror(-r));
	else
		r = wait_for_report(fds[0], pid, fault);
	close(fds[0]);
	return r;
}

/* Whether that supervisor is gone in time. */
static bool wait_for_end(const struct oriel_vm_place *place, pid_t supervisor, unsigned limit_ms)
{
	const struct timespec pause = {.tv_nsec = POLL_MS * 1000000};

	for (unsigned ms = 0; oriel_vm_lock_holder(place) == supervisor; ms += POLL_MS) {
		if (ms >= limit_ms)
			return false;
		nanosleep(&pause, NULL);
	}
	return true;
}

int oriel_vm_stop(const struct oriel_vm_place *place, unsigned limit_ms, bool *ret_forced,
	struct oriel_vm_fault *fault)
{
	pid_t supervisor = oriel_vm_lock_holder(place);

	if (!supervisor)
		return -ENOENT;
	*ret_forced = false;
	if (limit_ms > 0) {
		kill(supervisor, SIGTERM);
		if (wait_for_end(place, supervisor, limit_ms))
			return 0;
	}
	*ret_forced = true;
	kill(supervisor, SIGQUIT);
	if (wait_for_end(place, supervisor, QUIT_MS))
		return 0;
	/* QEMU goes with it, and what it leaves the next start removes. */
	kill(supervisor, SIGKILL);
	if (wait_for_end(place, supervisor, KILL_MS))
		return 0;
	return oriel_vm_fail(fault, -ETIMEDOUT, "process %d, which runs qemu:%s, can't be ended",
		(int)supervisor, place->name);
}
