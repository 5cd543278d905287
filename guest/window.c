/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "guest/window.h"

#include <stdlib.h>
#include <string.h>

#include "guest/client.h"
#include "guest/icon.h"
#include "guest/launch.h"
#include "src/base/log.h"
#include "src/base/utf8.h"

struct oriel_window *oriel_window_find(const struct oriel_core *core, uint32_t id)
{
	struct oriel_window *window;

	TAILQ_FOREACH(window, &core->windows, all)
	if (window->mir.id == id)
		return window;
	return NULL;
}

struct oriel_window *oriel_window_of(const struct oriel_client *client, uint32_t id)
{
	struct oriel_window *window = oriel_window_find(client->core, id);

	return window && window->owner == client ? window : NULL;
}

/* Telling the owner --------------------------------------------------------------------------- */

static int32_t clamp(int32_t value, int32_t min, int32_t max)
{
	return value < min ? min : value > max ? max : value;
}

static uint32_t side(int64_t value)
{
	return value < 0 ? 0 : value > ORIEL_MAX_SIDE ? ORIEL_MAX_SIDE : (uint32_t)value;
}

static bool is_popup(const struct oriel_mir_window *mir)
{
	return mir->kind == ORIEL_KIND_POPUP || mir->kind == ORIEL_KIND_TOOLTIP;
}

static uint64_t launch_id(const struct oriel_window *window)
{
	const struct oriel_launch *launch = oriel_launch_find(window->core, window->launch);

	return launch && launch->client == window->owner ? launch->id : 0;
}

static void send_window(struct oriel_window *window, const struct oriel_window *parent)
{
	const struct oriel_mir_window *mir = &window->mir;
	const int32_t far = 1048576;
	struct oriel_msg msg = {.type = ORIEL_MSG_WINDOW};

	msg.window = (struct oriel_msg_window){
		.window = mir->id,
		.parent = parent ? mir->parent : 0,
		.kind = mir->kind,
		.state = mir->state,
		.flags = mir->flags,
		.x = clamp(is_popup(mir) ? mir->offset_x : mir->content.x, -far, far),
		.y = clamp(is_popup(mir) ? mir->offset_y : mir->content.y, -far, far),
		.width = side(mir->content.width),
		.height = side(mir->content.height),
		.min_width = side(mir->min_width),
		.min_height = side(mir->min_height),
		.max_width = side(mir->max_width),
		.max_height = side(mir->max_height),
		.launch = launch_id(window),
		.title = mir->title,
		.app_id = mir->app_id,
	};
	oriel_client_send(window->owner, &msg);
}

static void send_pointer(struct oriel_window *window)
{
	struct oriel_msg msg = {
		.type = ORIEL_MSG_POINTER_LOCK,
		.pointer_lock = {.window = window->mir.id, .mode = window->mir.pointer},
	};

	if (window->pointer_told != window->mir.pointer)
		oriel_client_send(window->owner, &msg);
	window->pointer_told = window->mir.pointer;
}

static void send_shortcuts(struct oriel_window *window)
{
	struct oriel_msg msg = {
		.type = ORIEL_MSG_SHORTCUTS_WANTED,
		.shortcuts_wanted = {.window = window->mir.id,
			.wanted = window->mir.shortcuts != 0},
	};

	if (window->shortcuts_told != window->mir.shortcuts)
		oriel_client_send(window->owner, &msg);
	window->shortcuts_told = window->mir.shortcuts;
}

/* Parents first; a popup is told of only once its parent is there. */
static void announce(struct oriel_window *window)
{
	struct oriel_window *parent = oriel_window_find(window->core, window->mir.parent);
	bool first = !window->announced;

	if (!window->owner)
		return;
	if (parent && parent->owner != window->owner)
		parent = NULL;
	if (!parent && is_popup(&window->mir))
		return;
	window->announced = true;
	if (parent && !parent->announced)
		announce(parent);
	send_window(window, parent);
	if (first) {
		window->pointer_told = ORIEL_POINTER_FREE;
		window->shortcuts_told = 0;
	}
	send_pointer(window);
	send_shortcuts(window);
	if (first)
		oriel_frames_hidden(window);
	if (first && window->mir.kind == ORIEL_KIND_TOPLEVEL && window->mir.app_id[0])
		oriel_icon_send(window->owner, window->mir.app_id);
}

/* Who shows it next is asked anew. */
static void lose_shortcuts(struct oriel_window *window)
{
	if (window->shortcuts_told && window->core->mir)
		oriel_mir_shortcuts(window->core->mir, window->mir.id, false);
	window->shortcuts_told = 0;
}

static void withdraw(struct oriel_window *window)
{
	struct oriel_msg msg = {
		.type = ORIEL_MSG_WINDOW_GONE,
		.window_gone = {.window = window->mir.id},
	};

	if (window->announced)
		oriel_client_send(window->owner, &msg);
	window->announced = false;
	lose_shortcuts(window);
}

/* Who shows what ------------------------------------------------------------------------------ */

