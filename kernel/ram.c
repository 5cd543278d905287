// SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
/*
 * /dev/oriel_ram: keeps buffers where they are in this machine's RAM, and tells where that is, for
 * a host that has the RAM as a file.
 */
#include <linux/dma-buf.h>
#include <linux/dma-mapping.h>
#include <linux/ioport.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/swiotlb.h>
#include <linux/uaccess.h>
#include <linux/xarray.h>

#include "compat.h"
#include "oriel.h"

static unsigned int max_pinned_mib = 1024;
module_param(max_pinned_mib, uint, 0644);
MODULE_PARM_DESC(max_pinned_mib, "MiB that all users of /dev/oriel_ram together may pin");

static atomic64_t pinned_bytes;

struct oriel_pin {
	u64 bytes; /* counted in pinned_bytes */
	struct dma_buf *buffer;
	struct dma_buf_attachment *attachment;
	struct sg_table *table;
	struct page **pages;
	int n_pages;
};

/* Pieces of RAM, those that touch made one. Without room they are only counted. */
struct extents {
	struct oriel_shm_extent *room, last;
	u64 n;
};

static void extents_add(struct extents *extents, u64 address, u64 size)
{
	if (extents->n && extents->last.address + extents->last.size == address) {
		extents->last.size += size;
	} else {
		extents->last = (struct oriel_shm_extent){.address = address, .size = size};
		extents->n++;
	}
	if (extents->room)
		extents->room[extents->n - 1] = extents->last;
}

static void pin_extents(const struct oriel_pin *pin, struct extents *extents)
{
	struct scatterlist *entry;
	int i;

	if (pin->table) {
		/* The node is behind no IOMMU: bus addresses are guest-physical. */
		for_each_sgtable_dma_sg(pin->table, entry, i)
			extents_add(extents, sg_dma_address(entry), sg_dma_len(entry));
	}
	for (i = 0; i < pin->n_pages; i++)
		extents_add(extents, page_to_phys(pin->pages[i]), PAGE_SIZE);
}

static bool bytes_reserve(u64 bytes)
{
	s64 limit = (s64)READ_ONCE(max_pinned_mib) << 20, now = atomic64_read(&pinned_bytes);

	do {
		if (now > limit || bytes > limit - now)
			return false;
	} while (!atomic64_try_cmpxchg(&pinned_bytes, &now, now + bytes));
	return true;
}

static void pin_free(struct oriel_pin *pin)
{
	if (pin->table)
		dma_buf_unmap_attachment_unlocked(pin->attachment, pin->table, DMA_TO_DEVICE);
	if (pin->attachment)
		dma_buf_detach(pin->buffer, pin->attachment);
	if (pin->buffer)
		dma_buf_put(pin->buffer);
	if (pin->n_pages)
		unpin_user_pages(pin->pages, pin->n_pages);
	kvfree(pin->pages);
	atomic64_sub(pin->bytes, &pinned_bytes);
	kfree(pin);
}

/* Fills what is to be freed by pin_free() also on failure. */
static int pin_pages(struct oriel_pin *pin, u64 address, u64 size)
{
	u64 n = size >> PAGE_SHIFT;
	int got;

	if (n > INT_MAX || !bytes_reserve(size))
		return -EDQUOT;
	pin->bytes = size;
	pin->pages = kvcalloc(n, sizeof(*pin->pages), GFP_KERNEL_ACCOUNT);
	if (!pin->pages)
		return -ENOMEM;
	got = pin_user_pages_fast(address, n, FOLL_WRITE | FOLL_LONGTERM, pin->pages);
	if (got < 0)
		return got == -ENOMEM || got == -EINTR ? got : -EFAULT;
	pin->n_pages = got;
	return got == n ? 0 : -EFAULT;
}

static int pin_buffer(struct oriel_pin *pin, int fd, struct device *dev)
{
	struct dma_buf_attachment *attachment;
	struct dma_buf *buffer = oriel_dma_buf_get(fd);
	struct sg_table *table;

	if (IS_ERR(buffer))
		return PTR_ERR(buffer);
	pin->buffer = buffer;
	if (!bytes_reserve(buffer->size))
		return -EDQUOT;
	pin->bytes = buffer->size;
	attachment = dma_buf_attach(buffer, dev);
	if (IS_ERR(attachment))
		return oriel_unsupported(PTR_ERR(attachment));
	pin->attachment = attachment;
	table = dma_buf_map_attachment_unlocked(attachment, DMA_TO_DEVICE);
	if (IS_ERR(table))
		return oriel_unsupported(PTR_ERR(table));
	pin->table = table;
	return 0;
}

static bool in_ram(const struct extents *extents)
{
	u64 i;

	for (i = 0; i < extents->n; i++)
		if (region_intersects(extents->room[i].address, extents->room[i].size,
			    IORESOURCE_SYSTEM_RAM, IORES_DESC_NONE) != REGION_INTERSECTS)
			return false;
	return true;
}

/* Tells where the bytes are. */
static long tell_extents(const struct oriel_pin *pin, const struct oriel_shm_pin *request,
	struct oriel_shm_pin __user *argument)
{
	struct extents extents = {};
	long ret = 0;

