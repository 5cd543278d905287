/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * What kernels from 6.1 on call differently. Kbuild looks into their headers for it, since
 * distributions move such changes to older versions.
 */
#ifndef ORIEL_COMPAT_H
#define ORIEL_COMPAT_H

#include <linux/dma-buf.h>
#include <linux/fs.h>
#include <linux/mm.h>

#ifndef HAVE_VM_FLAGS_SET
static inline void vm_flags_set(struct vm_area_struct *vma, unsigned long flags)
{
	vma->vm_flags |= flags;
}
#endif

#ifndef HAVE_VMAP_UNLOCKED
#define dma_buf_vmap_unlocked dma_buf_vmap
#define dma_buf_vunmap_unlocked dma_buf_vunmap
#endif

#ifndef HAVE_FILE_ACTIVE
static inline struct file *get_file_active(struct file **file)
{
	return get_file_rcu(*file) ? *file : NULL;
}
#endif

/* Whether an importer can be told to let go. */
static inline bool can_be_revoked(struct dma_buf_attachment *attachment)
{
#ifdef HAVE_INVALIDATE_MAPPINGS
	return dma_buf_attach_revocable(attachment);
#else
	return attachment->importer_ops && attachment->importer_ops->move_notify;
#endif
}

#ifndef HAVE_INVALIDATE_MAPPINGS
#define dma_buf_invalidate_mappings dma_buf_move_notify
#endif

#endif
