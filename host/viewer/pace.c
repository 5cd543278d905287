/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "host/viewer/pace.h"

#include "host/viewer/present.h"
#include "host/viewer/state.h"
#include "src/base/clock.h"

#define MS 1000000ull /* ns; what uv's timers are exact to */
/* For screens that don't say. */
#define USUAL_HZ 60.0

static void handle_timer(uv_timer_t *timer);

/* ns between two frames; 0: no limit. */
static uint64_t interval_of(struct oriel_window *window)
{
	const struct oriel_viewer *viewer = window->viewer;
	const struct oriel_app_options *app = oriel_window_app(window);
	double hz = app && app->has_refresh ? app->refresh : viewer->options->refresh;
	SDL_DisplayID display;

	if (hz < 0) {
		hz = USUAL_HZ;
		display = SDL_GetDisplayForWindow(window->sdl);
		for (uint32_t i = 0; i < viewer->screens.n; i++)
			if (viewer->screens.outputs[i].id == display &&
				viewer->screens.outputs[i].refresh > 0)
				hz = viewer->screens.outputs[i].refresh / 1000.0;
	}
	return hz > 0 ? (uint64_t)(1e9 / hz) : 0;
}

/* The earliest of what waits. */
static void start_timer(struct oriel_viewer *viewer, uint64_t now)
{
	uint64_t next = UINT64_MAX;

	for (int i = 0; i < viewer->windows.n; i++) {
		uint64_t due = viewer->windows.items[i]->pace.due_ns;

		if (due && due < next)
			next = due;
	}
	if (next != UINT64_MAX)
		uv_timer_start(&viewer->pace_timer, handle_timer,
			next > now ? (next - now + MS / 2) / MS : 0, 0);
}

static void handle_timer(uv_timer_t *timer)
{
	struct oriel_viewer *viewer = timer->data;
	uint64_t now = oriel_now_ns();

	for (int i = 0; i < viewer->windows.n; i++) {
		struct oriel_window *window = viewer->windows.items[i];

		if (window->pace.due_ns && window->pace.due_ns <= now + MS)
			oriel_present_acknowledge(window);
	}
	start_timer(viewer, now);
}

void oriel_pace_acknowledge(struct oriel_window *window)
{
	struct oriel_pace *pace = &window->pace;
	uint64_t now = oriel_now_ns(), interval = interval_of(window);
	uint64_t due = pace->tick_ns + interval;

	if (!window->ready || pace->due_ns)
		return;
	if (!interval || now + MS >= due) {
		/* In time: the next tick is counted from this one, so that lateness does not add
		 * up. */
		pace->tick_ns = now < due + interval ? due : now;
		oriel_present_acknowledge(window);
		return;
	}
	pace->tick_ns = pace->due_ns = due;
	pace->latency_us = (now - window->received_ns) / 1000;
	start_timer(window->viewer, now);
}
