/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/* Real programs, Wayland and X11. What is not installed is skipped. */
#include "tests/guest/mir/fake_core.h"
#include <fcntl.h>
#include <linux/input-event-codes.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* Sets the title of a terminal to the line it reads. */
#define ECHO_TITLE "read line; printf '\\033]0;%s\\007' \"$line\"; sleep 1000"

static struct core core;
static pid_t app;

static int start(void **state)
{
	(void)state;
	core_start(&core, true);
	return 0;
}

static int stop_all(void **state)
{
	(void)state;
	core_stop(&core);
	return 0;
}

static bool all_gone(struct core *c, void *data)
{
	(void)data;
	for (int i = 0; i < c->n_windows; i++)
		if (!c->windows[i].gone)
			return false;
	return true;
}

static int end_app(void **state)
{
	(void)state;
	if (app) {
		kill(-app, SIGKILL);
		waitpid(app, NULL, 0);
		core_wait(&core, all_gone, NULL);
	}
	app = 0;
	core.n_windows = 0;
	for (int i = 0; i < core.n_copies; i++)
		free(core.copies[i].pixels);
	core.n_copies = 0;
	core_reset_damage(&core);
	return 0;
}

static bool in_path(const char *program)
{
	char path[128];

	snprintf(path, sizeof path, "/usr/bin/%s", program);
	return access(path, X_OK) == 0;
}

static void run(const char *const argv[])
{
	if (!in_path(argv[0]))
		skip();
	app = fork();
	assert_true(app >= 0);
	if (app)
		return;
	setpgid(0, 0);
	int null = open("/dev/null", O_RDWR);
	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	dup2(null, STDERR_FILENO);
	setenv("WAYLAND_DISPLAY", core.wayland_display, 1);
	setenv("DISPLAY", core.x11_display, 1);
	setenv("GSK_RENDERER", "cairo", 1);
	setenv("XCURSOR_SIZE", "24", 1);
	execvp(argv[0], (char **)argv);
	_exit(127);
}

static struct core_window *first_window(void)
{
	for (int i = 0; i < core.n_windows; i++)
		if (!core.windows[i].gone && core.windows[i].now.kind == ORIEL_KIND_TOPLEVEL)
			return &core.windows[i];
	return NULL;
}

static bool has_frames(struct core *c, void *n)
{
	(void)c;
	return first_window() && first_window()->frames >= *(unsigned *)n;
}

static void type(const char *keys)
{
	static const char rows[] = "qwertyuiop....asdfghjkl.....zxcvbnm";

	for (; *keys; keys++) {
		uint32_t code =
			*keys == '\n' ? KEY_ENTER : KEY_Q + (uint32_t)(strchr(rows, *keys) - rows);

		oriel_mir_key(core.mir, 0, code, true);
		oriel_mir_key(core.mir, 0, code, false);
	}
}

static void test_simple_shm(void **state)
{
	(void)state;
	unsigned frames = 20;

	run((const char *[]){"weston-simple-shm", NULL});
	core_wait(&core, has_frames, &frames);
	struct core_window *window = first_window();
	/* 250 or, with newer versions, 256. */
	assert_true(window->now.content.width >= 250 && window->now.content.width <= 256);
	assert_int_equal(window->now.pid, app);
	assert_int_equal(core.damage.missed, 0);
	assert_true(core.damage.exact + core.damage.wide > 0);
	/* Not acknowledged: it waits, and goes on afterwards. */
	core.acknowledge = false;
	core_run(&core, 100);
	frames = window->frames;
	core_run(&core, 200);
	assert_true(window->frames <= frames + 1);
	core.acknowledge = true;
	oriel_mir_frame_done(window->held);
	frames += 20;
	core_wait(&core, has_frames, &frames);
	/* A new viewer gets the content from what is held. */
	size_t stride;
	assert_non_null(oriel_mir_frame_pixels(window->held, 0, &stride));
}

static void test_single_buffered(void **state)
{
	(void)state;
	unsigned frames = 2;

	run((const char *[]){"weston-simple-damage", NULL});
	core_wait(&core, has_frames, &frames);
	for (int i = 0; i < 20; i++) {
		core_run(&core, 20);
		oriel_mir_frame_settle(first_window()->held);
	}
	frames = first_window()->frames;
	assert_true(frames > 4);
	assert_int_equal(core.damage.missed, 0);
}

