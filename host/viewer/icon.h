/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/* Icons of applications, put on their windows whichever comes first. */
#ifndef ORIEL_HOST_VIEWER_ICON_H
#define ORIEL_HOST_VIEWER_ICON_H

#include <SDL3/SDL.h>

#include "src/wire/messages.h"

struct oriel_viewer;
struct oriel_window;

/* At most this many are kept; the oldest goes first. */
#define ORIEL_ICONS_MAX 64

struct oriel_icon {
	char *app_id;
	SDL_Surface *surface;
};

struct oriel_icons {
	struct oriel_icon items[ORIEL_ICONS_MAX];
	unsigned next;
};

/* 0; -EPROTO with the fault in *ret_reason (static). */
int oriel_icon_set(
	struct oriel_viewer *viewer, const struct oriel_msg_icon *msg, const char **ret_reason);

/* Puts the icon on a window, where it is known. */
void oriel_icon_apply(struct oriel_window *window);

void oriel_icons_finish(struct oriel_viewer *viewer);

#endif
