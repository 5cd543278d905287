/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "guest/clipboard.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "guest/client.h"
#include "guest/clipboard_image.h"
#include "guest/clipboard_x11.h"
#include "src/base/log.h"
#include "src/clipboard/fd.h"
#include "src/clipboard/files.h"

/* All viewers of one host tell of the same copy; the first one will do. */
#define SAME_COPY_MS 500

static struct oriel_guest_selection *selection_of(struct oriel_core *core, uint8_t i)
{
	return &core->clipboard->selections[i];
}

static bool is_of_guest(const struct oriel_guest_selection *s)
{
	return s->owner == ORIEL_OWNER_WAYLAND || s->owner == ORIEL_OWNER_X11;
}

/* Offering ------------------------------------------------------------------------------------ */

/* The viewer that has the user's attention, or had it when something was copied last. */
static struct oriel_client *choose_viewer(
	struct oriel_core *core, const struct oriel_guest_selection *s)
{
	struct oriel_client *client;

	if (core->focus && core->focus->exchange)
		return core->focus;
	if (s->told)
		return s->told;
	TAILQ_FOREACH(client, &core->clients, all)
	if (client->exchange && !client->failed)
		return client;
	return NULL;
}

static void add_origin(struct oriel_core *core, struct oriel_types *types)
{
	/* It must have a place. */
	struct oriel_types marked = {0};

	for (int i = 0; i < types->n && i < ORIEL_MAX_TYPES - 1; i++)
		oriel_types_add(&marked, types->names[i]);
	oriel_types_add(&marked, core->clipboard->origin);
	oriel_types_clear(types);
	*types = marked;
}

static void tell_viewer(struct oriel_core *core, uint8_t i)
{
	struct oriel_guest_selection *s = selection_of(core, i);
	struct oriel_client *viewer = is_of_guest(s) ? choose_viewer(core, s) : s->told;
	struct oriel_types types = {0};

	if (!viewer || s->owner == ORIEL_OWNER_HOST) {
		s->told = NULL;
		return;
	}
	oriel_types_copy(&types, &s->types);
	oriel_types_to_link(&types);
	if (types.n > 0)
		add_origin(core, &types);
	oriel_exchange_offer(viewer->exchange, i, &types);
	oriel_types_clear(&types);
	s->told = is_of_guest(s) ? viewer : NULL;
}

static bool may_give_x11(const struct oriel_core *core, uint8_t i)
{
	return i == ORIEL_SELECTION_PRIMARY ||
	       (core->clipboard->x11 && oriel_x11_clipboard_is_alone(core->clipboard->x11));
}

static void tell_wayland(struct oriel_core *core, uint8_t i)
{
	struct oriel_guest_selection *s = selection_of(core, i);
	struct oriel_types types = {0};
	bool give = s->owner == ORIEL_OWNER_HOST ||
		    (s->owner == ORIEL_OWNER_X11 && may_give_x11(core, i));

	if (!core->mir || (!give && !s->ours))
		return;
	if (give) {
		oriel_types_copy(&types, &s->types);
		oriel_types_for_programs(&types);
	}
	if (give || s->owner == ORIEL_OWNER_NOBODY)
		oriel_mir_selection_offer(core->mir, i, (const char *const *)types.names, types.n);
	oriel_types_clear(&types);
	s->ours = give;
}

static void tell_x11(struct oriel_core *core, uint8_t i)
{
	struct oriel_guest_selection *s = selection_of(core, i);
	struct oriel_types types = {0};

	if (!core->clipboard->x11)
		return;
	if (s->owner != ORIEL_OWNER_X11) {
		oriel_types_copy(&types, &s->types);
		oriel_types_for_programs(&types);
	}
	oriel_x11_clipboard_offer(core->clipboard->x11, i, &types);
	oriel_types_clear(&types);
}

void oriel_clipboard_set(struct oriel_core *core, uint8_t i, enum oriel_owner owner,
	struct oriel_client *host, const struct oriel_types *raw)
{
	struct oriel_guest_selection *s = selection_of(core, i);

	if (core->clipboard->closed)
		return;
	s->owner = owner;
	s->host = host;
	s->since_ms = uv_now(core->loop);
	oriel_types_copy(&s->raw, raw);
	oriel_types_copy(&s->types, raw);
	if (owner == ORIEL_OWNER_HOST)
		oriel_types_from_link(&s->types);
	oriel_types_from_programs(&s->types);
	oriel_clipboard_image_derive(&s->types);
	tell_x11(core, i);
	tell_wayland(core, i);
	tell_viewer(core, i);
}

static void set_nobody(struct oriel_core *core, uint8_t i)
{
	static const struct oriel_types none;

	oriel_clipboard_set(core, i, ORIEL_OWNER_NOBODY, NULL, &none);
}

