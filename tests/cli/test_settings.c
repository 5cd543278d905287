/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * The settings file: what holds, what wins, and what is wrong where. The viewer here only notes
 * what it is asked for.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/cli/settings.h"

int oriel_viewer_run(const struct oriel_viewer_options *options)
{
	(void)options;
	return 0;
}

static struct oriel_settings *parse(const char *text)
{
	struct oriel_settings *settings;
	char error[512];

	if (oriel_settings_parse("f", text, strlen(text), &settings, error, sizeof error) < 0)
		fail_msg("%s", error);
	return settings;
}

/* Args of a command line, with the settings of a file. */
static void read_line(
	enum oriel_cli_id id, const char *line, const char *file, struct oriel_cli_args *ret_args)
{
	static char copy[256], *argv[16];
	char *save, *word;
	int n = 0;

	strcpy(copy, line);
	for (word = strtok_r(copy, " ", &save); word; word = strtok_r(NULL, " ", &save))
		argv[n++] = word;
	argv[n] = NULL;
	assert_int_equal(oriel_cli_parse(id, argv, ret_args), 0);
	oriel_settings_take(id, ret_args, parse(file));
}

static const char file[] = "# all there is\n"
			   "on = \"qemu:work\"\n"
			   "clipboard = \"to-guest\"\n"
			   "scale = 1.5\n"
			   "refresh = 30\n"
			   "wait = true\n"
			   "layout = \"us\"\n"
			   "variant = \"intl\"\n"
			   "cpus = 2\n"
			   "image = \"~/image\"\n"
			   "\n"
			   "[target.\"qemu:work\"]\n"
			   "scale = 2\n"
			   "layout = \"de\"\n"
			   "memory = \"8G\"\n"
			   "keys = \"swap\"\n"
			   "\n"
			   "[target.'ssh:box']\n"
			   "wait = false\n"
			   "clipboard = 'off'\n"
			   "\n"
			   "[app.foot]\n"
			   "keys = \"pc\"\n"
			   "[app.\"org.mozilla.firefox\"]\n"
			   "grab-keys = true\n"
			   "allow-grab = false\n"
			   "refresh = 0\n"
			   "keys = \"mac\"\n";

static void test_target_over_top(void **state)
{
	struct oriel_cli_args args;

	(void)state;
	read_line(ORIEL_CLI_RUN, "foot", file, &args);
	assert_string_equal(args.on, "qemu:work");
	assert_string_equal(args.scale, "2");
	assert_string_equal(args.clipboard, "to-guest");
	assert_string_equal(args.refresh, "30");
	assert_string_equal(args.layout, "de");
	/* That of the other layout. */
	assert_null(args.variant);
	assert_string_equal(args.keys, "swap");
	assert_true(args.wait);
	assert_null(args.memory);
	oriel_cli_args_finish(&args);

	read_line(ORIEL_CLI_RUN, "--on ssh:box foot", file, &args);
	assert_string_equal(args.scale, "1.5");
	assert_string_equal(args.clipboard, "off");
	assert_string_equal(args.layout, "us");
	assert_string_equal(args.variant, "intl");
	assert_false(args.wait);
	oriel_cli_args_finish(&args);
}

static void test_command_line_wins(void **state)
{
	struct oriel_cli_args args;

	(void)state;
	setenv("ORIEL_TARGET", "ssh:box", 1);
	read_line(ORIEL_CLI_ATTACH, "--scale 3 --layout fr --clipboard=both --wait", file, &args);
	assert_null(args.on);
	assert_string_equal(args.scale, "3");
	assert_string_equal(args.layout, "fr");
	assert_null(args.variant);
	assert_string_equal(args.clipboard, "both");
	assert_true(args.wait);
	oriel_cli_args_finish(&args);
	unsetenv("ORIEL_TARGET");
	read_line(ORIEL_CLI_ATTACH, "--on local --wait=false --grab-keys=true --allow-grab", file,
		&args);
	assert_false(args.wait);
	assert_true(args.grab_keys && args.allow_grab);
	oriel_cli_args_finish(&args);
}

static void test_machines(void **state)
{
	struct oriel_cli_args args;

	(void)state;
	setenv("HOME", "/home/x", 1);
	read_line(ORIEL_CLI_UP, "qemu:work --cpus 3", file, &args);
	assert_string_equal(args.memory, "8G");
	assert_string_equal(args.cpus, "3");
	assert_string_equal(args.image, "/home/x/image");
	assert_null(args.scale);
	oriel_cli_args_finish(&args);
	read_line(ORIEL_CLI_UP, "", file, &args);
	assert_null(args.memory);
	assert_string_equal(args.cpus, "2");
	oriel_cli_args_finish(&args);
}

