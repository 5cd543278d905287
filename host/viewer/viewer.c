/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/* Start, loop, end. */
#include "host/viewer/viewer.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "host/platform/platform.h"
#include "host/viewer/popups.h"
#include "host/viewer/present.h"
#include "host/viewer/session.h"
#include "host/viewer/window_host.h"
#include "src/base/log.h"

#define SETTLE_MS 550 /* a little more than settling takes, see window_sync.c */
#define RETRY_MS 1000
#define RETRY_MAX_MS 10000

/* Codes of our own SDL events, which platform callbacks push. */
enum {
	EVENT_PRESS_OUTSIDE = 1,
	EVENT_KEYMAP,
	EVENT_FOCUS_GAINED, /* windowID: the window */
	EVENT_FOCUS_LOST,
};

void oriel_viewer_end(struct oriel_viewer *viewer, int status)
{
	if (viewer->done)
		return;
	viewer->done = true;
	viewer->status = status;
}

static void handle_settle(uv_timer_t *timer)
{
	oriel_windows_settle(timer->data);
}

void oriel_viewer_settle_later(struct oriel_viewer *viewer)
{
	uv_timer_start(&viewer->settle_timer, handle_settle, SETTLE_MS, 0);
}

static void connect_or_retry(struct oriel_viewer *viewer)
{
	if (oriel_session_connect(viewer) == 0)
		return;
	if (viewer->options->wait)
		oriel_viewer_retry_later(viewer);
	else
		oriel_viewer_end(viewer, 1);
}

static void handle_retry(uv_timer_t *timer)
{
	connect_or_retry(timer->data);
}

void oriel_viewer_retry_later(struct oriel_viewer *viewer)
{
	uint64_t delay = (uint64_t)RETRY_MS * ++viewer->retries;

	uv_timer_start(
		&viewer->retry_timer, handle_retry, delay < RETRY_MAX_MS ? delay : RETRY_MAX_MS, 0);
}

/* The program gets the first ones; who insists means us. */
static void handle_signal(uv_signal_t *handle, int signal)
{
	struct oriel_viewer *viewer = handle->data;

	if (viewer->signals++ >= 2 || !oriel_program_signal(viewer, signal))
		oriel_viewer_end(viewer, 0);
}

static void push(struct oriel_viewer *viewer, int code, SDL_WindowID window)
{
	SDL_Event event = {.user = {.type = viewer->own_event, .code = code, .windowID = window}};

	SDL_PushEvent(&event);
}

static bool handle_motion_outside(void *user, uint64_t native, double x, double y)
{
	struct oriel_viewer *viewer = user;
	struct oriel_window *window = oriel_window_find_native(viewer, native);

	return window && oriel_input_motion_outside(window, x, y);
}

static void handle_entered(void *user, uint64_t native, double x, double y)
{
	struct oriel_window *window = oriel_window_find_native(user, native);

	if (window)
		oriel_input_entered(window, x, y);
}

static void handle_focus(void *user, uint64_t native, bool gained)
{
	struct oriel_window *window = oriel_window_find_native(user, native);

	if (window)
		push(user, gained ? EVENT_FOCUS_GAINED : EVENT_FOCUS_LOST, window->sdl_id);
}

static void handle_put_away(void *user, uint64_t native, bool away)
{
	struct oriel_window *window = oriel_window_find_native(user, native);

	if (!window || window->away == away)
		return;
	window->away = away;
	window->sync.dirty = true;
}

static void handle_press_outside(void *user)
{
	push(user, EVENT_PRESS_OUTSIDE, 0);
}

static void handle_keymap_changed(void *user)
{
	push(user, EVENT_KEYMAP, 0);
}

static const struct oriel_platform_events platform_events = {
	.motion_outside = handle_motion_outside,
	.entered = handle_entered,
	.focus = handle_focus,
	.put_away = handle_put_away,
	.press_outside = handle_press_outside,
	.keymap_changed = handle_keymap_changed,
};

static void handle_own_event(struct oriel_viewer *viewer, const SDL_UserEvent *event)
{
	switch (event->code) {
	case EVENT_PRESS_OUTSIDE:
		oriel_popups_press(viewer, NULL);
		break;
	case EVENT_KEYMAP:
		viewer->keymap.stale = true;
		break;
	case EVENT_FOCUS_GAINED:
	case EVENT_FOCUS_LOST:
		oriel_input_focus(viewer, event->windowID, event->code == EVENT_FOCUS_GAINED);
		break;
	}
}

