/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "guest/messages.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "guest/clipboard.h"
#include "guest/input.h"
#include "guest/launch.h"
#include "guest/memory.h"
#include "guest/portal.h"
#include "guest/question.h"
#include "guest/window.h"
#include "src/base/log.h"

/* The ring: two frames of the largest screen, so that one can be written while one is read; but
 * at least so much, where that is not more than three. */
#define RING_FRAMES 2
#define RING_FRAMES_MAX 3
#define RING_MIN (8 * 1024 * 1024)

/* What the host has --------------------------------------------------------------------------- */

/* Whether msg says what was said last; remembers it. */
static bool told_already(struct oriel_told *told, const struct oriel_msg *msg)
{
	size_t size = oriel_wire_size(msg);
	uint8_t *data = malloc(size);

	if (!data || oriel_wire_encode(msg, data, size, &size) < 0) {
		free(data);
		return false;
	}
	if (told->data && told->size == size && memcmp(told->data, data, size) == 0) {
		free(data);
		return true;
	}
	free(told->data);
	told->data = data;
	told->size = size;
	return false;
}

static size_t ring_for(const struct oriel_msg_outputs *msg)
{
	uint64_t largest = 0, size, least;

	for (uint32_t i = 0; i < msg->n_outputs; i++) {
		const struct oriel_wire_output *output = &msg->outputs[i];
		uint64_t width = ((uint64_t)output->width * output->scale + 119) / 120;
		uint64_t height = ((uint64_t)output->height * output->scale + 119) / 120;

		if (width * height * 4 > largest)
			largest = width * height * 4;
	}
	least = RING_FRAMES_MAX * largest < RING_MIN ? RING_FRAMES_MAX * largest : RING_MIN;
	size = RING_FRAMES * largest > least ? RING_FRAMES * largest : least;
	/* A row of the widest surface must fit, whatever the screens are. */
	if (size < ORIEL_RINGS_LEAST)
		size = ORIEL_RINGS_LEAST;
	return size < ORIEL_MAX_RING ? size : ORIEL_MAX_RING;
}

static void handle_outputs(struct oriel_client *client, const struct oriel_msg *msg)
{
	struct oriel_core *core = client->core;
	struct oriel_mir_output outputs[ORIEL_MAX_OUTPUTS];

	if (msg->outputs.n_outputs == 0) {
		oriel_client_fault(client, "outputs: a host has at least one screen");
		return;
	}
	for (uint32_t i = 0; i < msg->outputs.n_outputs; i++) {
		const struct oriel_wire_output *from = &msg->outputs.outputs[i];

		outputs[i] = (struct oriel_mir_output){
			.id = from->id,
			.area = {from->x, from->y, (int32_t)from->width, (int32_t)from->height},
			.scale = from->scale / 120.0,
			.refresh_mhz = from->refresh,
			.width_mm = from->width_mm,
			.height_mm = from->height_mm,
			.name = from->name,
		};
	}
	if (!told_already(&core->outputs, msg))
		oriel_mir_set_outputs(core->mir, outputs, (int)msg->outputs.n_outputs);
	client->has_outputs = true;
	oriel_rings_want(client, ring_for(&msg->outputs));
}

static void handle_keymap(struct oriel_client *client, const struct oriel_msg *msg)
{
	const struct oriel_msg_keymap *k = &msg->keymap;

	if (told_already(&client->core->keymap, msg))
		return;
	if (oriel_mir_set_keymap(client->core->mir, k->model, k->layout, k->variant, k->options,
		    k->repeat_rate, k->repeat_delay) < 0)
		oriel_warning("%s: keyboard layout '%s' '%s' is not known here, the one before "
			      "stays",
			client->name, k->layout, k->variant);
}

/* Windows ------------------------------------------------------------------------------------- */

static void handle_configure(struct oriel_client *client, const struct oriel_msg_configure *msg)
{
	struct oriel_window *window = oriel_window_of(client, msg->window);
	struct oriel_rect content = {msg->x, msg->y, (int32_t)msg->width, (int32_t)msg->height};
	bool changed;

	if (!window)
		return;
	changed = window->hidden != (bool)msg->hidden;
	window->hidden = msg->hidden;
	oriel_mir_configure(client->core->mir, msg->window, &content, msg->state, msg->hidden);
	if (changed)
		oriel_frames_hidden(window);
}

static void handle_refresh(struct oriel_client *client, const struct oriel_msg_refresh *msg)
{
	struct oriel_window *window = oriel_window_of(client, msg->window);

	if (window)
		oriel_frames_refresh(window);
}

/* Dispatch ------------------------------------------------------------------------------------ */

static void handle_for_viewer(struct oriel_client *client, const struct oriel_msg *msg)
{
	switch (msg->type) {
	case ORIEL_MSG_MEMORY:
		oriel_memory_handle(client, &msg->memory);
		break;
	case ORIEL_MSG_RAM_PROBED:
		oriel_loans_probed(client, &msg->ram_probed);
		break;
	case ORIEL_MSG_HOST_STATS:
		oriel_question_answered(client, &msg->host_stats);
		break;
	case ORIEL_MSG_OUTPUTS:
		handle_outputs(client, msg);
		break;
	case ORIEL_MSG_KEYMAP:
		handle_keymap(client, msg);
		break;
	case ORIEL_MSG_APPEARANCE:
		oriel_portal_set(client->core, &msg->appearance);
		break;
	case ORIEL_MSG_CONFIGURE:
		handle_configure(client, &msg->configure);
		break;
	case ORIEL_MSG_CLOSE:
		if (oriel_window_of(client, msg->close.window))
			oriel_mir_close(client->core->mir, msg->close.window);
		break;
	case ORIEL_MSG_SHORTCUTS_GIVEN:
		oriel_window_shortcuts(client, &msg->shortcuts_given);
		break;
	case ORIEL_MSG_REFRESH:
		handle_refresh(client, &msg->refresh);
		break;
	case ORIEL_MSG_PRESENTED:
		oriel_frames_presented(client, &msg->presented);
		break;
	case ORIEL_MSG_CONSUMED:
		oriel_frames_consumed(client, &msg->consumed);
		break;
	case ORIEL_MSG_LAUNCH:
		oriel_launch_start(client, &msg->launch);
		break;
	case ORIEL_MSG_LAUNCH_INPUT:
		oriel_launch_input(client, &msg->launch_input);
		break;
	case ORIEL_MSG_LAUNCH_SIGNAL:
		oriel_launch_signal(client, &msg->launch_signal);
		break;
	case ORIEL_MSG_CLIPBOARD_OFFER:
	case ORIEL_MSG_CLIPBOARD_GET:
	case ORIEL_MSG_CLIPBOARD_DATA:
	case ORIEL_MSG_CLIPBOARD_TAKEN:
	case ORIEL_MSG_CLIPBOARD_END:
	case ORIEL_MSG_CLIPBOARD_CANCEL:
		oriel_clipboard_handle(client, msg);
		break;
	case ORIEL_MSG_TEXT:
		oriel_text_handle(client, &msg->text);
		break;
	default:
		oriel_input_handle(client, msg);
	}
}

void oriel_messages_handle(struct oriel_client *client, const struct oriel_msg *msg)
{
	if (client->core->stage != ORIEL_CORE_RUNNING)
		return;
	if (msg->type == ORIEL_MSG_STATS_GET)
		oriel_questions_stats(client, msg->stats_get.id);
	else if (client->role == ORIEL_ROLE_CONTROL)
		oriel_client_fault(client, "%s: this link is for questions only",
			oriel_wire_name((uint16_t)msg->type));
	else
		handle_for_viewer(client, msg);
}
