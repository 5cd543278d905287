/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/* The guest's pointer image as the host's cursor. */
#ifndef ORIEL_HOST_VIEWER_CURSOR_H
#define ORIEL_HOST_VIEWER_CURSOR_H

#include <SDL3/SDL.h>

#include "src/wire/messages.h"

struct oriel_viewer;

struct oriel_cursor {
	SDL_Cursor *sdl; /* NULL: the host's own */
};

/* 0; -EPROTO with the fault in *ret_reason (static). */
int oriel_cursor_set(
	struct oriel_viewer *viewer, const struct oriel_msg_cursor *msg, const char **ret_reason);

/* Back to the host's own. */
void oriel_cursor_reset(struct oriel_viewer *viewer);

#endif
