// SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
/* DMA-BUFs from whom this kernel has. */
#include <drm/drm.h>
#include <drm/drm_mode.h>
#include <drm/vgem_drm.h>
#include <fcntl.h>
#include <linux/dma-heap.h>
#include <linux/udmabuf.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/kernel/check.h"

static bool buffer_map(struct buffer *buffer, int fd, off_t offset, uint32_t seed)
{
	void *bytes = mmap(NULL, buffer->size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, offset);

	if (bytes == MAP_FAILED)
		return false;
	buffer->bytes = bytes;
	pattern_fill(bytes, buffer->size, seed);
	return true;
}

static bool make_udmabuf(struct buffer *buffer, uint32_t seed)
{
	int driver = open("/dev/udmabuf", O_RDWR | O_CLOEXEC);
	int memory = memfd_create("test", MFD_ALLOW_SEALING | MFD_CLOEXEC);
	struct udmabuf_create create = {
		.memfd = memory, .flags = UDMABUF_FLAGS_CLOEXEC, .size = buffer->size};
	bool made = driver != -1 && ftruncate(memory, buffer->size) == 0 &&
		    fcntl(memory, F_ADD_SEALS, F_SEAL_SHRINK) == 0 &&
		    (buffer->fd = ioctl(driver, UDMABUF_CREATE, &create)) >= 0 &&
		    buffer_map(buffer, memory, 0, seed);

	buffer->kind = "udmabuf";
	if (driver != -1)
		close(driver);
	close(memory);
	return made;
}

static bool make_heap(struct buffer *buffer, uint32_t seed)
{
	int heap = open("/dev/dma_heap/system", O_RDWR | O_CLOEXEC);
	struct dma_heap_allocation_data data = {
		.len = buffer->size, .fd_flags = O_RDWR | O_CLOEXEC};
	bool made = heap != -1 && ioctl(heap, DMA_HEAP_IOCTL_ALLOC, &data) == 0;

	buffer->kind = "dma-heap";
	if (heap != -1)
		close(heap);
	buffer->fd = made ? (int)data.fd : -1;
	return made && buffer_map(buffer, buffer->fd, 0, seed);
}

/* A card by the name of its driver; -1: there is none. */
static int card_open(const char *driver)
{
	for (int i = 0; i < 4; i++) {
		char node[32], name[32] = "";
		struct drm_version version = {.name = name, .name_len = sizeof(name) - 1};
		int card;

		snprintf(node, sizeof(node), "/dev/dri/card%d", i);
		card = open(node, O_RDWR | O_CLOEXEC);
		if (card == -1)
			continue;
		if (ioctl(card, DRM_IOCTL_VERSION, &version) == 0 && !strcmp(name, driver))
			return card;
		close(card);
	}
	return -1;
}

static bool make_dumb(struct buffer *buffer, const char *driver, uint32_t seed)
{
	struct drm_mode_create_dumb dumb = {
		.width = 1024, .height = (buffer->size + 4095) / 4096, .bpp = 32};
	struct drm_mode_map_dumb map = {};
	struct drm_prime_handle prime = {.flags = DRM_CLOEXEC | DRM_RDWR};

	buffer->kind = driver;
	buffer->card = card_open(driver);
	if (buffer->card == -1 || ioctl(buffer->card, DRM_IOCTL_MODE_CREATE_DUMB, &dumb) == -1)
		return false;
	buffer->drm_handle = map.handle = prime.handle = dumb.handle;
	if (ioctl(buffer->card, DRM_IOCTL_MODE_MAP_DUMB, &map) == -1 ||
		ioctl(buffer->card, DRM_IOCTL_PRIME_HANDLE_TO_FD, &prime) == -1)
		return false;
	buffer->fd = prime.fd;
	return buffer_map(buffer, buffer->card, map.offset, seed);
}

void buffer_free(struct buffer *buffer)
{
	if (buffer->bytes)
		munmap(buffer->bytes, buffer->size);
	if (buffer->fd != -1)
		close(buffer->fd);
	if (buffer->card != -1)
		close(buffer->card);
}

static bool make(int kind, struct buffer *buffer, size_t size, uint32_t seed)
{
	bool made;

	*buffer = (struct buffer){.fd = -1, .card = -1, .size = (size + PAGE - 1) / PAGE * PAGE};
	if (kind == 0)
		made = make_udmabuf(buffer, seed);
	else if (kind == 1)
		made = make_heap(buffer, seed);
	else
		made = make_dumb(buffer, kind == 2 ? "virtio_gpu" : "vgem", seed);
	if (!made)
		buffer_free(buffer);
	return made;
}

int buffers_make(struct buffer buffers[MAX_BUFFERS], size_t size, uint32_t seed)
{
	int n = 0;

	for (int kind = 0; kind < MAX_BUFFERS; kind++)
		n += make(kind, &buffers[n], size, seed + kind);
	return n;
}

struct buffer buffer_any(size_t size, uint32_t seed)
{
	struct buffer buffer;

	/* From a card, if there is one: udmabuf can't be mapped by the kernel before 6.2. */
	if (!make(2, &buffer, size, seed) && !make(3, &buffer, size, seed) &&
		!make(1, &buffer, size, seed) && !make(0, &buffer, size, seed))
		die("a DMA-BUF");
	return buffer;
}

bool buffer_fenced(struct buffer *buffer, size_t size, uint32_t *ret_fence)
{
	struct drm_vgem_fence_attach attach = {.flags = VGEM_FENCE_WRITE};

	if (!make(3, buffer, size, 1))
		return false;
	attach.handle = buffer->drm_handle;
	if (ioctl(buffer->card, DRM_IOCTL_VGEM_FENCE_ATTACH, &attach) == -1) {
		buffer_free(buffer);
		return false;
	}
	*ret_fence = attach.out_fence;
	return true;
}

void buffer_signal(const struct buffer *buffer, uint32_t fence)
{
	struct drm_vgem_fence_signal signal = {.fence = fence};

	if (ioctl(buffer->card, DRM_IOCTL_VGEM_FENCE_SIGNAL, &signal) == -1)
		note("signalling a fence failed");
}
