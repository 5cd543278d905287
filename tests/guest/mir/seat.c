/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "tests/guest/mir/seat.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

static void handle_keymap(
	void *data, struct wl_keyboard *keyboard, uint32_t format, int32_t fd, uint32_t size)
{
	struct client *c = data;

	(void)keyboard, (void)format;
	char *text = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
	assert_ptr_not_equal(text, MAP_FAILED);
	free(c->keymap);
	c->keymap = strndup(text, size);
	munmap(text, size);
	close(fd);
}

static void handle_keyboard_enter(void *data, struct wl_keyboard *keyboard, uint32_t serial,
	struct wl_surface *surface, struct wl_array *keys)
{
	struct client *c = data;
	uint32_t *key;

	(void)keyboard;
	c->serial = serial;
	c->keyboard_focus = surface;
	c->n_entered = 0;
	wl_array_for_each(key, keys)
	{
		assert_true(c->n_entered < MAX_KEYS);
		c->entered_keys[c->n_entered++] = *key;
	}
}

static void handle_keyboard_leave(
	void *data, struct wl_keyboard *keyboard, uint32_t serial, struct wl_surface *surface)
{
	struct client *c = data;

	(void)keyboard, (void)serial, (void)surface;
	c->keyboard_focus = NULL;
}

static void handle_key(void *data, struct wl_keyboard *keyboard, uint32_t serial, uint32_t time,
	uint32_t key, uint32_t state)
{
	struct client *c = data;

	(void)keyboard, (void)time;
	assert_true(c->n_keys < MAX_KEYS);
	c->serial = serial;
	c->keys[c->n_keys++] = key * 2 + state;
}

static void handle_modifiers(void *data, struct wl_keyboard *keyboard, uint32_t serial,
	uint32_t depressed, uint32_t latched, uint32_t locked, uint32_t group)
{
	struct client *c = data;

	(void)keyboard, (void)serial, (void)latched, (void)group;
	c->mods_depressed = depressed;
	c->mods_locked = locked;
}

static void handle_repeat(void *data, struct wl_keyboard *keyboard, int32_t rate, int32_t delay)
{
	struct client *c = data;

	(void)keyboard;
	c->repeat_rate = rate;
	c->repeat_delay = delay;
}

static const struct wl_keyboard_listener keyboard_listener = {handle_keymap, handle_keyboard_enter,
	handle_keyboard_leave, handle_key, handle_modifiers, handle_repeat};

static void handle_pointer_enter(void *data, struct wl_pointer *pointer, uint32_t serial,
	struct wl_surface *surface, wl_fixed_t x, wl_fixed_t y)
{
	struct client *c = data;

	(void)pointer;
	c->serial = serial;
	c->pointer_focus = surface;
	c->x = wl_fixed_to_double(x);
	c->y = wl_fixed_to_double(y);
}

static void handle_pointer_leave(
	void *data, struct wl_pointer *pointer, uint32_t serial, struct wl_surface *surface)
{
	struct client *c = data;

	(void)pointer, (void)serial, (void)surface;
	c->pointer_focus = NULL;
}

static void handle_motion(
	void *data, struct wl_pointer *pointer, uint32_t time, wl_fixed_t x, wl_fixed_t y)
{
	struct client *c = data;

	(void)pointer, (void)time;
	c->x = wl_fixed_to_double(x);
	c->y = wl_fixed_to_double(y);
}

static void handle_button(void *data, struct wl_pointer *pointer, uint32_t serial, uint32_t time,
	uint32_t button, uint32_t state)
{
	struct client *c = data;

	(void)pointer, (void)time;
	c->serial = serial;
	c->button = button;
	c->button_state = state;
}

static void handle_axis(
	void *data, struct wl_pointer *pointer, uint32_t time, uint32_t axis, wl_fixed_t value)
{
	struct client *c = data;

	(void)pointer, (void)time;
	c->axis[axis] += wl_fixed_to_double(value);
}

static void handle_pointer_frame(void *data, struct wl_pointer *pointer)
{
	struct client *c = data;

	(void)pointer;
	c->frames++;
}