/* Wayland programs ---------------------------------------------------------------------------- */

void oriel_clipboard_copied(struct oriel_core *core, uint8_t i, const char *const *types, int n)
{
	struct oriel_types list = {0};

	for (int j = 0; j < n; j++)
		oriel_types_add(&list, types[j]);
	if (list.n > 0)
		oriel_clipboard_set(core, i, ORIEL_OWNER_WAYLAND, NULL, &list);
	else if (selection_of(core, i)->owner == ORIEL_OWNER_WAYLAND)
		set_nobody(core, i);
	else
		/* It had taken the place of what we offered, before we knew. */
		tell_wayland(core, i);
	oriel_types_clear(&list);
}

void oriel_clipboard_pasted(struct oriel_core *core, uint8_t i, const char *type, int fd)
{
	struct oriel_flow *flow = NULL;

	if (!core->clipboard->closed)
		flow = oriel_flow_write_fd(core->loop, fd, "nothing was pasted");
	else
		close(fd);
	if (flow)
		oriel_clipboard_get(
			core, i, oriel_type_is_text(type) ? ORIEL_TYPE_TEXT : type, flow);
}

static void read_wayland(
	struct oriel_core *core, uint8_t i, const char *type, struct oriel_flow *flow)
{
	const struct oriel_guest_selection *s = selection_of(core, i);
	const char *name = oriel_type_is_text(type) ? oriel_types_text(&s->raw) : type;
	int fds[2];

	if (!core->mir || !name || pipe2(fds, O_CLOEXEC) < 0) {
		oriel_flow_end(flow, "what was copied can't be read");
		return;
	}
	oriel_flow_read_fd(flow, core->loop, fds[0]);
	oriel_mir_selection_read(core->mir, i, name, fds[1]);
}

/* Content ------------------------------------------------------------------------------------- */

static void get_plain(struct oriel_core *core, uint8_t i, const char *type, struct oriel_flow *flow)
{
	const struct oriel_guest_selection *s = selection_of(core, i);

	if (s->owner == ORIEL_OWNER_WAYLAND)
		read_wayland(core, i, type, flow);
	else if (s->owner == ORIEL_OWNER_X11 && core->clipboard->x11)
		oriel_x11_clipboard_read(core->clipboard->x11, i, type, flow);
	else if (s->owner == ORIEL_OWNER_HOST)
		oriel_exchange_get(s->host->exchange, i, type, flow);
	else
		oriel_flow_end(flow, "nothing is copied");
}

/* The flow for what `type` is made of, and of which type that is; NULL: there is none, flow has
 * ended. *ret_source is NULL when nothing has to be made. */
static struct oriel_flow *convert(struct oriel_core *core, const struct oriel_guest_selection *s,
	const char *type, struct oriel_flow *flow, const char **ret_source)
{
	bool files = s->owner == ORIEL_OWNER_HOST && oriel_type_is_file_list(type) &&
		     oriel_types_have(&s->raw, ORIEL_TYPE_FILES);
	bool has = oriel_types_have(&s->raw, type) ||
		   (oriel_type_is_text(type) && oriel_types_text(&s->raw));

	*ret_source = NULL;
	if (files)
		*ret_source = ORIEL_TYPE_FILES;
	else if (!has)
		*ret_source = oriel_clipboard_image_source(&s->raw, type);
	if (!*ret_source)
		return flow;
	if (files)
		return oriel_files_unpack(
			core->loop, strcmp(type, ORIEL_TYPE_GNOME_FILES) == 0, flow);
	return oriel_clipboard_image_convert(core->loop, type, flow);
}

void oriel_clipboard_get(
	struct oriel_core *core, uint8_t i, const char *type, struct oriel_flow *flow)
{
	const char *source;

	if (core->clipboard->closed) {
		oriel_flow_end(flow, "orield is stopping");
		return;
	}
	flow = convert(core, selection_of(core, i), type, flow, &source);
	if (flow)
		get_plain(core, i, source ? source : type, flow);
}

/* Viewers ------------------------------------------------------------------------------------- */

static bool is_ours(const struct oriel_core *core, const struct oriel_types *types)
{
	return oriel_types_have(types, core->clipboard->origin);
}

static void handle_offered(void *user, uint8_t i, const struct oriel_types *types)
{
	struct oriel_client *client = user;
	struct oriel_core *core = client->core;
	struct oriel_guest_selection *s = selection_of(core, i);

	/* What we have offered, come back by way of the host's clipboard and another viewer. */
	if (is_ours(core, types))
		return;
	if (types->n == 0) {
		if (s->owner == ORIEL_OWNER_HOST && s->host == client)
			set_nobody(core, i);
		return;
	}
	if (s->owner == ORIEL_OWNER_HOST && s->host != client &&
		uv_now(core->loop) - s->since_ms < SAME_COPY_MS && oriel_types_same(&s->raw, types))
		return;
	oriel_clipboard_set(core, i, ORIEL_OWNER_HOST, client, types);
}

