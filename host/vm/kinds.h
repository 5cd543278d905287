/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * The choices there are for a virtual machine, and their names on the command line and in files.
 * Any thread.
 */
#ifndef ORIEL_HOST_VM_KINDS_H
#define ORIEL_HOST_VM_KINDS_H

#include <stddef.h>

enum oriel_vm_arch { ORIEL_VM_AMD64, ORIEL_VM_ARM64, ORIEL_VM_ARCHS };

enum oriel_vm_accel {
	ORIEL_VM_ACCEL_AUTO,
	ORIEL_VM_ACCEL_HVF,
	ORIEL_VM_ACCEL_KVM,
	ORIEL_VM_ACCEL_TCG, /* the processor in software: works everywhere, slowly */
	ORIEL_VM_ACCELS
};

enum oriel_vm_gpu {
	ORIEL_VM_GPU_NONE,
	ORIEL_VM_GPU_VIRGL, /* OpenGL */
	ORIEL_VM_GPU_VENUS, /* OpenGL and Vulkan */
	ORIEL_VM_GPUS
};

/* How pixels get out. */
enum oriel_vm_share {
	ORIEL_VM_SHARE_AUTO,
	ORIEL_VM_SHARE_RING,   /* a device of shared memory */
	ORIEL_VM_SHARE_RAM,    /* the machine's RAM, and such a device where there is one */
	ORIEL_VM_SHARE_STREAM, /* no memory is shared: they travel with the messages */
	/* RING, by this device: nothing that a machine shares is called so. */
	ORIEL_VM_SHARE_IVSHMEM,
	ORIEL_VM_SHARE_PMEM,
	ORIEL_VM_SHARE_NVDIMM,
	ORIEL_VM_SHARES
};

/* What the device of shared memory is. */
enum oriel_vm_device {
	ORIEL_VM_DEVICE_NONE,
	ORIEL_VM_DEVICE_IVSHMEM,
	ORIEL_VM_DEVICE_PMEM,
	ORIEL_VM_DEVICE_NVDIMM,
	ORIEL_VM_DEVICES
};

extern const char *const oriel_vm_arch_names[ORIEL_VM_ARCHS];
extern const char *const oriel_vm_accel_names[ORIEL_VM_ACCELS];
extern const char *const oriel_vm_gpu_names[ORIEL_VM_GPUS];
extern const char *const oriel_vm_share_names[ORIEL_VM_SHARES];
extern const char *const oriel_vm_device_names[ORIEL_VM_DEVICES];

/* The index of text in names, or -EINVAL; NULL is no name. */
int oriel_vm_find_name(const char *text, const char *const *names, size_t n_names);

/* What this program was built for. */
enum oriel_vm_arch oriel_vm_host_arch(void);

#endif
