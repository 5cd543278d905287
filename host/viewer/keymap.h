/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/* The host's keyboard layout for the guest: from the options, else from the host. */
#ifndef ORIEL_HOST_VIEWER_KEYMAP_H
#define ORIEL_HOST_VIEWER_KEYMAP_H

#include <stdbool.h>

#include "host/platform/platform.h"

struct oriel_viewer;

struct oriel_keymap {
	struct oriel_platform_keymap sent;
	bool stale; /* the host's may have changed */
};

/* Sends it when it differs from what was sent, or always. */
void oriel_keymap_send(struct oriel_viewer *viewer, bool always);

#endif
