/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "guest/text.h"

#include <stdlib.h>
#include <string.h>

#include "guest/client.h"
#include "guest/window.h"
#include "src/base/utf8.h"

/* Of zwp_text_input_v3, as the protocol has them. */
#define PURPOSE_MAX 13
#define HINTS 0x3ff

/* Whether a character begins or the text ends at that byte. */
static bool is_boundary(const char *text, size_t size, uint64_t at)
{
	return at == size || (at < size && ((unsigned char)text[at] & 0xc0) != 0x80);
}

static int32_t within_side(int32_t value)
{
	return value < -ORIEL_MAX_SIDE  ? -ORIEL_MAX_SIDE
	       : value > ORIEL_MAX_SIDE ? ORIEL_MAX_SIDE
					: value;
}

static uint32_t length(int32_t value)
{
	return value < 0 ? 0 : (uint32_t)within_side(value);
}

/* The field -------------------------------------------------------------------------------------
 */

/* Text that a program tells wrongly is as good as none. */
static void set_surrounding(
	struct oriel_msg_text_input *to, const struct oriel_mir_text_input *untrusted)
{
	const char *text = untrusted->surrounding;
	size_t size = strlen(text);

	free((char *)to->surrounding);
	to->surrounding = NULL;
	to->cursor = to->anchor = 0;
	if (size == 0 || size > ORIEL_MAX_TEXT || !oriel_utf8_valid(text, size) ||
		!is_boundary(text, size, untrusted->cursor) ||
		!is_boundary(text, size, untrusted->anchor))
		return;
	to->surrounding = strdup(text);
	if (!to->surrounding)
		return;
	to->cursor = untrusted->cursor;
	to->anchor = untrusted->anchor;
}

static void send_field(struct oriel_core *core, struct oriel_client *viewer, bool field)
{
	struct oriel_msg msg = {.type = ORIEL_MSG_TEXT_INPUT};

	if (field)
		msg.text_input = core->text.field;
	if (!msg.text_input.surrounding)
		msg.text_input.surrounding = "";
	oriel_client_send(viewer, &msg);
}

/* Who should know of the field; NULL: nobody. */
static struct oriel_client *choose_viewer(const struct oriel_core *core)
{
	const struct oriel_window *window =
		core->text.field.window ? oriel_window_find(core, core->text.field.window) : NULL;
	struct oriel_client *viewer = window && window->announced ? window->owner : NULL;

	if (!viewer || viewer != core->focus || viewer->failed)
		return NULL;
	return oriel_link_features(viewer->link) & ORIEL_FEATURE_TEXT ? viewer : NULL;
}

static void tell(struct oriel_core *core, bool changed)
{
	struct oriel_client *viewer = choose_viewer(core), *before = core->text.viewer;

	core->text.viewer = viewer;
	if (before && before != viewer && !before->failed)
		send_field(core, before, false);
	if (viewer && (changed || before != viewer))
		send_field(core, viewer, true);
}

void oriel_text_field(struct oriel_core *core, const struct oriel_mir_text_input *untrusted_field)
{
	const struct oriel_mir_text_input *from = untrusted_field;
	struct oriel_msg_text_input *to = &core->text.field;

	to->window = from->window;
	to->x = within_side(from->caret.x);
	to->y = within_side(from->caret.y);
	to->width = length(from->caret.width);
	to->height = length(from->caret.height);
	to->purpose = from->purpose <= PURPOSE_MAX ? from->purpose : 0;
	to->hints = from->hints & HINTS;
	set_surrounding(to, from);
	tell(core, true);
}

void oriel_text_update(struct oriel_core *core)
{
	tell(core, false);
}

/* Writing into it -------------------------------------------------------------------------------
 */

/* What the text was when the viewer was told may have changed: it deletes whole characters that are
 * still there, or nothing. */
static void check_deletion(const struct oriel_msg_text_input *field, struct oriel_mir_text *text)
{
	const char *surrounding = field->surrounding ? field->surrounding : "";
	size_t size = strlen(surrounding);

	if (text->delete_before <= field->cursor &&
		is_boundary(surrounding, size, field->cursor - text->delete_before) &&
		is_boundary(surrounding, size, (uint64_t)field->cursor + text->delete_after))
		return;
	text->delete_before = text->delete_after = 0;
}

static bool is_cursor(const char *preedit, int32_t untrusted_at)
{
	return untrusted_at < 0 || is_boundary(preedit, strlen(preedit), (uint64_t)untrusted_at);
}

void oriel_text_handle(struct oriel_client *client, const struct oriel_msg_text *msg)
{
	struct oriel_core *core = client->core;
	struct oriel_mir_text text = {
		.delete_before = msg->delete_before,
		.delete_after = msg->delete_after,
		.commit = msg->commit,
		.preedit = msg->preedit,
		.cursor_begin = msg->cursor_begin,
		.cursor_end = msg->cursor_end,
	};

	if (!(oriel_link_features(client->link) & ORIEL_FEATURE_TEXT)) {
		oriel_client_fault(client, "text: the guest was not asked whether it can do that");
		return;
	}
	if (!is_cursor(msg->preedit, msg->cursor_begin) ||
		!is_cursor(msg->preedit, msg->cursor_end)) {
		oriel_client_fault(client,
			"text: the cursor %d to %d is not between characters "
			"of preedit",
			msg->cursor_begin, msg->cursor_end);
		return;
	}
	/* The field may be gone without the viewer's knowing yet. */
	if (core->text.viewer != client)
		return;
	check_deletion(&core->text.field, &text);
	oriel_mir_text(core->mir, &text);
}

/* Life ------------------------------------------------------------------------------------------
 */

void oriel_text_forget(struct oriel_client *client)
{
	if (client->core->text.viewer == client)
		client->core->text.viewer = NULL;
}

void oriel_text_finish(struct oriel_core *core)
{
	free((char *)core->text.field.surrounding);
	core->text.field.surrounding = NULL;
}
