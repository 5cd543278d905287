/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/* Pointer and touch. */
#include "host/viewer/input.h"

#include <math.h>

#include "host/viewer/focus.h"
#include "host/viewer/keys.h"
#include "host/viewer/popups.h"
#include "host/viewer/session.h"

/* A click of a wheel as a distance, in logical units: what Wayland compositors use. */
#define WHEEL_CLICK 15.0

static uint32_t milliseconds(Uint64 ns)
{
	return (uint32_t)(ns / 1000000);
}

static double to_logical(const struct oriel_window *window, double sdl)
{
	return sdl / window->units.sdl;
}

static void send_motion(struct oriel_viewer *viewer)
{
	struct oriel_input *in = &viewer->input;

	in->held_back = false;
	viewer->out->type = ORIEL_MSG_MOTION;
	viewer->out->motion = (struct oriel_msg_motion){
		.time = in->time,
		.window = in->pointer_window,
		.x = oriel_fixed_from_double(in->x),
		.y = oriel_fixed_from_double(in->y),
		.dx = oriel_fixed_from_double(in->dx),
		.dy = oriel_fixed_from_double(in->dy),
	};
	in->dx = in->dy = 0;
	oriel_session_send(viewer);
}

/* Sends a motion that was held back; whatever comes next needs the right place. */
static void catch_up(struct oriel_viewer *viewer)
{
	if (viewer->input.held_back && viewer->input.pointer_window)
		send_motion(viewer);
	viewer->input.held_back = false;
}

/* Movement in SDL units; what can't be sent now is added up. */
static void move_by(
	struct oriel_viewer *viewer, const struct oriel_window *window, double dx, double dy)
{
	struct oriel_input *in = &viewer->input;

	in->dx += to_logical(window, dx);
	in->dy += to_logical(window, dy);
	if (viewer->link && oriel_link_congested(viewer->link))
		in->held_back = true;
	else
		send_motion(viewer);
}

/* x, y in SDL units of the window. */
static void move_to(struct oriel_viewer *viewer, struct oriel_window *window, double x, double y,
	double dx, double dy)
{
	struct oriel_input *in = &viewer->input;

	in->left = false;
	in->pointer_window = window->id;
	in->x = to_logical(window, x);
	in->y = to_logical(window, y);
	move_by(viewer, window, dx, dy);
}

/* The pointer stays where it is, whatever the window system says of it. */
static bool is_locked(const struct oriel_window *window)
{
	return window->sdl && SDL_GetWindowRelativeMouseMode(window->sdl);
}

static void handle_motion(struct oriel_viewer *viewer, const SDL_MouseMotionEvent *e)
{
	struct oriel_window *window = oriel_window_find_sdl(viewer, e->windowID);

	viewer->input.time = milliseconds(e->timestamp);
	if (!window || viewer->input.suspended || e->which == SDL_TOUCH_MOUSEID)
		return;
	if (is_locked(window) && viewer->input.pointer_window == window->id)
		move_by(viewer, window, e->xrel, e->yrel);
	else
		move_to(viewer, window, e->x, e->y, e->xrel, e->yrel);
}

void oriel_input_apply_pointer_mode(struct oriel_window *window)
{
	if (!window->sdl)
		return;
	/* SDL does so while the window has focus, and only then. */
	SDL_SetWindowMouseGrab(window->sdl, window->pointer_mode == ORIEL_POINTER_CONFINED);
	SDL_SetWindowRelativeMouseMode(window->sdl, window->pointer_mode == ORIEL_POINTER_LOCKED);
}

void oriel_input_set_pointer_mode(struct oriel_window *window, uint8_t mode)
{
	window->pointer_mode = mode;
	oriel_input_apply_pointer_mode(window);
}

/* In its turn among the events that SDL has queued. x, y in SDL units. */
static bool push_motion(struct oriel_window *window, double x, double y)
{
	SDL_Event event = {.motion = {
				   .type = SDL_EVENT_MOUSE_MOTION,
				   .timestamp = SDL_GetTicksNS(),
				   .windowID = window->sdl_id,
				   .x = (float)x,
				   .y = (float)y,
			   }};

	return SDL_PushEvent(&event);
}