static struct oriel_client *choose_owner(const struct oriel_window *window)
{
	struct oriel_window *parent = oriel_window_find(window->core, window->mir.parent);
	struct oriel_launch *launch = oriel_launch_find(window->core, window->launch);
	struct oriel_client *client;

	if (parent && parent != window)
		return parent->owner;
	if (launch && launch->client)
		return launch->client;
	TAILQ_FOREACH(client, &window->core->clients, all)
	if (client->role == ORIEL_ROLE_ATTACH && oriel_client_is_viewer(client))
		return client;
	return NULL;
}

static void assign(struct oriel_window *window)
{
	struct oriel_client *owner = choose_owner(window);
	bool moved = owner != window->owner;
	struct oriel_window *child;

	if (moved) {
		if (window->owner)
			withdraw(window);
		window->owner = owner;
		window->hidden = false;
		oriel_frames_restart(window);
	}
	if (!moved && (window->announced || !owner))
		return;
	announce(window);
	TAILQ_FOREACH(child, &window->core->windows, all)
	if (child->mir.parent == window->mir.id && child != window)
		assign(child);
}

void oriel_windows_assign(struct oriel_core *core)
{
	struct oriel_window *window;

	TAILQ_FOREACH(window, &core->windows, all)
	assign(window);
	oriel_text_update(core);
}

void oriel_windows_leave(struct oriel_client *client)
{
	struct oriel_window *window;

	TAILQ_FOREACH(window, &client->core->windows, all)
	{
		if (window->owner != client)
			continue;
		window->owner = NULL;
		window->announced = false;
		lose_shortcuts(window);
		window->hidden = false;
		oriel_frames_restart(window);
	}
}

/* What the owner tells ------------------------------------------------------------------------ */

void oriel_window_shortcuts(
	struct oriel_client *client, const struct oriel_msg_shortcuts_given *msg)
{
	if (oriel_window_of(client, msg->window))
		oriel_mir_shortcuts(client->core->mir, msg->window, msg->given);
}

/* What Mir tells ------------------------------------------------------------------------------ */

/* What a client calls itself, made fit for the wire. */
static char *copy_text(const char *text)
{
	char copy[ORIEL_MAX_TITLE + 1];

	oriel_utf8_copy(copy, sizeof copy, text ? text : "");
	return strdup(copy);
}

static void free_texts(struct oriel_window *window)
{
	free((char *)window->mir.title);
	free((char *)window->mir.app_id);
}

static int describe(struct oriel_window *window, const struct oriel_mir_window *description)
{
	char *title = copy_text(description->title), *app_id = copy_text(description->app_id);

	if (!title || !app_id) {
		free(title);
		free(app_id);
		return -1;
	}
	free_texts(window);
	window->mir = *description;
	window->mir.title = title;
	window->mir.app_id = app_id;
	return 0;
}

static struct oriel_window *create(
	struct oriel_core *core, const struct oriel_mir_window *description)
{
	struct oriel_window *window;

	if (core->n_windows >= ORIEL_MAX_WINDOWS) {
		core->stats.windows_refused++;
		if (!core->windows_full)
			oriel_warning("%d windows are open, no more are shown: close some",
				core->n_windows);
		core->windows_full = true;
		return NULL;
	}
	window = calloc(1, sizeof *window);
	if (!window)
		return NULL;
	window->core = core;
	if (describe(window, description)) {
		free(window);
		return NULL;
	}
	window->launch = oriel_launch_of_process(core, description->pid);
	TAILQ_INSERT_TAIL(&core->windows, window, all);
	core->n_windows++;
	core->stats.windows_opened++;
	return window;
}

void oriel_window_update(struct oriel_core *core, const struct oriel_mir_window *description)
{
	struct oriel_window *window = oriel_window_find(core, description->id);
	bool announced, new_app;

	if (!window) {
		window = create(core, description);
		if (window)
			assign(window);
		oriel_text_update(core);
		return;
	}
	new_app = strcmp(window->mir.app_id, description->app_id ? description->app_id : "") != 0;
	if (describe(window, description))
		return;
	announced = window->announced;
	assign(window);
	/* Not when assign() has just told it all. */
	if (announced && window->announced)
		announce(window);
	if (new_app && window->announced && window->mir.kind == ORIEL_KIND_TOPLEVEL)
		oriel_icon_send(window->owner, window->mir.app_id);
}

static void destroy(struct oriel_window *window)
{
	oriel_frames_finish(window);
	TAILQ_REMOVE(&window->core->windows, window, all);
	window->core->n_windows--;
	window->core->windows_full = false;
	free_texts(window);
	free(window);
}

void oriel_window_gone(struct oriel_core *core, uint32_t id)
{
	struct oriel_window *window = oriel_window_find(core, id);

	if (!window)
		return;
	withdraw(window);
	destroy(window);
	oriel_text_update(core);
}

void oriel_windows_finish(struct oriel_core *core)
{
	struct oriel_window *window;

	while ((window = TAILQ_FIRST(&core->windows)))
		destroy(window);
}
