/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "tests/vm/cases.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "tests/e2e/refview.h"
#include "tests/vm/machine.h"

#define WIDTH 500
#define HEIGHT 400

static struct image *copy_of(const struct image *image)
{
	struct image *copy = image_create(image->width, image->height);

	memcpy(copy->pixels, image->pixels,
		(size_t)image->width * (size_t)image->height * sizeof(*image->pixels));
	return copy;
}

void case_pixels(void **state)
{
	static const struct oriel_rect rects[] = {
		{0, 0, 1, 1},
		{WIDTH - 1, HEIGHT - 1, 1, 1},
		{10, 20, 30, 40},
		{0, 100, WIDTH, 1},
		{160, 0, 1, HEIGHT},
		{64, 64, 300, 200},
	};
	struct process *app = machine_pattern("toplevel main 500x400 seed=1");
	struct image *model = image_pattern(WIDTH, HEIGHT, 0, 0, 1);

	(void)state;
	screen_expect("main", copy_of(model), 0);
	for (uint32_t i = 0; i < sizeof(rects) / sizeof(*rects); i++) {
		const struct oriel_rect *r = &rects[i];

		process_ask(app, "%s main %d,%d,%d,%d %u", i % 2 ? "lazy" : "damage", r->x, r->y,
			r->width, r->height, i + 10);
		image_draw_pattern(model, r, r->x, r->y, i + 10);
		screen_expect("main", copy_of(model), 0);
	}
	for (uint32_t seed = 2; seed < 5; seed++) {
		process_ask(app, "redraw main %u", seed);
		screen_expect("main", image_pattern(WIDTH, HEIGHT, 0, 0, seed), 0);
	}
	process_ask(app, "animate main 30");
	process_ask(app, "redraw main 6");
	screen_expect("main", image_pattern(WIDTH, HEIGHT, 0, 0, 6), 0);
	image_destroy(model);
}

void case_resize(void **state)
{
	static const int sizes[][2] = {{400, 300}, {123, 97}, {1000, 800}, {321, 201}};

	(void)state;
	machine_pattern("toplevel main 320x200 seed=1");
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		struct screen_window window = screen_wait("main");

		screen_resize(&window, sizes[i][0], sizes[i][1]);
		screen_expect("main", image_pattern(sizes[i][0], sizes[i][1], 0, 0, 1), 0);
	}
}

/* Asks a window that no viewer shows any more to close. */
static void close_window(struct refview *view, const struct refview_window *window)
{
	struct oriel_msg msg = {.type = ORIEL_MSG_CLOSE, .close = {.window = window->info.window}};

	refview_send(view, &msg);
	refview_run(view, 500);
}

static void compare(const char *title, const char *what, struct process *app)
{
	struct image_difference difference;
	struct refview_window *window;
	struct refview *view;
	struct image *got = screen_capture_idle(title), *expected;
	struct screen_window shown = screen_wait(title);
	char path[512];

	snprintf(path, sizeof(path), "%s/vm-%s-%s.png", e2e_out(), e2e_name(), machine_options[1]);
	image_save(got, path);
	if (image_uniform(got, &(struct oriel_rect){0, 0, got->width, got->height}))
		e2e_fail("the window '%s' is blank: %s", shown.title, path);
	/* Killed, the viewer leaves its program alone. */
	process_signal(app, SIGKILL);
	process_wait(app);
	view = refview_connect(ORIEL_ROLE_ATTACH);
	window = refview_wait(view, shown.title);
	expected = refview_compose(view, window);
	if (!expected)
		e2e_fail("the window '%s' has scaled parts", shown.title);
	if (!image_same(got, expected, 1, &difference))
		e2e_fail("%s is %dx%d, expected %dx%d; %zu pixels differ, first at %d,%d: %08x "
			 "instead of %08x",
			what, got->width, got->height, expected->width, expected->height,
			difference.pixels, difference.x, difference.y, difference.got,
			difference.expected);
	image_destroy(got);
	image_destroy(expected);
	machine_shell("pkill -CONT -f '^%s'", what);
	close_window(view, window);
	refview_destroy(view);
}

/* The program is stopped so that it draws nothing new: losing the focus, for one. Before that it
 * has some time to draw itself; what comes later would be compared all the same. */
