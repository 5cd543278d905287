/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "host/viewer/clipboard.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

#include "host/platform/platform.h"
#include "host/viewer/state.h"
#include "src/base/log.h"
#include "src/clipboard/files.h"

static bool to_guest(const struct oriel_viewer *viewer)
{
	return viewer->options->clipboard == ORIEL_CLIPBOARD_BOTH ||
	       viewer->options->clipboard == ORIEL_CLIPBOARD_TO_GUEST;
}

static bool to_host(const struct oriel_viewer *viewer)
{
	return viewer->options->clipboard == ORIEL_CLIPBOARD_BOTH ||
	       viewer->options->clipboard == ORIEL_CLIPBOARD_TO_HOST;
}

uint64_t oriel_viewer_clipboard_feature(const struct oriel_viewer *viewer)
{
	return to_guest(viewer) || to_host(viewer) ? ORIEL_FEATURE_CLIPBOARD : 0;
}

/* The host's programs ------------------------------------------------------------------------- */

static void handle_changed(void *user, uint8_t selection, const struct oriel_types *types)
{
	struct oriel_viewer *viewer = user;
	struct oriel_types *host = &viewer->clipboard.host[selection];

	oriel_types_copy(host, types);
	oriel_types_from_programs(host);
	oriel_types_to_link(host);
	if (viewer->clipboard.exchange && to_guest(viewer))
		oriel_exchange_offer(viewer->clipboard.exchange, selection, host);
}

static void handle_pasted(void *user, uint8_t selection, const char *type, struct oriel_flow *flow)
{
	struct oriel_viewer *viewer = user;
	struct oriel_exchange *exchange = viewer->clipboard.exchange;

	if (!exchange) {
		oriel_flow_end(flow, "the guest is not connected");
		return;
	}
	if (oriel_type_is_text(type))
		type = ORIEL_TYPE_TEXT;
	if (oriel_type_is_file_list(type) &&
		oriel_types_have(oriel_exchange_offered(exchange, selection), ORIEL_TYPE_FILES)) {
		flow = oriel_files_unpack(
			&viewer->loop.uv, strcmp(type, ORIEL_TYPE_GNOME_FILES) == 0, flow);
		type = ORIEL_TYPE_FILES;
	}
	if (flow)
		oriel_exchange_get(exchange, selection, type, flow);
}

static const struct oriel_platform_clipboard_events platform_events = {
	.changed = handle_changed,
	.wanted = handle_pasted,
};

/* The guest's programs ------------------------------------------------------------------------ */

static void handle_send(void *user, const struct oriel_msg *msg)
{
	struct oriel_viewer *viewer = user;

	if (!viewer->link || viewer->closing)
		return;
	/* A closed or full link reports itself through closed(). */
	if (oriel_link_send(viewer->link, msg, -1) == -EINVAL)
		oriel_error("%s could not be sent: a field is out of range",
			oriel_wire_name((uint16_t)msg->type));
	viewer->sent = true;
}

static size_t handle_queued(void *user)
{
	const struct oriel_viewer *viewer = user;

	return viewer->link ? oriel_link_queued(viewer->link) : 0;
}

static void handle_offered(void *user, uint8_t selection, const struct oriel_types *untrusted_types)
{
	struct oriel_viewer *viewer = user;
	struct oriel_types types = {0};

	if (!to_host(viewer))
		return;
	/* Names were checked by the wire, numbers by the list: names are all they are used as. */
	oriel_types_copy(&types, untrusted_types);
	oriel_types_from_link(&types);
	oriel_types_for_programs(&types);
	oriel_platform_clipboard_offer(selection, &types);
	oriel_types_clear(&types);
}

static void handle_wanted(void *user, uint8_t selection, const char *type, struct oriel_flow *flow)
{
	struct oriel_viewer *viewer = user;

	if (!to_guest(viewer)) {
		oriel_flow_end(flow, "the user of the host does not allow it");
		return;
	}
	/* Only of files that the user has copied: where they are says the program that did it. */
	if (strcmp(type, ORIEL_TYPE_FILES) == 0) {
		flow = oriel_files_pack(&viewer->loop.uv, flow);
		type = ORIEL_TYPE_URIS;
	}
	if (flow)
		oriel_platform_clipboard_read(selection, type, flow);
}

static const struct oriel_exchange_events exchange_events = {
	.send = handle_send,
	.queued = handle_queued,
	.offered = handle_offered,
	.wanted = handle_wanted,
};

int oriel_viewer_clipboard_handle(
	struct oriel_viewer *viewer, const struct oriel_msg *msg, const char **ret_reason)
{
	if (viewer->clipboard.exchange)
		return oriel_exchange_message(viewer->clipboard.exchange, msg, ret_reason);
	*ret_reason = "the clipboard was not agreed on";
	return -EPROTO;
}

/* Life ---------------------------------------------------------------------------------------- */

void oriel_viewer_clipboard_connect(struct oriel_viewer *viewer)
{
	struct oriel_viewer_clipboard *clipboard = &viewer->clipboard;

	if (!(oriel_link_features(viewer->link) & ORIEL_FEATURE_CLIPBOARD))
		return;
	clipboard->exchange =
		oriel_exchange_create(&viewer->loop.uv, true, &exchange_events, viewer);
	if (!clipboard->exchange) {
		oriel_error("no memory for the clipboard");
		return;
	}
	for (uint8_t i = 0; to_guest(viewer) && i < ORIEL_SELECTIONS; i++)
		oriel_exchange_offer(clipboard->exchange, i, &clipboard->host[i]);
}

void oriel_viewer_clipboard_disconnect(struct oriel_viewer *viewer)
{
	static const struct oriel_types none;
	struct oriel_exchange *exchange = viewer->clipboard.exchange;

	if (!exchange)
		return;
	viewer->clipboard.exchange = NULL;
	oriel_exchange_destroy(exchange);
	for (uint8_t i = 0; i < ORIEL_SELECTIONS; i++)
		oriel_platform_clipboard_offer(i, &none);
}

void oriel_viewer_clipboard_open(struct oriel_viewer *viewer)
{
	/* A closed pipe is no reason to end. */
	signal(SIGPIPE, SIG_IGN);
	if (oriel_viewer_clipboard_feature(viewer))
		oriel_platform_clipboard_open(&viewer->loop.uv, &platform_events, viewer);
}

void oriel_viewer_clipboard_close(struct oriel_viewer *viewer)
{
	oriel_platform_clipboard_close();
	oriel_files_clean_up();
	for (int i = 0; i < ORIEL_SELECTIONS; i++)
		oriel_types_clear(&viewer->clipboard.host[i]);
}
