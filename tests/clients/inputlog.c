/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * inputlog [WxH [TITLE [APP-ID]]]: a window that prints each event of the seat as one line on
 * standard output, and the keysyms that the compositor's keymap gives. Lines on standard input:
 * "inhibit" asks for the compositor's shortcuts, "free" lets them go.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <xkbcommon/xkbcommon.h>

#include "tests/clients/surface.h"

static struct client client;
static struct xkb_context *xkb;
static struct xkb_keymap *keymap;
static struct xkb_state *state;

static const char *axis_name(uint32_t axis)
{
	return axis == WL_POINTER_AXIS_VERTICAL_SCROLL ? "vertical" : "horizontal";
}

static void handle_keymap(
	void *data, struct wl_keyboard *keyboard, uint32_t format, int32_t fd, uint32_t size)
{
	char *text = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);

	(void)data;
	(void)keyboard;
	close(fd);
	if (format != WL_KEYBOARD_KEYMAP_FORMAT_XKB_V1 || text == MAP_FAILED)
		return;
	xkb_state_unref(state);
	xkb_keymap_unref(keymap);
	keymap = xkb_keymap_new_from_string(
		xkb, text, XKB_KEYMAP_FORMAT_TEXT_V1, XKB_KEYMAP_COMPILE_NO_FLAGS);
	state = keymap ? xkb_state_new(keymap) : NULL;
	munmap(text, size);
	printf("keymap %s\n", keymap ? xkb_keymap_layout_get_name(keymap, 0) : "bad");
}

static void handle_keyboard_enter(void *data, struct wl_keyboard *keyboard, uint32_t serial,
	struct wl_surface *surface, struct wl_array *keys)
{
	uint32_t *key;

	(void)data;
	(void)keyboard;
	(void)serial;
	(void)surface;
	printf("focus in keys");
	wl_array_for_each(key, keys)
	{
		printf(" %u", *key);
	}
	putchar('\n');
}

static void handle_keyboard_leave(
	void *data, struct wl_keyboard *keyboard, uint32_t serial, struct wl_surface *surface)
{
	(void)data;
	(void)keyboard;
	(void)serial;
	(void)surface;
	puts("focus out");
}

static void handle_key(void *data, struct wl_keyboard *keyboard, uint32_t serial, uint32_t time,
	uint32_t key, uint32_t down)
{
	char name[64] = "?";

	(void)data;
	(void)keyboard;
	(void)serial;
	(void)time;
	if (state)
		xkb_keysym_get_name(xkb_state_key_get_one_sym(state, key + 8), name, sizeof(name));
	printf("key %u %s %s\n", key, down ? "down" : "up", name);
}

static void handle_modifiers(void *data, struct wl_keyboard *keyboard, uint32_t serial,
	uint32_t depressed, uint32_t latched, uint32_t locked, uint32_t group)
{
	(void)data;
	(void)keyboard;
	(void)serial;
	if (state)
		xkb_state_update_mask(state, depressed, latched, locked, 0, 0, group);
	printf("modifiers %u %u %u %u\n", depressed, latched, locked, group);
}

static void handle_repeat(void *data, struct wl_keyboard *keyboard, int32_t rate, int32_t delay)
{
	(void)data;
	(void)keyboard;
	printf("repeat %d %d\n", rate, delay);
}

static const struct wl_keyboard_listener keyboard_listener = {
	.keymap = handle_keymap,
	.enter = handle_keyboard_enter,
	.leave = handle_keyboard_leave,
	.key = handle_key,
	.modifiers = handle_modifiers,
	.repeat_info = handle_repeat,
};

static void handle_enter(void *data, struct wl_pointer *pointer, uint32_t serial,
	struct wl_surface *surface, wl_fixed_t x, wl_fixed_t y)
{
	(void)data;
	(void)pointer;
	(void)serial;
	(void)surface;
	printf("enter %.3f %.3f\n", wl_fixed_to_double(x), wl_fixed_to_double(y));
}

static void handle_leave(
	void *data, struct wl_pointer *pointer, uint32_t serial, struct wl_surface *surface)
{
	(void)data;
	(void)pointer;
	(void)serial;
	(void)surface;
	puts("leave");
}

