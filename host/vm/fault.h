/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * What went wrong with a virtual machine, as one line for people that says what to do. Any thread.
 */
#ifndef ORIEL_HOST_VM_FAULT_H
#define ORIEL_HOST_VM_FAULT_H

struct oriel_vm_fault {
	char text[1024];
};

/* Writes the line and returns code. */
int oriel_vm_fail(struct oriel_vm_fault *fault, int code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
