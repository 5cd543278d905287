/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * The settings file of the user, seen in what windows look like and what keys do.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/e2e/e2e.h"

static void write_settings(const char *text)
{
	char path[256];
	FILE *file;

	snprintf(path, sizeof(path), "%s/.config", getenv("HOME"));
	mkdir(path, 0700);
	strcat(path, "/oriel");
	mkdir(path, 0700);
	strcat(path, "/config.toml");
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

/* Ctrl of the host is pressed in a window of an application. */
static void expect_ctrl(const char *app_id, const char *expected)
{
	struct process *log = session_client("inputlog", "300x200", app_id, app_id, NULL);
	struct screen_window window = screen_wait(app_id);

	assert_string_equal(window.app_id, app_id);
	screen_activate(window.window);
	process_expect(log, "focus in");
	screen_key(29, true);
	process_expect(log, expected);
	screen_key(29, false);
	process_stop(log);
	screen_wait_gone(app_id);
}

static void test_windows_and_keys(void **state)
{
	struct process *app;
	char text[512];

	(void)state;
	snprintf(text, sizeof(text),
		"on = \"%s\"\nscale = 1.5\n[target.\"%s\"]\nscale = 2\nkeys = \"swap\"\n"
		"[app.terminal]\nkeys = \"pc\"\n",
		session_socket_target(), session_socket_target());
	write_settings(text);
	session_attach();
	app = session_pattern("toplevel main 300x200 seed=1");
	assert_int_equal(screen_wait("main").area.width, 600);
	process_stop(app);
	screen_wait_gone("main");
	expect_ctrl("editor", "key 125 down");
	expect_ctrl("terminal", "key 29 down");
	process_stop(viewer);
	/* The command line wins, over the application too. */
	session_attach_with("--scale", "1", "--keys", "swap", NULL);
	app = session_pattern("toplevel main 300x200 seed=1");
	assert_int_equal(screen_wait("main").area.width, 300);
	expect_ctrl("terminal", "key 125 down");
	process_stop(app);
}

static void test_fault(void **state)
{
	struct process *oriel;
	char *log;

	(void)state;
	write_settings("# mine\nscale = 2\nclipbord = \"off\"\n");
	oriel = process_run("oriel", "oriel", "attach", NULL);
	assert_int_equal(process_wait(oriel), 1);
	log = process_log(oriel);
	assert_non_null(
		strstr(log, "config.toml:3: there is no 'clipbord': did you mean clipboard?"));
	free(log);
	process_stop(oriel);
	oriel = process_run("oriel", "oriel", "doctor", NULL);
	assert_non_null(strstr(process_output(oriel), "config.toml:3: there is no 'clipbord'"));
	assert_int_equal(process_wait(oriel), 1);
	process_stop(oriel);
}

int main(int argc, char *argv[])
{
	static const struct CMUnitTest tests[] = {
		E2E_TEST(test_windows_and_keys),
		E2E_TEST(test_fault),
	};

	return e2e_main(argc, argv, "settings", tests, sizeof(tests) / sizeof(*tests));
}
