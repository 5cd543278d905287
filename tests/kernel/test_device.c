// SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
/* Finding, binding and using the device under test; INFO, and mmap. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/kernel/check.h"

static void follow(const char *name, const char *link, char *to, size_t size)
{
	char path[PATH_MAX], target[PATH_MAX];

	snprintf(path, sizeof(path), "/sys/class/oriel/%s/%s", name, link);
	if (!realpath(path, target) || strlen(target) >= size)
		die(path);
	memcpy(to, target, strlen(target) + 1);
}

/* The device of the lowest number, or the one of that path. */
static bool find_name(const char *path, char *name, size_t size)
{
	unsigned int best = UINT_MAX, number;
	struct dirent *entry;
	char found[256];
	DIR *folder = opendir("/sys/class/oriel");

	while (folder && (entry = readdir(folder)))
		if (sscanf(entry->d_name, "oriel%3u", &number) == 1 && number < best) {
			follow(entry->d_name, "device", found, sizeof(found));
			if (!path[0] || !strcmp(path, found))
				best = number;
		}
	if (folder)
		closedir(folder);
	return best != UINT_MAX && snprintf(name, size, "oriel%u", best) < (int)size;
}

bool device_find(struct device *device)
{
	struct oriel_shm_info info;
	int fd;

	if (!find_name(device->path, device->name, sizeof(device->name)))
		return false;
	snprintf(device->node, sizeof(device->node), "/dev/%.15s", device->name);
	follow(device->name, "device", device->path, sizeof(device->path));
	follow(device->name, "device/driver", device->driver, sizeof(device->driver));
	snprintf(device->parent, sizeof(device->parent), "%s", strrchr(device->path, '/') + 1);
	fd = device_open(device, O_RDWR);
	if (ioctl(fd, ORIEL_SHM_INFO, &info) == -1)
		die("INFO");
	close(fd);
	device->kind = info.kind;
	device->size = info.size;
	return true;
}

bool device_appears(void *device)
{
	return device_find(device);
}

int device_open(const struct device *device, int flags)
{
	int fd = open(device->node, flags | O_CLOEXEC);

	if (fd == -1)
		die(device->node);
	return fd;
}

uint8_t *device_map(int fd, size_t size)
{
	void *bytes = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (bytes == MAP_FAILED)
		die("mmap of the device");
	return bytes;
}

static void put_driver(const struct device *device, const char *what)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", device->driver, what);
	errno = -put_file(path, device->parent);
	if (errno)
		die(path);
}

void device_unbind(const struct device *device)
{
	put_driver(device, "unbind");
}

void device_bind(struct device *device)
{
	put_driver(device, "bind");
	if (!eventually(device_appears, device))
		die("the device after a bind");
}

static void test_info(const struct device *device, int fd)
{
	struct oriel_shm_info info;
	struct oriel_shm_pin pin = {.fd = -1};
	struct stat status;
	int ret;

	memset(&info, 0xff, sizeof(info));
	ret = ioctl(fd, ORIEL_SHM_INFO, &info);
	check(ret == 0 && info.version == ORIEL_SHM_VERSION && info.kind == device->kind &&
			info.size == device->size && !info.reserved[0] && !info.reserved[1] &&
			!info.reserved[2] && !info.reserved[3],
		"INFO: kind %u, %zu bytes", info.kind, (size_t)info.size);
	check(FAILS(ioctl(fd, ORIEL_SHM_INFO, NULL), EFAULT), "INFO to nowhere: EFAULT");
	check(FAILS(ioctl(fd, ORIEL_SHM_PIN, &pin), ENOTTY),
		"PIN: ENOTTY, it is for the other node");
	check(FAILS(ioctl(fd, _IO('O', 0xee)), ENOTTY), "an unknown call: ENOTTY");
	check(stat(device->node, &status) == 0 && (status.st_mode & 07777) == 0600,
		"the node is for root alone until udev comes");
	check(FAILS(lseek(fd, 0, SEEK_END), ESPIPE), "lseek: ESPIPE");
}

static void test_mmap_limits(const struct device *device, int fd)
{
	const int both = PROT_READ | PROT_WRITE;
	size_t size = device->size;
	int reader = device_open(device, O_RDONLY);

	check(mmap(NULL, size + PAGE, both, MAP_SHARED, fd, 0) == MAP_FAILED && errno == EINVAL,
		"mmap of more than there is: EINVAL");
	check(mmap(NULL, 2 * PAGE, both, MAP_SHARED, fd, size - PAGE) == MAP_FAILED &&
			errno == EINVAL,
		"mmap over the end: EINVAL");
	check(mmap(NULL, PAGE, both, MAP_SHARED, fd, size) == MAP_FAILED && errno == EINVAL,
		"mmap behind the end: EINVAL");
	check(mmap(NULL, PAGE, both, MAP_SHARED, fd, INT64_MAX - PAGE + 1) == MAP_FAILED,
		"mmap at the largest offset fails");
	check(mmap(NULL, PAGE, both, MAP_PRIVATE, fd, 0) == MAP_FAILED && errno == EINVAL,
		"a private mapping: EINVAL");
	check(mmap(NULL, PAGE, both, MAP_SHARED, reader, 0) == MAP_FAILED && errno == EACCES,
		"a writable mapping of a descriptor that may not write: EACCES");
	close(reader);
}

static void test_mmap_bytes(const struct device *device, int fd)
{
	const size_t at = device->size - 8 * PAGE;
	uint8_t *all = device_map(fd, device->size);
	uint8_t *part = mmap(NULL, 3 * PAGE, PROT_READ, MAP_SHARED, fd, at);
	uint8_t *last = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, at + 6 * PAGE);

	check(!memcmp(all, "ORIELSHM", 8), "the host's mark is the first that is mapped");
	pattern_fill(all + at, 3 * PAGE, 1);
	check(part != MAP_FAILED && pattern_is(part, 3 * PAGE, 1), "two mappings, the same bytes");
	pattern_fill(last, PAGE, 2);
	check(pattern_is(all + at + 6 * PAGE, PAGE, 2), "a page by itself");
	note("host device %zu %u %u", at, 3 * PAGE, 1);
	note("host device %zu %u %u", at + 6 * PAGE, PAGE, 2);
	check(madvise(all, 3 * PAGE, MADV_DONTNEED) == -1 || all[at] == pattern(1, 0),
		"pages that were given back come again");
	munmap(all, device->size);
	munmap(part, 3 * PAGE);
	munmap(last, PAGE);
}

static void test_fork(const struct device *device, int fd)
{
	uint8_t *bytes = device_map(fd, device->size);
	int status;
	pid_t child;

	memset(bytes + 9 * PAGE, 0, PAGE);
	child = fork();
	if (child == 0) {
		pattern_fill(bytes + 9 * PAGE, PAGE, 3);
		_exit(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0) == MAP_FAILED);
	}
	waitpid(child, &status, 0);
	check(status == 0 && pattern_is(bytes + 9 * PAGE, PAGE, 3),
		"a child has the mapping and the descriptor");
	munmap(bytes, device->size);
}

void test_device(struct device *device)
{
	int fd = device_open(device, O_RDWR);

	test_info(device, fd);
	test_mmap_limits(device, fd);
	test_mmap_bytes(device, fd);
	test_fork(device, fd);
	close(fd);
}
