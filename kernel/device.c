// SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
/* A device that shares memory with the host, as a character device. */
#include <linux/idr.h>
#include <linux/io.h>
#include <linux/module.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "compat.h"
#include "oriel.h"

#define MAX_DEVICES 64

static const char mark[8] = {'O', 'R', 'I', 'E', 'L', 'S', 'H', 'M'};

static struct class oriel_class = {.name = "oriel"};
static dev_t first_number;
static DEFINE_IDA(numbers);

/* An open file. */
struct oriel_file {
	struct oriel_device *device;
	struct address_space *mapping;
	struct oriel_maps maps;
	struct list_head node;
};

vm_fault_t oriel_device_fault(struct oriel_device *device, struct vm_fault *vmf, u64 offset)
{
	struct vm_area_struct *vma = vmf->vma;
	unsigned long block = ALIGN_DOWN(vmf->address, SZ_2M);
	unsigned long from = max(block, vma->vm_start);
	unsigned long to = vma->vm_end - block > SZ_2M ? block + SZ_2M : vma->vm_end;
	unsigned long pfn, address;
	vm_fault_t ret = VM_FAULT_SIGBUS;

	down_read(&device->lock);
	if (device->gone)
		goto out;
	pfn = PHYS_PFN(device->base + offset) + vmf->pgoff;
	ret = vmf_insert_pfn(vma, vmf->address, pfn);
	/* Its neighbours too: rings are written from end to end. Where that fails, they fault. */
	pfn -= (vmf->address - from) >> PAGE_SHIFT;
	for (address = from; address < to && ret == VM_FAULT_NOPAGE; address += PAGE_SIZE, pfn++)
		if (vmf_insert_pfn(vma, address, pfn) != VM_FAULT_NOPAGE)
			break;
out:
	up_read(&device->lock);
	return ret;
}

int oriel_device_prepare_mmap(
	struct vm_area_struct *vma, const struct vm_operations_struct *ops, void *private, u64 size)
{
	u64 pages = size >> PAGE_SHIFT;

	/* A private mapping would copy pages on write, and these have no struct page to copy. */
	if ((vma->vm_flags & (VM_SHARED | VM_MAYWRITE)) == VM_MAYWRITE)
		return -EINVAL;
	if (vma->vm_pgoff > pages || vma_pages(vma) > pages - vma->vm_pgoff)
		return -EINVAL;
	/*
	 * vm_page_prot stays as it is, which is cached: behind the device is ordinary memory of the
	 * host, which is coherent with its CPUs, and so with ours. Uncached it would be an order of
	 * magnitude slower, and on arm64 not coherent with what the host has in its caches.
	 */
	vm_flags_set(vma, VM_PFNMAP | VM_DONTEXPAND | VM_DONTDUMP);
	vma->vm_private_data = private;
	vma->vm_ops = ops;
	return 0;
}

static vm_fault_t file_fault(struct vm_fault *vmf)
{
	return oriel_device_fault(vmf->vma->vm_private_data, vmf, 0);
}

static const struct vm_operations_struct file_vm_ops = {.fault = file_fault};

static int file_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct oriel_file *user = file->private_data;
	struct oriel_device *device = user->device;
	int ret = -ENODEV;

	down_read(&device->lock);
	if (!device->gone)
		ret = oriel_device_prepare_mmap(vma, &file_vm_ops, device, device->size);
	up_read(&device->lock);
	return ret;
}

static int file_open(struct inode *inode, struct file *file)
{
	struct oriel_device *device = container_of(inode->i_cdev, struct oriel_device, cdev);
	struct oriel_file *user = kzalloc(sizeof(*user), GFP_KERNEL_ACCOUNT);

	if (!user)
		return -ENOMEM;
	user->device = device;
	user->mapping = file->f_mapping;
	oriel_maps_init(&user->maps);
	down_read(&device->lock);
	if (device->gone) {
		up_read(&device->lock);
		kfree(user);
		return -ENODEV;
	}
	mutex_lock(&device->users_lock);
	list_add(&user->node, &device->files);
	mutex_unlock(&device->users_lock);
	up_read(&device->lock);
	file->private_data = user;
	return nonseekable_open(inode, file);
}

static int file_release(struct inode *inode, struct file *file)
{
	struct oriel_file *user = file->private_data;

	mutex_lock(&user->device->users_lock);
	list_del(&user->node);
	mutex_unlock(&user->device->users_lock);
	oriel_maps_finish(&user->maps);
	kfree(user);
	return 0;
}

static long tell_info(struct oriel_device *device, void __user *argument)
{
	struct oriel_shm_info info = {
		.version = ORIEL_SHM_VERSION, .kind = device->kind, .size = device->size};

	return copy_to_user(argument, &info, sizeof(info)) ? -EFAULT : 0;
}

static bool is_gone(struct oriel_device *device)
{
	bool gone;

	down_read(&device->lock);
	gone = device->gone;
	up_read(&device->lock);
	return gone;
}

