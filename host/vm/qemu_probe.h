/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * What the QEMU of this machine can do, by its own help texts, which versions 7.2 to 11 write
 * alike.
 */
#ifndef ORIEL_HOST_VM_QEMU_PROBE_H
#define ORIEL_HOST_VM_QEMU_PROBE_H

#include <stdbool.h>

#include "host/vm/fault.h"
#include "host/vm/kinds.h"
#include "host/vm/place.h"

/* The oldest that is supported. */
#define ORIEL_QEMU_MAJOR 7
#define ORIEL_QEMU_MINOR 2

struct oriel_qemu {
	char path[ORIEL_VM_PATH];
	enum oriel_vm_arch arch; /* of its guests */
	unsigned major, minor;
	bool accel[ORIEL_VM_ACCELS]; /* was built with it */
	bool machine_q35, machine_pc, machine_virt;
	bool memory_file; /* memory-backend-file */
	bool device[ORIEL_VM_DEVICES];
	bool serial_port, rng, vsock, pvpanic;
	bool gpu_gl, gpu_blob, gpu_venus; /* virtio-gpu-gl-pci and its properties */
	bool display_egl, display_sdl;    /* as they are named; whether they work shows later */
	bool net_user;
};

/* Each reads one help text into the fields it tells of. -EINVAL: the text is not of a QEMU. */
int oriel_qemu_read_version(struct oriel_qemu *qemu, const char *text);
void oriel_qemu_read_accels(struct oriel_qemu *qemu, const char *text);
void oriel_qemu_read_machines(struct oriel_qemu *qemu, const char *text);
void oriel_qemu_read_objects(struct oriel_qemu *qemu, const char *text);
void oriel_qemu_read_devices(struct oriel_qemu *qemu, const char *text);
void oriel_qemu_read_gpu(struct oriel_qemu *qemu, const char *text);
void oriel_qemu_read_displays(struct oriel_qemu *qemu, const char *text);
void oriel_qemu_read_netdevs(struct oriel_qemu *qemu, const char *text);

/* The name of the program for guests of that kind. */
const char *oriel_qemu_program(enum oriel_vm_arch arch);

/* Finds the QEMU of $ORIEL_QEMU, else that of PATH, and asks it. Blocks while it runs it several
 * times, a second in all. Any thread. 0 or -errno with the fault told: -ENOENT there is none,
 * -ENOTSUP it is too old or lacks what every machine needs. */
int oriel_qemu_probe(
	enum oriel_vm_arch arch, struct oriel_qemu *ret_qemu, struct oriel_vm_fault *fault);

/* What to install where there is no QEMU, or a part of it is missing. */
const char *oriel_qemu_package(enum oriel_vm_arch arch);

#endif
