/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "host/vm/host.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>
#ifdef __linux__
#include <linux/kvm.h>
#include <sys/ioctl.h>
#endif

#define WHY 160

#ifdef __linux__
/* Opens it and makes an empty machine: the node may be there without a CPU that can. */
static int try_kvm(char *why)
{
	int fd = open("/dev/kvm", O_RDWR | O_CLOEXEC), machine = -1, r = 0;

	if (fd >= 0 && ioctl(fd, KVM_GET_API_VERSION, 0) == KVM_API_VERSION)
		machine = ioctl(fd, KVM_CREATE_VM, 0);
	if (machine < 0)
		r = -errno;
	if (r == -EACCES || r == -EPERM)
		snprintf(why, WHY,
			"no permission for /dev/kvm: sudo usermod -aG kvm $USER, and log "
			"in again");
	else if (r < 0)
		snprintf(why, WHY, "/dev/kvm: %s", strerror(-r));
	if (machine >= 0)
		close(machine);
	if (fd >= 0)
		close(fd);
	return r;
}
#else
static int try_kvm(char *why)
{
	snprintf(why, WHY, "KVM is for Linux");
	return -ENOTSUP;
}
#endif

#ifdef __APPLE__
#include <sys/sysctl.h>

static int try_hvf(char *why)
{
	int on = 0;
	size_t size = sizeof on;

	if (sysctlbyname("kern.hv_support", &on, &size, NULL, 0) == 0 && on)
		return 0;
	snprintf(why, WHY, "this Mac has no Hypervisor.framework support");
	return -ENOTSUP;
}
#else
static int try_hvf(char *why)
{
	snprintf(why, WHY, "HVF is for macOS");
	return -ENOTSUP;
}
#endif

static int try_accel(const struct oriel_qemu *qemu, enum oriel_vm_accel accel, char *why)
{
	if (accel == ORIEL_VM_ACCEL_TCG) {
		why[0] = '\0';
		return 0;
	}
	if (qemu->arch != oriel_vm_host_arch()) {
		snprintf(why, WHY, "guest and computer have different processors");
		return -ENOTSUP;
	}
	if (!qemu->accel[accel]) {
		snprintf(why, WHY, "this QEMU was built without %s", oriel_vm_accel_names[accel]);
		return -ENOTSUP;
	}
	return accel == ORIEL_VM_ACCEL_HVF ? try_hvf(why) : try_kvm(why);
}

int oriel_host_accel(const struct oriel_qemu *qemu, enum oriel_vm_accel wanted,
	enum oriel_vm_accel *ret_accel, char *why, struct oriel_vm_fault *fault)
{
#ifdef __APPLE__
	const enum oriel_vm_accel fast = ORIEL_VM_ACCEL_HVF;
#else
	const enum oriel_vm_accel fast = ORIEL_VM_ACCEL_KVM;
#endif
	enum oriel_vm_accel accel = wanted == ORIEL_VM_ACCEL_AUTO ? fast : wanted;
	int r = try_accel(qemu, accel, why);

	if (r == 0 && wanted == ORIEL_VM_ACCEL_TCG)
		snprintf(why, WHY, "asked for");
	if (r < 0 && wanted != ORIEL_VM_ACCEL_AUTO)
		return oriel_vm_fail(fault, -ENOTSUP,
			"--accel %s does not work here: %s; or use --accel tcg, which is slow",
			oriel_vm_accel_names[wanted], why);
	*ret_accel = r < 0 ? ORIEL_VM_ACCEL_TCG : accel;
	return 0;
}

static bool has_render_node(void)
{
	glob_t found;
	bool usable = false;

	if (glob("/dev/dri/renderD*", 0, NULL, &found) != 0)
		return false;
	for (size_t i = 0; i < found.gl_pathc; i++)
		usable |= access(found.gl_pathv[i], R_OK | W_OK) == 0;
	globfree(&found);
	return usable;
}

static bool is_set(const char *variable)
{
	const char *value = getenv(variable);

	return value && *value;
}

static int check_gpu(
	const struct oriel_qemu *qemu, enum oriel_vm_gpu gpu, struct oriel_vm_fault *fault)
{
	if (!qemu->gpu_gl)
		return oriel_vm_fail(fault, -ENOTSUP,
			"this QEMU has no virtio-gpu-gl-pci: install its OpenGL modules "
			"(qemu-system-modules-opengl, qemu-system-gui), or use --gpu none");
	if (gpu == ORIEL_VM_GPU_VENUS && !(qemu->gpu_blob && qemu->gpu_venus))
		return oriel_vm_fail(fault, -ENOTSUP,
			"QEMU %u.%u has no venus, which came with 9.2: use --gpu virgl or none",
			qemu->major, qemu->minor);
	return 0;
}

int oriel_host_display(const struct oriel_qemu *qemu, enum oriel_vm_gpu gpu,
	enum oriel_vm_display *ret_display, struct oriel_vm_fault *fault)
{
	int r = gpu == ORIEL_VM_GPU_NONE ? 0 : check_gpu(qemu, gpu, fault);

	if (r < 0)
		return r;
	if (gpu == ORIEL_VM_GPU_NONE)
		*ret_display = ORIEL_VM_DISPLAY_NONE;
	else if (qemu->display_egl && has_render_node())
		*ret_display = ORIEL_VM_DISPLAY_EGL;
	else if (qemu->display_sdl && (is_set("DISPLAY") || is_set("WAYLAND_DISPLAY")))
		*ret_display = ORIEL_VM_DISPLAY_SDL;
	else
		return oriel_vm_fail(fault, -ENOTSUP,
			"--gpu %s needs a render node (/dev/dri/renderD*, group render) or a "
			"display for QEMU's own window (DISPLAY): or use --gpu none",
			oriel_vm_gpu_names[gpu]);
	return 0;
}

bool oriel_host_vsock(const struct oriel_qemu *qemu)
{
	int fd = qemu->vsock ? open("/dev/vhost-vsock", O_RDWR | O_CLOEXEC) : -1;

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

int oriel_host_memory(uint64_t memory, struct oriel_vm_fault *fault)
{
	uint64_t total = uv_get_total_memory();

	if (memory < total)
		return 0;
	return oriel_vm_fail(fault, -ENOMEM,
		"this computer has %" PRIu64 " MiB of memory, too little for a machine of %" PRIu64
		" MiB: use a smaller --memory",
		total >> 20, memory >> 20);
}
