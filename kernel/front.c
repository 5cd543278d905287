// SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
/*
 * Where shared memory is found: the front ends, and the module itself.
 *
 * Each of them also serves others (Looking Glass uses ivshmem, file systems use pmem and NVDIMMs):
 * only what the host has marked is taken, everything else is left for the driver it is meant for.
 * modprobe.d sees to it that this module looks first.
 */
#include <linux/acpi.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/platform_device.h>
#include <linux/uuid.h>
#include <linux/virtio.h>
#include <linux/virtio_config.h>
#include <linux/virtio_ids.h>
#include <uapi/linux/virtio_pmem.h>

#include "oriel.h"

#define IVSHMEM_BAR 2

/* -ENODEV: not for us. */
static int add_if_marked(
	struct device *parent, enum oriel_shm_kind kind, phys_addr_t base, u64 size)
{
	int marked = oriel_device_marked(base, size);

	if (marked < 0)
		return marked;
	return marked ? oriel_device_add(parent, kind, base, size) : -ENODEV;
}

static int ivshmem_probe(struct pci_dev *pci, const struct pci_device_id *id)
{
	int ret = pcim_enable_device(pci);

	if (ret)
		return ret;
	if (!(pci_resource_flags(pci, IVSHMEM_BAR) & IORESOURCE_MEM))
		return -ENODEV;
	return add_if_marked(&pci->dev, ORIEL_SHM_IVSHMEM, pci_resource_start(pci, IVSHMEM_BAR),
		pci_resource_len(pci, IVSHMEM_BAR));
}

static const struct pci_device_id ivshmem_ids[] = {{PCI_DEVICE(0x1af4, 0x1110)}, {}};
MODULE_DEVICE_TABLE(pci, ivshmem_ids);

static struct pci_driver ivshmem_driver = {
	.name = "oriel_shm",
	.id_table = ivshmem_ids,
	.probe = ivshmem_probe,
};

/*
 * virtio-pmem has its memory at an address of its own choice, or (a feature of virtio 1.3) in a
 * shared-memory region of the device, which is how a VMM without a second address space offers it.
 */
#ifndef VIRTIO_PMEM_F_SHMEM_REGION
#define VIRTIO_PMEM_F_SHMEM_REGION 0
#define VIRTIO_PMEM_SHMEM_REGION_ID 0
#endif

static int pmem_add(struct virtio_device *virtio)
{
	struct virtio_shm_region region;
	u64 start, size;

	if (virtio_has_feature(virtio, VIRTIO_PMEM_F_SHMEM_REGION)) {
		if (!virtio_get_shm_region(virtio, &region, VIRTIO_PMEM_SHMEM_REGION_ID))
			return -ENODEV;
		return add_if_marked(&virtio->dev, ORIEL_SHM_REGION, region.addr, region.len);
	}
	virtio_cread_le(virtio, struct virtio_pmem_config, start, &start);
	virtio_cread_le(virtio, struct virtio_pmem_config, size, &size);
	return add_if_marked(&virtio->dev, ORIEL_SHM_PMEM, start, size);
}

/* Its queue, for flushing to a disk, is never set up. */
static int pmem_probe(struct virtio_device *virtio)
{
	int ret = virtio->config->get ? pmem_add(virtio) : -ENODEV;

	/* The next driver is to find it as if nobody had been here. */
	if (ret)
		virtio_reset_device(virtio);
	return ret;
}

static void pmem_remove(struct virtio_device *virtio)
{
	oriel_device_drop(&virtio->dev);
	virtio_reset_device(virtio);
}

static const struct virtio_device_id pmem_ids[] = {{VIRTIO_ID_PMEM, VIRTIO_DEV_ANY_ID}, {}};
MODULE_DEVICE_TABLE(virtio, pmem_ids);

static unsigned int pmem_features[] = {VIRTIO_PMEM_F_SHMEM_REGION};

static struct virtio_driver pmem_driver = {
	.driver.name = "oriel_shm_pmem",
	.feature_table = pmem_features,
	.feature_table_size = ARRAY_SIZE(pmem_features),
	.id_table = pmem_ids,
	.probe = pmem_probe,
	.remove = pmem_remove,
};

/*
 * NVDIMMs are rows of a table of the firmware, and nfit.ko is the driver for all of them. It only
 * makes devices out of them; it is nd_pmem that takes the memory, and it must come too late.
 */