bool oriel_input_motion_outside(struct oriel_window *window, double x, double y)
{
	double density = SDL_GetWindowPixelDensity(window->sdl);
	int width, height;

	x /= density;
	y /= density;
	SDL_GetWindowSize(window->sdl, &width, &height);
	if (x >= 0 && y >= 0 && x < width && y < height)
		return false;
	return push_motion(window, x, y);
}

void oriel_input_entered(struct oriel_window *window, double x, double y)
{
	double density = SDL_GetWindowPixelDensity(window->sdl);

	push_motion(window, x / density, y / density);
}

static void send_button(struct oriel_viewer *viewer, uint32_t code, bool down)
{
	catch_up(viewer);
	if (down)
		viewer->input.buttons |= 1u << (code - 0x110);
	else
		viewer->input.buttons &= ~(1u << (code - 0x110));
	viewer->out->type = ORIEL_MSG_BUTTON;
	viewer->out->button =
		(struct oriel_msg_button){.time = viewer->input.time, .code = code, .down = down};
	oriel_session_send(viewer);
}

static void press(struct oriel_viewer *viewer, const SDL_MouseButtonEvent *e, uint32_t code)
{
	struct oriel_input *in = &viewer->input;
	struct oriel_window *window = oriel_window_find_sdl(viewer, e->windowID);

	in->suspended = false;
	if (oriel_popups_press(viewer, window)) {
		in->swallow = true;
		return;
	}
	if (!window)
		return;
	if (in->pointer_window != window->id || in->x != to_logical(window, e->x) ||
		in->y != to_logical(window, e->y))
		move_to(viewer, window, e->x, e->y, 0, 0);
	send_button(viewer, code, true);
}

static void let_go(struct oriel_viewer *viewer, uint32_t code)
{
	struct oriel_input *in = &viewer->input;

	in->suspended = false;
	if (in->buttons & 1u << (code - 0x110))
		send_button(viewer, code, false);
	else
		in->swallow = false;
}

static void handle_button(struct oriel_viewer *viewer, const SDL_MouseButtonEvent *e)
{
	uint32_t code = oriel_keys_from_button(e->button);

	viewer->input.time = milliseconds(e->timestamp);
	if (!code || e->which == SDL_TOUCH_MOUSEID)
		return;
	/* Where the grab was moved from is where the press counts. */
	oriel_focus_flush(viewer);
	if (e->down)
		press(viewer, e, code);
	else
		let_go(viewer, code);
}

void oriel_input_suspend(struct oriel_viewer *viewer)
{
	for (uint32_t code = 0x110; code <= 0x11f; code++)
		if (viewer->input.buttons & 1u << (code - 0x110))
			send_button(viewer, code, false);
	viewer->input.suspended = true;
}

/* Whole numbers are clicks of a wheel; SDL doesn't say what made others. */
static void handle_wheel(struct oriel_viewer *viewer, const SDL_MouseWheelEvent *e)
{
	struct oriel_window *window = oriel_window_find_sdl(viewer, e->windowID);
	double x = SDL_clamp(e->x, -1000, 1000), y = SDL_clamp(-e->y, -1000, 1000);
	bool clicks = x == floor(x) && y == floor(y);

	viewer->input.time = milliseconds(e->timestamp);
	if (!window || viewer->input.suspended)
		return;
	if (viewer->input.pointer_window != window->id)
		move_to(viewer, window, e->mouse_x, e->mouse_y, 0, 0);
	catch_up(viewer);
	viewer->out->type = ORIEL_MSG_AXIS;
	viewer->out->axis = (struct oriel_msg_axis){
		.time = viewer->input.time,
		.source = clicks ? ORIEL_AXIS_WHEEL : ORIEL_AXIS_CONTINUOUS,
		.dx = oriel_fixed_from_double(x * WHEEL_CLICK),
		.dy = oriel_fixed_from_double(y * WHEEL_CLICK),
		.x120 = clicks ? (int32_t)(x * 120) : 0,
		.y120 = clicks ? (int32_t)(y * 120) : 0,
	};
	oriel_session_send(viewer);
}

/* The point of a finger; a new one takes the first free. -1: none. */
static int find_point(struct oriel_input *in, SDL_FingerID finger, bool down)
{
	int unused = -1;

	for (int i = 0; i < ORIEL_TOUCH_POINTS; i++) {
		if (in->finger_windows[i] && in->fingers[i] == finger)
			return i;
		if (!in->finger_windows[i] && unused < 0)
			unused = i;
	}
	return down ? unused : -1;
}

