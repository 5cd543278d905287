/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * The oriel program as a user runs it.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>
#include <json-c/json.h>

#include "src/base/utf8.h"
#include "tests/cli/run.h"

static void expect_output(const char *arguments, const char *const *parts)
{
	struct run_result result = run_oriel("", arguments);

	assert_int_equal(result.status, 0);
	assert_string_equal(result.error, "");
	for (; *parts; parts++) {
		if (!strstr(result.output, *parts))
			print_error("oriel %s: no %s in\n%s", arguments, *parts, result.output);
		assert_non_null(strstr(result.output, *parts));
	}
	run_result_free(&result);
}

static void test_help(void **state)
{
	static const char *const overview[] = {"usage: oriel COMMAND", "run ", "attach ", "ps ",
		"stats ", "doctor ", "help ", "ssh:HOST", "--version", NULL};
	static const char *const run[] = {"usage: oriel run [OPTION...] [--] CMD [ARGS...]\n",
		"--on TARGET", "--env NAME=VALUE", "--present MODE", "127", NULL};
	static const char *const version[] = {"oriel " ORIEL_VERSION "\n", NULL};

	(void)state;
	expect_output("--help", overview);
	expect_output("-h", overview);
	expect_output("help", overview);
	expect_output("help run", run);
	expect_output("run --help", run);
	expect_output("run -h whatever", run);
	expect_output("attach --wait --help", (const char *const[]){"usage: oriel attach", NULL});
	expect_output("--version", version);
}

static void test_help_fits(void **state)
{
	static const char *const pages[] = {
		"--help", "run -h", "attach -h", "ps -h", "stats -h", "doctor -h", "help -h"};

	(void)state;
	for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
		struct run_result result = run_oriel("", pages[i]);
		const char *line = result.output;

		while (*line) {
			size_t length = strcspn(line, "\n");

			if (length > 90)
				print_error("%.*s\n", (int)length, line);
			assert_true(length <= 90);
			line += length + 1;
		}
		run_result_free(&result);
	}
}

