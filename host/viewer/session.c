/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "host/viewer/session.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "host/viewer/frame.h"
#include "host/viewer/popups.h"
#include "host/viewer/session_memory.h"
#include "src/base/log.h"

#define PROGRAM "oriel " ORIEL_VERSION

void oriel_session_send(struct oriel_viewer *viewer)
{
	int r;

	if (!viewer->link || viewer->closing)
		return;
	r = oriel_link_send(viewer->link, viewer->out, -1);
	viewer->sent = true;
	/* A closed or full link reports itself through closed(). */
	if (r == -EINVAL)
		oriel_error("%s could not be sent: a field is out of range",
			oriel_wire_name(viewer->out->type));
}

static void close_link(
	struct oriel_viewer *viewer, enum oriel_error code, const char *format, va_list args)
{
	char reason[512];

	if (!viewer->link || viewer->closing)
		return;
	vsnprintf(reason, sizeof reason, format, args);
	oriel_error("%s: %s", viewer->options->target, reason);
	viewer->closing = true;
	viewer->sent = true;
	oriel_link_close(viewer->link, code, "%s", reason);
}

void oriel_session_fault(struct oriel_viewer *viewer, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	close_link(viewer, ORIEL_ERROR_PROTOCOL, format, args);
	va_end(args);
}

void oriel_session_fail(struct oriel_viewer *viewer, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	close_link(viewer, ORIEL_ERROR_INTERNAL, format, args);
	va_end(args);
}

static void handle_ready(void *user, const struct oriel_msg_hello *peer)
{
	struct oriel_viewer *viewer = user;

	oriel_debug("%s: connected to %s", viewer->options->target, peer->program);
	viewer->ready = true;
	viewer->retries = 0;
	oriel_input_reset(viewer);
	oriel_memory_tell(viewer);
	oriel_screens_update(viewer);
	oriel_screens_send(viewer);
	oriel_keymap_send(viewer, true);
	oriel_appearance_send(viewer, true);
	oriel_viewer_clipboard_connect(viewer);
	if (viewer->options->args && !viewer->program.launch)
		oriel_program_start(viewer);
}

static struct oriel_window *find_window(
	struct oriel_viewer *viewer, uint32_t id, const char **ret_reason)
{
	struct oriel_window *window = oriel_window_find(viewer, id);

	if (!window)
		*ret_reason = "the window is not there";
	return window;
}

static int handle_gone(struct oriel_viewer *viewer, uint32_t id, const char **ret_reason)
{
	struct oriel_window *window = find_window(viewer, id, ret_reason);

	if (!window)
		return -EPROTO;
	oriel_window_destroy(window);
	return 0;
}

static int handle_request(
	struct oriel_viewer *viewer, const struct oriel_msg_request *msg, const char **ret_reason)
{
	struct oriel_window *window = find_window(viewer, msg->window, ret_reason);

	if (!window)
		return -EPROTO;
	if (msg->kind == ORIEL_REQUEST_STATE && msg->arg > ORIEL_STATE_TILED) {
		*ret_reason = "a state that is not there";
		return -EPROTO;
	}
	oriel_window_request(window, msg->kind, msg->arg);
	return 0;
}

static int handle_pointer_lock(struct oriel_viewer *viewer,
	const struct oriel_msg_pointer_lock *msg, const char **ret_reason)
{
	struct oriel_window *window = find_window(viewer, msg->window, ret_reason);

	if (!window)
		return -EPROTO;
	oriel_input_set_pointer_mode(window, msg->mode);
	return 0;
}

static int handle_shortcuts(struct oriel_viewer *viewer,
	const struct oriel_msg_shortcuts_wanted *msg, const char **ret_reason)
{
	struct oriel_window *window = find_window(viewer, msg->window, ret_reason);

	if (!window)
		return -EPROTO;
	oriel_shortcuts_want(window, msg->wanted);
	return 0;
}

static int dispatch(
	struct oriel_viewer *viewer, const struct oriel_msg *msg, int *fd, const char **ret_reason)
{
	int r;