static void handle_finger(struct oriel_viewer *viewer, const SDL_TouchFingerEvent *e)
{
	struct oriel_input *in = &viewer->input;
	struct oriel_window *window = oriel_window_find_sdl(viewer, e->windowID);
	bool down = e->type == SDL_EVENT_FINGER_DOWN, moved = e->type == SDL_EVENT_FINGER_MOTION;
	int point = find_point(in, e->fingerID, down), width = 0, height = 0;

	if (point < 0 || (down && !window))
		return;
	if (down) {
		in->fingers[point] = e->fingerID;
		in->finger_windows[point] = window->id;
	}
	window = oriel_window_find(viewer, in->finger_windows[point]);
	if (!window)
		return;
	if (window->sdl)
		SDL_GetWindowSize(window->sdl, &width, &height);
	viewer->out->type = ORIEL_MSG_TOUCH;
	viewer->out->touch = (struct oriel_msg_touch){
		.time = milliseconds(e->timestamp),
		.window = in->finger_windows[point],
		.point = (uint32_t)point,
		.action = down    ? 0
			  : moved ? 1
				  : 2,
		.x = oriel_fixed_from_double(to_logical(window, e->x * width)),
		.y = oriel_fixed_from_double(to_logical(window, e->y * height)),
	};
	if (!down && !moved)
		in->finger_windows[point] = 0;
	oriel_session_send(viewer);
}

static void handle_leave(struct oriel_viewer *viewer, const SDL_WindowEvent *e)
{
	struct oriel_window *window = oriel_window_find_sdl(viewer, e->windowID);

	if (window && window->id == viewer->input.pointer_window && !is_locked(window))
		viewer->input.left = true;
}

bool oriel_input_event(struct oriel_viewer *viewer, const SDL_Event *event)
{
	if (oriel_text_event(viewer, event))
		return true;
	switch (event->type) {
	case SDL_EVENT_MOUSE_MOTION:
		handle_motion(viewer, &event->motion);
		return true;
	case SDL_EVENT_MOUSE_BUTTON_DOWN:
	case SDL_EVENT_MOUSE_BUTTON_UP:
		handle_button(viewer, &event->button);
		return true;
	case SDL_EVENT_MOUSE_WHEEL:
		handle_wheel(viewer, &event->wheel);
		return true;
	case SDL_EVENT_FINGER_DOWN:
	case SDL_EVENT_FINGER_UP:
	case SDL_EVENT_FINGER_MOTION:
	case SDL_EVENT_FINGER_CANCELED:
		handle_finger(viewer, &event->tfinger);
		return true;
	case SDL_EVENT_WINDOW_MOUSE_LEAVE:
		handle_leave(viewer, &event->window);
		return true;
	}
	return oriel_focus_event(viewer, event);
}

/* Leaving one window for another of the guest's is no leaving: hence at the end of a turn, and
 * never while a button holds the pointer. */
static void flush_leave(struct oriel_viewer *viewer)
{
	struct oriel_input *in = &viewer->input;

	if (!in->left || in->buttons || !in->pointer_window)
		return;
	catch_up(viewer);
	in->left = false;
	in->pointer_window = 0;
	viewer->out->type = ORIEL_MSG_LEAVE;
	viewer->out->leave = (struct oriel_msg_leave){.time = in->time};
	oriel_session_send(viewer);
}

void oriel_input_flush(struct oriel_viewer *viewer)
{
	oriel_focus_flush(viewer);
	oriel_text_flush(viewer);
	flush_leave(viewer);
}

void oriel_input_reset(struct oriel_viewer *viewer)
{
	SDL_WindowID focus = viewer->input.focus;

	viewer->input = (struct oriel_input){.focus = focus, .focus_dirty = true};
}

void oriel_input_drained(struct oriel_viewer *viewer)
{
	catch_up(viewer);
}

void oriel_input_forget(struct oriel_viewer *viewer, struct oriel_window *window)
{
	struct oriel_input *in = &viewer->input;

	if (in->pointer_window == window->id) {
		in->pointer_window = 0;
		in->left = in->held_back = false;
	}
	for (int i = 0; i < ORIEL_TOUCH_POINTS; i++)
		if (in->finger_windows[i] == window->id)
			in->finger_windows[i] = 0;
	oriel_text_forget(viewer, window);
	oriel_focus_forget(viewer, window);
}