#define MAX_NVDIMMS 8

static struct platform_device *nvdimms[MAX_NVDIMMS];
static int n_nvdimms;

static int nvdimm_probe(struct platform_device *platform)
{
	struct resource *memory = platform_get_resource(platform, IORESOURCE_MEM, 0);

	return add_if_marked(
		&platform->dev, ORIEL_SHM_NVDIMM, memory->start, resource_size(memory));
}

static struct platform_driver nvdimm_driver = {
	.driver.name = "oriel_shm_nvdimm",
	.probe = nvdimm_probe,
};

#ifdef CONFIG_ACPI

/* The ranges that are memory, and not a control region or a disk; ACPI 6, table 5-132. */
static const guid_t nvdimm_guid =
	GUID_INIT(0x66f0d379, 0xb4f3, 0x4074, 0xac, 0x43, 0x0d, 0x33, 0x18, 0xb7, 0x8c, 0xdb);

static void nvdimm_add(const struct acpi_nfit_system_address *range)
{
	struct resource memory = {.start = range->address,
		.end = range->address + range->length - 1,
		.flags = IORESOURCE_MEM};
	struct platform_device *platform;

	if (n_nvdimms == MAX_NVDIMMS || oriel_device_marked(range->address, range->length) != 1)
		return;
	platform = platform_device_register_resndata(
		NULL, "oriel_shm_nvdimm", PLATFORM_DEVID_AUTO, &memory, 1, NULL, 0);
	if (IS_ERR(platform))
		pr_warn("oriel_shm: an NVDIMM was left out: %pe\n", platform);
	else
		nvdimms[n_nvdimms++] = platform;
}

static void nvdimms_find(void)
{
	const size_t least = sizeof(struct acpi_nfit_header);
	struct acpi_table_header *table;
	u8 *row;
	size_t left;

	if (ACPI_FAILURE(acpi_get_table(ACPI_SIG_NFIT, 0, &table)))
		return;
	row = (u8 *)table + sizeof(struct acpi_table_nfit);
	left = table->length - min_t(size_t, table->length, sizeof(struct acpi_table_nfit));
	while (left >= least) {
		struct acpi_nfit_header *header = (void *)row;
		struct acpi_nfit_system_address *range = (void *)row;

		if (header->length < least || header->length > left)
			break;
		if (header->type == ACPI_NFIT_TYPE_SYSTEM_ADDRESS &&
			header->length >= offsetofend(typeof(*range), memory_mapping) &&
			guid_equal((guid_t *)range->range_guid, &nvdimm_guid))
			nvdimm_add(range);
		row += header->length;
		left -= header->length;
	}
	acpi_put_table(table);
}

#else

static void nvdimms_find(void)
{
}

#endif

static void nvdimms_forget(void)
{
	while (n_nvdimms > 0)
		platform_device_unregister(nvdimms[--n_nvdimms]);
}

static int __init oriel_init(void)
{
	int ret = oriel_devices_init();

	if (ret)
		return ret;
	ret = oriel_ram_init();
	if (ret)
		goto devices;
	ret = pci_register_driver(&ivshmem_driver);
	if (ret)
		goto ram;
	ret = register_virtio_driver(&pmem_driver);
	if (ret)
		goto ivshmem;
	ret = platform_driver_register(&nvdimm_driver);
	if (ret)
		goto pmem;
	nvdimms_find();
	return 0;
pmem:
	unregister_virtio_driver(&pmem_driver);
ivshmem:
	pci_unregister_driver(&ivshmem_driver);
ram:
	oriel_ram_exit();
devices:
	oriel_devices_exit();
	return ret;
}
module_init(oriel_init);

static void __exit oriel_exit(void)
{
	nvdimms_forget();
	platform_driver_unregister(&nvdimm_driver);
	unregister_virtio_driver(&pmem_driver);
	pci_unregister_driver(&ivshmem_driver);
	oriel_ram_exit();
	oriel_devices_exit();
}
module_exit(oriel_exit);

MODULE_DESCRIPTION("Memory shared between a virtual machine and its host, for Oriel");
MODULE_LICENSE("GPL");
MODULE_VERSION("1");
MODULE_ALIAS("acpi*:ACPI0012:*");
/* MODULE_IMPORT_NS wants a string since 6.13, and a word before. */
MODULE_INFO(import_ns, "DMA_BUF");
