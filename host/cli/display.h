/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#ifndef ORIEL_HOST_CLI_DISPLAY_H
#define ORIEL_HOST_CLI_DISPLAY_H

#include <stddef.h>

/* Whether this machine has a display to show windows on, by the environment and by asking whether
 * somebody answers there. Names it in text (size >= 128). 0; -ENOENT: none is named, text is "";
 * -ECONNREFUSED: nobody answers. */
int oriel_display_find(char *text, size_t size);

#endif
