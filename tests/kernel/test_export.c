// SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
/* EXPORT: each errno, and that the DMA-BUF is the range it was made of. */
#include <drm/drm.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/dma-buf.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/kernel/check.h"
#include "tests/kernel/importer/importer.h"

int export_range(int fd, uint64_t offset, uint64_t size)
{
	struct oriel_shm_export request = {.offset = offset, .size = size, .fd = -7};

	if (ioctl(fd, ORIEL_SHM_EXPORT, &request) == -1)
		return -1;
	return request.fd;
}

/* The descriptor that would come next: says whether one was lost. */
static int next_descriptor(void)
{
	int fd = dup(0);

	close(fd);
	return fd;
}

static void test_errors(const struct device *device, int fd)
{
	const uint64_t size = device->size;
	struct oriel_shm_export request = {.size = PAGE, .flags = 1, .fd = -7};
	void *sealed = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int reader = device_open(device, O_RDONLY), next = next_descriptor();

	check(FAILS(ioctl(fd, ORIEL_SHM_EXPORT, NULL), EFAULT), "EXPORT from nowhere: EFAULT");
	check(FAILS(ioctl(fd, ORIEL_SHM_EXPORT, &request), EINVAL) && request.fd == -7,
		"EXPORT with a flag: EINVAL, nothing is written");
	check(FAILS(export_range(fd, 0, 0), EINVAL), "no bytes: EINVAL");
	check(FAILS(export_range(fd, 1, PAGE), EINVAL), "an offset inside a page: EINVAL");
	check(FAILS(export_range(fd, 0, PAGE + 1), EINVAL), "a size inside a page: EINVAL");
	check(FAILS(export_range(fd, size, PAGE), ERANGE), "behind the end: ERANGE");
	check(FAILS(export_range(fd, 0, size + PAGE), ERANGE), "over the end: ERANGE");
	check(FAILS(export_range(fd, -(uint64_t)PAGE, PAGE), ERANGE),
		"an offset that wraps: ERANGE");
	check(FAILS(export_range(fd, PAGE, -(uint64_t)PAGE), ERANGE), "a size that wraps: ERANGE");
	check(FAILS(export_range(reader, 0, PAGE), EPERM), "by who may not write: EPERM");
	memcpy(sealed, &(struct oriel_shm_export){.size = PAGE}, sizeof(request));
	mprotect(sealed, PAGE, PROT_READ);
	check(FAILS(ioctl(fd, ORIEL_SHM_EXPORT, sealed), EFAULT),
		"an answer nobody can get: EFAULT");
	check(next_descriptor() == next, "none of them left a descriptor behind");
	munmap(sealed, PAGE);
	close(reader);
}

static void test_bytes(int fd, uint8_t *bytes)
{
	const size_t at = 300 * PAGE, size = 8 * PAGE;
	int buffer = export_range(fd, at, size);
	struct dma_buf_sync sync = {.flags = DMA_BUF_SYNC_START | DMA_BUF_SYNC_RW};
	uint8_t *view;

	check(buffer >= 0 && (fcntl(buffer, F_GETFD) & FD_CLOEXEC), "a DMA-BUF, close-on-exec");
	check(lseek(buffer, 0, SEEK_END) == (off_t)size, "of the size asked for");
	view = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, buffer, 0);
	check(ioctl(buffer, DMA_BUF_IOCTL_SYNC, &sync) == 0, "SYNC");
	pattern_fill(view, size, 21);
	check(pattern_is(bytes + at, size, 21), "its bytes are the device's");
	note("host device %zu %zu %u", at, size, 21);
	munmap(view, size);
	view = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, buffer, 7 * PAGE);
	check(view[5] == pattern(21, 7 * PAGE + 5), "its last page by itself");
	munmap(view, PAGE);
	check(mmap(NULL, 2 * PAGE, PROT_READ, MAP_SHARED, buffer, 7 * PAGE) == MAP_FAILED,
		"no page behind it");
	check(FAILS(copy_rects(fd, buffer, &(struct oriel_shm_rect){.row_bytes = 1, .rows = 1}, 1),
		      EOPNOTSUPP),
		"COPY from it: EOPNOTSUPP, the kernel has no mapping of what can be taken back");
	close(buffer);
}

/* None of the drivers here can let go of a buffer when told, so none may have it. */
static void test_importers(int fd)
{
	int buffer = export_range(fd, PAGE, PAGE);
	struct drm_prime_handle prime = {.fd = buffer};

	for (int i = 0; i < 2; i++) {
		char node[32];
		int card;

		snprintf(node, sizeof(node), "/dev/dri/card%d", i);
		card = open(node, O_RDWR | O_CLOEXEC);
		if (card == -1)
			continue;
		check(ioctl(card, DRM_IOCTL_PRIME_FD_TO_HANDLE, &prime) == -1,
			"card%d, which could not let go of it, is refused", i);
		close(card);
	}
	close(buffer);
}

/* A device that can let go has the bytes for as long as there are any. */
void test_revoke(struct device *device)
{
	int fd = device_open(device, O_RDWR), importer = open("/dev/importer", O_RDWR | O_CLOEXEC);
	int buffer = export_range(fd, PAGE, 3 * PAGE);

	if (importer == -1) {
		skip("no importer", "a device that reads an exported DMA-BUF");
		return;
	}
	for (int i = 0; i < 2; i++) {
		const char *kind = i ? "a slow importer" : "an importer";

		check(ioctl(importer, i ? IMPORTER_IMPORT_STUBBORN : IMPORTER_IMPORT, buffer) == 0,
			"%s gets the DMA-BUF", kind);
		check(ioctl(importer, IMPORTER_BYTES) == 3 * PAGE, "all of it is mapped");
		device_unbind(device);
		check(ioctl(importer, IMPORTER_BYTES) == 0, "unbound: %s has let go of it", kind);
		check(FAILS(ioctl(importer, IMPORTER_MAP), ENODEV), "it can't be mapped: ENODEV");
		device_bind(device);
		check(FAILS(ioctl(importer, IMPORTER_MAP), ENODEV), "bound again: ENODEV");
		close(buffer);
		close(fd);
		fd = device_open(device, O_RDWR);
		buffer = export_range(fd, PAGE, 3 * PAGE);
	}
	check(ioctl(importer, IMPORTER_IMPORT, buffer) == 0, "what is exported now can be had");
	check(ioctl(importer, IMPORTER_DROP) == 0, "and given back");
	close(importer);
	close(buffer);
	close(fd);
}

void test_export(struct device *device)
{
	int fd = device_open(device, O_RDWR);
	uint8_t *bytes = device_map(fd, device->size);

	test_errors(device, fd);
	test_bytes(fd, bytes);
	test_importers(fd);
	munmap(bytes, device->size);
	close(fd);
}
