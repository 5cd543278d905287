/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include <stdlib.h>
#include <string.h>

#include "tests/e2e/e2e.h"
#include "tests/e2e/refview_internal.h"

static struct refview_window *find_id(struct refview *view, uint32_t id)
{
	struct refview_window *window;

	for (window = view->windows; window; window = window->next)
		if (window->info.window == id)
			return window;
	return NULL;
}

static void acknowledge(struct refview *view, const struct oriel_msg_frame *frame)
{
	struct oriel_msg answer = {.type = ORIEL_MSG_CONSUMED};

	if (view->silent)
		return;
	answer.consumed.ring_position = frame->ring_position;
	if (frame->final) {
		answer.type = ORIEL_MSG_PRESENTED;
		answer.presented = (struct oriel_msg_presented){
			.window = frame->window,
			.serial = frame->serial,
			.ring_position = frame->ring_position,
		};
	}
	refview_send(view, &answer);
}

static void handle_frame(struct refview *view, const struct oriel_msg_frame *frame)
{
	struct refview_window *window = find_id(view, frame->window);

	if (!window)
		e2e_fail("a frame of window %u, which was never told of", frame->window);
	refview_upload(view, frame);
	memcpy(window->layers, frame->layers, sizeof(frame->layers[0]) * frame->n_layers);
	window->n_layers = (int)frame->n_layers;
	window->width = (int)frame->width;
	window->height = (int)frame->height;
	if (frame->final) {
		window->serial = frame->serial;
		window->frames++;
	}
	acknowledge(view, frame);
}

static void forget_strings(struct refview_window *window)
{
	free((void *)(uintptr_t)window->info.title);
	free((void *)(uintptr_t)window->info.app_id);
}

static void handle_window(struct refview *view, const struct oriel_msg_window *info)
{
	struct refview_window *window = find_id(view, info->window);

	if (!window) {
		window = calloc(1, sizeof(*window));
		window->next = view->windows;
		view->windows = window;
	}
	forget_strings(window);
	window->info = *info;
	window->info.title = strdup(info->title ? info->title : "");
	window->info.app_id = strdup(info->app_id ? info->app_id : "");
}

static void handle_gone(struct refview *view, uint32_t id)
{
	struct refview_window **at, *window;

	for (at = &view->windows; *at && (*at)->info.window != id; at = &(*at)->next)
		;
	window = *at;
	if (!window)
		e2e_fail("window %u goes, which was never there", id);
	*at = window->next;
	forget_strings(window);
	free(window);
}

static void forget_stats(struct refview *view)
{
	uint32_t i;

	for (i = 0; view->stats && i < view->stats->n_counters; i++)
		free((void *)(uintptr_t)view->stats->counters[i].name);
	free(view->stats);
	view->stats = NULL;
}

static void handle_stats(struct refview *view, const struct oriel_msg_stats *stats)
{
	uint32_t i;

	forget_stats(view);
	view->stats = malloc(sizeof(*stats));
	*view->stats = *stats;
	for (i = 0; i < stats->n_counters; i++)
		view->stats->counters[i].name = strdup(stats->counters[i].name);
}

static void handle_message(void *user, const struct oriel_msg *msg, int fd)
{
	struct refview *view = user;

	switch (msg->type) {
	case ORIEL_MSG_RING:
		oriel_ring_destroy(view->ring);
		view->ring = NULL;
		if (oriel_ring_map(fd, msg->ring.size, &view->ring))
			e2e_fail("the ring can't be mapped");
		return;
	case ORIEL_MSG_WINDOW:
		handle_window(view, &msg->window);
		break;
	case ORIEL_MSG_WINDOW_GONE:
		handle_gone(view, msg->window_gone.window);
		break;
	case ORIEL_MSG_FRAME:
		handle_frame(view, &msg->frame);
		break;
	case ORIEL_MSG_STATS:
		handle_stats(view, &msg->stats);
		break;
	default:
		break;
	}
}

static void handle_ready(void *user, const struct oriel_msg_hello *peer)
{
	struct refview *view = user;

	(void)peer;
	view->ready = true;
}

static void handle_closed(void *user, int error, enum oriel_error code, const char *reason)
{
	struct refview *view = user;

	(void)error;
	(void)code;
	view->closed = strdup(reason ? reason : "");
}

static const struct oriel_link_events link_events = {
	.ready = handle_ready,
	.message = handle_message,
	.closed = handle_closed,
};

