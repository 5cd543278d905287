/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * A guest image: a folder with image.json, which names the files beside it.
 *
 *   {"name": "debian13", "arch": "amd64" or "arm64", "kernel": FILE, "initrd": FILE, "disk": FILE,
 *    "disk_format": "raw" or "qcow2", "cmdline": TEXT, "user": NAME, "vmlinux": FILE,
 *    "sizes": {"kernel": BYTES, "vmlinux": BYTES, "initrd": BYTES, "disk": BYTES}}
 *
 * initrd, user, vmlinux (the kernel as ELF, which starts faster without acceleration) and sizes (by
 * which a copy that was cut off is known) are optional. Any thread.
 */
#ifndef ORIEL_HOST_VM_IMAGE_H
#define ORIEL_HOST_VM_IMAGE_H

#include <stdint.h>

#include "host/vm/fault.h"
#include "host/vm/kinds.h"
#include "host/vm/place.h"

#define ORIEL_IMAGE_CMDLINE 2048 /* bytes of a kernel's command line, with the end */

enum oriel_image_file {
	ORIEL_IMAGE_KERNEL,
	ORIEL_IMAGE_VMLINUX,
	ORIEL_IMAGE_INITRD,
	ORIEL_IMAGE_DISK,
	ORIEL_IMAGE_FILES
};

struct oriel_image {
	char folder[ORIEL_VM_PATH]; /* absolute */
	char name[64];
	enum oriel_vm_arch arch;
	/* Paths; "" when there is none. */
	char kernel[ORIEL_VM_PATH], vmlinux[ORIEL_VM_PATH], initrd[ORIEL_VM_PATH],
		disk[ORIEL_VM_PATH];
	char disk_format[8]; /* raw, qcow2 */
	char cmdline[ORIEL_IMAGE_CMDLINE];
	char user[64];
	uint64_t sizes[ORIEL_IMAGE_FILES]; /* as they were made; 0: unknown */
	/* The disk as it is now: a machine's own disk only fits to the very same. */
	uint64_t disk_size, disk_time;
};

/* Reads the text of an image.json that lies in folder, without looking at the files it names.
 * 0; -EBADMSG with the fault told. */
int oriel_image_parse(const void *text, size_t size, const char *folder,
	struct oriel_image *ret_image, struct oriel_vm_fault *fault);

/* Reads the folder and looks at its files. 0, or -errno with the fault told: -ENOENT no image. */
int oriel_image_load(
	const char *folder, struct oriel_image *ret_image, struct oriel_vm_fault *fault);

/* The folder that is used when none is named: $XDG_DATA_HOME/oriel/images/default.
 * path's room is ORIEL_VM_PATH. 0 or -errno. */
int oriel_image_default(char *path);

#endif
