/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "tests/guest/fake_module.h"

#include <setjmp.h>
#include <stdarg.h>
/* cmocka needs those before it */
#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/pixels/region.h"

struct fake_module fake_module;

/* Nodes ------------------------------------------------------------------------------------------
 */

void fake_module_path(const char *name, char *path, size_t size)
{
	snprintf(path, size, "%s/%s", fake_module.folder, name);
}

int fake_module_begin(void **state)
{
	(void)state;
	memset(&fake_module, 0, sizeof fake_module);
	fake_module.version = ORIEL_SHM_VERSION;
	strcpy(fake_module.folder, "/tmp/oriel-module-XXXXXX");
	assert_non_null(mkdtemp(fake_module.folder));
	return 0;
}

int fake_module_end(void **state)
{
	DIR *folder = opendir(fake_module.folder);
	struct dirent *entry;

	(void)state;
	assert_non_null(folder);
	while ((entry = readdir(folder)))
		unlinkat(dirfd(folder), entry->d_name, 0);
	closedir(folder);
	assert_int_equal(rmdir(fake_module.folder), 0);
	/* The probe's page is let go with the node. */
	for (int i = 0; i < FAKE_PINS; i++)
		assert_true(fake_module.pinned[i].handle == 0 ||
			    fake_module.pinned[i].size == (size_t)sysconf(_SC_PAGESIZE));
	return 0;
}

void fake_module_add(const char *name, size_t size, uint8_t token)
{
	struct oriel_region_head head = {.version = ORIEL_REGION_VERSION, .size = size};
	char path[256];
	int fd;

	memcpy(head.magic, ORIEL_REGION_MAGIC, sizeof head.magic);
	memset(head.token, token, sizeof head.token);
	fake_module_path(name, path, sizeof path);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, (off_t)size), 0);
	assert_int_equal(pwrite(fd, &head, sizeof head, 0), sizeof head);
	close(fd);
}

void fake_module_add_ram(void)
{
	char path[256];
	int fd;

	fake_module_path("oriel_ram", path, sizeof path);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	close(fd);
}

void fake_module_cut(const char *name, size_t size)
{
	char path[256];

	fake_module_path(name, path, sizeof path);
	assert_int_equal(truncate(path, (off_t)size), 0);
}

/* Calls ------------------------------------------------------------------------------------------
 */

static int fake_info(int fd, struct oriel_shm_info *ret_info)
{
	struct stat st;

	if (fake_module.info_error)
		return fake_module.info_error;
	assert_int_equal(fstat(fd, &st), 0);
	*ret_info = (struct oriel_shm_info){
		.version = fake_module.version,
		.kind = st.st_size ? ORIEL_SHM_IVSHMEM : ORIEL_SHM_RAM,
		.size = (uint64_t)st.st_size,
	};
	return 0;
}

static void copy_rect(
	int dmabuf, uint8_t *device, uint64_t device_size, const struct oriel_shm_rect *rect)
{
	uint64_t end = rect->dst + (uint64_t)(rect->rows - 1) * rect->dst_stride + rect->row_bytes;

	assert_true(rect->rows >= 1 && rect->row_bytes >= 1);
	assert_true(rect->rows == 1 ||
		    (rect->src_stride >= rect->row_bytes && rect->dst_stride >= rect->row_bytes));
	assert_true(rect->dst >= ORIEL_REGION_HEAD && end <= device_size);
	for (uint32_t y = 0; y < rect->rows; y++)
		assert_int_equal(
			pread(dmabuf, device + rect->dst + y * rect->dst_stride, rect->row_bytes,
				(off_t)(rect->src + y * (uint64_t)rect->src_stride)),
			rect->row_bytes);
}