	pin_extents(pin, &extents);
	if (extents.n > request->n_extents)
		return put_user((u32)min_t(u64, extents.n, U32_MAX), &argument->n_extents)
			       ? -EFAULT
			       : -ENOSPC;
	extents.room = kvcalloc(extents.n, sizeof(*extents.room), GFP_KERNEL_ACCOUNT);
	if (!extents.room)
		return -ENOMEM;
	extents.n = 0;
	pin_extents(pin, &extents);
	if (!in_ram(&extents))
		ret = -EOPNOTSUPP;
	else if (copy_to_user(u64_to_user_ptr(request->extents), extents.room,
			 extents.n * sizeof(*extents.room)) ||
		 put_user((u32)extents.n, &argument->n_extents))
		ret = -EFAULT;
	kvfree(extents.room);
	return ret;
}

static int request_check(const struct oriel_shm_pin *request)
{
	u64 end;

	if (request->flags || request->n_extents > ORIEL_SHM_MAX_EXTENTS)
		return -EINVAL;
	if (request->fd != -1)
		return request->address || request->size ? -EINVAL : 0;
	if (!request->size || !PAGE_ALIGNED(request->address | request->size) ||
		check_add_overflow(request->address, request->size, &end))
		return -EINVAL;
	return 0;
}

/* A handle that is in use, but that UNPIN does not find before everything has been told. */
static long publish(struct xarray *pins, struct oriel_pin *pin, const struct oriel_shm_pin *request,
	struct oriel_shm_pin __user *argument)
{
	u32 handle;
	long ret = xa_alloc(pins, &handle, NULL, xa_limit_31b, GFP_KERNEL_ACCOUNT);

	if (ret)
		return ret;
	ret = tell_extents(pin, request, argument);
	if (!ret && put_user(handle, &argument->handle))
		ret = -EFAULT;
	if (ret)
		xa_release(pins, handle);
	else
		xa_store(pins, handle, pin, GFP_KERNEL_ACCOUNT);
	return ret;
}

static long ram_pin(struct xarray *pins, struct device *dev, struct oriel_shm_pin __user *argument)
{
	struct oriel_shm_pin request;
	struct oriel_pin *pin;
	long ret;

	if (copy_from_user(&request, argument, sizeof(request)))
		return -EFAULT;
	ret = request_check(&request);
	if (ret)
		return ret;
	/* Bus addresses would be those of bounce buffers: an encrypted guest, or swiotlb=force. */
	if (is_swiotlb_force_bounce(dev))
		return -EOPNOTSUPP;
	pin = kzalloc(sizeof(*pin), GFP_KERNEL_ACCOUNT);
	if (!pin)
		return -ENOMEM;
	if (request.fd == -1)
		ret = pin_pages(pin, request.address, request.size);
	else
		ret = pin_buffer(pin, request.fd, dev);
	if (!ret)
		ret = publish(pins, pin, &request, argument);
	if (ret)
		pin_free(pin);
	return ret;
}

static long ram_unpin(struct xarray *pins, void __user *argument)
{
	struct oriel_shm_unpin request;
	struct oriel_pin *pin;

	if (copy_from_user(&request, argument, sizeof(request)))
		return -EFAULT;
	if (request.reserved)
		return -EINVAL;
	/* Not what publish() has only reserved: xa_erase() would take that, too. */
	xa_lock(pins);
	pin = xa_load(pins, request.handle);
	if (pin)
		__xa_erase(pins, request.handle);
	xa_unlock(pins);
	if (!pin)
		return -ENOENT;
	pin_free(pin);
	return 0;
}

static long ram_info(void __user *argument)
{
	struct oriel_shm_info info = {.version = ORIEL_SHM_VERSION, .kind = ORIEL_SHM_RAM};

	return copy_to_user(argument, &info, sizeof(info)) ? -EFAULT : 0;
}

static struct miscdevice ram_node;

static long ram_ioctl(struct file *file, unsigned int command, unsigned long argument)
{
	void __user *user = (void __user *)argument;

	switch (command) {
	case ORIEL_SHM_INFO:
		return ram_info(user);
	case ORIEL_SHM_PIN:
		return ram_pin(file->private_data, ram_node.this_device, user);
	case ORIEL_SHM_UNPIN:
		return ram_unpin(file->private_data, user);
	default:
		return -ENOTTY;
	}
}

static int ram_open(struct inode *inode, struct file *file)
{
	struct xarray *pins = kzalloc(sizeof(*pins), GFP_KERNEL_ACCOUNT);

	if (!pins)
		return -ENOMEM;
	xa_init_flags(pins, XA_FLAGS_ALLOC1);
	file->private_data = pins;
	return nonseekable_open(inode, file);
}

static int ram_release(struct inode *inode, struct file *file)
{
	struct xarray *pins = file->private_data;
	struct oriel_pin *pin;
	unsigned long handle;

	xa_for_each(pins, handle, pin)
		pin_free(pin);
	xa_destroy(pins);
	kfree(pins);
	return 0;
}

static const struct file_operations ram_operations = {
	.owner = THIS_MODULE,
	.open = ram_open,
	.release = ram_release,
	.unlocked_ioctl = ram_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};

static struct miscdevice ram_node = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "oriel_ram",
	.mode = 0600,
	.fops = &ram_operations,
};

static struct device_dma_parameters ram_parameters;

int oriel_ram_init(void)
{
	int ret = misc_register(&ram_node);
	struct device *dev = ram_node.this_device;

	if (ret)
		return ret;
	/* What DMA-BUFs are attached to: it reaches all RAM, in pieces of any size. */
	dev->dma_parms = &ram_parameters;
	dma_set_max_seg_size(dev, UINT_MAX);
	ret = dma_coerce_mask_and_coherent(dev, DMA_BIT_MASK(64));
	if (ret)
		misc_deregister(&ram_node);
	return ret;
}

void oriel_ram_exit(void)
{
	misc_deregister(&ram_node);
}
