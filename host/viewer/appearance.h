/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/* The host's dark or light preference, contrast and accent colour, for the guest's programs. */
#ifndef ORIEL_HOST_VIEWER_APPEARANCE_H
#define ORIEL_HOST_VIEWER_APPEARANCE_H

#include <stdbool.h>

#include "src/wire/messages.h"

struct oriel_viewer;

struct oriel_appearance {
	struct oriel_msg_appearance sent;
	bool stale; /* the host's may have changed */
};

/* Looks after the host's until oriel_platform_appearance_close(). */
void oriel_appearance_open(struct oriel_viewer *viewer);

/* Sends it when it differs from what was sent, or always. */
void oriel_appearance_send(struct oriel_viewer *viewer, bool always);

#endif
