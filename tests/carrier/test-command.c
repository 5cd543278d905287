/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/carrier/probe.h"

static void start(struct harness *harness, struct probe *probe, const char *const argv[])
{
	struct oriel_carrier *carrier;

	assert_int_equal(oriel_carrier_command(&harness->loop, argv, &carrier), 0);
	probe_start(probe, carrier);
}

static void start_shell(struct harness *harness, struct probe *probe, const char *script)
{
	start(harness, probe, (const char *const[]){"sh", "-c", script, NULL});
}

static void test_cat(void **state)
{
	enum { SIZE = 8 << 20 };
	struct probe a = {0};
	unsigned char *data = probe_pattern(SIZE);

	start(*state, &a, (const char *const[]){"cat", NULL});
	assert_false(a.carrier->ops->passes_fds);
	probe_write(&a, data, SIZE, -1);
	RUN_UNTIL(*state, a.written && a.size == SIZE);
	assert_memory_equal(a.bytes, data, SIZE);
	probe_finish(&a); /* cat ends at the end of its input */
	RUN_UNTIL(*state, a.closed);
	assert_int_equal(a.error, 0);
	assert_string_equal(a.reason, "cat has ended");
	probe_destroy(&a);
	free(data);
}

static void test_reasons(void **state)
{
	static const struct {
		const char *script, *reason;
		int error;
	} cases[] = {
		{"exit 7", "sh ended with status 7", -ECONNABORTED},
		{"kill -9 $$", "sh was ended by signal 9", -ECONNABORTED},
		{"printf 'noise\\nno such host\\n\\n' >&2; exit 255", "no such host",
			-ECONNABORTED},
		{"printf 'no line end' >&2; exit 1", "no line end", -ECONNABORTED},
		{"printf 'progress\\rlast' >&2; exit 1", "last", -ECONNABORTED},
		{"echo warning >&2", "sh has ended", 0},
		{"no-such-program-at-all", "not found", -ECONNABORTED},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct probe a = {0};

		start_shell(*state, &a, cases[i].script);
		RUN_UNTIL(*state, a.closed);
		assert_int_equal(a.error, cases[i].error);
		assert_non_null(strstr(a.reason, cases[i].reason));
		probe_destroy(&a);
	}
}

static void test_endless_line(void **state)
{
	struct probe a = {0};

	start_shell(*state, &a, "head -c 100000 /dev/zero | tr '\\0' x >&2; exit 1");
	RUN_UNTIL(*state, a.closed);
	assert_int_equal(strlen(a.reason), 1024);
	probe_destroy(&a);
}

static void test_output_before_failure(void **state)
{
	struct probe a = {0};

	start_shell(*state, &a, "echo all of it; exit 1");
	RUN_UNTIL(*state, a.closed);
	assert_int_equal(a.size, 10);
	probe_destroy(&a);
}

static void test_missing_program(void **state)
{
	static const char *const missing[] = {"/no/such/program", NULL};
	static const char *const folder[] = {"/tmp", NULL};
	static const char *const empty[] = {NULL};
	struct harness *harness = *state;
	struct oriel_carrier *carrier;

	assert_int_equal(oriel_carrier_command(&harness->loop, missing, &carrier), -ENOENT);
	assert_int_equal(oriel_carrier_command(&harness->loop, folder, &carrier), -EACCES);
	assert_int_equal(oriel_carrier_command(&harness->loop, empty, &carrier), -EINVAL);
}

/* The number the program printed. */
static pid_t printed_pid(struct harness *harness, const struct probe *probe)
{
	char text[32] = {0};

	RUN_UNTIL(harness, probe->size > 0 && probe->bytes[probe->size - 1] == '\n');
	assert_true(probe->size >= 1 && probe->size <= sizeof(text) - 1);
	memcpy(text, probe->bytes, probe->size);
	return (pid_t)atoi(text);
}