static void test_apps(void **state)
{
	const struct oriel_app_options *apps;
	struct oriel_cli_args args;
	size_t n;

	(void)state;
	read_line(ORIEL_CLI_RUN, "foot", file, &args);
	apps = oriel_settings_apps(&args, &n);
	assert_int_equal(n, 2);
	assert_string_equal(apps[0].app_id, "foot");
	assert_true(apps[0].has_keys && apps[0].keys == ORIEL_KEYS_PC);
	assert_false(apps[0].has_grab_keys || apps[0].has_refresh);
	assert_string_equal(apps[1].app_id, "org.mozilla.firefox");
	assert_true(apps[1].has_keys && apps[1].keys == ORIEL_KEYS_MAC);
	assert_true(apps[1].has_grab_keys && apps[1].grab_keys);
	assert_true(apps[1].has_allow_grab && !apps[1].allow_grab);
	assert_false(apps[0].has_allow_grab);
	assert_true(apps[1].has_refresh && apps[1].refresh == 0);
	oriel_cli_args_finish(&args);
	/* The command line is for all windows. */
	read_line(ORIEL_CLI_RUN, "--keys swap --refresh 10 foot", file, &args);
	apps = oriel_settings_apps(&args, &n);
	assert_int_equal(n, 1);
	assert_true(apps[0].has_grab_keys);
	assert_false(apps[0].has_keys || apps[0].has_refresh);
	oriel_cli_args_finish(&args);
}

static void test_empty(void **state)
{
	struct oriel_cli_args args;
	size_t n;

	(void)state;
	read_line(ORIEL_CLI_RUN, "foot", "\n# nothing\n[target]\n[app.foot]\n", &args);
	assert_null(args.scale);
	assert_null(oriel_settings_apps(&args, &n));
	assert_int_equal(n, 0);
	oriel_cli_args_finish(&args);
}

static void test_faults(void **state)
{
	static const char *const cases[][2] = {
		{"a b", "f:1: Error while parsing key-value pair: expected '=', saw 'b'"},
		{"x = 1\nx = 2",
			"f:2: Error while parsing key-value pair: cannot redefine existing "
			"integer 'x'"},
		{"\n[=]", "f:2: Error while parsing key: expected bare key starting character or "
			  "string delimiter, saw '='"},
		{"\u017c = 1", "f:1: Error while parsing root table: expected keys, tables, "
			       "whitespace or comments, saw '\u017c'"},
		{"\n\nscal = 1", "f:3: there is no 'scal': did you mean scale?"},
		{"json = true", "f:1: there is no 'json'; oriel(1) lists what may stand there"},
		{"scale = 11", "f:1: scale takes a number from 0.25 to 10, or SCREEN=NUMBER with "
			       "commas between, not '11'"},
		{"scale = nan", "f:1: scale takes a number from 0.25 to 10, or SCREEN=NUMBER with "
				"commas between, not 'nan'"},
		{"refresh = 2000\nscale = 0",
			"f:1: refresh takes a number from 1 to 1000, or 0 for no "
			"limit, not '2000'"},
		{"scale = [1,\n2]", "f:1: scale takes a text or a number"},
		{"layout = \"a\\u0000b\"", "f:1: layout takes a text or a number"},
		{"wait = \"yes\"", "f:1: wait takes true or false"},
		{"keys = 'dvorak'", "f:1: keys takes pc, mac or swap, not 'dvorak'"},
		{"memory = '1M'", "f:1: memory takes 256M to 1024G, as in 4G, not '1M'"},
		{"gpu = 'fast'", "f:1: gpu takes none, virgl or venus, not 'fast'"},
		{"token-file = 'x'",
			"f:1: token-file takes a path that starts with / or ~/, not 'x'"},
		{"target = 'local'", "f:1: target takes tables: [target.\"qemu:work\"]"},
		{"[app]\nfoot = 1", "f:2: app takes tables: [app.\"firefox\"]"},
		{"[targt.x]\nscale = 1", "f:1: there is no 'targt': did you mean target?"},
		{"[target.x]\non = 'local'", "f:2: on can't be set for a target alone"},
		{"[app.x]\nlayout = 'de'", "f:2: layout can't be set for an application alone"},
		{"[app.x]\nlayuot = 'de'",
			"f:2: there is no 'layuot'; oriel(1) lists what may stand "
			"there"},
		{"[app.x]\nkeyz = 'pc'", "f:2: there is no 'keyz': did you mean keys?"},
		{"[app.x.keys]\na = 1", "f:1: keys takes a text or a number"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct oriel_settings *settings = NULL;
		char error[512] = "";
		int r = oriel_settings_parse(
			"f", cases[i][0], strlen(cases[i][0]), &settings, error, sizeof error);

		assert_int_equal(r, -22);
		assert_null(settings);
		assert_string_equal(error, cases[i][1]);
	}
}

/* The example of docs/using.md has every key. */
static void test_documented(void **state)
{
	static char text[65536];
	FILE *using = fopen(getenv("USING"), "r");
	struct oriel_settings *settings;
	char *begin, *end;

	(void)state;
	assert_non_null(using);
	text[fread(text, 1, sizeof text - 1, using)] = '\0';
	fclose(using);
	begin = strstr(text, "```toml\n");
	assert_non_null(begin);
	end = strstr(begin + 8, "```");
	assert_non_null(end);
	*end = '\0';
	settings = parse(begin + 8);
	for (size_t i = 0; i < oriel_cli_n_options; i++) {
		bool found = !oriel_cli_options[i].scopes;

		for (size_t j = 0; j < settings->n_items; j++)
			found = found || settings->items[j].option == &oriel_cli_options[i];
		if (!found)
			fail_msg("%s is not in the example", oriel_cli_options[i].name);
	}
	oriel_settings_destroy(settings);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_target_over_top),
		cmocka_unit_test(test_command_line_wins),
		cmocka_unit_test(test_machines),
		cmocka_unit_test(test_apps),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_faults),
		cmocka_unit_test(test_documented),
	};

	unsetenv("ORIEL_TARGET");
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
