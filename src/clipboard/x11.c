/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/* The connection: questions and their answers, events, names. */
#include "src/clipboard/x11.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <xcb/xcbext.h>
#include <xcb/xfixes.h>

#include "src/base/clock.h"
#include "src/base/log.h"
#include "src/clipboard/x11_internal.h"

#define PIECE_MAX (256 * 1024)
#define LAST_PIECE_NS 300000000u

static const char *const atom_names[ATOMS] = {"CLIPBOARD", "TARGETS", "TIMESTAMP", "MULTIPLE",
	"ATOM_PAIR", "INCR", "WM_S0", "CLIPBOARD_MANAGER", "ORIEL_SELECTION", "UTF8_STRING",
	"TEXT"};

/* Names --------------------------------------------------------------------------------------- */

xcb_atom_t oriel_x11_atom(const struct oriel_x11_clipboard *x11, const char *name)
{
	for (int i = 0; i < x11->n_names; i++)
		if (strcmp(x11->names[i].name, name) == 0)
			return x11->names[i].atom;
	return XCB_ATOM_NONE;
}

const char *oriel_x11_name(const struct oriel_x11_clipboard *x11, xcb_atom_t atom)
{
	for (int i = 0; i < x11->n_names; i++)
		if (x11->names[i].atom == atom)
			return x11->names[i].name;
	return NULL;
}

void oriel_x11_learn(struct oriel_x11_clipboard *x11, xcb_atom_t atom, const char *name)
{
	char *copy;

	if (!atom || x11->n_names == ORIEL_X11_ATOMS || oriel_x11_name(x11, atom))
		return;
	copy = strdup(name);
	if (copy)
		x11->names[x11->n_names++] = (struct oriel_x11_name){atom, copy};
}

/* Questions ----------------------------------------------------------------------------------- */

void oriel_x11_ask(struct oriel_x11_clipboard *x11, unsigned sequence,
	void (*answered)(struct oriel_x11_clipboard *x11, void *reply, uintptr_t a, uintptr_t b),
	uintptr_t a, uintptr_t b)
{
	struct oriel_x11_question *question = malloc(sizeof *question);

	if (!question) {
		xcb_discard_reply(x11->xcb, sequence);
		return;
	}
	*question = (struct oriel_x11_question){
		.sequence = sequence, .answered = answered, .a = a, .b = b};
	STAILQ_INSERT_TAIL(&x11->questions, question, all);
}

/* Answers come in the order of the questions. False: none has come. */
static bool take_answer(struct oriel_x11_clipboard *x11)
{
	struct oriel_x11_question *question = STAILQ_FIRST(&x11->questions);
	xcb_generic_error_t *error = NULL;
	void *reply = NULL;

	if (!question || !xcb_poll_for_reply(x11->xcb, question->sequence, &reply, &error))
		return false;
	STAILQ_REMOVE_HEAD(&x11->questions, all);
	question->answered(x11, reply, question->a, question->b);
	free(question);
	free(reply);
	free(error);
	return true;
}

/* Events -------------------------------------------------------------------------------------- */

struct oriel_x11_selection *oriel_x11_selection_of(struct oriel_x11_clipboard *x11, xcb_atom_t atom)
{
	for (int i = 0; i < ORIEL_SELECTIONS; i++)
		if (x11->selections[i].atom == atom)
			return &x11->selections[i];
	return NULL;
}

bool oriel_x11_same_client(const struct oriel_x11_clipboard *x11, xcb_window_t a, xcb_window_t b)
{
	return a && (a & ~x11->client_mask) == (b & ~x11->client_mask);
}

static void handle_event(struct oriel_x11_clipboard *x11, const xcb_generic_event_t *event)
{
	uint8_t type = event->response_type & 0x7f;

	if (type == XCB_SELECTION_REQUEST)
		oriel_x11_paste_request(x11, (const xcb_selection_request_event_t *)event);
	else if (type == XCB_SELECTION_NOTIFY) {
		if (!oriel_x11_watch_notify(x11, (const xcb_selection_notify_event_t *)event))
			oriel_x11_read_notify(x11, (const xcb_selection_notify_event_t *)event);
	} else if (type == XCB_PROPERTY_NOTIFY) {
		oriel_x11_read_property(x11, (const xcb_property_notify_event_t *)event);
		oriel_x11_paste_property(x11, (const xcb_property_notify_event_t *)event);
	} else if (type == XCB_DESTROY_NOTIFY)
		oriel_x11_paste_window_gone(
			x11, ((const xcb_destroy_notify_event_t *)event)->window);
	else if (type == x11->xfixes_event)
		oriel_x11_watch_owner(x11, event);
	/* Errors are about windows that have just gone. */
}

