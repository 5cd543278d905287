/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "src/pixels/region.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct oriel_region {
	const uint8_t *data;
	size_t size;
	int fd;
	int n_ranges;
	struct oriel_region_range ranges[ORIEL_REGION_RANGES];
};

/* Inside of a length, without sums that could wrap. */
static bool is_inside(uint64_t start, uint64_t size, uint64_t length)
{
	return start <= length && size <= length - start;
}

/* Whether two pieces, which do not wrap, have bytes in common. */
static bool meet(uint64_t a, uint64_t a_size, uint64_t b, uint64_t b_size)
{
	return a < b + b_size && b < a + a_size;
}

static bool range_is_right(const struct oriel_region_source *source, int index)
{
	const struct oriel_region_range *range = &source->ranges[index];

	if (range->size == 0 || !is_inside(range->offset, range->size, source->size) ||
		!is_inside(range->address, range->size, UINT64_MAX))
		return false;
	for (int i = 0; i < index; i++) {
		const struct oriel_region_range *other = &source->ranges[i];

		if (meet(other->address, other->size, range->address, range->size) ||
			meet(other->offset, other->size, range->offset, range->size))
			return false;
	}
	return true;
}

static int check_source(const struct oriel_region_source *source)
{
	bool is_ram = source->kind == ORIEL_MEMORY_RAM;

	if (!is_ram && source->kind != ORIEL_MEMORY_DEVICE)
		return -EINVAL;
	if (source->size == 0 || source->size > SIZE_MAX || source->n_ranges < (is_ram ? 1 : 0) ||
		source->n_ranges > (is_ram ? ORIEL_REGION_RANGES : 0))
		return -EINVAL;
	for (int i = 0; i < source->n_ranges; i++)
		if (!range_is_right(source, i))
			return -EINVAL;
	return 0;
}

/* A page beyond the end of a file kills its reader (SIGBUS), and files can be made shorter at any
 * time: by this user, who could kill us anyway, and by nobody else. */
static int check_file(int fd, uint64_t size)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode) || st.st_size < 0 || (uint64_t)st.st_size < size)
		return -EINVAL;
	if (st.st_uid != geteuid() || st.st_mode & (S_IWGRP | S_IWOTH))
		return -EACCES;
	return 0;
}

static int map_file(int fd, size_t size, const uint8_t **ret_data)
{
	void *data = mmap(NULL, size, PROT_READ, MAP_SHARED, fd, 0);

	if (data == MAP_FAILED)
		return -errno;
#ifdef MADV_DONTDUMP
	/* A core dump of ours is not the place for all of the guest's memory. */
	madvise(data, size, MADV_DONTDUMP);
#endif
	*ret_data = data;
	return 0;
}

/* O_NONBLOCK: a FIFO in the file's place must not stop us. */
static int open_file(const struct oriel_region_source *source, int *ret_fd)
{
	int fd = open(source->path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK), r;

	if (fd < 0)
		return -errno;
	r = check_file(fd, source->size);
	if (r < 0) {
		close(fd);
		return r;
	}
	*ret_fd = fd;
	return 0;
}

int oriel_region_map(const struct oriel_region_source *source, struct oriel_region **ret_region)
{
	struct oriel_region *region;
	int r;

	r = check_source(source);
	if (r < 0)
		return r;
	region = calloc(1, sizeof *region);
	if (!region)
		return -ENOMEM;
	r = open_file(source, &region->fd);
	if (r < 0)
		goto free_region;
	region->size = (size_t)source->size;
	r = map_file(region->fd, region->size, &region->data);
	if (r < 0)
		goto close_file;
	region->n_ranges = source->n_ranges;
	memcpy(region->ranges, source->ranges, sizeof region->ranges);
	*ret_region = region;
	return 0;
close_file:
	close(region->fd);
free_region:
	free(region);
	return r;
}

void oriel_region_unmap(struct oriel_region *region)
{
	if (!region)
		return;
	munmap((void *)(uintptr_t)region->data, region->size);
	close(region->fd);
	free(region);
}

uint64_t oriel_region_size(const struct oriel_region *region)
{
	return region->size;
}

int oriel_region_fd(const struct oriel_region *region)
{
	return region->fd;
}

const void *oriel_region_view(
	const struct oriel_region *region, uint64_t untrusted_offset, uint64_t untrusted_size)
{
	if (!is_inside(untrusted_offset, untrusted_size, region->size))
		return NULL;
	return region->data + untrusted_offset;
}

const void *oriel_region_ram(
	const struct oriel_region *region, uint64_t untrusted_address, uint64_t untrusted_size)
{
	for (int i = 0; i < region->n_ranges; i++) {
		const struct oriel_region_range *range = &region->ranges[i];

		if (untrusted_address >= range->address &&
			is_inside(untrusted_address - range->address, untrusted_size, range->size))
			return region->data + range->offset + (untrusted_address - range->address);
	}
	return NULL;
}
