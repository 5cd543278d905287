/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/* Answers to X programs that paste what we offer. */
#include <stdlib.h>
#include <string.h>

#include "src/base/log.h"
#include "src/clipboard/x11_internal.h"

/* A request for several types at once (MULTIPLE): pairs of a target and a property. It is answered
 * when each was. */
struct group {
	xcb_selection_request_event_t event;
	int waiting;
	uint32_t n;
	xcb_atom_t atoms[2 * ORIEL_X11_PASTES];
};

struct oriel_x11_paste {
	LIST_ENTRY(oriel_x11_paste) all;
	struct oriel_x11_clipboard *x11;
	struct oriel_flow *flow; /* NULL: all has come, or failed */
	xcb_window_t requestor;
	xcb_atom_t selection, target, property;
	xcb_timestamp_t time;
	struct group *group; /* NULL: none, or answered */
	uint32_t pair;       /* index of its target there */
	bool complete;       /* no more will come */
	bool pieces;         /* goes in several properties (INCR) */
	bool free;           /* the property is deleted: the next one may be put */
	bool latin1;         /* the program wants no UTF-8 */
	uint8_t *data;
	size_t size, capacity;
	size_t owed; /* of size: not told to be taken yet */
};

static void notify(struct oriel_x11_clipboard *x11, xcb_window_t requestor, xcb_atom_t selection,
	xcb_atom_t target, xcb_atom_t property, xcb_timestamp_t time)
{
	/* The X server sends 32 bytes, whatever the size of the event. */
	union {
		xcb_selection_notify_event_t event;
		char bytes[32];
	} u = {.event = {.response_type = XCB_SELECTION_NOTIFY,
		       .time = time,
		       .requestor = requestor,
		       .selection = selection,
		       .target = target,
		       .property = property}};

	xcb_send_event(x11->xcb, 0, requestor, XCB_EVENT_MASK_NO_EVENT, u.bytes);
	oriel_x11_touch(x11);
}

static void answer_group(struct group *group, struct oriel_x11_clipboard *x11)
{
	const xcb_selection_request_event_t *event = &group->event;

	if (--group->waiting > 0)
		return;
	if (group->n > 0)
		xcb_change_property(x11->xcb, XCB_PROP_MODE_REPLACE, event->requestor,
			event->property, x11->atoms[ATOM_ATOM_PAIR], 32, group->n, group->atoms);
	notify(x11, event->requestor, event->selection, event->target,
		group->n > 0 ? event->property : XCB_NONE, event->time);
	free(group);
}

static void answer(struct oriel_x11_paste *paste, bool success)
{
	struct group *group = paste->group;

	if (!group) {
		notify(paste->x11, paste->requestor, paste->selection, paste->target,
			success ? paste->property : XCB_NONE, paste->time);
		return;
	}
	paste->group = NULL;
	/* What can't be had is crossed out in the list. */
	if (!success)
		group->atoms[paste->pair + 1] = XCB_NONE;
	answer_group(group, paste->x11);
}

static void close_paste(struct oriel_x11_paste *paste)
{
	LIST_REMOVE(paste, all);
	paste->x11->n_pastes--;
	free(paste->data);
	free(paste);
}

/* Putting ------------------------------------------------------------------------------------- */

/* To Latin-1, in place; what it has not becomes '?'. A character that is not whole stays behind,
 * its bytes are not counted. Returns the size; *ret_used is how much of the source that was. */
static size_t to_latin1(uint8_t *data, size_t size, bool last, size_t *ret_used)
{
	size_t n = 0, i = 0;

	while (i < size) {
		size_t length = data[i] < 0xc0 ? 1 : data[i] < 0xe0 ? 2 : data[i] < 0xf0 ? 3 : 4;

		if (i + length > size && !last)
			break;
		if (length == 1)
			data[n++] = data[i];
		else if (length == 2 && data[i] < 0xc4 && i + 1 < size)
			data[n++] = (uint8_t)(data[i] << 6 | (data[i + 1] & 0x3f));
		else
			data[n++] = '?';
		i += length;
	}
	*ret_used = i < size ? i : size;
	return n;
}

