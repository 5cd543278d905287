/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "src/base/log.h"
#include "src/carrier/fd.h"
#include "tests/carrier/probe.h"

/* A VM monitor ----------------------------------------------------------------------------------
 */

struct monitor {
	struct harness *harness;
	struct oriel_listener *listener;
	struct probe end;
	bool came;
};

static void handle_call(void *user, struct oriel_carrier *carrier, const char *peer)
{
	struct monitor *monitor = user;

	(void)peer;
	assert_false(monitor->came);
	monitor->came = true;
	probe_start(&monitor->end, carrier);
}

/* Somebody has called it. */
static void start_monitor(struct monitor *monitor, struct harness *harness, struct probe *caller)
{
	const char *path = harness_path(harness, "vsock");
	struct oriel_carrier *carrier;

	*monitor = (struct monitor){.harness = harness};
	assert_int_equal(oriel_listener_unix(&harness->loop, path, handle_call, monitor,
				 &monitor->listener, NULL),
		0);
	assert_int_equal(oriel_carrier_vsock_unix_connect(&harness->loop, path, 6767, &carrier), 0);
	assert_false(carrier->ops->passes_fds);
	assert_string_equal(carrier->ops->name, "vsock");
	probe_start(caller, carrier);
	RUN_UNTIL(harness, monitor->end.size >= 13);
	assert_int_equal(monitor->end.size, 13);
	assert_memory_equal(monitor->end.bytes, "CONNECT 6767\n", 13);
}

static void answer(struct monitor *monitor, const char *text)
{
	unsigned written = monitor->end.written;

	probe_write(&monitor->end, text, strlen(text), -1);
	RUN_UNTIL(monitor->harness, monitor->end.written > written);
}

static void stop_monitor(struct monitor *monitor)
{
	probe_destroy(&monitor->end);
	oriel_listener_destroy(monitor->listener);
}

static void test_unix_connect(void **state)
{
	/* Whole, in pieces, with the stream's first bytes behind it. */
	static const char *const answers[][3] = {
		{"OK 1073741824\n", "", ""}, {"O", "K 1", "\n"}, {"OK\n", "", ""}};

	for (int i = 0; i < 3; i++) {
		struct monitor monitor;
		struct probe caller = {0};

		start_monitor(&monitor, *state, &caller);
		for (int j = 0; j < 3; j++)
			if (*answers[i][j])
				answer(&monitor, answers[i][j]);
		answer(&monitor, "OK and\nmore");
		RUN_UNTIL(*state, caller.size == 11);
		assert_memory_equal(caller.bytes, "OK and\nmore", 11);
		probe_destroy(&caller);
		RUN_UNTIL(*state, monitor.end.closed);
		stop_monitor(&monitor);
	}
}

static void test_bytes_right_behind_the_answer(void **state)
{
	struct monitor monitor;
	struct probe caller = {0};

	start_monitor(&monitor, *state, &caller);
	answer(&monitor, "OK 5\nhello\n");
	RUN_UNTIL(*state, caller.size == 6);
	assert_memory_equal(caller.bytes, "hello\n", 6);
	monitor.end.written = 0;
	monitor.end.size = 0;
	caller.size = 0;
	probe_exchange(*state, &caller, &monitor.end, 4 << 20);
	probe_finish(&caller);
	RUN_UNTIL(*state, monitor.end.closed);
	assert_int_equal(caller.closed, 0);
	stop_monitor(&monitor);
	RUN_UNTIL(*state, caller.closed);
	assert_int_equal(caller.error, 0);
	probe_destroy(&caller);
}

/* Before the answer is there, nothing of the stream may go out. */
static void test_early_write_and_finish(void **state)
{
	struct monitor monitor;
	struct probe caller = {0};

	start_monitor(&monitor, *state, &caller);
	probe_write(&caller, "early", 5, -1);
	for (int i = 0; i < 20; i++)
		harness_turn(*state);
	assert_int_equal(monitor.end.size, 13);
	answer(&monitor, "OK 5\n");
	RUN_UNTIL(*state, monitor.end.size == 18 && caller.written);
	assert_memory_equal(monitor.end.bytes + 13, "early", 5);
	probe_destroy(&caller);
	RUN_UNTIL(*state, monitor.end.closed);
	stop_monitor(&monitor);

	caller = (struct probe){0};
	start_monitor(&monitor, *state, &caller);
	probe_finish(&caller);
	answer(&monitor, "OK 5\n");
	RUN_UNTIL(*state, monitor.end.closed);
	assert_int_equal(caller.closed, 0);
	stop_monitor(&monitor);
	RUN_UNTIL(*state, caller.closed);
	probe_destroy(&caller);
}

