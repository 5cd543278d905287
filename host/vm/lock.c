/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "host/vm/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

int oriel_vm_lock(const struct oriel_vm_place *place)
{
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	char path[ORIEL_VM_PATH];
	int fd, r;

	oriel_vm_state_file(place, "lock", path);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	if (fcntl(fd, F_SETLK, &lock) == 0)
		return 0; /* the descriptor stays open, and the lock with it */
	r = errno == EACCES ? -EAGAIN : -errno;
	close(fd);
	return r;
}

pid_t oriel_vm_lock_holder(const struct oriel_vm_place *place)
{
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	char path[ORIEL_VM_PATH];
	pid_t holder = 0;
	int fd;

	oriel_vm_state_file(place, "lock", path);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return 0;
	if (fcntl(fd, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK)
		holder = lock.l_pid;
	close(fd);
	return holder;
}