/* Puts the next property. */
static void put(struct oriel_x11_paste *paste)
{
	struct oriel_x11_clipboard *x11 = paste->x11;
	size_t used = paste->size < x11->piece ? paste->size : x11->piece, size = used;
	bool last = paste->complete && used == paste->size;

	if (paste->latin1)
		size = to_latin1(paste->data, used, last, &used);
	xcb_change_property(x11->xcb, XCB_PROP_MODE_REPLACE, paste->requestor, paste->property,
		paste->target == x11->atoms[ATOM_TEXT] ? x11->atoms[ATOM_UTF8] : paste->target, 8,
		(uint32_t)size, paste->data);
	oriel_x11_touch(x11);
	if (used < paste->size)
		memmove(paste->data, paste->data + used, paste->size - used);
	paste->size -= used;
	paste->free = false;
}

static void begin_pieces(struct oriel_x11_paste *paste)
{
	struct oriel_x11_clipboard *x11 = paste->x11;
	uint32_t least = (uint32_t)paste->size;

	paste->pieces = true;
	xcb_change_property(x11->xcb, XCB_PROP_MODE_REPLACE, paste->requestor, paste->property,
		x11->atoms[ATOM_INCR], 32, 1, &least);
	answer(paste, true);
}

/* A piece goes when the one before was read. */
static void put_next(struct oriel_x11_paste *paste)
{
	size_t owed = paste->owed;

	if (!paste->free || (!paste->complete && paste->size == 0))
		return;
	/* The empty one that is the end. */
	if (paste->complete && paste->size == 0) {
		if (paste->flow)
			return;
		put(paste);
		close_paste(paste);
		return;
	}
	put(paste);
	if (owed > paste->size)
		paste->owed = paste->size;
	if (paste->flow)
		oriel_flow_taken(paste->flow, owed - paste->owed);
}

/* The program that pastes is told so. In the midst of pieces there is no way but the end that a
 * whole content has too: a part of it looks like all, but without an end the program would wait for
 * ever. It comes when the piece before was read: sooner, a program that first asks for the size
 * would delete it with that piece. */
static void fail(struct oriel_x11_paste *paste)
{
	if (paste->flow)
		oriel_flow_cancel(paste->flow);
	paste->flow = NULL;
	if (paste->pieces) {
		paste->complete = true;
		paste->size = 0;
		put_next(paste);
		return;
	}
	answer(paste, false);
	close_paste(paste);
}

/* Whether or not it was read. */
static void fail_now(struct oriel_x11_paste *paste)
{
	paste->free = true;
	fail(paste);
}

void oriel_x11_paste_property(
	struct oriel_x11_clipboard *x11, const xcb_property_notify_event_t *event)
{
	struct oriel_x11_paste *paste, *next;

	if (event->state != XCB_PROPERTY_DELETE)
		return;
	for (paste = LIST_FIRST(&x11->pastes); paste; paste = next) {
		next = LIST_NEXT(paste, all);
		if (paste->pieces && paste->requestor == event->window &&
			paste->property == event->atom) {
			paste->free = true;
			put_next(paste);
			return;
		}
	}
}

/* Content ------------------------------------------------------------------------------------- */

static bool reserve(struct oriel_x11_paste *paste, size_t size)
{
	uint8_t *data;

	if (paste->size + size <= paste->capacity)
		return true;
	data = realloc(paste->data, paste->size + size);
	if (!data)
		return false;
	paste->data = data;
	paste->capacity = paste->size + size;
	return true;
}

