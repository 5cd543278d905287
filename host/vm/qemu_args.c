/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "host/vm/qemu_args.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ARGS_MAX 96
#define TEXT_MAX 32768

/* Pointers and texts in one block, so that one free() does. */
struct args {
	char *list[ARGS_MAX + 1];
	size_t n, used;
	char text[TEXT_MAX];
	bool full; /* once something had no room */
};

static void add(struct args *args, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void add(struct args *args, const char *format, ...)
{
	size_t room = sizeof args->text - args->used;
	va_list list;
	int n;

	va_start(list, format);
	n = vsnprintf(args->text + args->used, room, format, list);
	va_end(list);
	if (n < 0 || (size_t)n >= room || args->n == ARGS_MAX) {
		args->full = true;
		return;
	}
	args->list[args->n++] = args->text + args->used;
	args->used += (size_t)n + 1;
}

/* A path inside of an option's list, where a comma is written twice. */
struct escaped {
	char text[2 * ORIEL_VM_PATH];
};

static const char *escape(const char *path, struct escaped *escaped)
{
	char *to = escaped->text, *end = to + sizeof escaped->text - 2;

	for (; *path && to < end; path++) {
		if (*path == ',')
			*to++ = ',';
		*to++ = *path;
	}
	*to = '\0';
	return escaped->text;
}

const char *oriel_qemu_machine(const struct oriel_qemu *qemu)
{
	if (qemu->arch == ORIEL_VM_ARM64)
		return "virt";
	return qemu->machine_q35 ? "q35" : "pc";
}

static void add_machine(
	struct args *args, const struct oriel_qemu *qemu, const struct oriel_vm_plan *plan)
{
	bool amd64 = qemu->arch == ORIEL_VM_AMD64;

	add(args, "-machine");
	add(args, "%s%s%s%s%s", oriel_qemu_machine(qemu), amd64 ? ",usb=off,vmport=off" : "",
		/* What it is by default has room for 8 processors. */
		!amd64 && plan->cpus > 8 ? ",gic-version=3" : "",
		plan->device == ORIEL_VM_DEVICE_NVDIMM ? ",nvdimm=on" : "",
		plan->ram_path ? ",memory-backend=ram" : "");
	add(args, "-accel");
	add(args, "%s%s", oriel_vm_accel_names[plan->accel],
		plan->accel == ORIEL_VM_ACCEL_TCG ? ",thread=multi" : "");
	add(args, "-smp");
	add(args, "%u", plan->cpus);
}

/* Without acceleration a processor with "fast short rep mov" is slow: each such move is emulated
 * byte by byte, where the kernel without it moves words. And cmpxchg16b of QEMU 7 makes kernels
 * fail now and then. On arm64, signing return addresses (pauth) takes up to half of the time. */
static void add_cpu(
	struct args *args, const struct oriel_qemu *qemu, const struct oriel_vm_plan *plan)
{
	add(args, "-cpu");
	if (plan->accel != ORIEL_VM_ACCEL_TCG)
		add(args, "host");
	else if (qemu->arch == ORIEL_VM_ARM64)
		add(args, "max,pauth=off");
	else
		add(args, "max,-fsrm%s", qemu->major < 8 ? ",-cx16" : "");
}

/* Devices that are plugged in like RAM need room in the map of addresses behind it. */
static void add_memory(struct args *args, const struct oriel_vm_plan *plan)
{
	bool plugged =
		plan->device == ORIEL_VM_DEVICE_PMEM || plan->device == ORIEL_VM_DEVICE_NVDIMM;
	uint64_t mib = plan->memory >> 20;
	struct escaped path;

	add(args, "-m");
	if (plugged)
		add(args, "size=%" PRIu64 "M,slots=1,maxmem=%" PRIu64 "M", mib,
			mib + 2 * (plan->device_size >> 20) + 1024);
	else
		add(args, "%" PRIu64 "M", mib);
	if (plan->ram_path) {
		add(args, "-object");
		add(args, "memory-backend-file,id=ram,size=%" PRIu64 "M,mem-path=%s,share=on", mib,
			escape(plan->ram_path, &path));
	}
}

static void add_shared_device(struct args *args, const struct oriel_vm_plan *plan)
{
	static const char *const devices[ORIEL_VM_DEVICES] = {
		[ORIEL_VM_DEVICE_IVSHMEM] = "ivshmem-plain,memdev=pixels",
		[ORIEL_VM_DEVICE_PMEM] = "virtio-pmem-pci,memdev=pixels",
		[ORIEL_VM_DEVICE_NVDIMM] = "nvdimm,memdev=pixels,unarmed=off",
	};
	struct escaped path;

	if (plan->device == ORIEL_VM_DEVICE_NONE)
		return;
	add(args, "-object");
	add(args, "memory-backend-file,id=pixels,size=%" PRIu64 ",mem-path=%s,share=on",
		plan->device_size, escape(plan->device_path, &path));
	add(args, "-device");
	add(args, "%s", devices[plan->device]);
}

static void add_boot(struct args *args, const struct oriel_vm_plan *plan)
{
	add(args, "-kernel");
	add(args, "%s", plan->kernel);
	if (plan->initrd) {
		add(args, "-initrd");
		add(args, "%s", plan->initrd);
	}
	add(args, "-append");
	add(args, "%s", plan->cmdline);
}

static void add_storage(struct args *args, const struct oriel_vm_plan *plan)
{
	struct escaped path;

	add(args, "-blockdev");
	add(args, "driver=qcow2,node-name=disk,discard=unmap,file.driver=file,file.filename=%s",
		escape(plan->disk, &path));
	add(args, "-device");
	add(args, "virtio-blk-pci,drive=disk");
}

static void add_channels(struct args *args, const struct oriel_vm_plan *plan)
{
	struct escaped path;

	add(args, "-chardev");
	add(args, "file,id=console,path=%s", escape(plan->console, &path));
	add(args, "-serial");
	add(args, "chardev:console");
	add(args, "-chardev");
	add(args, "socket,id=qmp,fd=%d", plan->qmp_fd);
	add(args, "-mon");
	add(args, "chardev=qmp,mode=control");
	add(args, "-device");
	add(args, "virtio-serial-pci,id=serial");
	add(args, "-chardev");
	add(args, "socket,id=link,fd=%d,server=on,wait=off", plan->serial_fd);
	add(args, "-device");
	add(args,
		"virtserialport,bus=serial.0,id=" ORIEL_QEMU_PORT ",chardev=link,name=org.oriel.0");
}

static void add_small_devices(
	struct args *args, const struct oriel_qemu *qemu, const struct oriel_vm_plan *plan)
{
	if (qemu->rng) {
		add(args, "-device");
		add(args, "virtio-rng-pci");
	}
	if (qemu->pvpanic) {
		add(args, "-device");
		add(args, "pvpanic-pci");
	}
	if (qemu->net_user) {
		add(args, "-netdev");
		add(args, "user,id=net");
		add(args, "-device");
		add(args, "virtio-net-pci,netdev=net,romfile=");
	}
	if (plan->vsock_cid) {
		add(args, "-device");
		add(args, "vhost-vsock-pci,guest-cid=%" PRIu32, plan->vsock_cid);
	}
}

static void add_gpu(struct args *args, const struct oriel_vm_plan *plan)
{
	static const char *const displays[] = {
		[ORIEL_VM_DISPLAY_NONE] = "none",
		[ORIEL_VM_DISPLAY_EGL] = "egl-headless",
		[ORIEL_VM_DISPLAY_SDL] = "sdl,gl=on,window-close=off",
	};

	add(args, "-display");
	add(args, "%s", displays[plan->display]);
	if (plan->gpu == ORIEL_VM_GPU_NONE)
		return;
	add(args, "-device");
	add(args, "virtio-gpu-gl-pci%s",
		plan->gpu == ORIEL_VM_GPU_VENUS ? ",blob=on,venus=on,hostmem=1G" : "");
}

char **oriel_qemu_args(const struct oriel_qemu *qemu, const struct oriel_vm_plan *plan)
{
	struct args *args = calloc(1, sizeof *args);

	if (!args)
		return NULL;
	add(args, "%s", qemu->path);
	add(args, "-name");
	add(args, "oriel-%s", plan->name);
	add(args, "-nodefaults");
	add(args, "-no-user-config");
	add_machine(args, qemu, plan);
	add_cpu(args, qemu, plan);
	add_memory(args, plan);
	add_boot(args, plan);
	add_storage(args, plan);
	add_channels(args, plan);
	add_shared_device(args, plan);
	add_small_devices(args, qemu, plan);
	add_gpu(args, plan);
	if (args->full) {
		free(args);
		return NULL;
	}
	return args->list;
}
