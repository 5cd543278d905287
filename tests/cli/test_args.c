/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * The command line, down to what the viewer is asked for; the viewer here only notes it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "host/cli/cli.h"
#include "host/cli/guest.h"
#include "host/cli/table.h"
#include "host/viewer/viewer.h"

static struct {
	int calls;
	struct oriel_viewer_options options;
	char target[64], args[256], env[256];
} seen;

static void join(char *text, size_t size, const char *const *list)
{
	text[0] = '\0';
	for (; list && *list; list++) {
		size_t used = strlen(text);

		snprintf(text + used, size - used, "%s|", *list);
	}
}

int oriel_viewer_run(const struct oriel_viewer_options *options)
{
	seen.calls++;
	seen.options = *options;
	snprintf(seen.target, sizeof seen.target, "%s", options->target);
	join(seen.args, sizeof seen.args, options->args);
	join(seen.env, sizeof seen.env, options->env);
	return 42;
}

/* Splits line at blanks and runs the command it starts with. */
static int run_line(const char *line)
{
	/* What the viewer was given points into it. */
	static char copy[512], *argv[32];
	char *save, *word;
	struct oriel_cli_args args;
	enum oriel_cli_id id;
	int n = 0, status;

	snprintf(copy, sizeof copy, "%s", line);
	for (word = strtok_r(copy, " ", &save); word; word = strtok_r(NULL, " ", &save))
		argv[n++] = word;
	argv[n] = NULL;
	memset(&seen, 0, sizeof seen);
	id = oriel_cli_find_command(argv[0]);
	if (id == ORIEL_CLI_COMMANDS)
		return ORIEL_CLI_USAGE;
	status = oriel_cli_parse(id, argv + 1, &args);
	if (status != 0)
		return status;
	status = oriel_cli_commands[id].run(&args);
	oriel_cli_args_finish(&args);
	return status;
}

static void test_run(void **state)
{
	(void)state;
	assert_int_equal(run_line("run foot"), 42);
	assert_string_equal(seen.target, "local");
	assert_string_equal(seen.args, "foot|");
	assert_int_equal(seen.options.role, ORIEL_ROLE_OWNER);
	assert_false(seen.options.wait);
	assert_null(seen.options.env);
	assert_null(seen.options.token);
	assert_null(seen.options.scale);
	assert_non_null(seen.options.open);

	assert_int_equal(
		run_line("run --on unix:/x --wait --scale=1.5 --present surface --env A=1 "
			 "--env=B= --layout de --variant v --options o --model pc105 -- -x --on y"),
		42);
	assert_string_equal(seen.target, "unix:/x");
	assert_string_equal(seen.args, "-x|--on|y|");
	assert_string_equal(seen.env, "A=1|B=|");
	assert_true(seen.options.wait);
	assert_string_equal(seen.options.scale, "1.5");
	assert_string_equal(seen.options.present, "surface");
}

static void test_options_end_at_program(void **state)
{
	(void)state;
	assert_int_equal(run_line("run prog --wait -- --help"), 42);
	assert_string_equal(seen.args, "prog|--wait|--|--help|");
	assert_false(seen.options.wait);
	/* A lone dash is a name, not an option. */
	assert_int_equal(run_line("run - a"), 42);
	assert_string_equal(seen.args, "-|a|");
}

static void test_attach(void **state)
{
	(void)state;
	setenv("ORIEL_TARGET", "ssh:box", 1);
	assert_int_equal(run_line("attach"), 42);
	assert_int_equal(seen.options.role, ORIEL_ROLE_ATTACH);
	assert_null(seen.options.args);
	assert_string_equal(seen.target, "ssh:box");
	assert_int_equal(run_line("attach --on exec:x"), 42);
	assert_string_equal(seen.target, "exec:x");
	setenv("ORIEL_TARGET", "", 1);
	assert_int_equal(run_line("attach"), 42);
	assert_string_equal(seen.target, "local");
	unsetenv("ORIEL_TARGET");
}