static void handle_data(void *user, struct oriel_flow *flow, const void *data, size_t size)
{
	struct oriel_x11_paste *paste = user;

	if (!reserve(paste, size)) {
		fail(paste);
		return;
	}
	memcpy(paste->data + paste->size, data, size);
	paste->size += size;
	if (paste->pieces) {
		paste->owed += size;
		put_next(paste);
		return;
	}
	/* How much it is shows only when there is more of it. */
	oriel_flow_taken(flow, size);
	if (paste->size > paste->x11->piece)
		begin_pieces(paste);
}

static void handle_complete(void *user, struct oriel_flow *flow)
{
	struct oriel_x11_paste *paste = user;

	(void)flow;
	paste->complete = true;
	if (paste->pieces) {
		put_next(paste);
		return;
	}
	put(paste);
	answer(paste, true);
}

/* Everything was put, or it failed. */
static void handle_ended(void *user, struct oriel_flow *flow, const char *error)
{
	struct oriel_x11_paste *paste = user;

	(void)flow;
	paste->flow = NULL;
	if (error) {
		oriel_warning(
			"%s was pasted: %s", paste->pieces ? "only a part" : "nothing", error);
		fail(paste);
	} else if (paste->pieces) {
		put_next(paste);
	} else {
		close_paste(paste);
	}
}

static const struct oriel_flow_consumer consumer = {
	.data = handle_data,
	.complete = handle_complete,
	.ended = handle_ended,
};

/* Requests ------------------------------------------------------------------------------------ */

static void send_targets(struct oriel_x11_clipboard *x11, const struct oriel_types *types,
	xcb_window_t requestor, xcb_atom_t property)
{
	xcb_atom_t atoms[ORIEL_MAX_TYPES + 3] = {
		x11->atoms[ATOM_TARGETS], x11->atoms[ATOM_TIMESTAMP], x11->atoms[ATOM_MULTIPLE]};
	uint32_t n = 3;

	for (int i = 0; i < types->n; i++) {
		xcb_atom_t atom = oriel_x11_atom(x11, types->names[i]);

		if (atom)
			atoms[n++] = atom;
	}
	xcb_change_property(
		x11->xcb, XCB_PROP_MODE_REPLACE, requestor, property, XCB_ATOM_ATOM, 32, n, atoms);
}

static void make_room(struct oriel_x11_clipboard *x11)
{
	struct oriel_x11_paste *paste, *oldest = NULL;

	if (x11->n_pastes < ORIEL_X11_PASTES)
		return;
	LIST_FOREACH(paste, &x11->pastes, all)
	oldest = paste;
	fail_now(oldest);
}

/* False: it can't be had. */
static bool start(struct oriel_x11_clipboard *x11, const xcb_selection_request_event_t *event,
	xcb_atom_t target, xcb_atom_t property, struct group *group, uint32_t pair)
{
	const uint32_t events = XCB_EVENT_MASK_PROPERTY_CHANGE | XCB_EVENT_MASK_STRUCTURE_NOTIFY;
	const struct oriel_x11_selection *selection = oriel_x11_selection_of(x11, event->selection);
	const char *type = oriel_x11_name(x11, target);
	struct oriel_x11_paste *paste;

	if (!type || !oriel_types_have(&selection->offer, type))
		return false;
	make_room(x11);
	paste = calloc(1, sizeof *paste);
	if (!paste)
		return false;
	*paste = (struct oriel_x11_paste){.x11 = x11,
		.requestor = event->requestor,
		.selection = event->selection,
		.target = target,
		.property = property,
		.time = event->time,
		.group = group,
		.pair = pair,
		.latin1 = target == XCB_ATOM_STRING};
	paste->flow = oriel_flow_create(x11->loop, &consumer, paste);
	if (!paste->flow) {
		free(paste);
		return false;
	}
	LIST_INSERT_HEAD(&x11->pastes, paste, all);
	x11->n_pastes++;
	oriel_flow_set_window(paste->flow, 4 * x11->piece);
	/* To hear when the window goes, and when it has read a piece. */
	xcb_change_window_attributes(x11->xcb, event->requestor, XCB_CW_EVENT_MASK, &events);
	x11->events->wanted(x11->user, (uint8_t)(selection - x11->selections), type, paste->flow);
	return true;
}

