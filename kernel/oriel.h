/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * The parts of the module, for one another.
 *
 * Life of a device: the front end that found it holds one reference, each open file and each
 * exported DMA-BUF another. When it goes away (unbind, hot unplug, rmmod) the users stay, and
 * find it gone: nothing of theirs reaches its memory any more. Therefore the memory has no
 * struct pages: a page somebody has pinned could not be taken back.
 */
#ifndef ORIEL_H
#define ORIEL_H

#include <linux/cdev.h>
#include <linux/device.h>
#include <linux/fs.h>
#include <linux/iosys-map.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/rwsem.h>
#include <linux/workqueue.h>

#include "oriel_shm.h"

struct oriel_device {
	struct device dev; /* its count is the one of the device */
	struct cdev cdev;
	enum oriel_shm_kind kind;
	phys_addr_t base;
	u64 size;
	void *memory; /* all of it, cached */

	/* Who uses memory or base holds it for reading, and looks at gone first. Below mmap_lock.
	 */
	struct rw_semaphore lock;
	bool gone;

	/* Whose mappings must be taken away. Below lock. */
	struct mutex users_lock;
	struct list_head files, exports;
};

/* device.c: /dev/oriel0 and so on. */
int oriel_devices_init(void);
void oriel_devices_exit(void);
/* Whether the host has marked this memory as made for Oriel. -errno: it can't be read. */
int oriel_device_marked(phys_addr_t base, u64 size);
/* Goes away with the driver of parent, which must be probing. -EBUSY: somebody has the memory. */
int oriel_device_add(struct device *parent, enum oriel_shm_kind kind, phys_addr_t base, u64 size);
/* Lets it go away before the other resources of parent do. */
void oriel_device_drop(struct device *parent);
/* A page of vma, whose object starts at offset of the device. */
vm_fault_t oriel_device_fault(struct oriel_device *device, struct vm_fault *vmf, u64 offset);
/* For mappings whose pages come from a fault handler. */
int oriel_device_prepare_mmap(struct vm_area_struct *vma, const struct vm_operations_struct *ops,
	void *private, u64 size);

/* maps.c: the DMA-BUFs that one open file copies from. */
struct oriel_maps {
	struct mutex lock; /* no other is taken under it */
	struct list_head newest_first;
	unsigned int n;
	struct delayed_work old;
};

struct oriel_map {
	struct dma_buf *buffer; /* a reference */
	struct iosys_map bytes;
	unsigned int users;
	unsigned long used; /* last, in jiffies */
	struct list_head node;
};

void oriel_maps_init(struct oriel_maps *maps);
/* Nobody may use one any more. */
void oriel_maps_finish(struct oriel_maps *maps);
/* Errors are those of COPY. */
struct oriel_map *oriel_map_get(struct oriel_maps *maps, struct dma_buf *buffer);
void oriel_map_put(struct oriel_maps *maps, struct oriel_map *map);

/* copy.c and export.c: what the ioctls do. */
long oriel_copy(struct oriel_device *device, struct oriel_maps *maps, void __user *argument);
long oriel_export(struct oriel_device *device, struct oriel_shm_export __user *argument);
/* With users_lock held, after the device was marked as gone. Waits for devices that still read. */
void oriel_exports_revoke(struct oriel_device *device);
/* dma_buf_get(), but -EBADF for any descriptor that is no DMA-BUF. */
struct dma_buf *oriel_dma_buf_get(int fd);
/*
 * What an exporter says when it can't do something, in one word; out of memory and interrupted
 * stay what they are.
 */
int oriel_unsupported(long error);

/* ram.c: /dev/oriel_ram. */
int oriel_ram_init(void);
void oriel_ram_exit(void);

#endif
