/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "guest/device.h"

#include <dirent.h>
#include <endian.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "guest/core.h"
#include "guest/fault.h"
#include "guest/module.h"
#include "src/base/log.h"

/* Opening ------------------------------------------------------------------------------------- */

/* Copies the first page's head. -EIO: the device went away. */
static int read_head(void *memory, size_t size, struct oriel_region_head *ret_head)
{
	oriel_fault_guard(memory, size);
	memcpy(ret_head, memory, sizeof *ret_head);
	return oriel_fault_unguard() ? -EIO : 0;
}

/* 0; -ENXIO: another device than the one meant; other -errno. */
static int check_head(struct oriel_device *device, const uint8_t *token, char *error, size_t size)
{
	struct oriel_region_head head;
	int r = read_head(device->memory, device->size, &head);

	if (r < 0 || memcmp(head.magic, ORIEL_REGION_MAGIC, sizeof head.magic) != 0 ||
		memcmp(head.token, token, sizeof head.token) != 0)
		return -ENXIO;
	if (le32toh(head.version) != ORIEL_REGION_VERSION) {
		snprintf(error, size,
			"%s was prepared by another release of Oriel: install the same release in "
			"the virtual machine and outside, and start the machine again",
			device->path);
		return -EPROTONOSUPPORT;
	}
	/* The machine may show less, or more, than the file has. */
	if (le64toh(head.size) < device->size)
		device->size = le64toh(head.size) / ORIEL_RANGE_ALIGN * ORIEL_RANGE_ALIGN;
	memcpy(device->token, token, sizeof device->token);
	return 0;
}

static int map(struct oriel_device *device, uint64_t size, char *error, size_t error_size)
{
	int r;

	if (size <= ORIEL_REGION_HEAD || size > SIZE_MAX) {
		snprintf(error, error_size, "%s has only %llu bytes", device->path,
			(unsigned long long)size);
		return -EMSGSIZE;
	}
	device->memory =
		mmap(NULL, (size_t)size, PROT_READ | PROT_WRITE, MAP_SHARED, device->fd, 0);
	if (device->memory == MAP_FAILED) {
		r = -errno;
		snprintf(error, error_size, "%s can't be mapped: %s", device->path, strerror(-r));
		return r;
	}
	device->size = device->mapped = size;
	return 0;
}

static struct oriel_device *create(const char *path)
{
	struct oriel_device *device = calloc(1, sizeof *device);

	if (!device)
		return NULL;
	TAILQ_INIT(&device->ranges);
	snprintf(device->path, sizeof device->path, "%s", path);
	return device;
}

/* Opens a node; -ENXIO: it is another device than the one meant. */
static int try_node(struct oriel_core *core, const char *path, const uint8_t *token,
	struct oriel_device **ret_device, char *error, size_t error_size)
{
	struct oriel_device *device = create(path);
	struct oriel_shm_info info;
	int r;

	if (!device)
		return -ENOMEM;
	r = oriel_module_open(core->options.module, path, &info, &device->fd, error, error_size);
	if (r < 0)
		goto free_device;
	r = map(device, info.size, error, error_size);
	if (r < 0)
		goto close_node;
	r = check_head(device, token, error, error_size);
	if (r < 0)
		goto unmap;
	*ret_device = device;
	return 0;
unmap:
	munmap(device->memory, (size_t)device->mapped);
close_node:
	close(device->fd);
free_device:
	free(device);
	return r;
}

/* oriel0, oriel12; not oriel_ram. */
static bool is_node(const char *name)
{
	const char *digits = name + 5;

	return strncmp(name, "oriel", 5) == 0 && *digits &&
	       strspn(digits, "0123456789") == strlen(digits);
}

/* Tries all nodes. What is told of a failure is that of a node which could be the one. */
static int search(struct oriel_core *core, DIR *folder, const uint8_t *token,
	struct oriel_device **ret_device, char *error, size_t error_size)
{
	struct dirent *entry;
	char path[300];
	int result = -ENOENT;

