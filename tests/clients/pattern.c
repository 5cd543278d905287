/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * A Wayland client that draws known pixels and does what it is told: each argument, then each
 * line of standard input, is a command (see commands.h). Ends when standard input has ended and
 * its last window is closed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/clients/commands.h"
#include "tests/clients/surface.h"

static struct client client;
static uint32_t press_serial;
static struct wl_surface *under_pointer;
static double pointer_x, pointer_y;

static const char *name_of(const struct wl_surface *wl_surface)
{
	struct surface *surface;

	for (surface = surfaces; surface; surface = surface->next)
		if (surface->surface == wl_surface)
			return surface->name;
	return "?";
}

static void handle_enter(void *data, struct wl_pointer *pointer, uint32_t serial,
	struct wl_surface *surface, wl_fixed_t x, wl_fixed_t y)
{
	(void)data;
	(void)pointer;
	(void)serial;
	under_pointer = surface;
	pointer_x = wl_fixed_to_double(x);
	pointer_y = wl_fixed_to_double(y);
	printf("event enter %s\n", name_of(surface));
}

static void handle_leave(
	void *data, struct wl_pointer *pointer, uint32_t serial, struct wl_surface *surface)
{
	(void)data;
	(void)pointer;
	(void)serial;
	(void)surface;
	under_pointer = NULL;
}

static void handle_motion(
	void *data, struct wl_pointer *pointer, uint32_t time, wl_fixed_t x, wl_fixed_t y)
{
	(void)data;
	(void)pointer;
	(void)time;
	pointer_x = wl_fixed_to_double(x);
	pointer_y = wl_fixed_to_double(y);
}

static void handle_button(void *data, struct wl_pointer *pointer, uint32_t serial, uint32_t time,
	uint32_t button, uint32_t state)
{
	(void)data;
	(void)pointer;
	(void)time;
	if (state)
		press_serial = serial;
	printf("event %s %s %u %.2f %.2f\n", state ? "press" : "release", name_of(under_pointer),
		button, pointer_x, pointer_y);
}

static void handle_axis(
	void *data, struct wl_pointer *pointer, uint32_t time, uint32_t axis, wl_fixed_t value)
{
	(void)data;
	(void)pointer;
	(void)time;
	(void)axis;
	(void)value;
}

static void handle_pointer_frame(void *data, struct wl_pointer *pointer)
{
	(void)data;
	(void)pointer;
}

static void handle_axis_source(void *data, struct wl_pointer *pointer, uint32_t source)
{
	(void)data;
	(void)pointer;
	(void)source;
}

static void handle_axis_stop(void *data, struct wl_pointer *pointer, uint32_t time, uint32_t axis)
{
	(void)data;
	(void)pointer;
	(void)time;
	(void)axis;
}

static void handle_axis_steps(void *data, struct wl_pointer *pointer, uint32_t axis, int32_t steps)
{
	(void)data;
	(void)pointer;
	(void)axis;
	(void)steps;
}

static const struct wl_pointer_listener pointer_listener = {
	.enter = handle_enter,
	.leave = handle_leave,
	.motion = handle_motion,
	.button = handle_button,
	.axis = handle_axis,
	.frame = handle_pointer_frame,
	.axis_source = handle_axis_source,
	.axis_stop = handle_axis_stop,
	.axis_discrete = handle_axis_steps,
	.axis_value120 = handle_axis_steps,
};

/* Runs the whole lines of standard input. Returns false at its end. */
static bool read_commands(void)
{
	static char line[4096];
	static size_t used;
	ssize_t n = read(STDIN_FILENO, line + used, sizeof(line) - 1 - used);
	char *end;

	if (n <= 0)
		return false;
	used += (size_t)n;
	line[used] = 0;
	while ((end = strchr(line, '\n'))) {
		*end = 0;
		command_run(&client, line, press_serial);
		used -= (size_t)(end + 1 - line);
		memmove(line, end + 1, used + 1);
	}
	return used < sizeof(line) - 1;
}

int main(int argc, char *argv[])
{
	bool input = true;
	int i;

	setvbuf(stdout, NULL, _IOLBF, 0);
	client_connect(&client);
	if (client.seat)
		wl_pointer_add_listener(wl_seat_get_pointer(client.seat), &pointer_listener, NULL);
	for (i = 1; i < argc; i++)
		command_run(&client, argv[i], press_serial);
	while (input || surfaces) {
		if (client_wait(&client, input ? STDIN_FILENO : -1) && input)
			input = read_commands();
		surfaces_update();
	}
	wl_display_roundtrip(client.display);
	return 0;
}