static int fake_copy(int fd, const struct oriel_shm_copy *copy)
{
	const struct oriel_shm_rect *rects = (const void *)(uintptr_t)copy->rects;
	struct stat st;
	uint8_t *device;

	if (fake_module.copy_error)
		return fake_module.copy_error;
	assert_int_equal(copy->flags, 0);
	assert_int_equal(copy->reserved, 0);
	assert_true(copy->n_rects >= 1 && copy->n_rects <= ORIEL_SHM_MAX_RECTS);
	assert_int_equal(fstat(fd, &st), 0);
	device = mmap(NULL, (size_t)st.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	assert_true(device != MAP_FAILED);
	for (uint32_t i = 0; i < copy->n_rects; i++)
		copy_rect(copy->fd, device, (uint64_t)st.st_size, &rects[i]);
	munmap(device, (size_t)st.st_size);
	fake_module.copies++;
	fake_module.copied_rects += (int)copy->n_rects;
	return 0;
}

static struct fake_pin *find_pin(uint32_t handle)
{
	for (int i = 0; i < FAKE_PINS; i++)
		if (fake_module.pinned[i].handle == handle)
			return &fake_module.pinned[i];
	return NULL;
}

/* Where the pages are; mapped, when they are those of a DMA-BUF. */
static void take_pages(const struct oriel_shm_pin *ask, struct fake_pin *pin)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	struct stat st;

	pin->mapped = ask->fd >= 0;
	if (!pin->mapped) {
		assert_int_equal(ask->address % page, 0);
		assert_int_equal(ask->size % page, 0);
		pin->address = (uintptr_t)ask->address;
		pin->size = (size_t)ask->size;
		return;
	}
	assert_int_equal(ask->address + ask->size, 0);
	assert_int_equal(fstat(ask->fd, &st), 0);
	pin->size = (size_t)st.st_size;
	pin->address =
		(uintptr_t)mmap(NULL, pin->size, PROT_READ | PROT_WRITE, MAP_SHARED, ask->fd, 0);
	assert_true((void *)pin->address != MAP_FAILED);
}

static int fake_pin(int fd, struct oriel_shm_pin *ask)
{
	struct oriel_shm_extent *extents = (void *)(uintptr_t)ask->extents;
	size_t page = (size_t)sysconf(_SC_PAGESIZE), n;
	struct fake_pin *pin = find_pin(0);

	(void)fd;
	assert_int_equal(ask->flags, 0);
	/* Never the page that is probed: that one is asked for first. */
	if (fake_module.pin_error)
		return fake_module.pin_error;
	assert_non_null(pin);
	take_pages(ask, pin);
	n = (pin->size + page - 1) / page;
	assert_true(n <= ask->n_extents);
	for (size_t i = 0; i < n; i++) {
		size_t left = pin->size - i * page;

		extents[i] = (struct oriel_shm_extent){
			pin->address + i * page, left < page ? left : page};
	}
	ask->n_extents = (uint32_t)n;
	ask->handle = pin->handle = (uint32_t)++fake_module.pins;
	fake_module.n_pinned++;
	return 0;
}

static int fake_unpin(int fd, const struct oriel_shm_unpin *ask)
{
	struct fake_pin *pin = find_pin(ask->handle);

	(void)fd;
	assert_int_equal(ask->reserved, 0);
	assert_true(ask->handle > 0 && pin);
	if (pin->mapped)
		munmap((void *)pin->address, pin->size);
	pin->handle = 0;
	fake_module.n_pinned--;
	fake_module.unpins++;
	return 0;
}

const struct oriel_module fake_module_ops = {
	.info = fake_info,
	.copy = fake_copy,
	.pin = fake_pin,
	.unpin = fake_unpin,
};

const void *fake_module_ram(uint64_t address, uint64_t size)
{
	for (int i = 0; i < FAKE_PINS; i++) {
		const struct fake_pin *pin = &fake_module.pinned[i];

		if (pin->handle && address >= pin->address && size <= pin->size &&
			address - pin->address <= pin->size - size)
			return (const void *)(uintptr_t)address;
	}
	fail_msg("%#llx is not pinned", (unsigned long long)address);
	return NULL;
}
