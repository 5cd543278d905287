/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/* Who owns the selections, and what types the owners have. */
#include <stdlib.h>
#include <string.h>
#include <xcb/xfixes.h>

#include "src/clipboard/x11_internal.h"

/* A list of types, by atoms. */
struct listing {
	unsigned generation;
	uint32_t n;
	xcb_atom_t atoms[2 * ORIEL_MAX_TYPES];
};

static uint8_t index_of(
	const struct oriel_x11_clipboard *x11, const struct oriel_x11_selection *selection)
{
	return (uint8_t)(selection - x11->selections);
}

/* What answers have to do with the protocol, not with content. */
static bool is_meta(const char *name)
{
	static const char *const names[] = {"TARGETS", "TIMESTAMP", "MULTIPLE", "SAVE_TARGETS",
		"DELETE", "INSERT_SELECTION", "INSERT_PROPERTY"};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

static void report(struct oriel_x11_clipboard *x11, struct oriel_x11_selection *selection)
{
	/* A take that is still to come would rob whoever has copied this. */
	if (selection->types.n > 0)
		oriel_types_clear(&selection->offer);
	x11->events->changed(x11->user, index_of(x11, selection), &selection->types);
}

/* Listing ------------------------------------------------------------------------------------- */

static void handle_name(struct oriel_x11_clipboard *x11, void *reply, uintptr_t atom, uintptr_t b)
{
	const xcb_get_atom_name_reply_t *answer = reply;
	char name[ORIEL_MAX_NAME + 1];
	size_t size = answer ? answer->name_len : 0;

	(void)b;
	if (!answer || size > ORIEL_MAX_NAME)
		return;
	memcpy(name, xcb_get_atom_name_name(answer), size);
	name[size] = '\0';
	oriel_x11_learn(x11, (xcb_atom_t)atom, name);
}

/* All names of a listing are there that are to be had. */
static void handle_named(struct oriel_x11_clipboard *x11, void *reply, uintptr_t i, uintptr_t b)
{
	struct oriel_x11_selection *selection = &x11->selections[i];
	struct listing *listing = (struct listing *)b;

	(void)reply;
	/* What we take is nobody else's any more. */
	if (!x11->destroyed && listing->generation == selection->generation &&
		selection->takes == 0) {
		oriel_types_clear(&selection->types);
		for (uint32_t j = 0; j < listing->n; j++) {
			const char *name = oriel_x11_name(x11, listing->atoms[j]);

			if (name && !is_meta(name))
				oriel_types_add(&selection->types, name);
		}
		report(x11, selection);
	}
	free(listing);
}

static void name_all(struct oriel_x11_clipboard *x11, struct oriel_x11_selection *selection,
	const xcb_atom_t *atoms, uint32_t n)
{
	struct listing *listing = calloc(1, sizeof *listing);

	if (!listing)
		return;
	listing->generation = selection->generation;
	for (; listing->n < n && listing->n < 2 * ORIEL_MAX_TYPES; listing->n++) {
		xcb_atom_t atom = atoms[listing->n];

		listing->atoms[listing->n] = atom;
		if (!oriel_x11_name(x11, atom))
			oriel_x11_ask(x11, xcb_get_atom_name(x11->xcb, atom).sequence, handle_name,
				atom, 0);
	}
	/* Answered after those. */
	oriel_x11_ask(x11, xcb_get_input_focus(x11->xcb).sequence, handle_named,
		index_of(x11, selection), (uintptr_t)listing);
}

static void handle_targets(
	struct oriel_x11_clipboard *x11, void *reply, uintptr_t i, uintptr_t generation)
{
	struct oriel_x11_selection *selection = &x11->selections[i];
	const xcb_get_property_reply_t *answer = reply;

	if (!answer || selection->generation != (unsigned)generation || answer->format != 32)
		return;
	name_all(x11, selection, xcb_get_property_value(answer), answer->value_len);
}

static void end_listing(struct oriel_x11_clipboard *x11, struct oriel_x11_selection *selection)
{
	if (selection->lister)
		xcb_destroy_window(x11->xcb, selection->lister);
	selection->lister = XCB_NONE;
}

bool oriel_x11_watch_notify(
	struct oriel_x11_clipboard *x11, const xcb_selection_notify_event_t *event)
{
	struct oriel_x11_selection *selection = oriel_x11_selection_of(x11, event->selection);
	const xcb_atom_t string = XCB_ATOM_STRING;

	if (!selection || !selection->lister || event->requestor != selection->lister)
		return false;
	if (event->property == XCB_NONE)
		/* A program from before there were lists of types. */
		name_all(x11, selection, &string, 1);
	else
		oriel_x11_ask(x11,
			xcb_get_property(x11->xcb, 0, event->requestor, event->property,
				XCB_GET_PROPERTY_TYPE_ANY, 0, 2 * ORIEL_MAX_TYPES)
				.sequence,
			handle_targets, index_of(x11, selection), selection->generation);
	end_listing(x11, selection);
	return true;
}

static void list_types(struct oriel_x11_clipboard *x11, struct oriel_x11_selection *selection)
{
	selection->lister = oriel_x11_make_window(x11);
	xcb_convert_selection(x11->xcb, selection->lister, selection->atom,
		x11->atoms[ATOM_TARGETS], x11->atoms[ATOM_PROPERTY], selection->changed);
}

/* Owners -------------------------------------------------------------------------------------- */

static void take(struct oriel_x11_clipboard *x11, struct oriel_x11_selection *selection)
{
	selection->takes++;
	xcb_set_selection_owner(x11->xcb, x11->window, selection->atom, XCB_CURRENT_TIME);
}

static void give_up(struct oriel_x11_clipboard *x11, struct oriel_x11_selection *selection)
{
	xcb_set_selection_owner(x11->xcb, XCB_NONE, selection->atom, selection->since);
	selection->owned = false;
}

static bool is_bridge(const struct oriel_x11_clipboard *x11, xcb_window_t window)
{
	return x11->bridge && window != x11->wm && oriel_x11_same_client(x11, window, x11->wm);
}

/* What both bring is the bridge's till it has shown itself, which it does when it has to. */
static bool may_take(
	const struct oriel_x11_clipboard *x11, const struct oriel_x11_selection *selection)
{
	return selection->offer.n > 0 &&
	       (x11->alone || index_of(x11, selection) != ORIEL_SELECTION_CLIPBOARD);
}

static void end_bridge(struct oriel_x11_clipboard *x11, xcb_window_t window)
{
	xcb_destroy_window(x11->xcb, window);
	if (!x11->alone)
		xcb_destroy_window(x11->xcb, x11->bridge);
	x11->alone = true;
}

static void note_owner(struct oriel_x11_clipboard *x11, struct oriel_x11_selection *selection,
	xcb_window_t owner, xcb_timestamp_t time)
{
	selection->generation++;
	selection->changed = time;
	selection->owned = owner == x11->window;
	oriel_types_clear(&selection->types);
	end_listing(x11, selection);
	if (selection->owned) {
		selection->takes--;
		selection->since = time;
		/* It was taken back before it was ours. */
		if (selection->offer.n == 0)
			give_up(x11, selection);
	} else if (is_bridge(x11, owner)) {
		end_bridge(x11, owner);
		if (may_take(x11, selection))
			take(x11, selection);
	} else if (owner == XCB_NONE) {
		report(x11, selection);
	} else {
		list_types(x11, selection);
	}
}

void oriel_x11_watch_owner(struct oriel_x11_clipboard *x11, const xcb_generic_event_t *xfixes_event)
{
	const xcb_xfixes_selection_notify_event_t *event =
		(const xcb_xfixes_selection_notify_event_t *)xfixes_event;
	struct oriel_x11_selection *selection = oriel_x11_selection_of(x11, event->selection);

	if (selection)
		note_owner(x11, selection, event->owner, event->timestamp);
}

/* The owner from before we came. */
static void handle_first_owner(
	struct oriel_x11_clipboard *x11, void *reply, uintptr_t i, uintptr_t b)
{
	const xcb_get_selection_owner_reply_t *answer = reply;
	struct oriel_x11_selection *selection = &x11->selections[i];

	(void)b;
	if (answer && answer->owner && selection->generation == 0)
		note_owner(x11, selection, answer->owner, XCB_CURRENT_TIME);
}

static void watch_all(struct oriel_x11_clipboard *x11)
{
	const uint32_t events = XCB_XFIXES_SELECTION_EVENT_MASK_SET_SELECTION_OWNER |
				XCB_XFIXES_SELECTION_EVENT_MASK_SELECTION_WINDOW_DESTROY |
				XCB_XFIXES_SELECTION_EVENT_MASK_SELECTION_CLIENT_CLOSE;

	x11->selections[ORIEL_SELECTION_CLIPBOARD].atom = x11->atoms[ATOM_CLIPBOARD];
	x11->selections[ORIEL_SELECTION_PRIMARY].atom = XCB_ATOM_PRIMARY;
	for (uintptr_t i = 0; i < ORIEL_SELECTIONS; i++) {
		struct oriel_x11_selection *selection = &x11->selections[i];

		xcb_xfixes_select_selection_input(x11->xcb, x11->window, selection->atom, events);
		oriel_x11_ask(x11, xcb_get_selection_owner(x11->xcb, selection->atom).sequence,
			handle_first_owner, i, 0);
		if (may_take(x11, selection))
			take(x11, selection);
	}
}

/* The bridge ------------------------------------------------------------------------------------
 *
 * Mir's brings text only, and takes the clipboard from the program that has it: when it asks a new
 * owner for types, but a Wayland program has copied something meanwhile, within a millisecond, it
 * has its own answer for that of an X11 program, and gives Wayland programs an offer of which
 * nothing can be had. It can't be switched off, but it does nothing without its two windows: one
 * owns CLIPBOARD_MANAGER and hears of owners, the other one takes the clipboard when a Wayland
 * program copies, which is when we see it. Both go then, and not before: programs may be about to
 * answer the first one, and some do not live through that.
 */

bool oriel_x11_clipboard_is_alone(const struct oriel_x11_clipboard *x11)
{
	return x11->alone;
}

static void handle_wm(struct oriel_x11_clipboard *x11, void *reply, uintptr_t a, uintptr_t b)
{
	const xcb_get_selection_owner_reply_t *answer = reply;

	(void)a;
	(void)b;
	if (answer)
		x11->wm = answer->owner;
}

static void handle_manager(struct oriel_x11_clipboard *x11, void *reply, uintptr_t a, uintptr_t b)
{
	const xcb_get_selection_owner_reply_t *answer = reply;

	(void)a;
	(void)b;
	if (x11->destroyed)
		return;
	if (answer && oriel_x11_same_client(x11, answer->owner, x11->wm))
		x11->bridge = answer->owner;
	x11->alone = !x11->bridge;
	watch_all(x11);
}

void oriel_x11_watch_start(struct oriel_x11_clipboard *x11)
{
	if (!x11->bridged) {
		watch_all(x11);
		return;
	}
	oriel_x11_ask(x11, xcb_get_selection_owner(x11->xcb, x11->atoms[ATOM_WM]).sequence,
		handle_wm, 0, 0);
	oriel_x11_ask(x11, xcb_get_selection_owner(x11->xcb, x11->atoms[ATOM_MANAGER]).sequence,
		handle_manager, 0, 0);
}

/* Offering ------------------------------------------------------------------------------------ */

static void handle_interned(
	struct oriel_x11_clipboard *x11, void *reply, uintptr_t name, uintptr_t b)
{
	const xcb_intern_atom_reply_t *answer = reply;

	(void)b;
	if (answer)
		oriel_x11_learn(x11, answer->atom, (const char *)name);
	free((char *)name);
}

/* All types of an offer have atoms. */
static void handle_ready(struct oriel_x11_clipboard *x11, void *reply, uintptr_t i, uintptr_t b)
{
	struct oriel_x11_selection *selection = &x11->selections[i];

	(void)b;
	if (reply && selection->atom && may_take(x11, selection))
		take(x11, selection);
}

static void intern(struct oriel_x11_clipboard *x11, const char *name)
{
	char *copy;

	/* The other half is for what this server's programs have. */
	if (x11->n_names >= ORIEL_X11_ATOMS / 2 || oriel_x11_atom(x11, name))
		return;
	copy = strdup(name);
	if (copy)
		oriel_x11_ask(x11,
			xcb_intern_atom(x11->xcb, 0, (uint16_t)strlen(name), name).sequence,
			handle_interned, (uintptr_t)copy, 0);
}

void oriel_x11_clipboard_offer(
	struct oriel_x11_clipboard *x11, uint8_t i, const struct oriel_types *types)
{
	struct oriel_x11_selection *selection = &x11->selections[i];

	if (x11->closed)
		return;
	oriel_types_copy(&selection->offer, types);
	if (types->n == 0 && selection->owned)
		give_up(x11, selection);
	for (int j = 0; j < types->n; j++)
		intern(x11, types->names[j]);
	if (types->n > 0)
		oriel_x11_ask(x11, xcb_get_input_focus(x11->xcb).sequence, handle_ready, i, 0);
	oriel_x11_touch(x11);
}