static void handle_motion(
	void *data, struct wl_pointer *pointer, uint32_t time, wl_fixed_t x, wl_fixed_t y)
{
	(void)data;
	(void)pointer;
	(void)time;
	printf("motion %.3f %.3f\n", wl_fixed_to_double(x), wl_fixed_to_double(y));
}

static void handle_button(void *data, struct wl_pointer *pointer, uint32_t serial, uint32_t time,
	uint32_t button, uint32_t down)
{
	(void)data;
	(void)pointer;
	(void)serial;
	(void)time;
	printf("button %u %s\n", button, down ? "down" : "up");
}

static void handle_axis(
	void *data, struct wl_pointer *pointer, uint32_t time, uint32_t axis, wl_fixed_t value)
{
	(void)data;
	(void)pointer;
	(void)time;
	printf("axis %s %.3f\n", axis_name(axis), wl_fixed_to_double(value));
}

static void handle_frame(void *data, struct wl_pointer *pointer)
{
	(void)data;
	(void)pointer;
	puts("frame");
}

static void handle_axis_source(void *data, struct wl_pointer *pointer, uint32_t source)
{
	static const char *const names[] = {"wheel", "finger", "continuous", "tilt"};

	(void)data;
	(void)pointer;
	printf("axis_source %s\n", source < 4 ? names[source] : "?");
}

static void handle_axis_stop(void *data, struct wl_pointer *pointer, uint32_t time, uint32_t axis)
{
	(void)data;
	(void)pointer;
	(void)time;
	printf("axis_stop %s\n", axis_name(axis));
}

static void handle_axis_discrete(
	void *data, struct wl_pointer *pointer, uint32_t axis, int32_t steps)
{
	(void)data;
	(void)pointer;
	printf("axis_discrete %s %d\n", axis_name(axis), steps);
}

static void handle_axis_value120(
	void *data, struct wl_pointer *pointer, uint32_t axis, int32_t value)
{
	(void)data;
	(void)pointer;
	printf("axis_value120 %s %d\n", axis_name(axis), value);
}

static const struct wl_pointer_listener pointer_listener = {
	.enter = handle_enter,
	.leave = handle_leave,
	.motion = handle_motion,
	.button = handle_button,
	.axis = handle_axis,
	.frame = handle_frame,
	.axis_source = handle_axis_source,
	.axis_stop = handle_axis_stop,
	.axis_discrete = handle_axis_discrete,
	.axis_value120 = handle_axis_value120,
};

static void handle_touch_down(void *data, struct wl_touch *touch, uint32_t serial, uint32_t time,
	struct wl_surface *surface, int32_t id, wl_fixed_t x, wl_fixed_t y)
{
	(void)data;
	(void)touch;
	(void)serial;
	(void)time;
	(void)surface;
	printf("touch %d down %.3f %.3f\n", id, wl_fixed_to_double(x), wl_fixed_to_double(y));
}

static void handle_touch_up(
	void *data, struct wl_touch *touch, uint32_t serial, uint32_t time, int32_t id)
{
	(void)data;
	(void)touch;
	(void)serial;
	(void)time;
	printf("touch %d up\n", id);
}

static void handle_touch_motion(
	void *data, struct wl_touch *touch, uint32_t time, int32_t id, wl_fixed_t x, wl_fixed_t y)
{
	(void)data;
	(void)touch;
	(void)time;
	printf("touch %d motion %.3f %.3f\n", id, wl_fixed_to_double(x), wl_fixed_to_double(y));
}

static void handle_touch_end(void *data, struct wl_touch *touch)
{
	(void)data;
	(void)touch;
}

static void handle_touch_shape(
	void *data, struct wl_touch *touch, int32_t id, wl_fixed_t major, wl_fixed_t minor)
{
	(void)data;
	(void)touch;
	(void)id;
	(void)major;
	(void)minor;
}

static void handle_touch_orientation(void *data, struct wl_touch *touch, int32_t id, wl_fixed_t o)
{
	(void)data;
	(void)touch;
	(void)id;
	(void)o;
}