static void type_into(const char *const argv[], uint32_t flags)
{
	unsigned frames = 1;

	run(argv);
	core_wait(&core, has_frames, &frames);
	uint32_t id = first_window()->now.id;
	core_run(&core, 500);
	oriel_mir_focus(core.mir, id, NULL, 0, 0);
	core_run(&core, 300);
	type("hello\n");
	core_wait_titled(&core, "hello");
	struct core_window *window = core_window(&core, id);
	assert_int_equal(window->now.flags & flags, flags);
	assert_int_equal(core.damage.missed, 0);
	oriel_mir_close(core.mir, id);
	core_wait(&core, all_gone, NULL);
}

static void test_foot(void **state)
{
	(void)state;
	type_into((const char *[]){"foot", "sh", "-c", ECHO_TITLE, NULL},
		ORIEL_WINDOW_DECORATED | ORIEL_WINDOW_FOCUSED);
}

static void test_xterm(void **state)
{
	(void)state;
	if (!core.x11_display[0])
		skip();
	type_into((const char *[]){"xterm", "-e", "sh", "-c", ECHO_TITLE, NULL},
		ORIEL_WINDOW_DECORATED | ORIEL_WINDOW_X11 | ORIEL_WINDOW_FOCUSED);
}

static bool has_menu(struct core *c, void *data)
{
	for (int i = 0; i < c->n_windows; i++)
		if (!c->windows[i].gone && c->windows[i].now.kind == ORIEL_KIND_POPUP) {
			*(struct core_window **)data = &c->windows[i];
			return true;
		}
	return false;
}

static bool has_no_menu(struct core *c, void *data)
{
	return !has_menu(c, data);
}

/* The menus of the oldest toolkit bypass the window manager and say nothing about themselves. */
static void test_x11_menu(void **state)
{
	(void)state;
	unsigned frames = 1;
	struct core_window *menu;

	if (!core.x11_display[0])
		skip();
	run((const char *[]){"xterm", NULL});
	core_wait(&core, has_frames, &frames);
	uint32_t id = first_window()->now.id;
	struct oriel_rect content = first_window()->now.content;
	content.x = 300;
	content.y = 200;
	oriel_mir_configure(core.mir, id, &content, ORIEL_STATE_NORMAL, false);
	oriel_mir_focus(core.mir, id, NULL, 0, 0);
	core_run(&core, 500);
	oriel_mir_motion(core.mir, 0, id, 60, 70, 0, 0);
	oriel_mir_key(core.mir, 0, KEY_LEFTCTRL, true);
	core_run(&core, 100);
	oriel_mir_button(core.mir, 0, BTN_LEFT, true);
	core_wait(&core, has_menu, &menu);
	core_run(&core, 200);
	assert_int_equal(menu->now.parent, id);
	assert_true(menu->now.flags & ORIEL_WINDOW_X11);
	/* Under the pointer, shifted up as far as it must to fit on the screen. */
	const struct oriel_rect *at = &menu->now.content;
	assert_true(360 >= at->x && 360 <= at->x + at->width);
	assert_true(270 >= at->y && 270 <= at->y + at->height);
	assert_true(at->y >= 0 && at->y + at->height <= 800);
	oriel_mir_button(core.mir, 0, BTN_LEFT, false);
	oriel_mir_key(core.mir, 0, KEY_LEFTCTRL, false);
	core_wait(&core, has_no_menu, &menu);
}

static void test_gtk(void **state)
{
	(void)state;
	unsigned frames = 3;

	run((const char *[]){"gtk4-widget-factory", NULL});
	core_wait(&core, has_frames, &frames);
	struct core_window *window = first_window();
	oriel_mir_focus(core.mir, window->now.id, NULL, 0, 0);
	for (int i = 0; i < 40; i++) {
		oriel_mir_motion(core.mir, 0, window->now.id, 10 * i, 8 * i, 10, 8);
		core_run(&core, 10);
	}
	assert_int_equal(core.damage.missed, 0);
	assert_int_equal(window->now.content.width, oriel_mir_frame_info(window->held)->width);
	assert_true(core.cursors > 0);
}

#define TEST(name) cmocka_unit_test_teardown(name, end_app)

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		TEST(test_simple_shm),
		TEST(test_single_buffered),
		TEST(test_foot),
		TEST(test_xterm),
		TEST(test_x11_menu),
		TEST(test_gtk),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests(tests, start, stop_all);
}
