/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * What a virtual machine of this computer needs, and how fast it would be. Starts none.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "host/cli/doctor.h"
#include "host/target/find.h"
#include "host/vm/host.h"
#include "host/vm/share.h"
#include "host/vm/status.h"

static void check_image(struct oriel_report *report, const struct oriel_vm_config *config,
	enum oriel_vm_arch *ret_arch)
{
	static struct oriel_image image;
	struct oriel_vm_fault fault;
	char folder[ORIEL_VM_PATH];

	snprintf(folder, sizeof folder, "%s", config->image);
	if (!folder[0] && oriel_image_default(folder) < 0) {
		oriel_report_missing(report, "vm_image", "set HOME, or use --image", "guest image");
	} else if (oriel_image_load(folder, &image, &fault) < 0) {
		oriel_report_missing(report, "vm_image",
			"build one with vm/build-image of Oriel's sources", "guest image: %s",
			fault.text);
	} else {
		oriel_report_ok(report, "vm_image", "guest image %s (%s) in %s", image.name,
			oriel_vm_arch_names[image.arch], folder);
		*ret_arch = image.arch;
	}
}

static void check_accel(struct oriel_report *report, const struct oriel_qemu *qemu,
	const struct oriel_vm_config *config)
{
	struct oriel_vm_fault fault;
	enum oriel_vm_accel accel;
	char why[160] = "";

	if (oriel_host_accel(qemu, config->accel, &accel, why, &fault) < 0)
		oriel_report_missing(
			report, "vm_accel", "use another --accel", "acceleration: %s", fault.text);
	else if (accel == ORIEL_VM_ACCEL_TCG && config->accel == ORIEL_VM_ACCEL_AUTO)
		oriel_report_ok(
			report, "vm_accel", "acceleration: none, so guests are slow: %s", why);
	else
		oriel_report_ok(
			report, "vm_accel", "acceleration: %s", oriel_vm_accel_names[accel]);
}

static void check_share(struct oriel_report *report, const struct oriel_qemu *qemu,
	const struct oriel_vm_place *place, const struct oriel_vm_config *config)
{
	static struct oriel_share share;
	char folder[ORIEL_VM_PATH];
	bool in_memory = oriel_share_folder(place->run, folder);

	oriel_share_choose(qemu, config->share, config->share_size, in_memory, &share);
	oriel_report_ok(report, "vm_share",
		"pixels out of machines: %s (device: %s), files in %s: "
		"%s",
		oriel_vm_share_names[share.mode], oriel_vm_device_names[share.device], folder,
		share.why);
}

static void check_gpu(struct oriel_report *report, const struct oriel_qemu *qemu,
	const struct oriel_vm_config *config)
{
	struct oriel_vm_fault fault;
	enum oriel_vm_display display;
	enum oriel_vm_gpu gpu = config->gpu == ORIEL_VM_GPU_NONE ? ORIEL_VM_GPU_VIRGL : config->gpu;
	int r = oriel_host_display(qemu, gpu, &display, &fault);

	if (r == 0)
		oriel_report_ok(report, "vm_gpu", "GPU of guests: %s, drawn by %s",
			oriel_vm_gpu_names[gpu],
			display == ORIEL_VM_DISPLAY_EGL ? "a render node" : "QEMU's own window");
	else if (config->gpu == ORIEL_VM_GPU_NONE)
		oriel_report_ok(report, "vm_gpu", "GPU of guests: none (%s)", fault.text);
	else
		oriel_report_missing(
			report, "vm_gpu", "use --gpu none", "GPU of guests: %s", fault.text);
}

static void check_qemu(struct oriel_report *report, const struct oriel_vm_place *place,
	const struct oriel_vm_config *config, enum oriel_vm_arch arch)
{
	static struct oriel_qemu qemu;
	struct oriel_vm_fault fault;
	char path[ORIEL_VM_PATH];

	if (oriel_qemu_probe(arch, &qemu, &fault) < 0) {
		oriel_report_missing(
			report, "vm_qemu", oriel_qemu_package(arch), "QEMU: %s", fault.text);
		return;
	}
	oriel_report_ok(report, "vm_qemu", "QEMU %u.%u is %s", qemu.major, qemu.minor, qemu.path);
	if (oriel_find_program("qemu-img", path, sizeof path) < 0)
		oriel_report_missing(
			report, "vm_qemu_img", oriel_qemu_package(arch), "qemu-img, for disks");
	check_accel(report, &qemu, config);
	check_share(report, &qemu, place, config);
	check_gpu(report, &qemu, config);
	oriel_report_ok(report, "vm_vsock", "vsock: %s",
		oriel_host_vsock(&qemu)
			? "/dev/vhost-vsock"
			: "none (no /dev/vhost-vsock to use); virtio-serial does as well");
}

/* Whether it is up, so that it can be asked more. */
static bool check_state(struct oriel_report *report, const struct oriel_vm_place *place)
{
	static struct oriel_vm_status status;
	char mend[64];

	if (oriel_vm_status_read(place, &status) < 0)
		return false;
	snprintf(mend, sizeof mend, "oriel up qemu:%s", place->name);
	if (status.state == ORIEL_VM_CRASHED)
		oriel_report_missing(report, "vm_state", mend, "qemu:%s crashed: %s", place->name,
			status.reason);
	else
		oriel_report_ok(report, "vm_state", "qemu:%s is %s", place->name,
			oriel_vm_state_names[status.state]);
	return status.state == ORIEL_VM_RUNNING;
}

bool oriel_doctor_vm(struct oriel_report *report, const char *name)
{
	static struct oriel_vm_config config;
	struct oriel_vm_place place;
	struct oriel_vm_fault fault;
	enum oriel_vm_arch arch = oriel_vm_host_arch();
	int r = oriel_vm_place_init(&place, name);

	if (r < 0) {
		oriel_report_missing(report, "vm_folders",
			"set HOME and XDG_RUNTIME_DIR to folders of this user alone",
			"folders of machines: %s", strerror(-r));
		return false;
	}
	r = oriel_vm_config_load(&place, &config, &fault);
	if (r < 0)
		oriel_vm_config_default(&config);
	if (r < 0 && r != -ENOENT)
		oriel_report_missing(report, "vm_options", "mend or remove that file",
			"options of qemu:%s: %s", name, fault.text);
	check_image(report, &config, &arch);
	check_qemu(report, &place, &config, arch);
	return check_state(report, &place);
}
