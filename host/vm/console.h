/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * What a guest writes to its serial console: console.log, the one before it in console.old.log. The
 * guest is not trusted: what comes out of here can be printed. Any thread.
 */
#ifndef ORIEL_HOST_VM_CONSOLE_H
#define ORIEL_HOST_VM_CONSOLE_H

#include <stdint.h>

#include "host/vm/place.h"

/* Keeps the log of the start before under another name, and makes an empty one (0600). */
int oriel_console_rotate(const struct oriel_vm_place *place);

/* The last lines that are not empty, at most n_lines, with line ends; "" when there are none. */
void oriel_console_tail(const char *path, unsigned n_lines, char *text, size_t size);

/* Makes untrusted text printable in place: no control characters, no escape sequences, valid
 * UTF-8. */
void oriel_console_clean(char *untrusted_line);

/* How far a boot has come. */
struct oriel_boot {
	uint64_t offset; /* bytes read so far */
	char line[512];  /* the unfinished one */
	size_t length;
	char stage[80];   /* "kernel", "Started ...": printable */
	char failure[80]; /* why it will not come further; "" */
};

/* Reads what is new. Whether stage or failure has changed. */
bool oriel_boot_read(struct oriel_boot *boot, const char *path);

#endif