static void handle_wanted(void *user, uint8_t i, const char *type, struct oriel_flow *flow)
{
	struct oriel_client *client = user;
	struct oriel_core *core = client->core;

	if (!is_of_guest(selection_of(core, i)) || oriel_type_is_origin(type)) {
		oriel_flow_end(flow, "something else has been copied since: paste again");
		return;
	}
	if (strcmp(type, ORIEL_TYPE_FILES) == 0) {
		flow = oriel_files_pack(core->loop, flow);
		type = ORIEL_TYPE_URIS;
	}
	if (flow)
		oriel_clipboard_get(core, i, type, flow);
}

static void handle_send(void *user, const struct oriel_msg *msg)
{
	oriel_client_send(user, msg);
}

static size_t handle_queued(void *user)
{
	const struct oriel_client *client = user;

	return oriel_link_queued(client->link);
}

static const struct oriel_exchange_events exchange_events = {
	.send = handle_send,
	.queued = handle_queued,
	.offered = handle_offered,
	.wanted = handle_wanted,
};

void oriel_clipboard_join(struct oriel_client *client)
{
	client->exchange =
		oriel_exchange_create(client->core->loop, false, &exchange_events, client);
	if (!client->exchange)
		oriel_error("%s: no memory for the clipboard", client->name);
}

/* Somebody else's offer of what the host has, when the viewer that told of it first has gone. */
static void inherit(struct oriel_core *core, uint8_t i)
{
	struct oriel_client *client;

	TAILQ_FOREACH(client, &core->clients, all)
	{
		const struct oriel_types *types =
			client->exchange && !client->failed
				? oriel_exchange_offered(client->exchange, i)
				: NULL;

		if (types && types->n > 0 && !is_ours(core, types)) {
			oriel_clipboard_set(core, i, ORIEL_OWNER_HOST, client, types);
			return;
		}
	}
	set_nobody(core, i);
}

void oriel_clipboard_leave(struct oriel_client *client)
{
	struct oriel_core *core = client->core;
	struct oriel_exchange *exchange = client->exchange;

	if (!exchange)
		return;
	client->exchange = NULL;
	oriel_exchange_destroy(exchange);
	for (uint8_t i = 0; i < ORIEL_SELECTIONS && !core->clipboard->closed; i++) {
		struct oriel_guest_selection *s = selection_of(core, i);

		if (s->owner == ORIEL_OWNER_HOST && s->host == client)
			inherit(core, i);
		if (s->told != client)
			continue;
		s->told = NULL;
		tell_viewer(core, i);
	}
}

void oriel_clipboard_handle(struct oriel_client *client, const struct oriel_msg *msg)
{
	const char *reason = "";
	int r = -EPROTO;

	if (client->exchange)
		r = oriel_exchange_message(client->exchange, msg, &reason);
	else
		reason = "the clipboard was not agreed on";
	if (r == -EPROTO)
		oriel_client_fault(client, "%s: %s", oriel_wire_name((uint16_t)msg->type), reason);
	else if (r < 0)
		oriel_client_bye(client, ORIEL_ERROR_INTERNAL, "orield is out of memory");
}

/* Life ---------------------------------------------------------------------------------------- */

int oriel_clipboard_init(struct oriel_core *core)
{
	struct oriel_clipboard *clipboard = calloc(1, sizeof *clipboard);
	uint64_t id = 0;

	if (!clipboard)
		return -ENOMEM;
	if (getrandom(&id, sizeof id, GRND_NONBLOCK) < 0)
		id = uv_hrtime();
	snprintf(clipboard->origin, sizeof clipboard->origin,
		"application/x-oriel-origin;id=%016" PRIx64, id);
	core->clipboard = clipboard;
	return 0;
}

void oriel_clipboard_close(struct oriel_core *core)
{
	struct oriel_clipboard *clipboard = core->clipboard;

	if (clipboard->closed)
		return;
	clipboard->closed = true;
	oriel_clipboard_x11_close(core);
	for (uint8_t i = 0; i < ORIEL_SELECTIONS; i++) {
		oriel_types_clear(&clipboard->selections[i].raw);
		oriel_types_clear(&clipboard->selections[i].types);
	}
}

void oriel_clipboard_finish(struct oriel_core *core)
{
	free(core->clipboard);
	core->clipboard = NULL;
	oriel_files_clean_up();
}
