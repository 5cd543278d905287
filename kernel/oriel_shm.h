/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * The interface of the module oriel_shm: memory that this virtual machine shares with its host.
 *
 *   /dev/oriel0, 1...   a shared-memory device each: INFO, mmap, COPY, EXPORT
 *   /dev/oriel_ram      this machine's own RAM, where the host can read that: PIN, UNPIN
 *
 * Two kinds of nodes, because who opens the second may pin memory and learns physical addresses:
 * it belongs to a group of its own. A call that is for the other kind: -ENOTTY.
 *
 * A device becomes a node if its first bytes are those of the head that the host writes into it
 * (src/pixels/region.h). Its number means nothing, and is another one after a new start.
 *
 * mmap: MAP_SHARED, of whole pages inside of the device (-EINVAL).
 *
 * All structs have the same layout for 32 and 64 bits. Fields called reserved, and flags without
 * a name, must be 0 (-EINVAL). On failure nothing has been done, and no struct has been changed.
 * When a device goes away, its memory is unmapped from everybody (reading it is SIGBUS), its
 * DMA-BUFs can't be mapped any more and each call answers -ENODEV.
 */
#ifndef ORIEL_SHM_H
#define ORIEL_SHM_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define ORIEL_SHM_VERSION \
	1 /* of this interface; changes when something here changes its meaning \
	   */

/* Rectangles of one COPY. */
#define ORIEL_SHM_MAX_RECTS 1024
/* Extents of one PIN. */
#define ORIEL_SHM_MAX_EXTENTS 65536

enum oriel_shm_kind {
	ORIEL_SHM_IVSHMEM = 0,
	ORIEL_SHM_PMEM = 1,
	ORIEL_SHM_NVDIMM = 2,
	ORIEL_SHM_REGION = 3, /* a virtio shared-memory region */
	ORIEL_SHM_RAM = 4,    /* /dev/oriel_ram */
};

/* What a node is. Both kinds of nodes. */
struct oriel_shm_info {
	__u32 version; /* ORIEL_SHM_VERSION */
	__u32 kind;    /* enum oriel_shm_kind */
	__u64 size;    /* bytes; 0 for RAM */
	__u64 reserved[4];
};

/* Bytes in rows, from a DMA-BUF to the device. */
struct oriel_shm_rect {
	__u64 src, dst;               /* first byte, in the DMA-BUF and in the device */
	__u32 row_bytes, rows;        /* at least 1 */
	__u32 src_stride, dst_stride; /* from row to row; at least row_bytes when rows > 1 */
};

/*
 * Copies rectangles of a DMA-BUF into the device. Waits for what the DMA-BUF's producers still
 * write (implicit fences, interruptible), and does what CPU access to it asks for. The copies
 * are visible to the host when the call returns. For a second after it, the module keeps the
 * DMA-BUF mapped, and so alive: the next call is much cheaper.
 * -EINVAL fields; -ERANGE a rectangle outside of either end; -EBADF no DMA-BUF; -EINTR;
 * -EPERM the descriptor may not write; -EOPNOTSUPP: it can't be mapped for the CPU, as what
 * EXPORT makes.
 */
struct oriel_shm_copy {
	__s32 fd;
	__u32 flags;   /* 0 */
	__u64 rects;   /* user pointer to struct oriel_shm_rect[n_rects] */
	__u32 n_rects; /* at least 1 */
	__u32 reserved;
};

/*
 * A range of the device as a DMA-BUF. It can be mapped, and imported by drivers that let go of it
 * when they are told (dynamic importers, peer to peer); others are refused.
 * -EINVAL fields; -ERANGE outside of the device; -EPERM the descriptor may not write.
 */
struct oriel_shm_export {
	__u64 offset, size; /* multiples of the page size; size at least one, below 4 GiB */
	__u32 flags;        /* 0 */
	__s32 fd;           /* answer, close-on-exec */
};

/* A piece of RAM as the host sees it: guest-physical. */
struct oriel_shm_extent {
	__u64 address, size;
};

/*
 * Pins a DMA-BUF, or pages of the caller, in RAM until UNPIN or the last close, and tells where
 * they are. -EINVAL fields; -ENOSPC more extents than there is room for (n_extents tells how many
 * are needed; the one change on failure); -EBADF no DMA-BUF; -EFAULT no such pages, or not
 * writable; -EOPNOTSUPP it does not lie in RAM, or the host can't read that (an encrypted machine);
 * -EDQUOT too much is pinned (module parameter max_pinned_mib).
 */
struct oriel_shm_pin {
	__s32 fd;            /* DMA-BUF, or -1: pages */
	__u32 flags;         /* 0 */
	__u64 address, size; /* pages: multiples of the page size; DMA-BUF: 0 */
	__u64 extents;       /* user pointer to struct oriel_shm_extent[n_extents] */
	__u32 n_extents;     /* room; answer: how many */
	__u32 handle;        /* answer, for UNPIN */
};

/* -ENOENT no such handle of this open file. */
struct oriel_shm_unpin {
	__u32 handle, reserved;
};

#define ORIEL_SHM_INFO _IOR('O', 0xc0, struct oriel_shm_info)
#define ORIEL_SHM_COPY _IOW('O', 0xc1, struct oriel_shm_copy)
#define ORIEL_SHM_EXPORT _IOWR('O', 0xc2, struct oriel_shm_export)
#define ORIEL_SHM_PIN _IOWR('O', 0xc3, struct oriel_shm_pin)
#define ORIEL_SHM_UNPIN _IOW('O', 0xc4, struct oriel_shm_unpin)

#endif