static void send_surroundings(struct refview *view)
{
	struct oriel_msg *msg = calloc(1, sizeof(*msg));

	msg->type = ORIEL_MSG_OUTPUTS;
	msg->outputs.n_outputs = 1;
	msg->outputs.outputs[0] = (struct oriel_wire_output){
		.id = 1,
		.width = SCREEN_WIDTH,
		.height = SCREEN_HEIGHT,
		.scale = 120,
		.refresh = 60000,
		.name = "refview",
	};
	refview_send(view, msg);
	memset(msg, 0, sizeof(*msg));
	msg->type = ORIEL_MSG_KEYMAP;
	msg->keymap = (struct oriel_msg_keymap){
		.model = "pc105",
		.layout = "us",
		.repeat_rate = 25,
		.repeat_delay = 600,
	};
	refview_send(view, msg);
	free(msg);
}

struct refview *refview_connect(enum oriel_role role)
{
	struct refview *view = calloc(1, sizeof(*view));
	struct oriel_carrier *carrier;
	const struct oriel_link_options options = {
		.side = ORIEL_WIRE_HOST,
		.role = role,
		.features = ORIEL_FEATURE_RING | ORIEL_FEATURE_INLINE_RAW,
		.program = "refview",
	};

	uv_loop_init(&view->loop);
	uv_timer_init(&view->loop, &view->timer);
	oriel_codec_create(&view->codec);
	if (oriel_carrier_unix_connect(&view->loop, session_socket(), &carrier) ||
		oriel_link_create(carrier, &options, &link_events, view, &view->link))
		e2e_fail("refview can't connect to %s", session_socket());
	E2E_UNTIL((refview_run(view, 5), view->ready), "no handshake with orield: %s",
		view->closed ? view->closed : "it does not answer");
	if (role != ORIEL_ROLE_CONTROL)
		send_surroundings(view);
	return view;
}

static void close_handle(uv_handle_t *handle, void *user)
{
	(void)user;
	if (!uv_is_closing(handle))
		uv_close(handle, NULL);
}

void refview_destroy(struct refview *view)
{
	if (!view)
		return;
	oriel_link_destroy(view->link);
	while (view->windows)
		handle_gone(view, view->windows->info.window);
	refview_forget_pixels(view);
	forget_stats(view);
	oriel_ring_destroy(view->ring);
	oriel_codec_destroy(view->codec);
	uv_walk(&view->loop, close_handle, NULL);
	uv_run(&view->loop, UV_RUN_DEFAULT);
	uv_loop_close(&view->loop);
	free(view->closed);
	free(view);
}

static void handle_timer(uv_timer_t *timer)
{
	uv_stop(timer->loop);
}

void refview_run(struct refview *view, unsigned ms)
{
	uv_update_time(&view->loop);
	uv_timer_start(&view->timer, handle_timer, ms, 0);
	uv_run(&view->loop, UV_RUN_DEFAULT);
}

void refview_acknowledge(struct refview *view, bool on)
{
	view->silent = !on;
}

const char *refview_closed(const struct refview *view)
{
	return view->closed;
}

struct refview_window *refview_find(struct refview *view, const char *title)
{
	struct refview_window *window;

	for (window = view->windows; window; window = window->next)
		if (!strcmp(window->info.title, title))
			return window;
	return NULL;
}

struct refview_window *refview_wait(struct refview *view, const char *title)
{
	struct refview_window *window;
	unsigned frames;

	E2E_UNTIL((refview_run(view, 5), (window = refview_find(view, title)) && window->serial),
		"refview gets no content of '%s'", title);
	do {
		frames = window->frames;
		refview_run(view, 300);
		window = refview_find(view, title);
		if (!window)
			e2e_fail("the window '%s' is gone", title);
	} while (window->frames != frames);
	return window;
}

void refview_send(struct refview *view, const struct oriel_msg *msg)
{
	int r = oriel_link_send(view->link, msg, -1);

	if (r)
		e2e_fail("refview can't send a message of type %d: %s", (int)msg->type,
			view->closed ? view->closed : strerror(-r));
}

bool refview_counter(struct refview *view, const char *name, uint64_t *ret_value)
{
	struct oriel_msg msg = {.type = ORIEL_MSG_STATS_GET};
	uint32_t i;

	forget_stats(view);
	msg.stats_get.id = 1;
	refview_send(view, &msg);
	E2E_UNTIL((refview_run(view, 5), view->stats), "orield does not answer stats_get");
	for (i = 0; i < view->stats->n_counters; i++)
		if (!strcmp(view->stats->counters[i].name, name)) {
			*ret_value = view->stats->counters[i].value;
			return true;
		}
	return false;
}