static void lose_connection(struct oriel_x11_clipboard *x11)
{
	uv_poll_stop(&x11->poll);
	x11->closed = true;
	oriel_x11_read_end_all(x11);
	oriel_x11_paste_end_all(x11);
	x11->events->closed(x11->user);
}

/* Takes events with one of XCB's functions until there is none. Whether there were any. */
static bool take_events(
	struct oriel_x11_clipboard *x11, xcb_generic_event_t *(*next)(xcb_connection_t *connection))
{
	xcb_generic_event_t *event;
	bool any = false;

	while (!x11->destroyed && (event = next(x11->xcb))) {
		handle_event(x11, event);
		free(event);
		any = true;
	}
	return any;
}

static bool take_answers(struct oriel_x11_clipboard *x11)
{
	bool any = false;

	while (!x11->destroyed && take_answer(x11))
		any = true;
	return any;
}

/* Looking for an event, or for an answer, reads whatever has come, the other kind as well, and
 * nobody wakes us for what was read: so the last look for each follows all reading. */
static void handle_readable(uv_poll_t *poll, int status, int events)
{
	struct oriel_x11_clipboard *x11 = poll->data;
	bool any;

	(void)status;
	(void)events;
	do {
		any = take_events(x11, xcb_poll_for_event);
		if (!x11->destroyed)
			xcb_flush(x11->xcb);
		any |= take_answers(x11);
		any |= take_events(x11, xcb_poll_for_queued_event);
	} while (any && !x11->destroyed);
	if (!x11->destroyed && !x11->closed && xcb_connection_has_error(x11->xcb))
		lose_connection(x11);
}

static void handle_turn(uv_idle_t *idle)
{
	struct oriel_x11_clipboard *x11 = idle->data;

	uv_idle_stop(idle);
	if (!x11->closed)
		handle_readable(&x11->poll, 0, 0);
}

void oriel_x11_touch(struct oriel_x11_clipboard *x11)
{
	if (!x11->destroyed)
		uv_idle_start(&x11->turn, handle_turn);
}

/* Life ---------------------------------------------------------------------------------------- */

xcb_window_t oriel_x11_make_window(struct oriel_x11_clipboard *x11)
{
	const uint32_t events = XCB_EVENT_MASK_PROPERTY_CHANGE;
	xcb_window_t window = xcb_generate_id(x11->xcb);

	xcb_create_window(x11->xcb, XCB_COPY_FROM_PARENT, window, x11->screen->root, -1, -1, 1, 1,
		0, XCB_WINDOW_CLASS_INPUT_ONLY, XCB_COPY_FROM_PARENT, XCB_CW_EVENT_MASK, &events);
	return window;
}

struct xcb_connection_t *oriel_x11_clipboard_connect(const char *display)
{
	xcb_connection_t *xcb = xcb_connect(display, NULL);

	if (xcb_connection_has_error(xcb)) {
		xcb_disconnect(xcb);
		return NULL;
	}
	/* What would be asked for later, and waited for. */
	xcb_prefetch_extension_data(xcb, &xcb_xfixes_id);
	xcb_prefetch_maximum_request_length(xcb);
	xcb_get_extension_data(xcb, &xcb_xfixes_id);
	xcb_get_maximum_request_length(xcb);
	return xcb;
}

static void handle_atom(struct oriel_x11_clipboard *x11, void *reply, uintptr_t i, uintptr_t b)
{
	const xcb_intern_atom_reply_t *answer = reply;

	(void)b;
	if (!answer)
		return;
	x11->atoms[i] = answer->atom;
	oriel_x11_learn(x11, answer->atom, atom_names[i]);
	if (i == ATOMS - 1)
		oriel_x11_watch_start(x11);
}

static void handle_version(struct oriel_x11_clipboard *x11, void *reply, uintptr_t a, uintptr_t b)
{
	/* It has to be asked, the answer is of no interest. */
	(void)x11;
	(void)reply;
	(void)a;
	(void)b;
}

static void set_up(struct oriel_x11_clipboard *x11)
{
	x11->window = oriel_x11_make_window(x11);
	oriel_x11_ask(x11, xcb_xfixes_query_version(x11->xcb, 1, 0).sequence, handle_version, 0, 0);
	oriel_x11_learn(x11, XCB_ATOM_STRING, "STRING");
	for (uintptr_t i = 0; i < ATOMS; i++)
		oriel_x11_ask(x11,
			xcb_intern_atom(x11->xcb, 0, (uint16_t)strlen(atom_names[i]), atom_names[i])
				.sequence,
			handle_atom, i, 0);
}

