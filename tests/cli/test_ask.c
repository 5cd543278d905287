/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Questions to guests that answer, don't, or wrongly.
 */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "host/cli/ask.h"
#include "tests/cli/run.h"

#define LONG_MS 60000 /* never reached */

static int ask_text(
	const char *text, unsigned timeout_ms, struct oriel_answer *answer, char error[1024])
{
	struct oriel_cli_guest guest = {.token_size = 0};
	int r;

	assert_int_equal(oriel_target_parse(text, &guest.target, error, 1024), 0);
	r = oriel_ask(&guest, timeout_ms, answer, error, 1024);
	oriel_cli_guest_finish(&guest);
	return r;
}

/* Asks a fake guest of this mode. */
static int ask(const char *mode, unsigned timeout_ms, struct oriel_answer *answer, char error[1024])
{
	char text[128];
	pid_t pid;
	int r;

	snprintf(text, sizeof text, "unix:%s/%s.sock", run_folder(), mode);
	pid = run_fake_guest(mode, "unix", text + 5, NULL);
	r = ask_text(text, timeout_ms, answer, error);
	run_stop(pid);
	return r;
}

static void expect_fault(const char *mode, unsigned timeout_ms, int code, const char *part)
{
	struct oriel_answer answer;
	char error[1024] = "";
	int r = ask(mode, timeout_ms, &answer, error);

	if (r != code || !strstr(error, part))
		print_error("%s: %d %s\n", mode, r, error);
	assert_int_equal(r, code);
	assert_non_null(strstr(error, part));
	assert_null(strchr(error, '\n'));
}

static void test_answer(void **state)
{
	struct oriel_answer answer;
	char error[1024] = "";

	(void)state;
	assert_int_equal(ask("answer", LONG_MS, &answer, error), 0);
	assert_string_equal(answer.program, "orield " ORIEL_VERSION);
	assert_int_equal(answer.features, ORIEL_FEATURE_RING | ORIEL_FEATURE_INLINE_LZ4);
	assert_int_equal(answer.n_counters, 5);
	assert_string_equal(answer.counters[1].name, "frames_sent");
	assert_true(answer.counters[1].value == UINT64_MAX);
	assert_int_equal(answer.n_windows, 3);
	assert_string_equal(answer.windows[0].title, "\"quoted\" \\ back");
	oriel_answer_finish(&answer);
}

static void test_many_windows(void **state)
{
	struct oriel_answer answer;
	char error[1024] = "";

	(void)state;
	assert_int_equal(ask("many", LONG_MS, &answer, error), 0);
	assert_int_equal(answer.n_windows, ORIEL_MAX_WINDOWS);
	assert_int_equal(answer.windows[ORIEL_MAX_WINDOWS - 1].window, ORIEL_MAX_WINDOWS);
	oriel_answer_finish(&answer);
}

static void test_wrong_answers(void **state)
{
	(void)state;
	expect_fault("toomany", LONG_MS, -EPROTO, "answered more than was asked");
	expect_fault("again", LONG_MS, -EPROTO, "answered more than was asked");
	expect_fault("garbage", LONG_MS, -EPROTO, "is no orield, or a broken one");
	expect_fault("newer", LONG_MS, -EPROTONOSUPPORT, "install the same release of Oriel");
	expect_fault("refuse", LONG_MS, -EPROTONOSUPPORT, "2 only: install it at both ends");
}

static void test_no_answer(void **state)
{
	(void)state;
	expect_fault("silent", 200, -ETIMEDOUT, "did not answer within 0.2 s");
	expect_fault("mute", 200, -ETIMEDOUT, "did not answer within 0.2 s");
}

static void test_refused(void **state)
{
	struct oriel_answer answer;
	char error[1024] = "";

	(void)state;
	assert_true(ask("busy", LONG_MS, &answer, error) < 0);
	assert_non_null(strstr(error, "enough viewers: end one of them"));
}

static void test_commands(void **state)
{
	struct oriel_answer answer;
	char error[1024] = "";

	(void)state;
	/* What comes back is our own question. */
	assert_int_equal(ask_text("exec:cat", LONG_MS, &answer, error), -EPROTO);
	assert_non_null(strstr(error, "exec:cat is no orield"));
	assert_non_null(strstr(error, "sends back what it is sent"));
	assert_true(ask_text("exec:false", LONG_MS, &answer, error) < 0);
	assert_non_null(strstr(error, "exec:false: "));
	assert_true(
		ask_text("exec:echo broken pipe dream >&2; exit 3", LONG_MS, &answer, error) < 0);
	assert_non_null(strstr(error, "broken pipe dream"));
	/* A program that does not end by itself. */
	assert_int_equal(ask_text("exec:exec sleep 1000", 100, &answer, error), -ETIMEDOUT);
}

static void test_bridge(void **state)
{
	struct oriel_answer answer;
	char error[1024] = "", text[512], path[128];
	pid_t pid;

	(void)state;
	snprintf(path, sizeof path, "%s/bridge.sock", run_folder());
	snprintf(text, sizeof text, "exec:exec '%s' bridge %s", getenv("FAKE_GUEST"), path);
	pid = run_fake_guest("many", "unix", path, NULL);
	assert_int_equal(ask_text(text, LONG_MS, &answer, error), 0);
	assert_int_equal(answer.n_windows, ORIEL_MAX_WINDOWS);
	oriel_answer_finish(&answer);
	run_stop(pid);
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
		cmocka_unit_test(test_answer),
		cmocka_unit_test(test_many_windows),
		cmocka_unit_test(test_wrong_answers),
		cmocka_unit_test(test_no_answer),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_commands),
		cmocka_unit_test(test_bridge),
	};

	signal(SIGPIPE, SIG_IGN);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, cleanup);
}
