// SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
/* Rectangles of a DMA-BUF, copied into a device. */
#include <linux/dma-buf.h>
#include <linux/dma-resv.h>
#include <linux/iosys-map.h>
#include <linux/overflow.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "compat.h"
#include "oriel.h"

struct dma_buf *oriel_dma_buf_get(int fd)
{
	struct dma_buf *buffer = dma_buf_get(fd);

	return buffer == ERR_PTR(-EINVAL) ? ERR_PTR(-EBADF) : buffer;
}

int oriel_unsupported(long error)
{
	switch (error) {
	case -ENOMEM:
	case -EINTR:
	case -ERESTARTSYS:
		return error;
	default:
		return -EOPNOTSUPP;
	}
}

/* Whether rows of bytes, the first at offset, lie within size. */
static bool rows_inside(u64 offset, u32 row_bytes, u32 rows, u32 stride, u64 size)
{
	/* Can't overflow: (2^32 - 2) * (2^32 - 1) + 2^32 - 1 < 2^64. */
	u64 span = (u64)(rows - 1) * stride + row_bytes, end;

	return !check_add_overflow(offset, span, &end) && end <= size;
}

static int rect_check(const struct oriel_shm_rect *rect, u64 src_size, u64 dst_size)
{
	if (!rect->row_bytes || !rect->rows)
		return -EINVAL;
	if (rect->rows > 1 &&
		(rect->src_stride < rect->row_bytes || rect->dst_stride < rect->row_bytes))
		return -EINVAL;
	if (!rows_inside(rect->src, rect->row_bytes, rect->rows, rect->src_stride, src_size) ||
		!rows_inside(rect->dst, rect->row_bytes, rect->rows, rect->dst_stride, dst_size))
		return -ERANGE;
	return 0;
}

static void rect_copy(void *memory, const struct iosys_map *from, const struct oriel_shm_rect *rect)
{
	u64 src = rect->src, dst = rect->dst;
	u32 row;

	if (rect->row_bytes == rect->src_stride && rect->row_bytes == rect->dst_stride) {
		iosys_map_memcpy_from(
			memory + dst, from, src, (size_t)rect->row_bytes * rect->rows);
		return;
	}
	for (row = 0; row < rect->rows; row++) {
		iosys_map_memcpy_from(memory + dst, from, src, rect->row_bytes);
		src += rect->src_stride;
		dst += rect->dst_stride;
		cond_resched();
	}
}

static int rects_copy(struct oriel_device *device, const struct iosys_map *from,
	const struct oriel_shm_rect *rects, u32 n_rects)
{
	int ret = 0;
	u32 i;

	down_read(&device->lock);
	if (device->gone)
		ret = -ENODEV;
	for (i = 0; i < n_rects && !ret; i++) {
		rect_copy(device->memory, from, &rects[i]);
		/* Many large ones take long; who is to die need not see the end of it. */
		if (fatal_signal_pending(current))
			ret = -EINTR;
		cond_resched();
	}
	/* The host learns of the bytes by a message that other code sends: they come first. */
	wmb();
	up_read(&device->lock);
	return ret;
}

/* The device is not held meanwhile: others' fences may take their time, and it must be able to go.
 */
static int buffer_copy(struct oriel_device *device, struct oriel_maps *maps, struct dma_buf *buffer,
	const struct oriel_shm_rect *rects, u32 n_rects)
{
	struct oriel_map *map = oriel_map_get(maps, buffer);
	long ret;

	if (IS_ERR(map))
		return PTR_ERR(map);
	/* begin_cpu_access waits as well, but only after the exporter has looked at its caches. */
	ret = dma_resv_wait_timeout(
		buffer->resv, dma_resv_usage_rw(false), true, MAX_SCHEDULE_TIMEOUT);
	if (ret < 0)
		goto put;
	ret = dma_buf_begin_cpu_access(buffer, DMA_FROM_DEVICE);
	if (ret) {
		ret = oriel_unsupported(ret);
		goto put;
	}
	ret = rects_copy(device, &map->bytes, rects, n_rects);
	dma_buf_end_cpu_access(buffer, DMA_FROM_DEVICE);
put:
	oriel_map_put(maps, map);
	return ret;
}

long oriel_copy(struct oriel_device *device, struct oriel_maps *maps, void __user *argument)
{
	struct oriel_shm_copy copy;
	struct oriel_shm_rect *rects;
	struct dma_buf *buffer;
	long ret = 0;
	u32 i;

	if (copy_from_user(&copy, argument, sizeof(copy)))
		return -EFAULT;
	if (copy.flags || copy.reserved || !copy.n_rects || copy.n_rects > ORIEL_SHM_MAX_RECTS)
		return -EINVAL;
	rects = vmemdup_user(u64_to_user_ptr(copy.rects), array_size(copy.n_rects, sizeof(*rects)));
	if (IS_ERR(rects))
		return PTR_ERR(rects);
	buffer = oriel_dma_buf_get(copy.fd);
	if (IS_ERR(buffer)) {
		ret = PTR_ERR(buffer);
		goto free;
	}
	for (i = 0; i < copy.n_rects && !ret; i++)
		ret = rect_check(&rects[i], buffer->size, device->size);
	if (!ret)
		ret = buffer_copy(device, maps, buffer, rects, copy.n_rects);
	dma_buf_put(buffer);
free:
	kvfree(rects);
	return ret;
}
