/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * pointerlog lock|confine [TITLE]: a window of 300x200 that wants the pointer for itself, and
 * prints what it gets of it, one line each. A line on standard input, or its end, lets the pointer
 * go.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/clients/surface.h"

static struct client client;
static struct zwp_locked_pointer_v1 *locked;
static struct zwp_confined_pointer_v1 *confined;

static void handle_locked(void *data, struct zwp_locked_pointer_v1 *pointer)
{
	(void)data;
	(void)pointer;
	puts("locked");
}

static void handle_unlocked(void *data, struct zwp_locked_pointer_v1 *pointer)
{
	(void)data;
	(void)pointer;
	puts("unlocked");
}

static const struct zwp_locked_pointer_v1_listener locked_listener = {
	.locked = handle_locked,
	.unlocked = handle_unlocked,
};

static void handle_confined(void *data, struct zwp_confined_pointer_v1 *pointer)
{
	(void)data;
	(void)pointer;
	puts("confined");
}

static void handle_unconfined(void *data, struct zwp_confined_pointer_v1 *pointer)
{
	(void)data;
	(void)pointer;
	puts("unconfined");
}

static const struct zwp_confined_pointer_v1_listener confined_listener = {
	.confined = handle_confined,
	.unconfined = handle_unconfined,
};

static void handle_relative(void *data, struct zwp_relative_pointer_v1 *relative, uint32_t high,
	uint32_t low, wl_fixed_t dx, wl_fixed_t dy, wl_fixed_t raw_dx, wl_fixed_t raw_dy)
{
	(void)data;
	(void)relative;
	(void)high;
	(void)low;
	(void)raw_dx;
	(void)raw_dy;
	printf("relative %.0f %.0f\n", wl_fixed_to_double(dx), wl_fixed_to_double(dy));
}

static const struct zwp_relative_pointer_v1_listener relative_listener = {
	.relative_motion = handle_relative};

static void want_pointer(struct surface *surface, const char *how)
{
	const uint32_t lifetime = ZWP_POINTER_CONSTRAINTS_V1_LIFETIME_PERSISTENT;
	struct wl_pointer *pointer = wl_seat_get_pointer(client.seat);

	zwp_relative_pointer_v1_add_listener(
		zwp_relative_pointer_manager_v1_get_relative_pointer(client.relative, pointer),
		&relative_listener, NULL);
	if (strcmp(how, "lock") == 0) {
		locked = zwp_pointer_constraints_v1_lock_pointer(
			client.constraints, surface->surface, pointer, NULL, lifetime);
		zwp_locked_pointer_v1_add_listener(locked, &locked_listener, NULL);
	} else {
		confined = zwp_pointer_constraints_v1_confine_pointer(
			client.constraints, surface->surface, pointer, NULL, lifetime);
		zwp_confined_pointer_v1_add_listener(confined, &confined_listener, NULL);
	}
}

static void let_go(void)
{
	if (locked)
		zwp_locked_pointer_v1_destroy(locked);
	if (confined)
		zwp_confined_pointer_v1_destroy(confined);
	locked = NULL;
	confined = NULL;
	puts("let go");
}

int main(int argc, char *argv[])
{
	struct surface_options options = {.width = 300, .height = 200, .scale = 1, .seed = 1};
	struct surface *surface;
	bool input = true;
	char line[64];

	if (argc < 2 || (strcmp(argv[1], "lock") != 0 && strcmp(argv[1], "confine") != 0))
		client_die("usage: pointerlog lock|confine [TITLE]");
	setvbuf(stdout, NULL, _IOLBF, 0);
	client_connect(&client);
	if (!client.seat || !client.constraints || !client.relative)
		client_die("the compositor lacks wl_seat, zwp_pointer_constraints_v1 or "
			   "zwp_relative_pointer_manager_v1");
	surface = surface_create(&client, "pointerlog", NULL, &options);
	surface_make_toplevel(surface, argc > 2 ? argv[2] : "pointerlog", "oriel.pointerlog", 1);
	want_pointer(surface, argv[1]);
	while (surfaces) {
		if (client_wait(&client, input ? STDIN_FILENO : -1) && input) {
			input = read(STDIN_FILENO, line, sizeof line) > 0;
			let_go();
		}
		surfaces_update();
	}
	return 0;
}
