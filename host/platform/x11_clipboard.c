/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/* The clipboard on Linux: X11's on a connection of our own, as SDL can't send large contents and
 * wants them at once; SDL's where there is no X server. */
#include "host/platform/sdl_clipboard.h"
#include "host/platform/x11.h"
#include "src/base/log.h"
#include "src/clipboard/x11.h"

static struct {
	struct oriel_x11_clipboard *x11;
	const struct oriel_platform_clipboard_events *events;
	void *user;
} clipboard;

static void handle_changed(void *user, uint8_t selection, const struct oriel_types *types)
{
	(void)user;
	clipboard.events->changed(clipboard.user, selection, types);
}

static void handle_wanted(void *user, uint8_t selection, const char *type, struct oriel_flow *flow)
{
	(void)user;
	clipboard.events->wanted(clipboard.user, selection, type, flow);
}

static void handle_closed(void *user)
{
	(void)user;
	oriel_warning("the X server has ended the clipboard's connection: nothing is shared now");
	oriel_platform_clipboard_close();
}

static const struct oriel_x11_clipboard_events x11_events = {
	.changed = handle_changed,
	.wanted = handle_wanted,
	.closed = handle_closed,
};

void oriel_platform_clipboard_open(
	uv_loop_t *loop, const struct oriel_platform_clipboard_events *events, void *user)
{
	struct xcb_connection_t *connection;

	if (!oriel_x11.display) {
		oriel_sdl_clipboard_open(loop, events, user);
		return;
	}
	clipboard.events = events;
	clipboard.user = user;
	connection = oriel_x11_clipboard_connect(DisplayString(oriel_x11.display));
	if (connection)
		clipboard.x11 =
			oriel_x11_clipboard_create(loop, connection, false, &x11_events, NULL);
	if (!clipboard.x11)
		oriel_warning("no clipboard is shared: the X server has no XFixes, or takes no "
			      "more connections");
}

void oriel_platform_clipboard_close(void)
{
	oriel_x11_clipboard_destroy(clipboard.x11);
	clipboard.x11 = NULL;
	oriel_sdl_clipboard_close();
}

void oriel_platform_clipboard_offer(uint8_t selection, const struct oriel_types *types)
{
	if (clipboard.x11)
		oriel_x11_clipboard_offer(clipboard.x11, selection, types);
	else if (!oriel_x11.display && selection == ORIEL_SELECTION_CLIPBOARD)
		oriel_sdl_clipboard_offer(types);
}

void oriel_platform_clipboard_read(uint8_t selection, const char *type, struct oriel_flow *flow)
{
	if (clipboard.x11)
		oriel_x11_clipboard_read(clipboard.x11, selection, type, flow);
	else if (!oriel_x11.display && selection == ORIEL_SELECTION_CLIPBOARD)
		oriel_sdl_clipboard_read(type, flow);
	else
		oriel_flow_end(flow, "what was copied is not there any more");
}

void oriel_platform_clipboard_event(const SDL_ClipboardEvent *event)
{
	if (!oriel_x11.display)
		oriel_sdl_clipboard_event(event);
}