static void check_program(const char *title, const char *program, struct process *app)
{
	screen_wait(title);
	e2e_sleep(5000);
	machine_shell("pkill -STOP -f '^%s'", program);
	compare(title, program, app);
}

void case_foot(void **state)
{
	(void)state;
	check_program("reference", "foot",
		machine_run("foot", "-T", "reference", "sh", "-c",
			"seq 1 30; printf '\\033[1;31mred \\033[44mblue\\033[0m\\n'; sleep 1000",
			NULL));
}

void case_gtk4(void **state)
{
	(void)state;
	check_program("*", "gtk4-widget-factory", machine_run("gtk4-widget-factory", NULL));
}

void case_gtk4_gl(void **state)
{
	(void)state;
	check_program("*", "gtk4-widget-factory",
		machine_run("env", "GSK_RENDERER=gl", "gtk4-widget-factory", NULL));
}

void case_xterm(void **state)
{
	(void)state;
	check_program("reference", "xterm",
		machine_run("xterm", "-T", "reference", "-e", "sh", "-c", "seq 1 20; sleep 1000",
			NULL));
}

void case_typing(void **state)
{
	struct screen_window window;
	struct process *foot;
	int status;

	(void)state;
	machine_shell("rm -f /tmp/typed");
	foot = machine_run("foot", "-T", "typing", "sh", "-c",
		"read line; echo \"$line\" >/tmp/typed; exit 7", NULL);
	window = screen_wait("typing");
	image_destroy(screen_capture_idle("typing"));
	screen_activate(window.window);
	screen_type("typed on the host 42\n");
	status = process_wait(foot);
	if (status != 7)
		e2e_fail("the terminal ended with status %d, not with that of its shell", status);
	assert_string_equal(machine_shell("cat /tmp/typed"), "typed on the host 42\n");
}

void case_exit(void **state)
{
	struct process *app = machine_pattern("toplevel main 320x200 seed=1");

	(void)state;
	screen_wait("main");
	process_say(app, "quit");
	screen_wait_gone("main");
	assert_int_equal(process_wait(app), 0);
}

void case_reconnect(void **state)
{
	struct process *app = machine_pattern("toplevel main 320x200 seed=1");
	struct image *expected = image_pattern(320, 200, 0, 0, 1);
	struct screen_window window;

	(void)state;
	/* A client that has yet to learn its size would draw anew. */
	screen_expect("main", copy_of(expected), 0);
	process_ask(app, "damage main 50,60,70,80 2");
	image_draw_pattern(expected, &(struct oriel_rect){50, 60, 70, 80}, 50, 60, 2);
	screen_expect("main", copy_of(expected), 0);
	process_signal(app, SIGKILL);
	process_wait(app);
	screen_wait_gone("main");

	session_attach();
	screen_expect("main", copy_of(expected), 0);
	process_kill(viewer);
	screen_wait_gone("main");
	session_attach();
	screen_expect("main", expected, 0);
	window = screen_wait("main");
	screen_close(window.window);
	screen_wait_gone("main");
}

void case_down(void **state)
{
	(void)state;
	machine_down();
	assert_string_equal(machine_status("state"), "stopped");
}

/* The damage that the client tells of is known; what it draws at first does not count. */
double case_copies(void)
{
	struct process *app = machine_pattern("toplevel main 500x400 seed=1");
	uint64_t copied, damage;

	screen_expect("main", image_pattern(WIDTH, HEIGHT, 0, 0, 1), 0);
	process_ask(app, "animate main 4");
	copied = machine_counter("pixel_bytes_copied");
	damage = machine_counter("damage_bytes");
	process_ask(app, "animate main 20");
	process_ask(app, "animate main 20 glyph");
	copied = machine_counter("pixel_bytes_copied") - copied;
	damage = machine_counter("damage_bytes") - damage;
	e2e_note("%llu bytes copied for %llu bytes of damage", (unsigned long long)copied,
		(unsigned long long)damage);
	if (damage < 20 * WIDTH * HEIGHT * 4)
		e2e_fail("only %llu bytes of damage were counted", (unsigned long long)damage);
	return (double)copied / (double)damage;
}
