// SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
/* What is left of a device for its users when it is unbound or unplugged. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/kernel/check.h"

#define AT (40u * PAGE)
#define RECT {.dst = AT, .row_bytes = 8, .rows = 1}

/* A user of a device with everything there is to have. */
struct user {
	int fd, export, source;
	struct buffer buffer;
	uint8_t *bytes, *view;
	pid_t child; /* has all of it too; its status says whether it all went away */
	int to_child[2], from_child[2];
};

static bool child_lost(const struct user *user)
{
	char byte;

	/* The pages of one mapping are there, those of the other were never touched. */
	user->bytes[AT - 1] = 1;
	if (write(user->from_child[1], "x", 1) != 1 || read(user->to_child[0], &byte, 1) != 1)
		return false;
	return is_sigbus(user->bytes + AT - 1) && is_sigbus(user->view);
}

static struct user user_make(const struct device *device)
{
	struct user user = {.fd = device_open(device, O_RDWR), .buffer = buffer_any(PAGE, 9)};
	char byte;

	user.bytes = device_map(user.fd, device->size);
	user.export = export_range(user.fd, AT, 2 * PAGE);
	user.view = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, user.export, 0);
	if (user.export == -1 || user.view == MAP_FAILED || pipe(user.to_child) ||
		pipe(user.from_child))
		die("a user");
	pattern_fill(user.view, 2 * PAGE, 31);
	user.child = fork();
	if (user.child == 0)
		_exit(!child_lost(&user));
	if (read(user.from_child[0], &byte, 1) != 1)
		die("a child");
	return user;
}

static void user_lost(struct user *user, const struct device *device, const char *why)
{
	const struct oriel_shm_rect rect = RECT;
	struct oriel_shm_info info;
	int status;

	check(is_sigbus(user->bytes + AT) && is_sigbus(user->bytes),
		"%s: the mapping is SIGBUS, touched before or not", why);
	check(is_sigbus(user->view) && is_sigbus(user->view + PAGE), "%s: that of the DMA-BUF, too",
		why);
	if (write(user->to_child[1], "x", 1) != 1)
		die("a child");
	waitpid(user->child, &status, 0);
	check(status == 0, "%s: and both in a child", why);
	check(FAILS(ioctl(user->fd, ORIEL_SHM_INFO, &info), ENODEV), "%s: INFO: ENODEV", why);
	check(FAILS(copy_rects(user->fd, user->buffer.fd, &rect, 1), ENODEV), "%s: COPY: ENODEV",
		why);
	check(FAILS(export_range(user->fd, 0, PAGE), ENODEV), "%s: EXPORT: ENODEV", why);
	check(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, user->fd, 0) == MAP_FAILED && errno == ENODEV,
		"%s: mmap: ENODEV", why);
	check(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, user->export, 0) == MAP_FAILED &&
			errno == ENODEV,
		"%s: mmap of the DMA-BUF: ENODEV", why);
	check(open(device->node, O_RDWR) == -1, "%s: its node is gone", why);
}

static void user_free(struct user *user, const struct device *device)
{
	munmap(user->bytes, device->size);
	close(user->fd);
	munmap(user->view, 2 * PAGE);
	close(user->export);
	for (int i = 0; i < 2; i++) {
		close(user->to_child[i]);
		close(user->from_child[i]);
	}
	buffer_free(&user->buffer);
}

static void bytes_survive(const struct device *device, const char *why)
{
	int fd = device_open(device, O_RDWR);
	uint8_t *bytes = device_map(fd, device->size);

	check(pattern_is(bytes + AT, 2 * PAGE, 31), "%s: what was written is there again", why);
	munmap(bytes, device->size);
	close(fd);
}

static void test_unbind(struct device *device)
{
	struct user user = user_make(device);
	struct device old = *device;
	struct oriel_shm_info info;

	device_unbind(device);
	user_lost(&user, device, "unbound");
	device_bind(device);
	check(strcmp(old.name, device->name), "bound again it is a new device, %s", device->name);
	check(FAILS(ioctl(user.fd, ORIEL_SHM_INFO, &info), ENODEV) && is_sigbus(user.bytes),
		"the old descriptor and mapping stay dead");
	user_free(&user, device);
	bytes_survive(device, "bound again");
}

/* The bus takes the device away, and finds it again. */
static void test_unplug(struct device *device)
{
	struct user user;
	char path[300];

	if (device->kind != ORIEL_SHM_IVSHMEM)
		return;
	user = user_make(device);
	snprintf(path, sizeof(path), "%s/remove", device->path);
	check(put_file(path, "1") == 0, "unplugged");
	user_lost(&user, device, "unplugged");
	user_free(&user, device);
	put_file("/sys/bus/pci/rescan", "1");
	check(eventually(device_appears, device), "plugged in again");
	bytes_survive(device, "plugged in again");
}

/* Copies until the device is gone; whatever else happens is an error. */
static void copy_until_gone(const struct device *device)
{
	const struct oriel_shm_rect rect = {.dst = AT, .row_bytes = 64 * PAGE, .rows = 1};
	struct buffer buffer = buffer_any(64 * PAGE, 0);
	int fd = open(device->node, O_RDWR);

	while (fd != -1 && copy_rects(fd, buffer.fd, &rect, 1) == 0)
		;
	/* It may have been gone before it was opened. */
	_exit(fd != -1 && errno != ENODEV);
}

static void test_unbind_in_copy(struct device *device)
{
	bool right = true;
	int status;

	for (int round = 0; round < 5; round++) {
		pid_t children[2];

		for (int i = 0; i < 2; i++) {
			children[i] = fork();
			if (children[i] == 0)
				copy_until_gone(device);
		}
		usleep(100000 + 7000 * round);
		device_unbind(device);
		for (int i = 0; i < 2; i++) {
			waitpid(children[i], &status, 0);
			right = right && status == 0;
		}
		device_bind(device);
	}
	check(right, "unbound while others copy: they get ENODEV");
}

static void test_unbind_in_fence(struct device *device)
{
	const struct oriel_shm_rect rect = RECT;
	struct buffer buffer;
	int fd = device_open(device, O_RDWR), status;
	uint32_t fence;
	pid_t child;

	if (!buffer_fenced(&buffer, PAGE, &fence)) {
		skip("no vgem", "unbound while a COPY waits for a fence");
		close(fd);
		return;
	}
	child = fork();
	if (child == 0)
		_exit(!FAILS(copy_rects(fd, buffer.fd, &rect, 1), ENODEV));
	eventually(process_asleep, &child);
	device_unbind(device);
	buffer_signal(&buffer, fence);
	waitpid(child, &status, 0);
	check(status == 0, "unbound while a COPY waits for a fence: it gets ENODEV");
	buffer_free(&buffer);
	close(fd);
	device_bind(device);
}

void test_gone(struct device *device)
{
	test_unbind(device);
	test_unplug(device);
	test_unbind_in_copy(device);
	test_unbind_in_fence(device);
}
