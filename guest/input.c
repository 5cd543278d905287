/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "guest/input.h"

#include <stdlib.h>
#include <string.h>

#include "guest/window.h"

/* The pointer's image ------------------------------------------------------------------------- */

struct oriel_cursor {
	struct oriel_msg_cursor msg; /* its pixels are those below */
	uint8_t pixels[];
};

static void send_cursor(struct oriel_client *client)
{
	struct oriel_msg msg = {.type = ORIEL_MSG_CURSOR};

	if (!client->core->cursor)
		return;
	msg.cursor = client->core->cursor->msg;
	oriel_client_send(client, &msg);
}

static uint32_t scale_120(double scale)
{
	return scale < 0.25 ? 30 : scale > 10 ? 1200 : (uint32_t)(scale * 120 + 0.5);
}

static int32_t hot_spot(int32_t value)
{
	const int32_t far = ORIEL_MAX_CURSOR_SIDE;

	return value < -far ? -far : value > far ? far : value;
}

void oriel_input_cursor(struct oriel_core *core, const struct oriel_mir_cursor *from)
{
	/* One that is too large for the wire is not shown at all. */
	bool shown = from->width <= ORIEL_MAX_CURSOR_SIDE && from->height <= ORIEL_MAX_CURSOR_SIDE;
	uint32_t width = shown ? from->width : 0, height = shown && width ? from->height : 0;
	size_t size = (size_t)width * height * 4;
	struct oriel_cursor *cursor = malloc(sizeof *cursor + size);

	if (!cursor)
		return;
	if (size > 0)
		memcpy(cursor->pixels, from->pixels, size);
	cursor->msg = (struct oriel_msg_cursor){
		.width = height ? width : 0,
		.height = height,
		.hot_x = hot_spot(from->hot_x),
		.hot_y = hot_spot(from->hot_y),
		.scale = scale_120(from->scale),
		.pixels = {cursor->pixels, (uint32_t)size},
	};
	free(core->cursor);
	core->cursor = cursor;
	if (core->pointer)
		send_cursor(core->pointer);
}

void oriel_input_finish(struct oriel_core *core)
{
	free(core->cursor);
	core->cursor = NULL;
}

/* Keyboard ------------------------------------------------------------------------------------ */

static void handle_focus(struct oriel_client *client, const struct oriel_msg_focus *msg)
{
	struct oriel_core *core = client->core;
	uint32_t keys[ORIEL_MAX_KEYS];

	/* Of two viewers, the one that gets the focus may be quicker than the one that loses it. */
	if (msg->window == 0 && core->focus != client)
		return;
	if (msg->window != 0 && !oriel_window_of(client, msg->window))
		return;
	for (uint32_t i = 0; i < msg->n_keys; i++)
		keys[i] = msg->keys[i].code;
	core->focus = msg->window ? client : NULL;
	oriel_mir_focus(core->mir, msg->window, keys, (int)msg->n_keys, msg->locked);
	oriel_text_update(core);
}

static void handle_key(struct oriel_client *client, const struct oriel_msg_key *msg)
{
	if (client->core->focus == client)
		oriel_mir_key(client->core->mir, msg->time, msg->code, msg->down);
}

/* Pointer ------------------------------------------------------------------------------------- */

static void handle_motion(struct oriel_client *client, const struct oriel_msg_motion *msg)
{
	struct oriel_core *core = client->core;

	if (!oriel_window_of(client, msg->window))
		return;
	if (core->pointer != client) {
		core->pointer = client;
		send_cursor(client);
	}
	oriel_mir_motion(core->mir, msg->time, msg->window, oriel_fixed_to_double(msg->x),
		oriel_fixed_to_double(msg->y), oriel_fixed_to_double(msg->dx),
		oriel_fixed_to_double(msg->dy));
}

static void handle_leave(struct oriel_client *client, const struct oriel_msg_leave *msg)
{
	if (client->core->pointer != client)
		return;
	client->core->pointer = NULL;
	oriel_mir_leave(client->core->mir, msg->time);
}

static void handle_axis(struct oriel_client *client, const struct oriel_msg_axis *msg)
{
	if (client->core->pointer == client)
		oriel_mir_axis(client->core->mir, msg->time, msg->source,
			oriel_fixed_to_double(msg->dx), oriel_fixed_to_double(msg->dy), msg->x120,
			msg->y120, msg->stop);
}

static void handle_touch(struct oriel_client *client, const struct oriel_msg_touch *msg)
{
	if (oriel_window_of(client, msg->window))
		oriel_mir_touch(client->core->mir, msg->time, msg->window, msg->point, msg->action,
			oriel_fixed_to_double(msg->x), oriel_fixed_to_double(msg->y));
}

void oriel_input_handle(struct oriel_client *client, const struct oriel_msg *msg)
{
	switch (msg->type) {
	case ORIEL_MSG_FOCUS:
		handle_focus(client, &msg->focus);
		break;
	case ORIEL_MSG_KEY:
		handle_key(client, &msg->key);
		break;
	case ORIEL_MSG_MOTION:
		handle_motion(client, &msg->motion);
		break;
	case ORIEL_MSG_LEAVE:
		handle_leave(client, &msg->leave);
		break;
	case ORIEL_MSG_BUTTON:
		if (client->core->pointer == client)
			oriel_mir_button(client->core->mir, msg->button.time, msg->button.code,
				msg->button.down);
		break;
	case ORIEL_MSG_AXIS:
		handle_axis(client, &msg->axis);
		break;
	case ORIEL_MSG_TOUCH:
		handle_touch(client, &msg->touch);
		break;
	default:
		/* The link lets nothing else through. */
		break;
	}
}

void oriel_input_forget(struct oriel_client *client)
{
	struct oriel_core *core = client->core;

	if (core->focus == client) {
		core->focus = NULL;
		if (core->mir)
			oriel_mir_focus(core->mir, 0, NULL, 0, 0);
	}
	if (core->pointer == client) {
		core->pointer = NULL;
		if (core->mir)
			oriel_mir_leave(core->mir, 0);
	}
}