	snprintf(error, error_size,
		"there is no %s/oriel0: load the kernel module (modprobe "
		"oriel_shm)",
		core->options.devices);
	while ((entry = readdir(folder))) {
		int r;

		if (!is_node(entry->d_name))
			continue;
		snprintf(path, sizeof path, "%.200s/%.64s", core->options.devices, entry->d_name);
		if (result == -ENOENT)
			snprintf(error, error_size,
				"none of %s/oriel* is the one that the viewer means: connect "
				"through the virtual machine's own target",
				core->options.devices);
		r = try_node(core, path, token, ret_device, error, error_size);
		if (r == 0)
			return 0;
		if (result == -ENOENT || result == -ENXIO)
			result = r;
	}
	return result;
}

int oriel_device_find(struct oriel_core *core, const uint8_t *token,
	struct oriel_device **ret_device, char *error, size_t error_size)
{
	struct oriel_device *device;
	DIR *folder;
	int r;

	LIST_FOREACH(device, &core->devices, all)
	{
		if (device->lost || memcmp(device->token, token, sizeof device->token) != 0)
			continue;
		device->users++;
		*ret_device = device;
		return 0;
	}
	folder = opendir(core->options.devices);
	if (!folder) {
		r = -errno;
		snprintf(error, error_size, "%s can't be read: %s", core->options.devices,
			strerror(-r));
		return r;
	}
	r = search(core, folder, token, &device, error, error_size);
	closedir(folder);
	if (r < 0)
		return r;
	device->users = 1;
	LIST_INSERT_HEAD(&core->devices, device, all);
	oriel_debug("%s: %llu bytes", device->path, (unsigned long long)device->size);
	*ret_device = device;
	return 0;
}

void oriel_device_leave(struct oriel_device *device)
{
	if (!device || --device->users > 0)
		return;
	LIST_REMOVE(device, all);
	munmap(device->memory, (size_t)device->mapped);
	close(device->fd);
	free(device);
}

/* Ranges -------------------------------------------------------------------------------------- */

/* The free piece behind a range (NULL: behind the first page) and before limit. */
static uint64_t gap_after(const struct oriel_device *device, const struct oriel_range *range,
	uint64_t limit, uint64_t *ret_start)
{
	const struct oriel_range *next =
		range ? TAILQ_NEXT(range, by_offset) : TAILQ_FIRST(&device->ranges);
	uint64_t start = range ? range->offset + range->size : ORIEL_REGION_HEAD, end;

	limit = limit < device->size ? limit : device->size;
	end = next && next->offset < limit ? next->offset : limit;
	*ret_start = start;
	return end > start ? (end - start) / ORIEL_RANGE_ALIGN * ORIEL_RANGE_ALIGN : 0;
}

static struct oriel_range *insert_after(
	struct oriel_device *device, struct oriel_range *before, uint64_t offset, uint64_t size)
{
	struct oriel_range *range = calloc(1, sizeof *range);

	if (!range)
		return NULL;
	range->offset = offset;
	range->size = size;
	if (before)
		TAILQ_INSERT_AFTER(&device->ranges, before, range, by_offset);
	else
		TAILQ_INSERT_HEAD(&device->ranges, range, by_offset);
	return range;
}

struct oriel_range *oriel_device_take(struct oriel_device *device, uint64_t size, uint64_t limit)
{
	struct oriel_range *before = NULL;
	uint64_t start;

	if (size > UINT64_MAX - ORIEL_RANGE_ALIGN)
		return NULL;
	size = (size + ORIEL_RANGE_ALIGN - 1) / ORIEL_RANGE_ALIGN * ORIEL_RANGE_ALIGN;
	for (;;) {
		if (gap_after(device, before, limit, &start) >= size)
			return insert_after(device, before, start, size);
		before = before ? TAILQ_NEXT(before, by_offset) : TAILQ_FIRST(&device->ranges);
		if (!before)
			return NULL;
	}
}

uint64_t oriel_device_largest(const struct oriel_device *device, uint64_t limit)
{
	const struct oriel_range *range;
	uint64_t start, largest = gap_after(device, NULL, limit, &start);

	TAILQ_FOREACH(range, &device->ranges, by_offset)
	{
		uint64_t size = gap_after(device, range, limit, &start);

		largest = size > largest ? size : largest;
	}
	return largest;
}

void oriel_device_give_back(struct oriel_device *device, struct oriel_range *range)
{
	TAILQ_REMOVE(&device->ranges, range, by_offset);
	free(range);
}
