/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * What QEMU's own error messages mean for people. Any thread.
 */
#ifndef ORIEL_HOST_VM_EXPLAIN_H
#define ORIEL_HOST_VM_EXPLAIN_H

#include <stddef.h>

/* What could be left out to start all the same. */
enum oriel_qemu_blame {
	ORIEL_QEMU_BLAME_NONE,
	ORIEL_QEMU_BLAME_SHARE, /* memory that is shared */
	ORIEL_QEMU_BLAME_ACCEL, /* hvf, kvm */
};

/* Turns what a QEMU that did not start has said into one line that says what to do. said: its
 * output, made printable; text may be empty. */
enum oriel_qemu_blame oriel_qemu_explain(const char *said, char *text, size_t size);

#endif