static void test_destroy_ends_and_reaps(void **state)
{
	static const char *const scripts[] = {
		"echo $$; exec sleep 1000",
		"trap '' TERM; echo $$; while :; do sleep 1; done", /* has to be killed */
	};

	for (size_t i = 0; i < 2; i++) {
		struct probe a = {0};

		start_shell(*state, &a, scripts[i]);
		pid_t pid = printed_pid(*state, &a);
		assert_int_equal(kill(pid, 0), 0);
		probe_destroy(&a);
		/* ESRCH comes when it is reaped, not before. */
		RUN_UNTIL(*state, kill(pid, 0) < 0 && errno == ESRCH);
	}
}

static void test_destroy_right_away(void **state)
{
	struct harness *harness = *state;
	struct oriel_carrier *carrier;

	assert_int_equal(
		oriel_carrier_command(&harness->loop, (const char *const[]){"cat", NULL}, &carrier),
		0);
	carrier->ops->destroy(carrier);
}

static void test_destroy_in_events(void **state)
{
	for (int i = 0; i < 3; i++) {
		struct probe a = {0};

		a.destroy_in_data = i == 0;
		a.destroy_in_written = i == 1;
		a.destroy_in_closed = i == 2;
		start_shell(*state, &a, "head -c 4");
		probe_write(&a, "text", 4, -1);
		RUN_UNTIL(*state, !a.carrier);
		probe_destroy(&a);
	}
}

/* Something left in the background keeps standard error open. */
static void test_background_program(void **state)
{
	struct probe a = {0};

	start_shell(*state, &a, "sleep 20 </dev/null >/dev/null & exit 3");
	RUN_UNTIL(*state, a.closed);
	assert_string_equal(a.reason, "sh ended with status 3");
	probe_destroy(&a);
}

static void test_output_closed_but_still_running(void **state)
{
	struct probe a = {0};

	start_shell(*state, &a, "exec >&-; exec sleep 20");
	RUN_UNTIL(*state, a.closed);
	assert_int_equal(a.error, 0);
	probe_destroy(&a);
}

static void test_input_closed(void **state)
{
	struct probe a = {0};

	start_shell(*state, &a, "exec <&-; echo ready; exec sleep 20");
	RUN_UNTIL(*state, a.size == 6);
	probe_write(&a, "to nobody", 9, -1); /* would be SIGPIPE */
	RUN_UNTIL(*state, a.closed);
	assert_int_equal(a.error, -EPIPE);
	probe_destroy(&a);
}

static void test_inherits_nothing_else(void **state)
{
	struct probe a = {0};

	/* 0, 1, 2 and the one of ls itself. */
	start_shell(*state, &a, "exec ls /proc/self/fd");
	RUN_UNTIL(*state, a.closed);
	assert_int_equal(a.size, strlen("0\n1\n2\n3\n"));
	probe_destroy(&a);
}

static void test_stderr_is_copied(void **state)
{
	struct harness *harness = *state;
	struct probe a = {0};
	int file = probe_make_file("");
	int saved = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);

	assert_true(saved >= 0);
	dup2(file, STDERR_FILENO);
	start_shell(harness, &a, "printf 'one\\ntwo' >&2");
	RUN_UNTIL(harness, a.closed);
	dup2(saved, STDERR_FILENO);
	close(saved);
	assert_true(probe_is_file(file, "one\ntwo"));
	close(file);
	probe_destroy(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(test_cat),
		HARNESS_TEST(test_reasons),
		HARNESS_TEST(test_endless_line),
		HARNESS_TEST(test_output_before_failure),
		HARNESS_TEST(test_missing_program),
		HARNESS_TEST(test_destroy_ends_and_reaps),
		HARNESS_TEST(test_destroy_right_away),
		HARNESS_TEST(test_destroy_in_events),
		HARNESS_TEST(test_background_program),
		HARNESS_TEST(test_output_closed_but_still_running),
		HARNESS_TEST(test_input_closed),
		HARNESS_TEST(test_inherits_nothing_else),
		HARNESS_TEST(test_stderr_is_copied),
	};

	/* What whoever started this test left open is not the carrier's to close. */
	for (int fd = 3; fd < 1024; fd++)
		fcntl(fd, F_SETFD, FD_CLOEXEC);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