static void handle_axis_source(void *data, struct wl_pointer *pointer, uint32_t source)
{
	struct client *c = data;

	(void)pointer;
	c->axis_source = source;
}

static void handle_axis_stop(void *data, struct wl_pointer *pointer, uint32_t time, uint32_t axis)
{
	struct client *c = data;

	(void)pointer, (void)time, (void)axis;
	c->axis_stops++;
}

static void handle_axis_discrete(
	void *data, struct wl_pointer *pointer, uint32_t axis, int32_t discrete)
{
	struct client *c = data;

	(void)pointer;
	c->discrete[axis] += discrete;
}

static void handle_axis_value120(
	void *data, struct wl_pointer *pointer, uint32_t axis, int32_t value)
{
	struct client *c = data;

	(void)pointer;
	c->axis_120[axis] += value;
}

static const struct wl_pointer_listener pointer_listener = {
	.enter = handle_pointer_enter,
	.leave = handle_pointer_leave,
	.motion = handle_motion,
	.button = handle_button,
	.axis = handle_axis,
	.frame = handle_pointer_frame,
	.axis_source = handle_axis_source,
	.axis_stop = handle_axis_stop,
	.axis_discrete = handle_axis_discrete,
	.axis_value120 = handle_axis_value120,
};

static void handle_touch_down(void *data, struct wl_touch *touch, uint32_t serial, uint32_t time,
	struct wl_surface *surface, int32_t id, wl_fixed_t x, wl_fixed_t y)
{
	struct client *c = data;

	(void)touch, (void)serial, (void)time;
	c->touch_focus = surface;
	c->touch_id = id;
	c->touch_x = wl_fixed_to_double(x);
	c->touch_y = wl_fixed_to_double(y);
	c->touch_downs++;
}

static void handle_touch_up(
	void *data, struct wl_touch *touch, uint32_t serial, uint32_t time, int32_t id)
{
	struct client *c = data;

	(void)touch, (void)serial, (void)time, (void)id;
	c->touch_ups++;
}

static void handle_touch_motion(
	void *data, struct wl_touch *touch, uint32_t time, int32_t id, wl_fixed_t x, wl_fixed_t y)
{
	struct client *c = data;

	(void)touch, (void)time;
	if (id != c->touch_id)
		return;
	c->touch_x = wl_fixed_to_double(x);
	c->touch_y = wl_fixed_to_double(y);
}

static void handle_touch_frame(void *data, struct wl_touch *touch)
{
	(void)data, (void)touch;
}

static void handle_touch_shape(
	void *data, struct wl_touch *touch, int32_t id, wl_fixed_t major, wl_fixed_t minor)
{
	(void)data, (void)touch, (void)id, (void)major, (void)minor;
}

static void handle_touch_orientation(
	void *data, struct wl_touch *touch, int32_t id, wl_fixed_t orientation)
{
	(void)data, (void)touch, (void)id, (void)orientation;
}

static const struct wl_touch_listener touch_listener = {
	.down = handle_touch_down,
	.up = handle_touch_up,
	.motion = handle_touch_motion,
	.frame = handle_touch_frame,
	.cancel = handle_touch_frame,
	.shape = handle_touch_shape,
	.orientation = handle_touch_orientation,
};

void seat_listen(struct client *c, struct core *core)
{
	c->keyboard = wl_seat_get_keyboard(c->seat);
	wl_keyboard_add_listener(c->keyboard, &keyboard_listener, c);
	c->pointer = wl_seat_get_pointer(c->seat);
	wl_pointer_add_listener(c->pointer, &pointer_listener, c);
	c->touch = wl_seat_get_touch(c->seat);
	wl_touch_add_listener(c->touch, &touch_listener, c);
	client_sync(c, core);
}

void seat_reset(struct client *c)
{
	c->n_keys = 0;
	memset(c->axis, 0, sizeof c->axis);
	memset(c->axis_120, 0, sizeof c->axis_120);
	memset(c->discrete, 0, sizeof c->discrete);
	c->axis_stops = 0;
}
