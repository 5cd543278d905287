/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * The clipboard of platform.h by SDL: on macOS, and on Linux without X11. SDL wants content at once
 * when it is pasted, so it is fetched when it is copied: only the types that programs agree on, and
 * no more than 16 MiB of each. Built everywhere, used there; it has not run on a Mac.
 */
#ifndef ORIEL_HOST_PLATFORM_SDL_CLIPBOARD_H
#define ORIEL_HOST_PLATFORM_SDL_CLIPBOARD_H

#include "host/platform/platform.h"

void oriel_sdl_clipboard_open(
	uv_loop_t *loop, const struct oriel_platform_clipboard_events *events, void *user);
void oriel_sdl_clipboard_close(void);
void oriel_sdl_clipboard_offer(const struct oriel_types *types);
void oriel_sdl_clipboard_read(const char *type, struct oriel_flow *flow);
void oriel_sdl_clipboard_event(const SDL_ClipboardEvent *event);

#endif
