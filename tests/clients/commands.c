/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "tests/clients/commands.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "tests/clients/arguments.h"
#include "tests/clients/outputs.h"

/* Ends the command: its answer is an error. */
#define FAIL(...) \
	do { \
		printf("error " __VA_ARGS__); \
		putchar('\n'); \
		return; \
	} while (0)

static void do_toplevel(struct command *command)
{
	const char *title = option(command, "title"), *app_id = option(command, "app_id");
	const char *parent = option(command, "parent");
	struct surface_options options;
	struct surface *surface;
	int width, height;

	if (!parse_options(command, command->args[2], &options))
		FAIL("toplevel NAME SIZE");
	if (surface_find(command->args[1]))
		FAIL("%s is there already", command->args[1]);
	surface = surface_create(
		command->client, command->args[1], parent ? surface_find(parent) : NULL, &options);
	surface_make_toplevel(surface, title ? title : command->args[1],
		app_id ? app_id : "oriel.pattern", number_option(command, "decorated", -1));
	if (parse_size(option(command, "min"), &width, &height))
		xdg_toplevel_set_min_size(surface->toplevel, width, height);
	if (parse_size(option(command, "max"), &width, &height))
		xdg_toplevel_set_max_size(surface->toplevel, width, height);
	puts("ok");
}

static void do_popup(struct command *command)
{
	struct surface *surface, *parent = surface_find(command->args[2]);
	struct surface_popup popup = {
		.anchor_edge = parse_anchor(option(command, "edge")),
		.gravity = parse_anchor(option(command, "gravity")),
		.adjustment = parse_adjustment(option(command, "adjust")),
		.grab = number_option(command, "grab", 0) ? command->press : 0,
	};
	struct surface_options options;

	if (!parent || !parse_options(command, command->args[3], &options) ||
		!parse_rect(option(command, "anchor"), &popup.anchor))
		FAIL("popup NAME PARENT SIZE anchor=RECT");
	if (option(command, "offset"))
		sscanf(option(command, "offset"), "%d,%d", &popup.offset_x, &popup.offset_y);
	surface = surface_create(command->client, command->args[1], parent, &options);
	surface_make_popup(surface, &popup);
	puts("ok");
}

static void do_subsurface(struct command *command)
{
	struct surface *surface, *parent = surface_find(command->args[2]);
	struct surface_options options;

	if (command->n < 6 || !parent || !parse_options(command, command->args[3], &options))
		FAIL("subsurface NAME PARENT SIZE X Y");
	surface = surface_create(command->client, command->args[1], parent, &options);
	surface_make_subsurface(surface, atoi(command->args[4]), atoi(command->args[5]),
		!number_option(command, "desync", 0));
	puts("ok");
}

static void do_redraw(struct command *command, struct surface *surface)
{
	if (command->n < 3)
		FAIL("redraw NAME SEED");
	surface->options.seed = (uint32_t)atoi(command->args[2]);
	surface_paint(surface, NULL, surface->options.seed);
	surface_commit(surface, NULL);
	puts("ok");
}

static void do_damage(struct command *command, struct surface *surface)
{
	struct oriel_rect rect;

	if (command->n < 4 || !parse_rect(command->args[2], &rect))
		FAIL("%s NAME RECT SEED", command->args[0]);
	surface_paint(surface, &rect, (uint32_t)atoi(command->args[3]));
	surface_commit(surface, strcmp(command->args[0], "lazy") ? &rect : NULL);
	puts("ok");
}

static void do_size(struct command *command, struct surface *surface)
{
	int width, height;

	if (!parse_size(command->args[2], &width, &height))
		FAIL("size NAME SIZE");
	surface_resize(surface, width, height);
	surface_commit(surface, NULL);
	puts("ok");
}

static void do_scale(struct command *command, struct surface *surface)
{
	surface->options.scale = command->n > 2 ? atoi(command->args[2]) : 1;
	surface_resize(surface, surface->options.width, surface->options.height);
	surface_commit(surface, NULL);
	puts("ok");
}

