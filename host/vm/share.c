/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "host/vm/share.h"

#include <stdio.h>
#include <string.h>

/* The best first. The firmware of a PC puts an ivshmem device below 4 GiB where there is room, and
 * declares all addresses there uncached (MTRR): each pixel would be written by itself. The others
 * lie behind the RAM. Machines of arm64 have no such thing, and, booted without firmware, no ACPI
 * to find an NVDIMM by. */
static const enum oriel_vm_device preferred[ORIEL_VM_ARCHS][3] = {
	[ORIEL_VM_AMD64] = {ORIEL_VM_DEVICE_PMEM, ORIEL_VM_DEVICE_NVDIMM, ORIEL_VM_DEVICE_IVSHMEM},
	[ORIEL_VM_ARM64] = {ORIEL_VM_DEVICE_IVSHMEM, ORIEL_VM_DEVICE_PMEM},
};

static enum oriel_vm_device best_device(const struct oriel_qemu *qemu, enum oriel_vm_device wanted)
{
	if (!qemu->memory_file)
		return ORIEL_VM_DEVICE_NONE;
	if (wanted != ORIEL_VM_DEVICE_NONE && qemu->device[wanted])
		return wanted;
	for (int i = 0; i < 3; i++)
		if (qemu->device[preferred[qemu->arch][i]])
			return preferred[qemu->arch][i];
	return ORIEL_VM_DEVICE_NONE;
}

static enum oriel_vm_device wanted_device(enum oriel_vm_share wanted)
{
	switch (wanted) {
	case ORIEL_VM_SHARE_IVSHMEM:
		return ORIEL_VM_DEVICE_IVSHMEM;
	case ORIEL_VM_SHARE_PMEM:
		return ORIEL_VM_DEVICE_PMEM;
	case ORIEL_VM_SHARE_NVDIMM:
		return ORIEL_VM_DEVICE_NVDIMM;
	default:
		return ORIEL_VM_DEVICE_NONE;
	}
}

/* Says of the choice why it is as it is. */
static void explain(
	struct oriel_share *share, enum oriel_vm_share wanted, const struct oriel_qemu *qemu)
{
	const char *device = oriel_vm_device_names[share->device];

	if (wanted == share->mode ||
		(share->device != ORIEL_VM_DEVICE_NONE && share->device == wanted_device(wanted)))
		snprintf(share->why, sizeof share->why, "asked for");
	else if (!qemu->memory_file)
		snprintf(share->why, sizeof share->why,
			"this QEMU can't share a file's memory (memory-backend-file)");
	else if (share->mode == ORIEL_VM_SHARE_STREAM || share->device == ORIEL_VM_DEVICE_NONE)
		snprintf(share->why, sizeof share->why,
			"this QEMU has no device of shared memory (ivshmem-plain, "
			"virtio-pmem-pci%s)",
			qemu->arch == ORIEL_VM_AMD64 ? ", nvdimm" : "");
	else if (wanted_device(wanted) != ORIEL_VM_DEVICE_NONE)
		snprintf(share->why, sizeof share->why, "this QEMU has no %s",
			oriel_vm_device_names[wanted_device(wanted)]);
	else if (share->mode == ORIEL_VM_SHARE_RING)
		snprintf(share->why, sizeof share->why, "%s; RAM would be written to disk here",
			device);
	else
		snprintf(share->why, sizeof share->why, "the best: RAM, and %s for the rest",
			device);
}

void oriel_share_choose(const struct oriel_qemu *qemu, enum oriel_vm_share wanted, uint64_t size,
	bool in_memory, struct oriel_share *ret_share)
{
	enum oriel_vm_device by_name = wanted_device(wanted);
	struct oriel_share share = {
		.mode = by_name == ORIEL_VM_DEVICE_NONE ? wanted : ORIEL_VM_SHARE_RING,
		.device = best_device(qemu, by_name),
		.size = size};
	bool device = share.device != ORIEL_VM_DEVICE_NONE;

	if (wanted == ORIEL_VM_SHARE_AUTO)
		share.mode = in_memory || !device ? ORIEL_VM_SHARE_RAM : ORIEL_VM_SHARE_RING;
	if (share.mode == ORIEL_VM_SHARE_RING && !device)
		share.mode = ORIEL_VM_SHARE_RAM;
	if (!qemu->memory_file)
		share.mode = ORIEL_VM_SHARE_STREAM;
	if (share.mode == ORIEL_VM_SHARE_STREAM)
		share.device = ORIEL_VM_DEVICE_NONE;
	explain(&share, wanted, qemu);
	*ret_share = share;
}

void oriel_share_lessen(struct oriel_share *share, const char *what)
{
	if (share->mode == ORIEL_VM_SHARE_RAM && share->device != ORIEL_VM_DEVICE_NONE) {
		share->mode = ORIEL_VM_SHARE_RING;
	} else {
		share->mode = ORIEL_VM_SHARE_STREAM;
		share->device = ORIEL_VM_DEVICE_NONE;
	}
	snprintf(share->why, sizeof share->why, "%s", what);
}

/* As QEMU's hw/i386/pc_q35.c, pc_piix.c and hw/arm/virt.c lay it out. */
int oriel_share_ranges(const char *machine, uint64_t memory, struct oriel_region_range *ret_ranges)
{
	const uint64_t four_gib = UINT64_C(4) << 30;
	uint64_t low = memory;

	if (strcmp(machine, "virt") == 0) {
		ret_ranges[0] = (struct oriel_region_range){
			.address = UINT64_C(0x40000000), .size = memory};
		return 1;
	}
	if (strcmp(machine, "q35") == 0 && memory >= UINT64_C(0xb0000000))
		low = UINT64_C(0x80000000);
	if (strcmp(machine, "pc") == 0 && memory >= UINT64_C(0xe0000000))
		low = UINT64_C(0xc0000000);
	ret_ranges[0] = (struct oriel_region_range){.size = low};
	if (low == memory)
		return 1;
	ret_ranges[1] = (struct oriel_region_range){
		.address = four_gib, .offset = low, .size = memory - low};
	return 2;
}
