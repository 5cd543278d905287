/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "host/vm/prepare.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "host/vm/console.h"
#include "host/vm/disk.h"
#include "host/vm/host.h"
#include "src/base/log.h"

static int prepare_config(
	struct oriel_vm *vm, const struct oriel_vm_options *options, struct oriel_vm_fault *fault)
{
	int r = oriel_vm_config_load(&vm->place, &vm->config, fault);

	if (r == -ENOENT) {
		oriel_vm_config_default(&vm->config);
		r = 0;
	}
	return r < 0 ? r : oriel_vm_config_apply(&vm->config, options, fault);
}

static int prepare_image(struct oriel_vm *vm, struct oriel_vm_fault *fault)
{
	char folder[ORIEL_VM_PATH];
	int r;

	if (vm->config.image[0])
		return oriel_image_load(vm->config.image, &vm->image, fault);
	r = oriel_image_default(folder);
	if (r < 0)
		return oriel_vm_fail(fault, r, "no folder for images: set HOME, or use --image");
	return oriel_image_load(folder, &vm->image, fault);
}

/* Where the kernel writes to, unless the image says. */
static void prepare_cmdline(struct oriel_vm *vm)
{
	const char *console = vm->image.arch == ORIEL_VM_ARM64 ? "ttyAMA0" : "ttyS0";

	if (strstr(vm->image.cmdline, "console="))
		snprintf(vm->cmdline, sizeof vm->cmdline, "%s", vm->image.cmdline);
	else
		snprintf(vm->cmdline, sizeof vm->cmdline, "%s console=%s", vm->image.cmdline,
			console);
}

static int prepare_host(struct oriel_vm *vm, struct oriel_vm_fault *fault)
{
	int r = oriel_host_memory(vm->config.memory, fault);

	if (r == 0)
		r = oriel_host_accel(&vm->qemu, vm->config.accel, &vm->accel, vm->accel_why, fault);
	if (r == 0)
		r = oriel_host_display(&vm->qemu, vm->config.gpu, &vm->display, fault);
	if (r == 0 && vm->accel == ORIEL_VM_ACCEL_TCG && vm->config.accel == ORIEL_VM_ACCEL_AUTO)
		oriel_warning("no acceleration, so the guest is slow: %s", vm->accel_why);
	return r;
}

/* Makes the files of what was chosen, or of less. The last resort has none. */
static void make_share(struct oriel_vm *vm)
{
	char folder[ORIEL_VM_PATH], why[sizeof vm->share.why];
	int r;

	oriel_share_folder(vm->place.run, folder);
	while ((r = oriel_share_create(&vm->share, &vm->place, folder,
			oriel_qemu_machine(&vm->qemu), vm->config.memory)) < 0 &&
		vm->share.mode != ORIEL_VM_SHARE_STREAM) {
		if (r == -ENOSPC)
			snprintf(why, sizeof why, "%.64s has too little room for %s", folder,
				vm->share.mode == ORIEL_VM_SHARE_RAM ? "the RAM" : "the device");
		else
			snprintf(why, sizeof why, "%.64s: %s", folder, strerror(-r));
		oriel_share_lessen(&vm->share, why);
	}
}

static void tell_share(const struct oriel_vm *vm, enum oriel_vm_share wanted)
{
	const char *got = oriel_vm_share_names[vm->share.mode];

	if (wanted > ORIEL_VM_SHARE_STREAM && vm->share.mode == ORIEL_VM_SHARE_RING)
		got = oriel_vm_device_names[vm->share.device];
	if (strcmp(got, oriel_vm_share_names[wanted]) == 0)
		return;
	oriel_warning("pixels are shared by '%s' instead of '%s': %s", got,
		oriel_vm_share_names[wanted], vm->share.why);
}

static void prepare_share(struct oriel_vm *vm)
{
	char folder[ORIEL_VM_PATH];
	bool in_memory = oriel_share_folder(vm->place.run, folder);
	enum oriel_vm_share wanted = vm->config.share;

	oriel_share_choose(&vm->qemu, wanted, vm->config.share_size, in_memory, &vm->share);
	/* What is chosen by itself is told only when it is not what this QEMU could do. */
	if (wanted == ORIEL_VM_SHARE_AUTO)
		wanted = vm->share.mode;
	make_share(vm);
	tell_share(vm, wanted);
}

static int prepare_files(struct oriel_vm *vm, bool fresh, struct oriel_vm_fault *fault)
{
	int r = oriel_vm_disk_prepare(&vm->place, &vm->image, fresh, &vm->config, fault);

	if (r < 0)
		return r;
	oriel_vm_state_file(&vm->place, "disk.qcow2", vm->disk);
	oriel_vm_state_file(&vm->place, "console.log", vm->console);
	r = oriel_console_rotate(&vm->place);
	if (r < 0)
		return oriel_vm_fail(
			fault, r, "can't write %s: %s: mend its folder", vm->console, strerror(-r));
	return oriel_vm_config_save(&vm->place, &vm->config, fault);
}

int oriel_vm_prepare(struct oriel_vm *vm, const struct oriel_vm_options *options, bool fresh,
	struct oriel_vm_fault *fault)
{
	int r = prepare_config(vm, options, fault);

	if (r == 0)
		r = prepare_image(vm, fault);
	if (r == 0)
		r = oriel_qemu_probe(vm->image.arch, &vm->qemu, fault);
	if (r == 0)
		r = prepare_host(vm, fault);
	if (r == 0)
		r = prepare_files(vm, fresh, fault);
	if (r < 0)
		return r;
	prepare_cmdline(vm);
	prepare_share(vm);
	return 0;
}

bool oriel_vm_share_less(struct oriel_vm *vm, const char *why)
{
	enum oriel_vm_share before = vm->share.mode;

	if (before == ORIEL_VM_SHARE_STREAM)
		return false;
	oriel_share_clean(&vm->place);
	oriel_share_lessen(&vm->share, why);
	make_share(vm);
	tell_share(vm, before);
	return true;
}

static const char *path_of(const struct oriel_share *share, enum oriel_memory_kind kind)
{
	for (int i = 0; i < share->n_sources; i++)
		if (share->sources[i].kind == kind)
			return share->sources[i].path;
	return NULL;
}

struct oriel_vm_plan oriel_vm_plan(const struct oriel_vm *vm)
{
	const struct oriel_image *image = &vm->image;
	/* Without acceleration it takes longer to unpack a kernel than to read a larger one. */
	bool elf = image->vmlinux[0] && vm->accel == ORIEL_VM_ACCEL_TCG;

	return (struct oriel_vm_plan){
		.name = vm->place.name,
		.accel = vm->accel,
		.memory = vm->config.memory,
		.cpus = vm->config.cpus,
		.kernel = elf ? image->vmlinux : image->kernel,
		.initrd = image->initrd[0] ? image->initrd : NULL,
		.cmdline = vm->cmdline,
		.disk = vm->disk,
		.console = vm->console,
		.ram_path = path_of(&vm->share, ORIEL_MEMORY_RAM),
		.device = vm->share.device,
		.device_path = path_of(&vm->share, ORIEL_MEMORY_DEVICE),
		.device_size = vm->share.size,
		.gpu = vm->config.gpu,
		.display = vm->display,
		.vsock_cid = oriel_host_vsock(&vm->qemu) ? vm->config.vsock_cid : 0,
	};
}
