/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * The command line of QEMU. No I/O: what it is made of has been chosen before. Any thread.
 */
#ifndef ORIEL_HOST_VM_QEMU_ARGS_H
#define ORIEL_HOST_VM_QEMU_ARGS_H

#include <stdint.h>

#include "host/vm/qemu_probe.h"

enum oriel_vm_display {
	ORIEL_VM_DISPLAY_NONE,
	ORIEL_VM_DISPLAY_EGL, /* a render node of this machine, nothing shown */
	ORIEL_VM_DISPLAY_SDL, /* a window on this machine's X or Wayland display */
};

/* What QEMU calls the port of orield in its events. */
#define ORIEL_QEMU_PORT "port"

/* All that QEMU is told. Strings are borrowed. */
struct oriel_vm_plan {
	const char *name;
	enum oriel_vm_accel accel; /* not AUTO */
	uint64_t memory;           /* bytes */
	unsigned cpus;

	const char *kernel, *initrd, *cmdline; /* initrd: NULL for none */
	const char *disk;                      /* qcow2 */
	const char *console;                   /* file that the serial line is written to */

	/* NULL: the RAM is not shared; else the file that it is. */
	const char *ram_path;
	enum oriel_vm_device device; /* of shared memory */
	const char *device_path;     /* its file */
	uint64_t device_size;        /* bytes */

	enum oriel_vm_gpu gpu;
	enum oriel_vm_display display;
	uint32_t vsock_cid; /* 0: no vsock */

	/* Sockets that QEMU inherits: one end of a pair, for QMP, and a listening one. */
	int qmp_fd, serial_fd;
};

/* "q35", "pc" or "virt": what is used of what this QEMU has. */
const char *oriel_qemu_machine(const struct oriel_qemu *qemu);

/* Arguments, NULL-ended, the first is the program: one block that free() releases. NULL: no
 * memory. */
char **oriel_qemu_args(const struct oriel_qemu *qemu, const struct oriel_vm_plan *plan);

#endif