static void handle_event(struct oriel_viewer *viewer, const SDL_Event *event)
{
	if (event->type == viewer->loop.event)
		oriel_loop_woken(&viewer->loop);
	else if (event->type == viewer->own_event)
		handle_own_event(viewer, &event->user);
	else if (event->type == SDL_EVENT_QUIT)
		oriel_viewer_end(viewer, 0);
	else if (event->type == SDL_EVENT_KEYMAP_CHANGED)
		viewer->keymap.stale = true;
	else if (event->type == SDL_EVENT_SYSTEM_THEME_CHANGED)
		viewer->appearance.stale = true;
	else if (event->type == SDL_EVENT_CLIPBOARD_UPDATE)
		oriel_platform_clipboard_event(&event->clipboard);
	else if (!oriel_input_event(viewer, event) && !oriel_window_event(viewer, event))
		oriel_screens_event(viewer, event);
}

static void drain_events(struct oriel_viewer *viewer)
{
	SDL_Event events[32];
	int n;

	SDL_PumpEvents();
	do {
		n = SDL_PeepEvents(events, SDL_arraysize(events), SDL_GETEVENT, SDL_EVENT_FIRST,
			SDL_EVENT_LAST);
		for (int i = 0; i < n; i++)
			handle_event(viewer, &events[i]);
	} while (n == (int)SDL_arraysize(events));
}

/* The program has ended and so have its windows. */
static void check_end(struct oriel_viewer *viewer)
{
	if (viewer->program.exited && viewer->windows.n == 0)
		oriel_viewer_end(viewer, viewer->program.status);
}

void oriel_viewer_turn(struct oriel_viewer *viewer)
{
	if (viewer->in_turn)
		return;
	viewer->in_turn = true;
	viewer->sent = false;
	oriel_loop_run(&viewer->loop);
	if (viewer->ready) {
		if (viewer->keymap.stale)
			oriel_keymap_send(viewer, false);
		if (viewer->appearance.stale)
			oriel_appearance_send(viewer, false);
		oriel_input_flush(viewer);
		oriel_popups_update(viewer);
		oriel_windows_configure(viewer);
		oriel_present_flush(viewer);
	}
	/* What was sent leaves now, not at the next event. */
	if (viewer->sent)
		oriel_loop_run(&viewer->loop);
	check_end(viewer);
	viewer->in_turn = false;
}

/* Called by SDL as events come up, also while it does not return: a window's surface is void from
 * then on, and on macOS a live resize keeps the loop inside of AppKit. */
static bool SDLCALL watch_event(void *user, SDL_Event *event)
{
	struct oriel_viewer *viewer = user;
	struct oriel_window *window;

	if (!SDL_IsMainThread() || event->type < SDL_EVENT_WINDOW_FIRST ||
		event->type > SDL_EVENT_WINDOW_LAST)
		return true;
	window = oriel_window_find_sdl(viewer, event->window.windowID);
	if (!window)
		return true;
	if (event->type == SDL_EVENT_WINDOW_RESIZED ||
		event->type == SDL_EVENT_WINDOW_PIXEL_SIZE_CHANGED)
		window->surface_stale = true;
#ifdef __APPLE__
	if (event->type == SDL_EVENT_WINDOW_EXPOSED || event->type == SDL_EVENT_WINDOW_RESIZED) {
		oriel_window_event(viewer, event);
		oriel_viewer_turn(viewer);
	}
#endif
	return true;
}

static void set_hints(void)
{
	static const char *const hints[][2] = {
		{SDL_HINT_APP_ID, "oriel"},
		{SDL_HINT_APP_NAME, "Oriel"},
		/* Window surfaces would silently go through OpenGL. */
		{SDL_HINT_FRAMEBUFFER_ACCELERATION, "0"},
		/* Moves and resizes by the window manager need the button grab let go. */
		{SDL_HINT_MOUSE_AUTO_CAPTURE, "0"},
		/* The click that gives focus is a click. */
		{SDL_HINT_MOUSE_FOCUS_CLICKTHROUGH, "1"},
		/* The guest shows what is being composed. */
		{SDL_HINT_IME_IMPLEMENTED_UI, "composition"},
		{SDL_HINT_TOUCH_MOUSE_EVENTS, "0"},
		{SDL_HINT_MOUSE_TOUCH_EVENTS, "0"},
		{SDL_HINT_QUIT_ON_LAST_WINDOW_CLOSE, "0"},
		{SDL_HINT_NO_SIGNAL_HANDLERS, "1"},
		{SDL_HINT_VIDEO_ALLOW_SCREENSAVER, "1"},
		{SDL_HINT_VIDEO_MINIMIZE_ON_FOCUS_LOSS, "0"},
		{SDL_HINT_VIDEO_SYNC_WINDOW_OPERATIONS, "0"},
		{SDL_HINT_VIDEO_X11_NET_WM_BYPASS_COMPOSITOR, "0"},
	};

	for (size_t i = 0; i < SDL_arraysize(hints); i++)
		SDL_SetHint(hints[i][0], hints[i][1]);
}

