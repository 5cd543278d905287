/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "guest/clipboard_x11.h"

#include <stdlib.h>
#include <string.h>
#include <xcb/xcb.h>

#include "guest/clipboard.h"
#include "src/base/log.h"

/* While Xwayland starts, connecting takes as long as that does: a thread waits for it. */
struct oriel_x11_connecting {
	uv_work_t work;
	struct oriel_core *core; /* NULL: not of interest any more */
	char *display;
	struct xcb_connection_t *connection;
};

static void handle_changed(void *user, uint8_t i, const struct oriel_types *types)
{
	struct oriel_core *core = user;

	if (types->n > 0)
		oriel_clipboard_set(core, i, ORIEL_OWNER_X11, NULL, types);
	else if (core->clipboard->selections[i].owner == ORIEL_OWNER_X11)
		oriel_clipboard_set(core, i, ORIEL_OWNER_NOBODY, NULL, types);
}

static void handle_wanted(void *user, uint8_t i, const char *type, struct oriel_flow *flow)
{
	struct oriel_core *core = user;

	oriel_clipboard_get(core, i, oriel_type_is_text(type) ? ORIEL_TYPE_TEXT : type, flow);
}

static void handle_closed(void *user)
{
	static const struct oriel_types none;
	struct oriel_core *core = user;

	oriel_debug("Xwayland has ended");
	oriel_x11_clipboard_destroy(core->clipboard->x11);
	core->clipboard->x11 = NULL;
	for (uint8_t i = 0; i < ORIEL_SELECTIONS; i++)
		if (core->clipboard->selections[i].owner == ORIEL_OWNER_X11)
			oriel_clipboard_set(core, i, ORIEL_OWNER_NOBODY, NULL, &none);
}

static const struct oriel_x11_clipboard_events events = {
	.changed = handle_changed,
	.wanted = handle_wanted,
	.closed = handle_closed,
};

static void connect_x11(uv_work_t *work)
{
	struct oriel_x11_connecting *c = work->data;

	c->connection = oriel_x11_clipboard_connect(c->display);
}

/* What there is to paste by now. */
static void offer_all(struct oriel_core *core)
{
	for (uint8_t i = 0; i < ORIEL_SELECTIONS; i++) {
		const struct oriel_guest_selection *s = &core->clipboard->selections[i];
		struct oriel_types types = {0};

		oriel_types_copy(&types, &s->types);
		oriel_types_for_programs(&types);
		if (types.n > 0)
			oriel_x11_clipboard_offer(core->clipboard->x11, i, &types);
		oriel_types_clear(&types);
	}
}

static void handle_connected(uv_work_t *work, int status)
{
	struct oriel_x11_connecting *c = work->data;
	struct oriel_core *core = c->core;

	(void)status;
	if (!core && c->connection)
		xcb_disconnect(c->connection);
	if (core) {
		core->clipboard->connecting = NULL;
		if (c->connection)
			core->clipboard->x11 = oriel_x11_clipboard_create(
				core->loop, c->connection, true, &events, core);
		if (core->clipboard->x11)
			offer_all(core);
		else
			oriel_warning("X11 programs share no clipboard: Xwayland does not answer");
	}
	free(c->display);
	free(c);
}

/* Mir's bridge shows its window by taking what there is to paste when Xwayland starts: so there has
 * to be something. It stays, and nobody can use it: taken back too soon, before Mir knows when it
 * took it, Mir would take the clipboard from whoever has it by then. An X11 program that copies in
 * that very moment hides the window from us until there is something else: then Wayland programs
 * get no more than the text that Mir brings. */
static void bait_bridge(struct oriel_core *core)
{
	const char *bait = core->clipboard->origin;

	if (core->clipboard->selections[ORIEL_SELECTION_CLIPBOARD].owner == ORIEL_OWNER_NOBODY)
		oriel_mir_selection_offer(core->mir, ORIEL_SELECTION_CLIPBOARD, &bait, 1);
}

void oriel_clipboard_x11_started(struct oriel_core *core)
{
	struct oriel_clipboard *clipboard = core->clipboard;
	struct oriel_x11_connecting *c;

	if (clipboard->closed || clipboard->connecting || clipboard->x11 || !core->x11_display)
		return;
	c = calloc(1, sizeof *c);
	if (!c)
		return;
	c->work.data = c;
	c->core = core;
	c->display = strdup(core->x11_display);
	if (!c->display || uv_queue_work(core->loop, &c->work, connect_x11, handle_connected) < 0) {
		free(c->display);
		free(c);
		return;
	}
	clipboard->connecting = c;
	bait_bridge(core);
}

void oriel_clipboard_x11_close(struct oriel_core *core)
{
	if (core->clipboard->connecting)
		core->clipboard->connecting->core = NULL;
	core->clipboard->connecting = NULL;
	oriel_x11_clipboard_destroy(core->clipboard->x11);
	core->clipboard->x11 = NULL;
}