static void handle_pairs(struct oriel_x11_clipboard *x11, void *reply, uintptr_t a, uintptr_t b)
{
	struct group *group = (struct group *)a;
	const xcb_get_property_reply_t *list = reply;

	(void)b;
	if (x11->destroyed) {
		free(group);
		return;
	}
	if (list && list->format == 32)
		group->n = list->value_len / 2 * 2;
	if (group->n > 0)
		memcpy(group->atoms, xcb_get_property_value(list), group->n * sizeof(xcb_atom_t));
	/* One more, so that it is not over before all have begun. */
	group->waiting = (int)group->n / 2 + 1;
	for (uint32_t i = 0; i < group->n; i += 2) {
		if (start(x11, &group->event, group->atoms[i], group->atoms[i + 1], group, i))
			continue;
		group->atoms[i + 1] = XCB_NONE;
		group->waiting--;
	}
	answer_group(group, x11);
}

static bool ask_pairs(struct oriel_x11_clipboard *x11, const xcb_selection_request_event_t *event)
{
	struct group *group = event->property ? calloc(1, sizeof *group) : NULL;

	if (!group)
		return false;
	group->event = *event;
	oriel_x11_ask(x11,
		xcb_get_property(x11->xcb, 0, event->requestor, event->property,
			XCB_GET_PROPERTY_TYPE_ANY, 0, 2 * ORIEL_X11_PASTES)
			.sequence,
		handle_pairs, (uintptr_t)group, 0);
	return true;
}

void oriel_x11_paste_request(
	struct oriel_x11_clipboard *x11, const xcb_selection_request_event_t *event)
{
	const struct oriel_x11_selection *selection = oriel_x11_selection_of(x11, event->selection);
	/* Of old programs that name none. */
	xcb_atom_t property = event->property ? event->property : event->target;
	bool there = selection && selection->offer.n > 0 &&
		     !oriel_x11_same_client(x11, event->requestor, x11->window);

	if (there && event->target == x11->atoms[ATOM_TARGETS]) {
		send_targets(x11, &selection->offer, event->requestor, property);
	} else if (there && event->target == x11->atoms[ATOM_TIMESTAMP]) {
		xcb_change_property(x11->xcb, XCB_PROP_MODE_REPLACE, event->requestor, property,
			XCB_ATOM_INTEGER, 32, 1, &selection->since);
	} else if (there && event->target == x11->atoms[ATOM_MULTIPLE]) {
		if (ask_pairs(x11, event))
			return;
		property = XCB_NONE;
	} else if (!there || !start(x11, event, event->target, property, NULL, 0)) {
		property = XCB_NONE;
	} else {
		return;
	}
	notify(x11, event->requestor, event->selection, event->target, property, event->time);
}

void oriel_x11_paste_window_gone(struct oriel_x11_clipboard *x11, xcb_window_t window)
{
	struct oriel_x11_paste *paste, *next;

	for (paste = LIST_FIRST(&x11->pastes); paste; paste = next) {
		next = LIST_NEXT(paste, all);
		if (paste->requestor == window)
			fail_now(paste);
	}
}

void oriel_x11_paste_fail_all(struct oriel_x11_clipboard *x11)
{
	struct oriel_x11_paste *paste, *next;

	for (paste = LIST_FIRST(&x11->pastes); paste; paste = next) {
		next = LIST_NEXT(paste, all);
		fail(paste);
	}
}

void oriel_x11_paste_end_all(struct oriel_x11_clipboard *x11)
{
	while (LIST_FIRST(&x11->pastes))
		fail_now(LIST_FIRST(&x11->pastes));
}