static void test_bad_use(void **state)
{
	static const struct {
		const char *arguments;
		int status;
		const char *text;
	} cases[] = {
		{"rnu foot", 2, "no command 'rnu': did you mean oriel run?"},
		{"firefox", 2, "to start a program, oriel run firefox"},
		{"--json ps", 2, "no option '--json' before the command"},
		{"run --onn x foot", 2, "did you mean --on?"},
		{"ps --jsn", 2, "oriel ps has no option '--jsn': did you mean --json?"},
		{"ps --on=moon", 2, "unknown target 'moon': use local, unix:PATH"},
		{"run --on", 2, "--on needs a value"},
		{"run", 2, "no program is named"},
		{"attach foot", 2, "oriel attach takes no 'foot'"},
		{"ps --on unix:/nonexistent", 1, "nobody listens on /nonexistent: start orield"},
		{"ps --on tcp:127.0.0.1:1", 1, "tcp:127.0.0.1:1"},
		{"ps --on tcp:example.org:1", 2, "use ssh:example.org"},
		{"ps --on exec:false", 1, "exec:false: "},
		{"ps --on exec:cat", 1, "the other end sends back what it is sent"},
		{"ps --on local", 1, "ORIEL_ORIELD is /nonexistent/orield"},
		{"ps --token-file /nonexistent", 1, "can't read the token file /nonexistent"},
		{"ps --on unix:/dev/null", 1, "/dev/null"},
		{"run --on unix:/nonexistent foot", 1, "no display to show windows on"},
		{"attach", 1, "no display to show windows on"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		run_expect_error(run_oriel("", cases[i].arguments), cases[i].status, cases[i].text);
}

static void test_no_arguments(void **state)
{
	struct run_result result = run_oriel("", "");

	(void)state;
	assert_int_equal(result.status, 2);
	assert_string_equal(result.output, "");
	assert_non_null(strstr(result.error, "usage: oriel COMMAND"));
	run_result_free(&result);
}

static void test_orield_fails(void **state)
{
	struct run_result result = run_oriel("ORIEL_ORIELD=/bin/false", "ps");

	(void)state;
	run_expect_error(result, 1, "orield did not start");
}

static void test_runtime_folder(void **state)
{
	char assignment[256], path[128];

	(void)state;
	snprintf(path, sizeof path, "%s/loose", run_folder());
	snprintf(assignment, sizeof assignment, "XDG_RUNTIME_DIR=%s", path);
	mkdir(path, 0755);
	snprintf(path, sizeof path, "%s/loose/oriel", run_folder());
	mkdir(path, 0755);
	run_expect_error(run_oriel(assignment, "ps"), 1, "is not this user's alone");
}

/* Starts a fake guest, runs oriel with the arguments and --on for it, and stops the guest. */
static struct run_result run_with(const char *mode, const char *arguments)
{
	char path[128], line[512];
	struct run_result result;
	pid_t pid;

	snprintf(path, sizeof path, "%s/%s.sock", run_folder(), mode);
	snprintf(line, sizeof line, "%s --on unix:%s", arguments, path);
	pid = run_fake_guest(mode, "unix", path, NULL);
	result = run_oriel("", line);
	run_stop(pid);
	return result;
}

static struct json_object *get(struct json_object *object, const char *key)
{
	struct json_object *value = NULL;

	if (!json_object_object_get_ex(object, key, &value))
		print_error("no key %s\n", key);
	assert_non_null(value);
	return value;
}

static struct json_object *parse(struct run_result *result, int status)
{
	struct json_tokener *tokener = json_tokener_new();
	struct json_object *object;

	assert_int_equal(result->status, status);
	assert_string_equal(result->error, "");
	/* By hand: the strict mode of json-c 0.18 refuses every byte above 0x7f. */
	assert_true(oriel_utf8_valid(result->output, strlen(result->output)));
	for (const char *c = result->output; *c; c++)
		assert_true((unsigned char)*c >= 0x20 || *c == '\n');
	object = json_tokener_parse_ex(tokener, result->output, (int)strlen(result->output) + 1);
	assert_int_equal(json_tokener_get_error(tokener), json_tokener_success);
	assert_non_null(object);
	json_tokener_free(tokener);
	return object;
}

static void test_ps_json(void **state)
{
	struct run_result result = run_with("answer", "ps --json");
	struct json_object *object = parse(&result, 0), *windows = get(object, "windows"), *window;

	(void)state;
	assert_int_equal(json_object_array_length(windows), 3);
	window = json_object_array_get_idx(windows, 0);
	assert_int_equal(json_object_get_int64(get(window, "id")), 1);
	assert_string_equal(json_object_get_string(get(window, "app_id")), "foot");
	assert_string_equal(json_object_get_string(get(window, "title")), "\"quoted\" \\ back");
	assert_int_equal(json_object_get_int64(get(window, "width")), 640);
	assert_int_equal(json_object_get_int64(get(window, "height")), 480);
	assert_string_equal(json_object_get_string(get(window, "state")), "normal");
	assert_true(json_object_get_boolean(get(window, "shown")));
	assert_int_equal(json_object_get_int64(get(window, "frames")), 12);
	assert_int_equal(json_object_get_int64(get(window, "bytes")), 1234567);
	window = json_object_array_get_idx(windows, 1);
	assert_string_equal(json_object_get_string(get(window, "title")), "red \x1b[31m alert\n");
	assert_false(json_object_get_boolean(get(window, "shown")));
	window = json_object_array_get_idx(windows, 2);
	assert_true(json_object_get_int64(get(window, "id")) == 4294967295);
	json_object_put(object);
	run_result_free(&result);
}

static void test_ps_table(void **state)
{
	struct run_result result = run_with("answer", "ps");

	(void)state;
	assert_int_equal(result.status, 0);
	assert_string_equal(result.error, "");
	assert_null(strchr(result.output, '\x1b'));
	assert_non_null(strstr(result.output, "ID  APP"));
	assert_non_null(strstr(result.output, "640x480"));
	assert_non_null(strstr(result.output, "1.2 MB"));
	assert_non_null(strstr(result.output, "red ?[31m alert?"));
	assert_non_null(strstr(result.output, "maximized"));
	run_result_free(&result);
}

static void test_stats(void **state)
{
	struct run_result result = run_with("answer", "stats --json");
	struct json_object *object = parse(&result, 0), *latency;

	(void)state;
	assert_string_equal(
		json_object_get_string(get(object, "program")), "orield " ORIEL_VERSION);
	assert_string_equal(json_object_get_string(get(object, "protocol")), "1.1");
	assert_int_equal(json_object_get_int64(get(get(object, "counters"), "uptime_s")), 12);
	assert_true(
		json_object_get_uint64(get(get(object, "counters"), "frames_sent")) == UINT64_MAX);
	latency = get(get(object, "latency_us"), "commit_to_send");
	assert_int_equal(json_object_get_int64(get(latency, "p50")), 120);
	assert_int_equal(json_object_get_int64(get(latency, "p99")), 800);
	json_object_put(object);
	run_result_free(&result);

	result = run_with("answer", "stats");
	assert_int_equal(result.status, 0);
	assert_non_null(strstr(result.output, "uptime_s                       12\n"));
	assert_non_null(strstr(result.output, "LATENCY, us        count  p50  p99   max\n"
					      "commit_to_send         -  120  800     -\n"
					      "send_to_presented      -    -    -  9000\n"));
	run_result_free(&result);
}

static void test_faults(void **state)
{
	(void)state;
	run_expect_error(run_with("newer", "ps"), 1, "install the same release of Oriel");
	run_expect_error(run_with("refuse", "ps"), 1, "2 only: install it at both ends");
	run_expect_error(run_with("garbage", "stats"), 1, "is no orield, or a broken one");
	run_expect_error(run_with("busy", "ps"), 1, "enough viewers: end one of them");
}

static void test_token(void **state)
{
	char right[128], wrong[128], line[512], command[512];
	struct run_result result;
	unsigned port;
	pid_t pid;

	(void)state;
	snprintf(right, sizeof right, "%s/token", run_folder());
	snprintf(wrong, sizeof wrong, "%s/wrong", run_folder());
	pid = run_fake_guest("answer", "tcp", right, &port);
	snprintf(line, sizeof line, "ps --on tcp:127.0.0.1:%u --token-file %s", port, right);
	result = run_oriel("", line);
	assert_string_equal(result.error, "");
	assert_int_equal(result.status, 0);
	run_result_free(&result);

	snprintf(line, sizeof line, "ps --on tcp:127.0.0.1:%u", port);
	run_expect_error(run_oriel("", line), 1, "(--token-file FILE)");
	snprintf(command, sizeof command, "umask 077; tr 0-9a-f 1-9a-f0 <%s >%s", right, wrong);
	assert_int_equal(system(command), 0);
	snprintf(line, sizeof line, "ps --on tcp:127.0.0.1:%u --token-file %s", port, wrong);
	run_expect_error(run_oriel("", line), 1, "(--token-file FILE)");
	snprintf(command, sizeof command, "chmod 644 %s", wrong);
	assert_int_equal(system(command), 0);
	run_expect_error(run_oriel("", line), 1, "chmod 600");
	snprintf(command, sizeof command, "chmod 600 %s; echo short >%s", wrong, wrong);
	assert_int_equal(system(command), 0);
	run_expect_error(run_oriel("", line), 1, "16 to 64 bytes");
	run_stop(pid);
}

/* SDL's driver without a screen is enough to start a program. */
static void test_program_not_found(void **state)
{
	char path[128], line[512];
	struct run_result result;
	pid_t pid;

	(void)state;
	snprintf(path, sizeof path, "%s/run.sock", run_folder());
	snprintf(line, sizeof line, "run --on unix:%s no-such-program", path);
	pid = run_fake_guest("noprogram", "unix", path, NULL);
	result = run_oriel("SDL_VIDEO_DRIVER=dummy", line);
	run_stop(pid);
	run_expect_error(result, 127, "no-such-program: no such program");
}

static void test_view_faults(void **state)
{
	(void)state;
	run_expect_error(run_oriel("SDL_VIDEO_DRIVER=dummy", "attach --on unix:/nonexistent"), 1,
		"nobody listens on /nonexistent");
	run_expect_error(run_oriel("DISPLAY=:7777", "attach --on unix:/nonexistent"), 1,
		"nobody answers on X display :7777");
}

/* The check of that name; its "ok" must be as said. */
static const char *check_mend(struct json_object *report, const char *name, bool ok)
{
	struct json_object *checks = get(report, "checks");

	for (size_t i = 0; i < json_object_array_length(checks); i++) {
		struct json_object *check = json_object_array_get_idx(checks, i), *mend;

		if (strcmp(json_object_get_string(get(check, "name")), name) != 0)
			continue;
		assert_int_equal(json_object_get_boolean(get(check, "ok")), ok);
		json_object_object_get_ex(check, "mend", &mend);
		return json_object_get_string(mend);
	}
	fail_msg("no check %s", name);
	return NULL;
}

static void test_doctor_remote(void **state)
{
	struct run_result result = run_with("answer", "doctor");
	struct json_object *report;

	(void)state;
	assert_int_equal(result.status, 1);
	assert_non_null(
		strstr(result.output, "missing: display to show windows on → run oriel in"));
	assert_non_null(strstr(result.output, "ok: guest runs orield " ORIEL_VERSION));
	assert_non_null(strstr(result.output, "ok: guest sends pixels by: shared memory, lz4\n"));
	run_result_free(&result);

	result = run_with("newer", "doctor --json");
	report = parse(&result, 1);
	assert_non_null(strstr(check_mend(report, "link", false), "install the same version"));
	json_object_put(report);
	run_result_free(&result);
}

static void test_doctor_local(void **state)
{
	struct run_result result = run_oriel(
		"PATH=/nonexistent XDG_DATA_DIRS=/nonexistent XKB_CONFIG_ROOT=/nonexistent",
		"doctor --json");
	struct json_object *report = parse(&result, 1);

	(void)state;
	assert_false(json_object_get_boolean(get(report, "ok")));
	assert_non_null(strstr(check_mend(report, "orield", false), "ORIEL_ORIELD"));
	assert_non_null(strstr(check_mend(report, "xwayland", false), "xwayland"));
	assert_non_null(strstr(check_mend(report, "cursor_theme", false), "dmz-cursor-theme"));
	assert_non_null(strstr(check_mend(report, "xkb", false), "xkb-data"));
	assert_non_null(strstr(check_mend(report, "fonts", false), "fonts-dejavu-core"));
	assert_non_null(strstr(check_mend(report, "display", false), "DISPLAY"));
	assert_null(check_mend(report, "shared_memory", true));
	assert_null(check_mend(report, "runtime_dir", true));
	assert_null(check_mend(report, "socket", true));
	json_object_put(report);
	run_result_free(&result);

	result = run_oriel("ORIEL_ORIELD=/bin/true", "doctor --json");
	report = parse(&result, 1);
	assert_null(check_mend(report, "orield", true));
	assert_non_null(check_mend(report, "version", false));
	assert_null(check_mend(report, "cursor_theme", true));
	assert_null(check_mend(report, "fonts", true));
	json_object_put(report);
	run_result_free(&result);
}

/* Who holds the socket of this user. */
static void test_doctor_socket(void **state)
{
	char path[128], assignment[256], kill_it[32];
	struct run_result result;
	struct json_object *report;
	pid_t pid;

	(void)state;
	snprintf(path, sizeof path, "%s/held.sock", run_folder());
	snprintf(assignment, sizeof assignment, "ORIEL_SOCKET=%s", path);
	pid = run_fake_guest("answer", "unix", path, NULL);
	result = run_oriel(assignment, "doctor --json");
	report = parse(&result, 1);
	assert_null(check_mend(report, "socket", true));
	json_object_put(report);
	run_result_free(&result);
	run_stop(pid);

	pid = run_fake_guest("garbage", "unix", path, NULL);
	snprintf(kill_it, sizeof kill_it, "kill %d", (int)pid);
	result = run_oriel(assignment, "doctor --json");
	report = parse(&result, 1);
	assert_string_equal(check_mend(report, "socket", false), kill_it);
	json_object_put(report);
	run_result_free(&result);
	run_stop(pid);
}

static void test_full_output(void **state)
{
	char line[512];

	(void)state;
	snprintf(line, sizeof line, "'%s' --help >/dev/full", getenv("ORIEL"));
	assert_int_not_equal(system(line), 0);
}

static int cleanup(void **state)
{
	(void)state;
	run_cleanup();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_help),
		cmocka_unit_test(test_help_fits),
		cmocka_unit_test(test_bad_use),
		cmocka_unit_test(test_no_arguments),
		cmocka_unit_test(test_orield_fails),
		cmocka_unit_test(test_runtime_folder),
		cmocka_unit_test(test_ps_json),
		cmocka_unit_test(test_ps_table),
		cmocka_unit_test(test_stats),
		cmocka_unit_test(test_faults),
		cmocka_unit_test(test_token),
		cmocka_unit_test(test_program_not_found),
		cmocka_unit_test(test_view_faults),
		cmocka_unit_test(test_doctor_remote),
		cmocka_unit_test(test_doctor_local),
		cmocka_unit_test(test_doctor_socket),
		cmocka_unit_test(test_full_output),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, cleanup);
}