static void test_usage_errors(void **state)
{
	static const char *const lines[] = {
		"rum",
		"--on",
		"run",
		"run --",
		"run --on",
		"run --wait=1 foot",
		"run --json foot",
		"run -w foot",
		"run --scale 0 foot",
		"run --scale nan foot",
		"run --scale 1x foot",
		"run --scale 11 foot",
		"run --scale 1, foot",
		"run --scale =2 foot",
		"run --scale A=2,B=x foot",
		"run --refresh 0.5 foot",
		"run --refresh 1001 foot",
		"run --refresh fast foot",
		"run --present gl foot",
		"run --clipboard no foot",
		"run --keys dvorak foot",
		"run --env A foot",
		"run --env =A foot",
		"run --on nowhere foot",
		"attach foot",
		"attach --env A=1",
		"ps --wait",
		"ps x",
		"help nothing",
		"help run ps",
	};

	(void)state;
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		int status = run_line(lines[i]);

		if (status != ORIEL_CLI_USAGE)
			print_error("%s: %d\n", lines[i], status);
		assert_int_equal(status, ORIEL_CLI_USAGE);
		assert_int_equal(seen.calls, 0);
	}
}

static void test_no_display(void **state)
{
	char *display = strdup(getenv("SDL_VIDEO_DRIVER"));

	(void)state;
	unsetenv("SDL_VIDEO_DRIVER");
	assert_int_equal(run_line("run foot"), ORIEL_CLI_FAILED);
	assert_int_equal(seen.calls, 0);
	setenv("SDL_VIDEO_DRIVER", display, 1);
	free(display);
}

static void test_nearest(void **state)
{
	static const char *const names[] = {"run", "attach", NULL, "stats", "token-file"};
	static const char *const pairs[][2] = {
		{"rnu", "run"},
		{"runn", "run"},
		{"atach", "attach"},
		{"at", "attach"},
		{"status", "stats"},
		{"token", "token-file"},
		{"toke-file", "token-file"},
		{"foot", NULL},
		{"", NULL},
		{"x", NULL},
		{"a-word-that-is-longer-than-any-name-could-ever-be", NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		const char *nearest = oriel_cli_nearest(pairs[i][0], names, 5);

		if (pairs[i][1])
			assert_non_null(nearest);
		if (pairs[i][1])
			assert_string_equal(nearest, pairs[i][1]);
		else
			assert_null(nearest);
	}
}

static void test_bytes(void **state)
{
	static const struct {
		uint64_t bytes;
		const char *text;
	} cases[] = {
		{0, "0 B"},
		{999, "999 B"},
		{1000, "1.0 kB"},
		{999949, "999.9 kB"},
		{999950, "1.0 MB"},
		{1234567, "1.2 MB"},
		{UINT64_MAX, "18.4 EB"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char text[16];

		oriel_table_bytes(cases[i].bytes, text, sizeof text);
		assert_string_equal(text, cases[i].text);
	}
}

static void test_table(void **state)
{
	struct oriel_table table;
	char *text = NULL;
	size_t size;
	FILE *file = open_memstream(&text, &size);

	(void)state;
	oriel_table_init(&table, "rll");
	oriel_table_add(&table, "ID");
	oriel_table_add(&table, "NAME");
	oriel_table_add(&table, "END");
	oriel_table_format(&table, "%d", 4711);
	oriel_table_add(&table, "a\x1b[2J\tb\xff");
	oriel_table_add(&table, "0123456789012345678901234567890123456789+");
	assert_int_equal(oriel_table_print(&table, file), 0);
	fclose(file);
	assert_string_equal(text, "  ID  NAME      END\n"
				  "4711  a?[2J?b?  0123456789012345678901234567890123456...\n");
	free(text);
	oriel_table_finish(&table);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_run),
		cmocka_unit_test(test_options_end_at_program),
		cmocka_unit_test(test_attach),
		cmocka_unit_test(test_usage_errors),
		cmocka_unit_test(test_no_display),
		cmocka_unit_test(test_nearest),
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_table),
	};

	unsetenv("DISPLAY");
	unsetenv("WAYLAND_DISPLAY");
	unsetenv("SDL_VIDEODRIVER");
	unsetenv("ORIEL_TARGET");
	setenv("SDL_VIDEO_DRIVER", "dummy", 1);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
