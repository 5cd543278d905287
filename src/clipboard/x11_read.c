/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/* Content of X programs: asked for by a window of its own for each read, so that what comes late
 * for one that was given up goes nowhere. */
#include <stdlib.h>
#include <string.h>

#include "src/clipboard/x11_internal.h"

struct oriel_x11_read {
	LIST_ENTRY(oriel_x11_read) all;
	struct oriel_x11_clipboard *x11;
	struct oriel_flow *flow;
	xcb_window_t window;
	bool latin1;     /* has to become UTF-8 */
	bool pieces;     /* comes in several properties */
	bool asked;      /* an answer is on its way */
	bool there;      /* a property is there, not read to its end */
	uint32_t offset; /* into it, in units of 4 bytes */
};

static void close_read(struct oriel_x11_read *read)
{
	struct oriel_x11_clipboard *x11 = read->x11;

	xcb_destroy_window(x11->xcb, read->window);
	oriel_x11_touch(x11);
	LIST_REMOVE(read, all);
	x11->n_reads--;
	free(read);
}

static void end_read(struct oriel_x11_read *read, const char *error)
{
	struct oriel_flow *flow = read->flow;

	close_read(read);
	oriel_flow_end(flow, error);
}

static struct oriel_x11_read *find(struct oriel_x11_clipboard *x11, xcb_window_t window)
{
	struct oriel_x11_read *read;

	LIST_FOREACH(read, &x11->reads, all)
	if (read->window == window)
		return read;
	return NULL;
}

/* Pieces -------------------------------------------------------------------------------------- */

static void handle_piece(
	struct oriel_x11_clipboard *x11, void *reply, uintptr_t window, uintptr_t b);

static void ask_piece(struct oriel_x11_read *read)
{
	struct oriel_x11_clipboard *x11 = read->x11;
	/* In Latin-1 each byte may become two. */
	size_t room = oriel_flow_room(read->flow) / (read->latin1 ? 2 : 1);

	if (!read->there || read->asked || room < 4)
		return;
	if (room > x11->piece)
		room = x11->piece;
	read->asked = true;
	oriel_x11_ask(x11,
		xcb_get_property(x11->xcb, 0, read->window, x11->atoms[ATOM_PROPERTY],
			XCB_GET_PROPERTY_TYPE_ANY, read->offset, (uint32_t)(room / 4))
			.sequence,
		handle_piece, read->window, 0);
	oriel_x11_touch(x11);
}

static bool write_latin1(struct oriel_x11_read *read, const uint8_t *data, size_t size)
{
	uint8_t *utf8 = malloc(2 * size);
	size_t n = 0;
	bool goes_on;

	for (size_t i = 0; utf8 && i < size; i++) {
		if (data[i] >= 0x80)
			utf8[n++] = (uint8_t)(0xc0 | data[i] >> 6);
		utf8[n++] = data[i] < 0x80 ? data[i] : (uint8_t)(0x80 | (data[i] & 0x3f));
	}
	goes_on = oriel_flow_write(read->flow, utf8, n);
	free(utf8);
	return goes_on;
}

/* The property has been read to its end; deleting it asks for the next one. */
static void next_property(struct oriel_x11_read *read, bool last)
{
	read->there = false;
	read->offset = 0;
	xcb_delete_property(read->x11->xcb, read->window, read->x11->atoms[ATOM_PROPERTY]);
	oriel_x11_touch(read->x11);
	if (last)
		end_read(read, NULL);
}

static void use_piece(struct oriel_x11_read *read, const xcb_get_property_reply_t *answer)
{
	const uint8_t *data = xcb_get_property_value(answer);
	size_t size = (size_t)answer->value_len * (answer->format / 8);
	bool empty = size == 0 && read->offset == 0;

	if (!read->pieces && read->offset == 0 && answer->type == read->x11->atoms[ATOM_INCR]) {
		read->pieces = true;
		next_property(read, false);
		return;
	}
	read->offset += (uint32_t)(size / 4);
	if (!(read->latin1 ? write_latin1(read, data, size)
			   : oriel_flow_write(read->flow, data, size)))
		return;
	if (answer->bytes_after > 0)
		ask_piece(read);
	else
		next_property(read, !read->pieces || empty);
}

static void handle_piece(
	struct oriel_x11_clipboard *x11, void *reply, uintptr_t window, uintptr_t b)
{
	struct oriel_x11_read *read = x11->destroyed ? NULL : find(x11, (xcb_window_t)window);

	(void)b;
	if (!read)
		return;
	read->asked = false;
	if (reply)
		use_piece(read, reply);
	else
		end_read(read, "the program that copied it can't be read from");
}

void oriel_x11_read_property(
	struct oriel_x11_clipboard *x11, const xcb_property_notify_event_t *event)
{
	struct oriel_x11_read *read = find(x11, event->window);

	if (!read || !read->pieces || event->state != XCB_PROPERTY_NEW_VALUE ||
		event->atom != x11->atoms[ATOM_PROPERTY])
		return;
	read->there = true;
	ask_piece(read);
}

void oriel_x11_read_notify(
	struct oriel_x11_clipboard *x11, const xcb_selection_notify_event_t *event)
{
	struct oriel_x11_read *read = find(x11, event->requestor);

	if (!read || read->pieces || read->there)
		return;
	if (event->property == XCB_NONE) {
		end_read(read, "the program that copied it does not give it in this type");
		return;
	}
	read->there = true;
	ask_piece(read);
}

/* Reads --------------------------------------------------------------------------------------- */

static void handle_room(void *user, struct oriel_flow *flow)
{
	(void)flow;
	ask_piece(user);
}

static void handle_gone(void *user, struct oriel_flow *flow)
{
	(void)flow;
	close_read(user);
}

static const struct oriel_flow_producer producer = {.room = handle_room, .gone = handle_gone};

static bool is_latin1(const char *name)
{
	return strcmp(name, "STRING") == 0;
}

void oriel_x11_clipboard_read(
	struct oriel_x11_clipboard *x11, uint8_t i, const char *type, struct oriel_flow *flow)
{
	struct oriel_x11_selection *selection = &x11->selections[i];
	const char *name = oriel_type_is_text(type) ? oriel_types_text(&selection->types) : type;
	xcb_atom_t target = name && oriel_types_have(&selection->types, name)
				    ? oriel_x11_atom(x11, name)
				    : XCB_NONE;
	struct oriel_x11_read *read = NULL;

	if (target && !x11->closed && x11->n_reads < ORIEL_X11_PASTES)
		read = calloc(1, sizeof *read);
	if (!read) {
		oriel_flow_end(flow, "what was copied is not there any more");
		return;
	}
	read->x11 = x11;
	read->flow = flow;
	read->latin1 = is_latin1(name);
	read->window = oriel_x11_make_window(x11);
	LIST_INSERT_HEAD(&x11->reads, read, all);
	x11->n_reads++;
	oriel_flow_attach(flow, &producer, read);
	xcb_convert_selection(x11->xcb, read->window, selection->atom, target,
		x11->atoms[ATOM_PROPERTY], XCB_CURRENT_TIME);
	oriel_x11_touch(x11);
}

void oriel_x11_read_end_all(struct oriel_x11_clipboard *x11)
{
	while (LIST_FIRST(&x11->reads))
		end_read(LIST_FIRST(&x11->reads), "the X server is gone");
}