static void do_crop(struct command *command, struct surface *surface)
{
	struct oriel_rect rect;
	int width, height;

	if (!command->client->viewporter)
		FAIL("the compositor has no wp_viewporter");
	if (command->n < 4 || !parse_rect(command->args[2], &rect) ||
		!parse_size(command->args[3], &width, &height))
		FAIL("crop NAME RECT SIZE");
	if (!surface->viewport)
		surface->viewport =
			wp_viewporter_get_viewport(command->client->viewporter, surface->surface);
	wp_viewport_set_source(surface->viewport, wl_fixed_from_int(rect.x),
		wl_fixed_from_int(rect.y), wl_fixed_from_int(rect.width),
		wl_fixed_from_int(rect.height));
	wp_viewport_set_destination(surface->viewport, width, height);
	surface_commit(surface, NULL);
	puts("ok");
}

static void do_place(struct command *command, struct surface *surface)
{
	if (command->n < 4 || !surface->subsurface)
		FAIL("place NAME X Y, of a subsurface");
	wl_subsurface_set_position(
		surface->subsurface, atoi(command->args[2]), atoi(command->args[3]));
	/* Mir takes the place over with a commit of the child itself. */
	wl_surface_commit(surface->surface);
	surface_commit(surface->parent, NULL);
	puts("ok");
}

