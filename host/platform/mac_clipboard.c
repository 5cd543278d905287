/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/* The clipboard on macOS: SDL's. It has no primary selection. */
#include "host/platform/sdl_clipboard.h"

void oriel_platform_clipboard_open(
	uv_loop_t *loop, const struct oriel_platform_clipboard_events *events, void *user)
{
	oriel_sdl_clipboard_open(loop, events, user);
}

void oriel_platform_clipboard_close(void)
{
	oriel_sdl_clipboard_close();
}

void oriel_platform_clipboard_offer(uint8_t selection, const struct oriel_types *types)
{
	if (selection == ORIEL_SELECTION_CLIPBOARD)
		oriel_sdl_clipboard_offer(types);
}

void oriel_platform_clipboard_read(uint8_t selection, const char *type, struct oriel_flow *flow)
{
	if (selection == ORIEL_SELECTION_CLIPBOARD)
		oriel_sdl_clipboard_read(type, flow);
	else
		oriel_flow_end(flow, "there is no primary selection on macOS");
}

void oriel_platform_clipboard_event(const SDL_ClipboardEvent *event)
{
	oriel_sdl_clipboard_event(event);
}