static int start_sdl(struct oriel_viewer *viewer)
{
	set_hints();
	oriel_platform_prepare();
	if (!SDL_Init(SDL_INIT_VIDEO)) {
		oriel_error("no screen to show windows on: %s", SDL_GetError());
		return -ENODEV;
	}
	viewer->anchor = SDL_CreateWindow("oriel", 16, 16, SDL_WINDOW_HIDDEN);
	if (!viewer->anchor) {
		oriel_error("no window: %s", SDL_GetError());
		SDL_Quit();
		return -EIO;
	}
	viewer->own_event = SDL_RegisterEvents(1);
	oriel_platform_init(viewer->anchor, &platform_events, viewer);
	SDL_AddEventWatch(watch_event, viewer);
	viewer->present = oriel_present_choose(viewer->options->present, viewer->anchor);
	oriel_screens_update(viewer);
	return 0;
}

static void stop_sdl(struct oriel_viewer *viewer)
{
	SDL_RemoveEventWatch(watch_event, viewer);
	oriel_cursor_reset(viewer);
	oriel_icons_finish(viewer);
	SDL_DestroyWindow(viewer->anchor);
	oriel_platform_finish();
	SDL_Quit();
}

static void start_handles(struct oriel_viewer *viewer)
{
	uv_loop_t *uv = &viewer->loop.uv;

	uv_timer_init(uv, &viewer->settle_timer);
	uv_timer_init(uv, &viewer->retry_timer);
	uv_timer_init(uv, &viewer->pace_timer);
	uv_signal_init(uv, &viewer->sigint);
	uv_signal_init(uv, &viewer->sigterm);
	viewer->settle_timer.data = viewer->retry_timer.data = viewer->pace_timer.data = viewer;
	viewer->sigint.data = viewer->sigterm.data = viewer;
	uv_signal_start(&viewer->sigint, handle_signal, SIGINT);
	uv_signal_start(&viewer->sigterm, handle_signal, SIGTERM);
}

static void run(struct oriel_viewer *viewer)
{
	connect_or_retry(viewer);
	while (!viewer->done) {
		drain_events(viewer);
		oriel_viewer_turn(viewer);
		if (!viewer->done && !oriel_present_pending(viewer))
			oriel_loop_wait(&viewer->loop);
	}
	oriel_session_disconnect(viewer);
	oriel_program_finish(viewer);
}

static int allocate(const struct oriel_viewer_options *options, struct oriel_viewer **ret_viewer)
{
	struct oriel_viewer *viewer = calloc(1, sizeof *viewer);

	if (!viewer)
		return -ENOMEM;
	viewer->options = options;
	viewer->units.sdl = 1;
	viewer->out = calloc(1, sizeof *viewer->out);
	if (!viewer->out || oriel_codec_create(&viewer->codec) < 0) {
		free(viewer->out);
		free(viewer);
		return -ENOMEM;
	}
	*ret_viewer = viewer;
	return 0;
}

static void release(struct oriel_viewer *viewer)
{
	oriel_codec_destroy(viewer->codec);
	free(viewer->scratch);
	free(viewer->out);
	free(viewer);
}

int oriel_viewer_run(const struct oriel_viewer_options *options)
{
	struct oriel_viewer *viewer;
	int status = 1, r;

	if (allocate(options, &viewer) < 0) {
		oriel_error("no memory");
		return 1;
	}
	if (start_sdl(viewer) < 0)
		goto release;
	r = oriel_loop_init(&viewer->loop);
	if (r < 0) {
		oriel_error("no event loop: %s", strerror(-r));
		goto stop;
	}
	start_handles(viewer);
	oriel_viewer_clipboard_open(viewer);
	oriel_appearance_open(viewer);
	run(viewer);
	oriel_platform_appearance_close();
	oriel_viewer_clipboard_close(viewer);
	status = viewer->status;
	oriel_loop_finish(&viewer->loop);
stop:
	stop_sdl(viewer);
release:
	release(viewer);
	return status;
}
