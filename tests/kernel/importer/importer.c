// SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
/*
 * A device that reads a DMA-BUF and lets go of it when told: no driver of a stock kernel that does
 * both works in a machine without hardware. For the tests of EXPORT; see importer.h.
 */
#include <linux/dma-buf.h>
#include <linux/dma-mapping.h>
#include <linux/dma-resv.h>
#include <linux/miscdevice.h>
#include <linux/module.h>

#include "importer.h"

static DEFINE_MUTEX(lock);
static struct dma_buf *buffer;
static struct dma_buf_attachment *attachment;
static struct sg_table *table;
static bool stubborn;
static struct miscdevice node;

/* With the reservation locked. */
static void let_go(void)
{
	if (table)
		dma_buf_unmap_attachment(attachment, table, DMA_FROM_DEVICE);
	table = NULL;
}

static void handle_late(struct work_struct *work)
{
	dma_resv_lock(buffer->resv, NULL);
	let_go();
	dma_resv_unlock(buffer->resv);
}
static DECLARE_DELAYED_WORK(late, handle_late);

static void handle_revoked(struct dma_buf_attachment *revoked)
{
	if (stubborn)
		schedule_delayed_work(&late, HZ / 2);
	else
		let_go();
}

static const struct dma_buf_attach_ops importer_ops = {
	.allow_peer2peer = true,
#ifdef HAVE_INVALIDATE_MAPPINGS
	.invalidate_mappings = handle_revoked,
#else
	.move_notify = handle_revoked,
#endif
};

static long map(void)
{
	struct sg_table *mapped;
	long ret = 0;

	dma_resv_lock(buffer->resv, NULL);
	mapped = dma_buf_map_attachment(attachment, DMA_FROM_DEVICE);
	if (IS_ERR(mapped))
		ret = PTR_ERR(mapped);
	else
		table = mapped;
	dma_resv_unlock(buffer->resv);
	return ret;
}

static void drop(void)
{
	if (!buffer)
		return;
	flush_delayed_work(&late);
	dma_resv_lock(buffer->resv, NULL);
	let_go();
	dma_resv_unlock(buffer->resv);
	dma_buf_detach(buffer, attachment);
	dma_buf_put(buffer);
	buffer = NULL;
}

static long import(int fd)
{
	long ret;

	drop();
	buffer = dma_buf_get(fd);
	if (IS_ERR(buffer)) {
		ret = PTR_ERR(buffer);
		buffer = NULL;
		return ret;
	}
	attachment = dma_buf_dynamic_attach(buffer, node.this_device, &importer_ops, NULL);
	if (IS_ERR(attachment)) {
		ret = PTR_ERR(attachment);
		dma_buf_put(buffer);
		buffer = NULL;
		return ret;
	}
	ret = map();
	if (ret)
		drop();
	return ret;
}

static long node_ioctl(struct file *file, unsigned int command, unsigned long argument)
{
	long ret = -ENOTTY;

	mutex_lock(&lock);
	switch (command) {
	case IMPORTER_IMPORT:
	case IMPORTER_IMPORT_STUBBORN:
		stubborn = command == IMPORTER_IMPORT_STUBBORN;
		ret = import(argument);
		break;
	case IMPORTER_MAP:
		ret = buffer ? map() : -EINVAL;
		break;
	case IMPORTER_BYTES:
		ret = table ? sg_dma_len(table->sgl) : 0;
		break;
	case IMPORTER_DROP:
		drop();
		ret = 0;
		break;
	}
	mutex_unlock(&lock);
	return ret;
}

static int node_release(struct inode *inode, struct file *file)
{
	drop();
	return 0;
}

static const struct file_operations node_operations = {
	.owner = THIS_MODULE,
	.unlocked_ioctl = node_ioctl,
	.release = node_release,
};

static struct miscdevice node = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "importer",
	.fops = &node_operations,
};

static int __init importer_init(void)
{
	int ret = misc_register(&node);

	return ret ? ret : dma_coerce_mask_and_coherent(node.this_device, DMA_BIT_MASK(64));
}
module_init(importer_init);

static void __exit importer_exit(void)
{
	misc_deregister(&node);
}
module_exit(importer_exit);

MODULE_DESCRIPTION("Imports DMA-BUFs, for tests");
MODULE_LICENSE("GPL");
MODULE_INFO(import_ns, "DMA_BUF");
