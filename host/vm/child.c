/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "host/vm/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

struct sockets {
	int qmp[2], serial;
};

static void set_cloexec(int fd)
{
	fcntl(fd, F_SETFD, FD_CLOEXEC);
}

/* Ours listens, so that it can be connected to before QEMU has come that far. */
static int listen_serial(const struct oriel_vm_place *place, int *ret_fd)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	char path[ORIEL_VM_PATH];
	int fd, r;

	oriel_vm_run_file(place, "serial.sock", path);
	if (strlen(path) >= sizeof address.sun_path)
		return -ENAMETOOLONG;
	strcpy(address.sun_path, path);
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	if (fd < 0)
		return -errno;
	set_cloexec(fd);
	unlink(path);
	if (bind(fd, (const struct sockaddr *)&address, sizeof address) == 0 &&
		listen(fd, 4) == 0) {
		*ret_fd = fd;
		return 0;
	}
	r = -errno;
	close(fd);
	return r;
}

static int make_sockets(const struct oriel_vm_place *place, struct sockets *sockets)
{
	int r = listen_serial(place, &sockets->serial);

	if (r < 0)
		return r;
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, sockets->qmp) < 0) {
		r = -errno;
		close(sockets->serial);
		return r;
	}
	set_cloexec(sockets->qmp[0]);
	set_cloexec(sockets->qmp[1]);
	return 0;
}

static void use_log(const struct oriel_vm_place *place)
{
	char path[ORIEL_VM_PATH];
	int fd, null = open("/dev/null", O_RDONLY);

	oriel_vm_state_file(place, "qemu.log", path);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0600);
	if (null >= 0)
		dup2(null, 0);
	if (fd >= 0) {
		dup2(fd, 1);
		dup2(fd, 2);
	}
}

/* In the child. SIGTERM: a QEMU that is told so writes its disk before it ends. */
static void become_qemu(
	const struct oriel_vm *vm, const struct sockets *sockets, char **argv, pid_t supervisor)
{
	signal(SIGPIPE, SIG_DFL);
#ifdef __linux__
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != supervisor)
		_exit(1);
#else
	(void)supervisor;
#endif
	use_log(&vm->place);
	fcntl(sockets->qmp[1], F_SETFD, 0);
	fcntl(sockets->serial, F_SETFD, 0);
	execv(argv[0], argv);
	fprintf(stderr, "can't be started: %s\n", strerror(errno));
	_exit(127);
}

int oriel_vm_child_start(
	const struct oriel_vm *vm, struct oriel_vm_child *ret_child, struct oriel_vm_fault *fault)
{
	struct oriel_vm_plan plan = oriel_vm_plan(vm);
	struct sockets sockets;
	pid_t supervisor = getpid(), pid = -1;
	char **argv;
	int r = make_sockets(&vm->place, &sockets);

	if (r < 0)
		return oriel_vm_fail(fault, r, "can't make sockets in %s: %s: mend that folder",
			vm->place.run, strerror(-r));
	plan.qmp_fd = sockets.qmp[1];
	plan.serial_fd = sockets.serial;
	argv = oriel_qemu_args(&vm->qemu, &plan);
	if (argv)
		pid = fork();
	if (pid == 0)
		become_qemu(vm, &sockets, argv, supervisor);
	r = !argv ? -ENOMEM : pid < 0 ? -errno : 0;
	free(argv);
	close(sockets.qmp[1]);
	close(sockets.serial);
	if (r < 0) {
		close(sockets.qmp[0]);
		return oriel_vm_fail(fault, r, "can't start %s: %s", vm->qemu.path, strerror(-r));
	}
	*ret_child = (struct oriel_vm_child){.pid = pid, .qmp_fd = sockets.qmp[0]};
	return 0;
}
