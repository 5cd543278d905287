// SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
/*
 * A range of a device as a DMA-BUF.
 *
 * It can be taken back. So only importers are let in who let go when told, and who don't look for
 * struct pages (there are none); and there is no vmap, since a kernel pointer can't be taken back.
 */
#include <linux/dma-buf.h>
#include <linux/dma-mapping.h>
#include <linux/dma-resv.h>
#include <linux/file.h>
#include <linux/overflow.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/wait.h>

#include "compat.h"
#include "oriel.h"

struct oriel_export {
	struct oriel_device *device; /* a reference */
	struct dma_buf *buffer;
	u64 offset, size;
	bool revoked;      /* under the lock of the buffer's reservation */
	atomic_t mappings; /* by importers */
	wait_queue_head_t unmapped;
	struct list_head node; /* under users_lock of the device */
};

static int export_attach(struct dma_buf *buffer, struct dma_buf_attachment *attachment)
{
	return attachment->peer2peer && can_be_revoked(attachment) ? 0 : -EOPNOTSUPP;
}

/*
 * Nothing ever moves; but only an exporter that can pin is asked with the reservation locked, and
 * only its importers are told to let go.
 */
static int export_pin(struct dma_buf_attachment *attachment)
{
	return 0;
}

static void export_unpin(struct dma_buf_attachment *attachment)
{
}

/* One entry without a page: scatterlists count bytes in 32 bits, EXPORT sees to it. */
static int map_resource(struct oriel_export *export, struct device *to, struct sg_table *table,
	enum dma_data_direction direction)
{
	dma_addr_t address = dma_map_resource(
		to, export->device->base + export->offset, export->size, direction, 0);

	if (dma_mapping_error(to, address))
		return -EIO;
	sg_set_page(table->sgl, NULL, export->size, 0);
	sg_dma_address(table->sgl) = address;
	sg_dma_len(table->sgl) = export->size;
	return 0;
}

static struct sg_table *export_map(
	struct dma_buf_attachment *attachment, enum dma_data_direction direction)
{
	struct oriel_export *export = attachment->dmabuf->priv;
	struct sg_table *table;
	int ret;

	dma_resv_assert_held(export->buffer->resv);
	if (export->revoked)
		return ERR_PTR(-ENODEV);
	table = kzalloc(sizeof(*table), GFP_KERNEL);
	if (!table)
		return ERR_PTR(-ENOMEM);
	ret = sg_alloc_table(table, 1, GFP_KERNEL);
	if (ret)
		goto free;
	ret = map_resource(export, attachment->dev, table, direction);
	if (ret)
		goto free_table;
	atomic_inc(&export->mappings);
	return table;
free_table:
	sg_free_table(table);
free:
	kfree(table);
	return ERR_PTR(ret);
}

static void export_unmap(struct dma_buf_attachment *attachment, struct sg_table *table,
	enum dma_data_direction direction)
{
	struct oriel_export *export = attachment->dmabuf->priv;

	dma_unmap_resource(attachment->dev, sg_dma_address(table->sgl), export->size, direction, 0);
	sg_free_table(table);
	kfree(table);
	if (atomic_dec_and_test(&export->mappings))
		wake_up_all(&export->unmapped);
}

static vm_fault_t export_fault(struct vm_fault *vmf)
{
	struct oriel_export *export = vmf->vma->vm_private_data;

	return oriel_device_fault(export->device, vmf, export->offset);
}

static const struct vm_operations_struct export_vm_ops = {.fault = export_fault};

static int export_mmap(struct dma_buf *buffer, struct vm_area_struct *vma)
{
	struct oriel_export *export = buffer->priv;
	int ret = -ENODEV;

	down_read(&export->device->lock);
	if (!export->device->gone)
		ret = oriel_device_prepare_mmap(vma, &export_vm_ops, export, export->size);
	up_read(&export->device->lock);
	return ret;
}

static void export_free(struct oriel_export *export)
{
	put_device(&export->device->dev);
	kfree(export);
}

static void export_release(struct dma_buf *buffer)
{
	struct oriel_export *export = buffer->priv;

	mutex_lock(&export->device->users_lock);
	list_del(&export->node);
	mutex_unlock(&export->device->users_lock);
	export_free(export);
}