struct oriel_x11_clipboard *oriel_x11_clipboard_create(uv_loop_t *loop,
	struct xcb_connection_t *connection, bool bridged,
	const struct oriel_x11_clipboard_events *events, void *user)
{
	const xcb_query_extension_reply_t *xfixes =
		xcb_get_extension_data(connection, &xcb_xfixes_id);
	const xcb_setup_t *setup = xcb_get_setup(connection);
	struct oriel_x11_clipboard *x11 = xfixes && xfixes->present ? calloc(1, sizeof *x11) : NULL;

	if (!x11 || uv_poll_init(loop, &x11->poll, xcb_get_file_descriptor(connection)) < 0) {
		xcb_disconnect(connection);
		free(x11);
		return NULL;
	}
	x11->loop = loop;
	x11->xcb = connection;
	x11->bridged = bridged;
	x11->alone = !bridged;
	x11->events = events;
	x11->user = user;
	x11->screen = xcb_setup_roots_iterator(setup).data;
	x11->client_mask = setup->resource_id_mask;
	x11->xfixes_event = xfixes->first_event + XCB_XFIXES_SELECTION_NOTIFY;
	x11->piece = (size_t)xcb_get_maximum_request_length(connection) * 4 - 64;
	if (x11->piece > PIECE_MAX)
		x11->piece = PIECE_MAX;
	STAILQ_INIT(&x11->questions);
	LIST_INIT(&x11->reads);
	LIST_INIT(&x11->pastes);
	x11->poll.data = x11->turn.data = x11;
	uv_idle_init(loop, &x11->turn);
	set_up(x11);
	uv_poll_start(&x11->poll, UV_READABLE, handle_readable);
	oriel_x11_touch(x11);
	return x11;
}

static void handle_handle_closed(uv_handle_t *handle)
{
	struct oriel_x11_clipboard *x11 = handle->data;

	if (--x11->n_handles > 0)
		return;
	xcb_disconnect(x11->xcb);
	free(x11);
}

static void free_lists(struct oriel_x11_clipboard *x11)
{
	struct oriel_x11_question *question;

	while ((question = STAILQ_FIRST(&x11->questions))) {
		STAILQ_REMOVE_HEAD(&x11->questions, all);
		question->answered(x11, NULL, question->a, question->b);
		free(question);
	}
	for (int i = 0; i < x11->n_names; i++)
		free(x11->names[i].name);
	x11->n_names = 0;
	for (int i = 0; i < ORIEL_SELECTIONS; i++) {
		oriel_types_clear(&x11->selections[i].types);
		oriel_types_clear(&x11->selections[i].offer);
	}
}

static void take_deletions(struct oriel_x11_clipboard *x11)
{
	xcb_generic_event_t *event;

	while ((event = xcb_poll_for_event(x11->xcb))) {
		if ((event->response_type & 0x7f) == XCB_PROPERTY_NOTIFY)
			oriel_x11_paste_property(x11, (const xcb_property_notify_event_t *)event);
		free(event);
	}
}

/* Programs in the midst of a paste get a moment to read the piece that they have been given. */
static void end_pastes(struct oriel_x11_clipboard *x11)
{
	struct pollfd fd = {.fd = xcb_get_file_descriptor(x11->xcb), .events = POLLIN};
	uint64_t end = oriel_now_ns() + LAST_PIECE_NS;

	oriel_x11_paste_fail_all(x11);
	while (LIST_FIRST(&x11->pastes) && oriel_now_ns() < end && xcb_flush(x11->xcb) > 0) {
		poll(&fd, 1, 10);
		take_deletions(x11);
	}
	oriel_x11_paste_end_all(x11);
	/* A server that can't write to us any more does not read what we have written. */
	if (!x11->bridged)
		free(xcb_get_input_focus_reply(x11->xcb, xcb_get_input_focus(x11->xcb), NULL));
}

void oriel_x11_clipboard_destroy(struct oriel_x11_clipboard *x11)
{
	if (!x11)
		return;
	oriel_x11_read_end_all(x11);
	end_pastes(x11);
	x11->destroyed = true;
	free_lists(x11);
	x11->n_handles = 2;
	uv_close((uv_handle_t *)&x11->poll, handle_handle_closed);
	uv_close((uv_handle_t *)&x11->turn, handle_handle_closed);
}