	switch (msg->type) {
	case ORIEL_MSG_RING:
		r = oriel_memory_handle_ring(viewer, &msg->ring, *fd, ret_reason);
		*fd = -1;
		return r;
	case ORIEL_MSG_RING_AT:
	case ORIEL_MSG_RAM_PROBE:
	case ORIEL_MSG_EXTENTS:
	case ORIEL_MSG_BUFFER:
	case ORIEL_MSG_BUFFER_GONE:
		return oriel_memory_handle(viewer, msg, ret_reason);
	case ORIEL_MSG_WINDOW:
		return oriel_window_update(viewer, &msg->window, ret_reason);
	case ORIEL_MSG_WINDOW_GONE:
		return handle_gone(viewer, msg->window_gone.window, ret_reason);
	case ORIEL_MSG_FRAME:
		oriel_frame_handle(viewer, &msg->frame);
		return 0;
	case ORIEL_MSG_REQUEST:
		return handle_request(viewer, &msg->request, ret_reason);
	case ORIEL_MSG_POINTER_LOCK:
		return handle_pointer_lock(viewer, &msg->pointer_lock, ret_reason);
	case ORIEL_MSG_SHORTCUTS_WANTED:
		return handle_shortcuts(viewer, &msg->shortcuts_wanted, ret_reason);
	case ORIEL_MSG_TEXT_INPUT:
		return oriel_text_set(viewer, &msg->text_input, ret_reason);
	case ORIEL_MSG_CURSOR:
		return oriel_cursor_set(viewer, &msg->cursor, ret_reason);
	case ORIEL_MSG_ICON:
		return oriel_icon_set(viewer, &msg->icon, ret_reason);
	case ORIEL_MSG_LAUNCH_OUTPUT:
		return oriel_program_output(viewer, &msg->launch_output, ret_reason);
	case ORIEL_MSG_LAUNCH_EXIT:
		return oriel_program_exit(viewer, &msg->launch_exit, ret_reason);
	case ORIEL_MSG_HOST_STATS_GET:
		oriel_stats_send(viewer, msg->host_stats_get.id);
		return 0;
	case ORIEL_MSG_CLIPBOARD_OFFER:
	case ORIEL_MSG_CLIPBOARD_GET:
	case ORIEL_MSG_CLIPBOARD_DATA:
	case ORIEL_MSG_CLIPBOARD_TAKEN:
	case ORIEL_MSG_CLIPBOARD_END:
	case ORIEL_MSG_CLIPBOARD_CANCEL:
		return oriel_viewer_clipboard_handle(viewer, msg, ret_reason);
	default:
		/* Answers to questions that this viewer does not ask. */
		*ret_reason = "it was not asked for";
		return -EPROTO;
	}
}

static void handle_message(void *user, const struct oriel_msg *msg, int fd)
{
	struct oriel_viewer *viewer = user;
	const char *reason = "";
	int r;

	if (!viewer->closing) {
		r = dispatch(viewer, msg, &fd, &reason);
		if (r == -EPROTO)
			oriel_session_fault(viewer, "%s: %s", oriel_wire_name(msg->type), reason);
		else if (r < 0)
			oriel_session_fail(viewer, "no memory");
	}
	if (fd >= 0)
		close(fd);
}

static void handle_drained(void *user)
{
	struct oriel_viewer *viewer = user;

	oriel_program_drained(viewer);
	oriel_input_drained(viewer);
}

/* Everything that belonged to the link. */
static void reset(struct oriel_viewer *viewer)
{
	oriel_link_destroy(viewer->link);
	viewer->link = NULL;
	viewer->ready = viewer->closing = false;
	oriel_viewer_clipboard_disconnect(viewer);
	oriel_program_lose(viewer);
	oriel_text_reset(viewer);
	oriel_windows_destroy(viewer);
	oriel_cursor_reset(viewer);
	oriel_memory_lose(viewer);
}

static void handle_closed(void *user, int error, enum oriel_error code, const char *reason)
{
	struct oriel_viewer *viewer = user;
	bool was_told = viewer->closing, was_ready = viewer->ready;
	/* Trying again with a wrong token, or another version, would not help. */
	bool hopeless = was_told || error == -EACCES || error == -EPROTONOSUPPORT ||
			error == -EPROTO || code == ORIEL_ERROR_BUSY;

	/* Our own good-bye. */
	if (viewer->done)
		return;
	if (!was_told)
		oriel_error("%s: %s", viewer->options->target,
			reason && *reason ? reason : "the guest has gone away");
	reset(viewer);
	if (was_ready)
		viewer->reconnected = true;
	if (viewer->program.exited)
		oriel_viewer_end(viewer, viewer->program.status);
	else if (!viewer->options->wait || hopeless)
		oriel_viewer_end(viewer, 1);
	else
		oriel_viewer_retry_later(viewer);
}

static const struct oriel_link_events link_events = {
	.ready = handle_ready,
	.message = handle_message,
	.drained = handle_drained,
	.closed = handle_closed,
};

int oriel_session_connect(struct oriel_viewer *viewer)
{
	const struct oriel_viewer_options *o = viewer->options;
	struct oriel_link_options options = {
		.side = ORIEL_WIRE_HOST,
		/* The program of a lost link may still run; its windows are those nobody shows. */
		.role = viewer->reconnected ? ORIEL_ROLE_ATTACH : o->role,
		.features = ORIEL_FEATURE_RING | ORIEL_FEATURE_INLINE_RAW |
			    ORIEL_FEATURE_INLINE_LZ4 | ORIEL_FEATURE_INLINE_ZSTD |
			    ORIEL_FEATURE_TEXT,
		.program = PROGRAM,
		.token = o->token,
		.token_size = o->token_size,
	};
	struct oriel_carrier *carrier;
	int r;

	r = o->open(o->user, &viewer->loop.uv, &carrier);
	if (r < 0)
		return r;
	oriel_memory_map(viewer);
	options.features |= oriel_memory_features(&viewer->memory);
	options.features |= oriel_viewer_clipboard_feature(viewer);
	r = oriel_link_create(carrier, &options, &link_events, viewer, &viewer->link);
	if (r < 0) {
		oriel_memory_lose(viewer);
		oriel_error("%s: no memory", o->target);
	}
	return r;
}

void oriel_session_disconnect(struct oriel_viewer *viewer)
{
	if (!viewer->link)
		return;
	if (viewer->ready && !viewer->closing) {
		oriel_link_close(viewer->link, ORIEL_ERROR_NONE, "the viewer is closed");
		/* What is queued leaves if the other end takes it at once; we don't wait for it. */
		oriel_loop_run(&viewer->loop);
	}
	reset(viewer);
}