static void do_shown(struct command *command, struct surface *surface)
{
	unsigned shown;

	if (!surface_wait_shown(command->client, command->args[1]))
		FAIL("%s is gone", command->args[1]);
	shown = surface->shown;
	printf("ok shown=%u\n", shown);
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void do_animate(struct command *command, struct surface *surface)
{
	int i, n = command->n > 2 ? atoi(command->args[2]) : 1;
	bool glyph = command->n > 3 && !strcmp(command->args[3], "glyph");
	enum surface_spin before = surface->spin;
	double start = now(), seconds;

	for (i = 0; i < n; i++) {
		if (!surface_wait_shown(command->client, command->args[1]))
			FAIL("%s is gone", command->args[1]);
		surface->spin = glyph ? SPIN_GLYPH : SPIN_FULL;
		surface_spin(surface);
		surface->spin = before;
	}
	if (!surface_wait_shown(command->client, command->args[1]))
		FAIL("%s is gone", command->args[1]);
	seconds = now() - start;
	printf("ok frames=%d ms=%.1f fps=%.1f\n", n, seconds * 1e3, n / seconds);
}

static void do_spin(struct command *command, struct surface *surface)
{
	const char *what = command->n > 2 ? command->args[2] : "full";

	surface->spin = !strcmp(what, "off")     ? SPIN_OFF
			: !strcmp(what, "glyph") ? SPIN_GLYPH
						 : SPIN_FULL;
	puts("ok");
}

static void do_flood(struct command *command, struct surface *surface)
{
	int i, n = command->n > 2 ? atoi(command->args[2]) : 1;

	surface->spin = SPIN_FULL;
	for (i = 0; i < n; i++)
		surface_spin(surface);
	surface->spin = SPIN_OFF;
	puts("ok");
}

static void do_state(struct command *command, struct surface *surface)
{
	struct xdg_toplevel *toplevel = surface->toplevel;
	const char *what = command->n > 2 ? command->args[2] : "";

	if (!toplevel)
		FAIL("%s is no toplevel", surface->name);
	if (!strcmp(what, "minimize"))
		xdg_toplevel_set_minimized(toplevel);
	else if (!strcmp(what, "maximize"))
		xdg_toplevel_set_maximized(toplevel);
	else if (!strcmp(what, "unmaximize"))
		xdg_toplevel_unset_maximized(toplevel);
	else if (!strcmp(what, "fullscreen"))
		xdg_toplevel_set_fullscreen(toplevel, NULL);
	else if (!strcmp(what, "unfullscreen"))
		xdg_toplevel_unset_fullscreen(toplevel);
	else
		FAIL("no state '%s'", what);
	puts("ok");
}

static void do_limits(struct command *command, struct surface *surface)
{
	int min_width, min_height, max_width, max_height;

	if (command->n < 4 || !parse_size(command->args[2], &min_width, &min_height) ||
		!parse_size(command->args[3], &max_width, &max_height))
		FAIL("limits NAME SIZE SIZE");
	xdg_toplevel_set_min_size(surface->toplevel, min_width, min_height);
	xdg_toplevel_set_max_size(surface->toplevel, max_width, max_height);
	wl_surface_commit(surface->surface);
	puts("ok");
}

static void do_text(struct command *command, struct surface *surface)
{
	if (!strcmp(command->args[0], "title"))
		xdg_toplevel_set_title(surface->toplevel, command->rest);
	else
		xdg_toplevel_set_app_id(surface->toplevel, command->rest);
	wl_surface_commit(surface->surface);
	puts("ok");
}

static void do_move(struct command *command, struct surface *surface)
{
	xdg_toplevel_move(surface->toplevel, command->client->seat, command->press);
	puts("ok");
}

static void do_drag(struct command *command, struct surface *surface)
{
	xdg_toplevel_resize(surface->toplevel, command->client->seat, command->press,
		parse_edge(command->args[2]));
	puts("ok");
}

static void do_destroy(struct command *command, struct surface *surface)
{
	(void)command;
	surface_destroy(surface);
	puts("ok");
}

/* Without a core file. */
static _Noreturn void crash(void)
{
	const struct rlimit none = {0, 0};

	setrlimit(RLIMIT_CORE, &none);
	signal(SIGSEGV, SIG_DFL);
	raise(SIGSEGV);
	abort();
}

static const struct {
	const char *verb;
	void (*run)(struct command *command, struct surface *surface);
} on_surface[] = {
	{"redraw", do_redraw},
	{"damage", do_damage},
	{"lazy", do_damage},
	{"size", do_size},
	{"scale", do_scale},
	{"crop", do_crop},
	{"place", do_place},
	{"shown", do_shown},
	{"animate", do_animate},
	{"spin", do_spin},
	{"flood", do_flood},
	{"state", do_state},
	{"limits", do_limits},
	{"title", do_text},
	{"app_id", do_text},
	{"move", do_move},
	{"drag", do_drag},
	{"destroy", do_destroy},
};

static void dispatch(struct command *command)
{
	const char *verb = command->args[0];
	struct surface *surface;
	size_t i;

	if (!strcmp(verb, "quit"))
		exit(0);
	if (!strcmp(verb, "crash"))
		crash();
	if (!strcmp(verb, "sync")) {
		wl_display_roundtrip(command->client->display);
		puts("ok");
		return;
	}
	if (!strcmp(verb, "screens")) {
		wl_display_roundtrip(command->client->display);
		printf("ok");
		outputs_print(command->client);
		putchar('\n');
		return;
	}
	if (command->n < 2)
		FAIL("'%s' needs a name", verb);
	if (!strcmp(verb, "toplevel")) {
		do_toplevel(command);
		return;
	}
	if (!strcmp(verb, "popup")) {
		do_popup(command);
		return;
	}
	if (!strcmp(verb, "subsurface")) {
		do_subsurface(command);
		return;
	}
	surface = surface_find(command->args[1]);
	if (!surface)
		FAIL("no surface '%s'", command->args[1]);
	for (i = 0; i < sizeof(on_surface) / sizeof(*on_surface); i++)
		if (!strcmp(verb, on_surface[i].verb)) {
			on_surface[i].run(command, surface);
			return;
		}
	FAIL("no command '%s'", verb);
}

void command_run(struct client *client, char *line, uint32_t press)
{
	struct command command = {.client = client, .press = press};
	char *copy = strdup(line), *at = copy, *word, *save;
	int skip;

	if (!copy)
		client_die("no memory");
	for (skip = 0; skip < 2; skip++) {
		at += strcspn(at, " ");
		at += strspn(at, " ");
	}
	command.rest = at;
	for (word = strtok_r(line, " \n", &save); word && command.n < MAX_ARGS;
		word = strtok_r(NULL, " \n", &save))
		command.args[command.n++] = word;
	if (command.n)
		dispatch(&command);
	free(copy);
}
