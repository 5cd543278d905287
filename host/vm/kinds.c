/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "host/vm/kinds.h"

#include <errno.h>
#include <string.h>

const char *const oriel_vm_arch_names[ORIEL_VM_ARCHS] = {"amd64", "arm64"};
const char *const oriel_vm_accel_names[ORIEL_VM_ACCELS] = {"auto", "hvf", "kvm", "tcg"};
const char *const oriel_vm_gpu_names[ORIEL_VM_GPUS] = {"none", "virgl", "venus"};
const char *const oriel_vm_share_names[ORIEL_VM_SHARES] = {
	"auto", "ring", "ram", "stream", "ivshmem", "virtio-pmem", "nvdimm"};
const char *const oriel_vm_device_names[ORIEL_VM_DEVICES] = {
	"none", "ivshmem", "virtio-pmem", "nvdimm"};

int oriel_vm_find_name(const char *text, const char *const *names, size_t n_names)
{
	for (size_t i = 0; text && i < n_names; i++)
		if (strcmp(text, names[i]) == 0)
			return (int)i;
	return -EINVAL;
}

enum oriel_vm_arch oriel_vm_host_arch(void)
{
#if defined(__aarch64__) || defined(__arm64__)
	return ORIEL_VM_ARM64;
#else
	return ORIEL_VM_AMD64;
#endif
}