static const struct dma_buf_ops export_ops = {
	.attach = export_attach,
	.pin = export_pin,
	.unpin = export_unpin,
	.map_dma_buf = export_map,
	.unmap_dma_buf = export_unmap,
	.mmap = export_mmap,
	.release = export_release,
};

static void revoke(struct oriel_export *export)
{
	struct dma_buf *buffer = export->buffer;

	dma_resv_lock(buffer->resv, NULL);
	export->revoked = true;
	dma_buf_invalidate_mappings(buffer);
	dma_resv_wait_timeout(buffer->resv, DMA_RESV_USAGE_BOOKKEEP, false, MAX_SCHEDULE_TIMEOUT);
	dma_resv_unlock(buffer->resv);
	wait_event(export->unmapped, !atomic_read(&export->mappings));
	unmap_mapping_range(buffer->file->f_mapping, 0, 0, 1);
}

void oriel_exports_revoke(struct oriel_device *device)
{
	struct oriel_export *export;

	lockdep_assert_held(&device->users_lock);
	list_for_each_entry(export, &device->exports, node) {
		/* One whose last reference is gone waits for the lock, with nothing left mapped. */
		if (!get_file_active(&export->buffer->file))
			continue;
		revoke(export);
		dma_buf_put(export->buffer);
	}
}

/* A device that goes meanwhile either finds the export in its list, or lets none in any more. */
static int export_join(struct oriel_export *export)
{
	struct oriel_device *device = export->device;
	int ret = -ENODEV;

	down_read(&device->lock);
	mutex_lock(&device->users_lock);
	if (!device->gone) {
		list_add(&export->node, &device->exports);
		ret = 0;
	}
	mutex_unlock(&device->users_lock);
	up_read(&device->lock);
	return ret;
}

/* On success the DMA-BUF owns the export. */
static struct dma_buf *export_buffer(struct oriel_device *device, u64 offset, u64 size)
{
	DEFINE_DMA_BUF_EXPORT_INFO(info);
	struct oriel_export *export = kzalloc(sizeof(*export), GFP_KERNEL_ACCOUNT);
	struct dma_buf *buffer;
	int ret;

	if (!export)
		return ERR_PTR(-ENOMEM);
	get_device(&device->dev);
	export->device = device;
	export->offset = offset;
	export->size = size;
	init_waitqueue_head(&export->unmapped);
	INIT_LIST_HEAD(&export->node);
	info.ops = &export_ops;
	info.size = size;
	info.flags = O_RDWR | O_CLOEXEC;
	info.priv = export;
	buffer = dma_buf_export(&info);
	if (IS_ERR(buffer)) {
		export_free(export);
		return buffer;
	}
	export->buffer = buffer;
	ret = export_join(export);
	if (ret) {
		dma_buf_put(buffer);
		return ERR_PTR(ret);
	}
	return buffer;
}

static int export_check(const struct oriel_shm_export *export, u64 size)
{
	u64 end;

	if (export->flags || !export->size || !PAGE_ALIGNED(export->offset | export->size))
		return -EINVAL;
	if (check_add_overflow(export->offset, export->size, &end) || end > size)
		return -ERANGE;
	return export->size > UINT_MAX ? -EINVAL : 0;
}

long oriel_export(struct oriel_device *device, struct oriel_shm_export __user *argument)
{
	struct oriel_shm_export request;
	struct dma_buf *buffer;
	int fd, ret;

	if (copy_from_user(&request, argument, sizeof(request)))
		return -EFAULT;
	ret = export_check(&request, device->size);
	if (ret)
		return ret;
	fd = get_unused_fd_flags(O_CLOEXEC);
	if (fd < 0)
		return fd;
	buffer = export_buffer(device, request.offset, request.size);
	ret = PTR_ERR_OR_ZERO(buffer);
	if (ret)
		goto put_fd;
	/* The number is told before it means something, so that nothing has to be undone. */
	if (put_user(fd, &argument->fd)) {
		dma_buf_put(buffer);
		ret = -EFAULT;
		goto put_fd;
	}
	fd_install(fd, buffer->file);
	return 0;
put_fd:
	put_unused_fd(fd);
	return ret;
}
