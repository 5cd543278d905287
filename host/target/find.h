/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Where programs are. Any thread.
 */
#ifndef ORIEL_HOST_TARGET_FIND_H
#define ORIEL_HOST_TARGET_FIND_H

#include <stddef.h>

/* The path of a program of PATH. 0, -ENOENT or -ENAMETOOLONG. */
int oriel_find_program(const char *name, char *path, size_t size);

/* The path of orield: $ORIEL_ORIELD, which is believed when it is set; else the one that came
 * with this oriel: beside it, or where the build puts it; else that of PATH. 0, -ENOENT, or
 * -EACCES: $ORIEL_ORIELD, then in path, can't be run. */
int oriel_find_orield(char *path, size_t size);

#endif
