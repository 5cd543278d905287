/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "guest/module.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* A signal for somebody else must not end what waits for a fence. */
static int call(int fd, unsigned long request, void *argument)
{
	int r;

	do
		r = ioctl(fd, request, argument);
	while (r < 0 && errno == EINTR);
	return r < 0 ? -errno : 0;
}

static int kernel_info(int fd, struct oriel_shm_info *ret_info)
{
	return call(fd, ORIEL_SHM_INFO, ret_info);
}

static int kernel_copy(int fd, const struct oriel_shm_copy *copy)
{
	return call(fd, ORIEL_SHM_COPY, (void *)copy);
}

static int kernel_pin(int fd, struct oriel_shm_pin *pin)
{
	return call(fd, ORIEL_SHM_PIN, pin);
}

static int kernel_unpin(int fd, const struct oriel_shm_unpin *unpin)
{
	return call(fd, ORIEL_SHM_UNPIN, (void *)unpin);
}

const struct oriel_module oriel_module_kernel = {
	.info = kernel_info,
	.copy = kernel_copy,
	.pin = kernel_pin,
	.unpin = kernel_unpin,
};

static int explain(const char *path, int r, char *error, size_t error_size)
{
	if (r == -ENOENT)
		snprintf(error, error_size,
			"%s is not there: load the kernel module (modprobe oriel_shm)", path);
	else if (r == -EACCES || r == -EPERM)
		snprintf(error, error_size,
			"%s may not be opened: add this user to the group that owns it", path);
	else
		snprintf(error, error_size, "%s can't be used: %s", path, strerror(-r));
	return r;
}

int oriel_module_open(const struct oriel_module *module, const char *path,
	struct oriel_shm_info *ret_info, int *ret_fd, char *error, size_t error_size)
{
	struct oriel_shm_info info = {0};
	int fd = open(path, O_RDWR | O_CLOEXEC), r;

	if (fd < 0)
		return explain(path, -errno, error, error_size);
	r = module->info(fd, &info);
	if (r < 0) {
		close(fd);
		return explain(path, r, error, error_size);
	}
	if (info.version != ORIEL_SHM_VERSION) {
		close(fd);
		snprintf(error, error_size,
			"%s: the kernel module speaks version %u and orield version %u: install "
			"the same release of both",
			path, info.version, ORIEL_SHM_VERSION);
		return -EPROTONOSUPPORT;
	}
	*ret_info = info;
	*ret_fd = fd;
	return 0;
}
