/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * textlog [TITLE]: a window that is one text field (zwp_text_input_v3), and prints what an input
 * method does to it and the keys that arrive, each as one line on standard output. Once the field
 * has focus, and all have had time to hear of it, its title is "TITLE in".
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/clients/surface.h"
#include "text-input-unstable-v3-client-protocol.h"

static struct client client;
static struct zwp_text_input_manager_v3 *manager;
static struct zwp_text_input_v3 *input;
static bool got_in;

static void handle_enter(void *data, struct zwp_text_input_v3 *text, struct wl_surface *surface)
{
	(void)data;
	(void)surface;
	zwp_text_input_v3_enable(text);
	zwp_text_input_v3_set_cursor_rectangle(text, 100, 50, 1, 16);
	zwp_text_input_v3_commit(text);
	got_in = true;
	puts("field in");
}

static void handle_leave(void *data, struct zwp_text_input_v3 *text, struct wl_surface *surface)
{
	(void)data;
	(void)surface;
	zwp_text_input_v3_disable(text);
	zwp_text_input_v3_commit(text);
	puts("field out");
}

static void handle_preedit(
	void *data, struct zwp_text_input_v3 *text, const char *preedit, int32_t begin, int32_t end)
{
	(void)data;
	(void)text;
	printf("preedit '%s' %d %d\n", preedit ? preedit : "", begin, end);
}

static void handle_commit(void *data, struct zwp_text_input_v3 *text, const char *commit)
{
	(void)data;
	(void)text;
	printf("commit '%s'\n", commit ? commit : "");
}

static void handle_delete(
	void *data, struct zwp_text_input_v3 *text, uint32_t before, uint32_t after)
{
	(void)data;
	(void)text;
	printf("delete %u %u\n", before, after);
}

static void handle_done(void *data, struct zwp_text_input_v3 *text, uint32_t serial)
{
	(void)data;
	(void)serial;
	/* As editors do after each change. */
	zwp_text_input_v3_commit(text);
	puts("done");
}

static const struct zwp_text_input_v3_listener text_listener = {
	.enter = handle_enter,
	.leave = handle_leave,
	.preedit_string = handle_preedit,
	.commit_string = handle_commit,
	.delete_surrounding_text = handle_delete,
	.done = handle_done,
};

static void handle_global(void *data, struct wl_registry *registry, uint32_t name,
	const char *interface, uint32_t version)
{
	(void)data;
	(void)version;
	if (strcmp(interface, zwp_text_input_manager_v3_interface.name) == 0)
		manager = wl_registry_bind(registry, name, &zwp_text_input_manager_v3_interface, 1);
	/* Nobody but the compositor is to write into other programs' fields. */
	if (strncmp(interface, "zwp_input_method", 16) == 0 ||
		strncmp(interface, "zwp_virtual_keyboard", 20) == 0)
		printf("offered %s\n", interface);
}

static void handle_global_remove(void *data, struct wl_registry *registry, uint32_t name)
{
	(void)data;
	(void)registry;
	(void)name;
}

static const struct wl_registry_listener registry_listener = {
	.global = handle_global,
	.global_remove = handle_global_remove,
};

static void handle_keymap(
	void *data, struct wl_keyboard *keyboard, uint32_t format, int32_t fd, uint32_t size)
{
	(void)data;
	(void)keyboard;
	(void)format;
	(void)size;
	close(fd);
}

static void handle_focus(void *data, struct wl_keyboard *keyboard, uint32_t serial,
	struct wl_surface *surface, struct wl_array *keys)
{
	(void)data;
	(void)keyboard;
	(void)serial;
	(void)surface;
	(void)keys;
}

static void handle_focus_lost(
	void *data, struct wl_keyboard *keyboard, uint32_t serial, struct wl_surface *surface)
{
	(void)data;
	(void)keyboard;
	(void)serial;
	(void)surface;
}

static void handle_key(void *data, struct wl_keyboard *keyboard, uint32_t serial, uint32_t time,
	uint32_t key, uint32_t down)
{
	(void)data;
	(void)keyboard;
	(void)serial;
	(void)time;
	printf("key %u %s\n", key, down ? "down" : "up");
}

static void handle_modifiers(void *data, struct wl_keyboard *keyboard, uint32_t serial,
	uint32_t depressed, uint32_t latched, uint32_t locked, uint32_t group)
{
	(void)data;
	(void)keyboard;
	(void)serial;
	(void)depressed;
	(void)latched;
	(void)locked;
	(void)group;
}

static void handle_repeat(void *data, struct wl_keyboard *keyboard, int32_t rate, int32_t delay)
{
	(void)data;
	(void)keyboard;
	(void)rate;
	(void)delay;
}

static const struct wl_keyboard_listener keyboard_listener = {
	.keymap = handle_keymap,
	.enter = handle_focus,
	.leave = handle_focus_lost,
	.key = handle_key,
	.modifiers = handle_modifiers,
	.repeat_info = handle_repeat,
};

/* The compositor's own input method is a client, too: it hears of the field some turns later. */
static void tell(struct surface *surface, const char *title)
{
	char text[256];

	for (int i = 0; i < 5; i++)
		wl_display_roundtrip(client.display);
	snprintf(text, sizeof(text), "%s in", title);
	xdg_toplevel_set_title(surface->toplevel, text);
	wl_surface_commit(surface->surface); /* Mir waits for it */
	got_in = false;
}

int main(int argc, char *argv[])
{
	const char *title = argc > 1 ? argv[1] : "textlog";
	struct surface_options options = {.width = 300, .height = 200, .scale = 1, .seed = 1};
	struct surface *surface;

	setvbuf(stdout, NULL, _IOLBF, 0);
	client_connect(&client);
	wl_registry_add_listener(wl_display_get_registry(client.display), &registry_listener, NULL);
	wl_display_roundtrip(client.display);
	if (!client.seat || !manager)
		client_die("the compositor has no zwp_text_input_manager_v3");
	wl_keyboard_add_listener(wl_seat_get_keyboard(client.seat), &keyboard_listener, NULL);
	input = zwp_text_input_manager_v3_get_text_input(manager, client.seat);
	zwp_text_input_v3_add_listener(input, &text_listener, NULL);
	surface = surface_create(&client, "textlog", NULL, &options);
	surface_make_toplevel(surface, title, "oriel.textlog", 1);
	while (surfaces) {
		client_wait(&client, -1);
		surfaces_update();
		if (got_in && surfaces)
			tell(surface, title);
	}
	return 0;
}
