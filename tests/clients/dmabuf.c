/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "tests/clients/dmabuf.h"

#include <drm/drm.h>
#include <drm/drm_mode.h>
#include <drm/vgem_drm.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/udmabuf.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/clients/client.h"

static void call(int fd, unsigned long request, void *argument, const char *what)
{
	if (ioctl(fd, request, argument))
		client_die("%s: %s", what, strerror(errno));
}

static void *map(int fd, size_t size, off_t offset)
{
	void *at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, offset);

	if (at == MAP_FAILED)
		client_die("mmap of a DMA-BUF: %s", strerror(errno));
	return at;
}

static void create_of_pages(int device, size_t size, struct dmabuf *ret_dmabuf)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	int memory = memfd_create("pattern", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	struct udmabuf_create create = {
		.memfd = (uint32_t)memory,
		.flags = UDMABUF_FLAGS_CLOEXEC,
		.size = (size + page - 1) & ~(page - 1),
	};

	if (memory < 0 || ftruncate(memory, (off_t)create.size) ||
		fcntl(memory, F_ADD_SEALS, F_SEAL_SHRINK))
		client_die("no memory for a DMA-BUF: %s", strerror(errno));
	ret_dmabuf->fd = ioctl(device, UDMABUF_CREATE, &create);
	if (ret_dmabuf->fd < 0)
		client_die("UDMABUF_CREATE: %s", strerror(errno));
	ret_dmabuf->map = map(memory, size, 0);
	ret_dmabuf->node = -1;
	close(memory);
	close(device);
}

static void create_dumb(int device, int width, int height, struct dmabuf *ret_dmabuf)
{
	struct drm_mode_create_dumb create = {
		.width = (uint32_t)width, .height = (uint32_t)height, .bpp = 32};
	struct drm_mode_map_dumb place = {0};
	struct drm_prime_handle prime = {.flags = DRM_CLOEXEC | DRM_RDWR};

	call(device, DRM_IOCTL_MODE_CREATE_DUMB, &create, "DRM_IOCTL_MODE_CREATE_DUMB");
	if (create.pitch != (uint32_t)width * 4)
		client_die("rows of %d pixels take %u bytes", width, create.pitch);
	prime.handle = place.handle = create.handle;
	call(device, DRM_IOCTL_MODE_MAP_DUMB, &place, "DRM_IOCTL_MODE_MAP_DUMB");
	call(device, DRM_IOCTL_PRIME_HANDLE_TO_FD, &prime, "DRM_IOCTL_PRIME_HANDLE_TO_FD");
	ret_dmabuf->fd = prime.fd;
	ret_dmabuf->map = map(device, ret_dmabuf->size, (off_t)place.offset);
	ret_dmabuf->node = device;
	ret_dmabuf->handle = create.handle;
}

void dmabuf_create(const char *device, int width, int height, struct dmabuf *ret_dmabuf)
{
	int fd = open(device, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		client_die("%s: %s", device, strerror(errno));
	ret_dmabuf->size = (size_t)width * (size_t)height * 4;
	if (strstr(device, "udmabuf"))
		create_of_pages(fd, ret_dmabuf->size, ret_dmabuf);
	else
		create_dumb(fd, width, height, ret_dmabuf);
}

void dmabuf_destroy(struct dmabuf *dmabuf)
{
	munmap(dmabuf->map, dmabuf->size);
	close(dmabuf->fd);
	if (dmabuf->node >= 0)
		close(dmabuf->node);
}

struct drawing {
	void *pixels, *to;
	size_t size;
	int node, ms;
	uint32_t fence;
};

static void *draw(void *data)
{
	struct drawing *drawing = data;
	struct drm_vgem_fence_signal signal = {.fence = drawing->fence};

	usleep((useconds_t)drawing->ms * 1000);
	memcpy(drawing->to, drawing->pixels, drawing->size);
	call(drawing->node, DRM_IOCTL_VGEM_FENCE_SIGNAL, &signal, "DRM_IOCTL_VGEM_FENCE_SIGNAL");
	free(drawing->pixels);
	free(drawing);
	return NULL;
}

void dmabuf_draw_later(struct dmabuf *dmabuf, void *pixels, int ms)
{
	struct drm_vgem_fence_attach attach = {.handle = dmabuf->handle, .flags = VGEM_FENCE_WRITE};
	struct drawing *drawing = calloc(1, sizeof(*drawing));
	pthread_t thread;

	if (!drawing || dmabuf->node < 0)
		client_die("only vgem has fences");
	memset(dmabuf->map, 0x55, dmabuf->size);
	call(dmabuf->node, DRM_IOCTL_VGEM_FENCE_ATTACH, &attach, "DRM_IOCTL_VGEM_FENCE_ATTACH");
	*drawing = (struct drawing){
		pixels, dmabuf->map, dmabuf->size, dmabuf->node, ms, attach.out_fence};
	if (pthread_create(&thread, NULL, draw, drawing))
		client_die("no thread");
	pthread_detach(thread);
}