static void test_refused(void **state)
{
	struct monitor monitor;
	struct probe caller = {0};

	start_monitor(&monitor, *state, &caller);
	probe_destroy(&monitor.end);
	RUN_UNTIL(*state, caller.closed);
	assert_int_equal(caller.error, -ECONNREFUSED);
	assert_non_null(strstr(caller.reason, "nobody listens on vsock port 6767"));
	probe_destroy(&caller);
	stop_monitor(&monitor);
}

static void test_wrong_answers(void **state)
{
	static const char *const answers[] = {"OKAY 5\n", "ERROR\n", "ok 5\n", "\x01\x02garbage\n",
		"OK 0123456789012345678901234567890123456789012345678901234567890123456789\n"};

	for (size_t i = 0; i < sizeof(answers) / sizeof(*answers); i++) {
		struct monitor monitor;
		struct probe caller = {0};

		start_monitor(&monitor, *state, &caller);
		answer(&monitor, answers[i]);
		RUN_UNTIL(*state, caller.closed);
		assert_int_equal(caller.error, -EPROTO);
		assert_non_null(strstr(caller.reason, "no vsock socket of a VM monitor"));
		for (const char *c = caller.reason; *c; c++)
			assert_true(*c >= ' ');
		assert_int_equal(caller.size, 0);
		probe_destroy(&caller);
		stop_monitor(&monitor);
	}
}

static void test_destroyed_while_waiting(void **state)
{
	struct monitor monitor;
	struct probe caller = {0};

	start_monitor(&monitor, *state, &caller);
	probe_destroy(&caller);
	RUN_UNTIL(*state, monitor.end.closed);
	stop_monitor(&monitor);
}

static void test_no_monitor(void **state)
{
	struct harness *harness = *state;
	struct oriel_carrier *carrier = NULL;

	assert_int_equal(oriel_carrier_vsock_unix_connect(
				 &harness->loop, harness_path(harness, "none"), 1, &carrier),
		-ENOENT);
	assert_null(carrier);
}

/* AF_VSOCK, as far as this machine has it -------------------------------------------------------
 */

static void handle_stranger(void *user, struct oriel_carrier *carrier, const char *peer)
{
	(void)user;
	(void)carrier;
	fail_msg("accepted %s", peer);
}

static void test_local_programs_are_refused(void **state)
{
	struct harness *harness = *state;
	struct oriel_listener *listener = NULL;
	struct oriel_carrier *carrier;
	struct probe caller = {0};
	struct stat st;

	/* Without it connecting takes seconds, and fails. */
	if (stat("/sys/module/vsock_loopback", &st) < 0)
		skip();
	oriel_log_init("test-vsock", ORIEL_LOG_ERROR);
	assert_int_equal(
		oriel_listener_vsock(&harness->loop, 0, handle_stranger, NULL, &listener), 0);
	assert_true(oriel_listener_port(listener) > 0);
	assert_int_equal(oriel_carrier_vsock_connect(
				 &harness->loop, 1, oriel_listener_port(listener), &carrier),
		0);
	probe_start(&caller, carrier);
	RUN_UNTIL(harness, caller.closed);
	assert_int_equal(caller.size, 0);
	probe_destroy(&caller);
	oriel_listener_destroy(listener);
}

static void test_listener(void **state)
{
	struct harness *harness = *state;
	struct oriel_listener *first = NULL, *second = NULL;
	int fd = oriel_fd_socket(AF_VSOCK);

	if (fd < 0)
		skip(); /* no vsock in this kernel */
	close(fd);
	assert_int_equal(oriel_listener_vsock(&harness->loop, 0, handle_stranger, NULL, &first), 0);
	unsigned port = oriel_listener_port(first);
	assert_int_equal(oriel_listener_vsock(&harness->loop, port, handle_stranger, NULL, &second),
		-EADDRINUSE);
	assert_null(second);
	oriel_listener_destroy(first);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(test_unix_connect),
		HARNESS_TEST(test_bytes_right_behind_the_answer),
		HARNESS_TEST(test_early_write_and_finish),
		HARNESS_TEST(test_refused),
		HARNESS_TEST(test_wrong_answers),
		HARNESS_TEST(test_destroyed_while_waiting),
		HARNESS_TEST(test_no_monitor),
		HARNESS_TEST(test_local_programs_are_refused),
		HARNESS_TEST(test_listener),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