static const struct wl_touch_listener touch_listener = {
	.down = handle_touch_down,
	.up = handle_touch_up,
	.motion = handle_touch_motion,
	.frame = handle_touch_end,
	.cancel = handle_touch_end,
	.shape = handle_touch_shape,
	.orientation = handle_touch_orientation,
};

static void handle_capabilities(void *data, struct wl_seat *seat, uint32_t capabilities)
{
	static bool keyboard, pointer, touch;

	(void)data;
	if (capabilities & WL_SEAT_CAPABILITY_KEYBOARD && !keyboard) {
		keyboard = true;
		wl_keyboard_add_listener(wl_seat_get_keyboard(seat), &keyboard_listener, NULL);
	}
	if (capabilities & WL_SEAT_CAPABILITY_POINTER && !pointer) {
		pointer = true;
		wl_pointer_add_listener(wl_seat_get_pointer(seat), &pointer_listener, NULL);
	}
	if (capabilities & WL_SEAT_CAPABILITY_TOUCH && !touch) {
		touch = true;
		wl_touch_add_listener(wl_seat_get_touch(seat), &touch_listener, NULL);
	}
}

static void handle_name(void *data, struct wl_seat *seat, const char *name)
{
	(void)data;
	(void)seat;
	(void)name;
}

static const struct wl_seat_listener seat_listener = {
	.capabilities = handle_capabilities,
	.name = handle_name,
};

static void handle_active(void *data, struct zwp_keyboard_shortcuts_inhibitor_v1 *inhibitor)
{
	(void)data;
	(void)inhibitor;
	puts("shortcuts active");
}

static void handle_inactive(void *data, struct zwp_keyboard_shortcuts_inhibitor_v1 *inhibitor)
{
	(void)data;
	(void)inhibitor;
	puts("shortcuts inactive");
}

static const struct zwp_keyboard_shortcuts_inhibitor_v1_listener inhibitor_listener = {
	.active = handle_active,
	.inactive = handle_inactive,
};

/* False: the input has ended. */
static bool obey(struct surface *surface)
{
	static struct zwp_keyboard_shortcuts_inhibitor_v1 *inhibitor;
	char line[64];

	if (!fgets(line, sizeof line, stdin))
		return false;
	if (strcmp(line, "inhibit\n") == 0 && !inhibitor) {
		inhibitor = zwp_keyboard_shortcuts_inhibit_manager_v1_inhibit_shortcuts(
			client.inhibit, surface->surface, client.seat);
		zwp_keyboard_shortcuts_inhibitor_v1_add_listener(
			inhibitor, &inhibitor_listener, NULL);
	} else if (strcmp(line, "free\n") == 0 && inhibitor) {
		zwp_keyboard_shortcuts_inhibitor_v1_destroy(inhibitor);
		inhibitor = NULL;
	}
	return true;
}

int main(int argc, char *argv[])
{
	struct surface_options options = {.width = 300, .height = 200, .scale = 1, .seed = 1};
	struct surface *surface;
	bool input = true;

	if (argc > 1 && sscanf(argv[1], "%dx%d", &options.width, &options.height) != 2)
		client_die("usage: inputlog [WxH [TITLE]]");
	setvbuf(stdout, NULL, _IOLBF, 0);
	setvbuf(stdin, NULL, _IONBF, 0); /* or poll() would miss what stdio has read */
	xkb = xkb_context_new(XKB_CONTEXT_NO_FLAGS);
	client_connect(&client);
	if (!client.seat)
		client_die("the compositor has no wl_seat");
	wl_seat_add_listener(client.seat, &seat_listener, NULL);
	surface = surface_create(&client, "inputlog", NULL, &options);
	surface_make_toplevel(
		surface, argc > 2 ? argv[2] : "inputlog", argc > 3 ? argv[3] : "oriel.inputlog", 1);
	while (surfaces) {
		if (client_wait(&client, input ? STDIN_FILENO : -1) && input)
			input = obey(surface);
		surfaces_update();
	}
	return 0;
}