static long file_ioctl(struct file *file, unsigned int command, unsigned long argument)
{
	struct oriel_file *user = file->private_data;
	struct oriel_device *device = user->device;

	if (is_gone(device))
		return -ENODEV;
	if (command == ORIEL_SHM_INFO)
		return tell_info(device, (void __user *)argument);
	if (command != ORIEL_SHM_COPY && command != ORIEL_SHM_EXPORT)
		return -ENOTTY;
	if (!(file->f_mode & FMODE_WRITE))
		return -EPERM;
	if (command == ORIEL_SHM_COPY)
		return oriel_copy(device, &user->maps, (void __user *)argument);
	return oriel_export(device, (void __user *)argument);
}

static const struct file_operations file_operations = {
	.owner = THIS_MODULE,
	.open = file_open,
	.release = file_release,
	.mmap = file_mmap,
	.unlocked_ioctl = file_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};

/*
 * After the last user. Only now the number may be used again: until then mappings of this device
 * hang on the inode of its node.
 */
static void device_release_last(struct device *dev)
{
	struct oriel_device *device = container_of(dev, struct oriel_device, dev);

	ida_free(&numbers, MINOR(dev->devt) - MINOR(first_number));
	kfree(device);
}

/* From here on nobody reaches the memory: what is mapped goes, what would map it sees gone. */
static void device_take_away(void *data)
{
	struct oriel_device *device = data;
	struct oriel_file *user;

	cdev_device_del(&device->cdev, &device->dev);
	down_write(&device->lock);
	device->gone = true;
	up_write(&device->lock);
	mutex_lock(&device->users_lock);
	list_for_each_entry(user, &device->files, node)
		unmap_mapping_range(user->mapping, 0, 0, 1);
	oriel_exports_revoke(device);
	mutex_unlock(&device->users_lock);
	put_device(&device->dev);
}

static struct oriel_device *number_device(struct device *parent)
{
	struct oriel_device *device = kzalloc(sizeof(*device), GFP_KERNEL);
	int number;

	if (!device)
		return ERR_PTR(-ENOMEM);
	number = ida_alloc_max(&numbers, MAX_DEVICES - 1, GFP_KERNEL);
	if (number < 0) {
		kfree(device);
		return ERR_PTR(number);
	}
	init_rwsem(&device->lock);
	mutex_init(&device->users_lock);
	INIT_LIST_HEAD(&device->files);
	INIT_LIST_HEAD(&device->exports);
	cdev_init(&device->cdev, &file_operations);
	device->cdev.owner = THIS_MODULE;
	device_initialize(&device->dev);
	device->dev.class = &oriel_class;
	device->dev.parent = parent;
	device->dev.devt = MKDEV(MAJOR(first_number), MINOR(first_number) + number);
	device->dev.release = device_release_last;
	return device;
}

int oriel_device_marked(phys_addr_t base, u64 size)
{
	void *page;
	int marked;

	if (size < PAGE_SIZE || !PAGE_ALIGNED(base) || !PAGE_ALIGNED(size) || size > SIZE_MAX ||
		base + size - 1 < base)
		return 0;
	page = memremap(base, PAGE_SIZE, MEMREMAP_WB);
	if (!page)
		return -ENOMEM;
	marked = !memcmp(page, mark, sizeof(mark));
	memunmap(page);
	return marked;
}

/*
 * Below 4 GiB the firmware of a PC has made the addresses of devices uncached (MTRR), and the
 * kernel follows it, whatever we ask for. Intel's hosts overrule that for memory, AMD's do not.
 */
static bool slow_place(phys_addr_t base)
{
	return IS_ENABLED(CONFIG_X86) && base < SZ_4G;
}

int oriel_device_add(struct device *parent, enum oriel_shm_kind kind, phys_addr_t base, u64 size)
{
	struct oriel_device *device;
	int ret;

	if (!devm_request_mem_region(parent, base, size, KBUILD_MODNAME))
		return dev_err_probe(parent, -EBUSY,
			"another driver has its memory; this module must be loaded first\n");
	device = number_device(parent);
	if (IS_ERR(device))
		return PTR_ERR(device);
	device->kind = kind;
	device->base = base;
	device->size = size;
	device->memory = devm_memremap(parent, base, size, MEMREMAP_WB);
	ret = PTR_ERR_OR_ZERO(device->memory);
	if (ret)
		goto put;
	ret = dev_set_name(&device->dev, "oriel%u", MINOR(device->dev.devt) - MINOR(first_number));
	if (ret)
		goto put;
	ret = cdev_device_add(&device->cdev, &device->dev);
	if (ret)
		goto put;
	dev_set_drvdata(parent, device);
	dev_info(parent, "%s: %llu KiB%s\n", dev_name(&device->dev), size >> 10,
		slow_place(base) ? ", in a place that some hosts make uncached" : "");
	return devm_add_action_or_reset(parent, device_take_away, device);
put:
	put_device(&device->dev);
	return ret;
}

void oriel_device_drop(struct device *parent)
{
	struct oriel_device *device = dev_get_drvdata(parent);

	devm_release_action(parent, device_take_away, device);
}

int oriel_devices_init(void)
{
	int ret = class_register(&oriel_class);

	if (ret)
		return ret;
	ret = alloc_chrdev_region(&first_number, 0, MAX_DEVICES, KBUILD_MODNAME);
	if (ret)
		class_unregister(&oriel_class);
	return ret;
}

void oriel_devices_exit(void)
{
	unregister_chrdev_region(first_number, MAX_DEVICES);
	class_unregister(&oriel_class);
	ida_destroy(&numbers);
}
