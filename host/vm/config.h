/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * The options of a machine, which stay from one start to the next in vm.json. Any thread.
 */
#ifndef ORIEL_HOST_VM_CONFIG_H
#define ORIEL_HOST_VM_CONFIG_H

#include <stdint.h>

#include "host/vm/image.h"

struct oriel_vm_config {
	char image[ORIEL_VM_PATH]; /* folder; "": the default one */
	uint64_t memory;           /* bytes, a multiple of 1 MiB */
	unsigned cpus;
	enum oriel_vm_gpu gpu;
	enum oriel_vm_share share;
	enum oriel_vm_accel accel;
	uint64_t share_size; /* bytes, a power of two */
	uint32_t vsock_cid;  /* of the machine, from 3; never changes */
	/* What disk.qcow2 was made on; "": there is none. */
	char disk_base[ORIEL_VM_PATH];
	uint64_t disk_base_size, disk_base_time;
};

/* What the command line gives: NULL keeps what there is. */
struct oriel_vm_options {
	const char *image, *memory, *cpus, *gpu, *share, *accel, *share_size;
};

/* What a new machine has, by what this computer has. */
void oriel_vm_config_default(struct oriel_vm_config *config);

/* Takes over what the options say. 0 or -EINVAL with the fault told; then config may be
 * half changed. */
int oriel_vm_config_apply(struct oriel_vm_config *config, const struct oriel_vm_options *options,
	struct oriel_vm_fault *fault);

/* Reads vm.json; what is missing or wrong in it becomes the default. 0; -ENOENT: there is none;
 * other -errno with the fault told. */
int oriel_vm_config_load(const struct oriel_vm_place *place, struct oriel_vm_config *ret_config,
	struct oriel_vm_fault *fault);
int oriel_vm_config_save(const struct oriel_vm_place *place, const struct oriel_vm_config *config,
	struct oriel_vm_fault *fault);

/* "512M", "4G", "4096" (MiB). -EINVAL. */
int oriel_vm_parse_size(const char *text, uint64_t *ret_bytes);

#endif
