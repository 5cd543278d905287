/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Started programs: their environment, input, output and end.
 */
#include "tests/guest/world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "guest/client.h"
#include "guest/launch.h"

static void shell(struct peer *peer, const char *script)
{
	peer_launch(peer, 1, "sh", "-c", script, NULL);
}

static void send_input(struct peer *peer, const char *text)
{
	struct oriel_msg msg = {.type = ORIEL_MSG_LAUNCH_INPUT};

	msg.launch_input.launch = 1;
	msg.launch_input.data = (struct oriel_bytes){text, (uint32_t)strlen(text)};
	peer_send(peer, &msg);
}

static void test_output_and_exit(void **state)
{
	struct world *world = world_create();
	struct peer *peer = peer_viewer(world, ORIEL_ROLE_OWNER, true);

	(void)state;
	shell(peer, "echo out; echo err >&2; echo more >/dev/stdout; exit 7");
	world_until(world, peer->exits == 1);
	assert_int_equal(peer->exit_status, 7);
	assert_string_equal(peer->exit_reason, "");
	assert_string_equal(peer->output[0], "out\nmore\n");
	assert_string_equal(peer->output[1], "err\n");
	peer_destroy(peer);
	world_destroy(world);
}

static void test_environment(void **state)
{
	struct world *world = world_create();
	struct peer *peer = peer_viewer(world, ORIEL_ROLE_OWNER, true);
	struct oriel_msg msg = {.type = ORIEL_MSG_LAUNCH};

	(void)state;
	setenv("GDK_BACKEND", "x11", 1);
	setenv("DISPLAY", ":1", 1);
	setenv("KEPT", "yes", 1);
	msg.launch.launch = 1;
	msg.launch.n_args = 1;
	msg.launch.args[0].value = "env";
	msg.launch.n_env = 3;
	msg.launch.env[0].value = "ADDED=a=b";
	msg.launch.env[1].value = "nonsense";
	msg.launch.env[2].value = "MOZ_ENABLE_WAYLAND=0";
	msg.launch.cwd = "/";
	peer_send(peer, &msg);
	world_until(world, peer->exits == 1);
	assert_int_equal(peer->exit_status, 0);
	assert_non_null(strstr(peer->output[0], "WAYLAND_DISPLAY=wayland-fake\n"));
	assert_non_null(strstr(peer->output[0], "DISPLAY=:99\n"));
	assert_non_null(strstr(peer->output[0], "XDG_SESSION_TYPE=wayland\n"));
	assert_non_null(strstr(peer->output[0], "QT_QPA_PLATFORM=wayland;xcb\n"));
	assert_non_null(strstr(peer->output[0], "ORIEL_LAUNCH="));
	assert_non_null(strstr(peer->output[0], "ADDED=a=b\n"));
	assert_non_null(strstr(peer->output[0], "KEPT=yes\n"));
	assert_non_null(strstr(peer->output[0], "MOZ_ENABLE_WAYLAND=0\n"));
	assert_null(strstr(peer->output[0], "MOZ_ENABLE_WAYLAND=1\n"));
	assert_null(strstr(peer->output[0], "GDK_BACKEND"));
	assert_null(strstr(peer->output[0], "nonsense"));
	peer_destroy(peer);
	world_destroy(world);
}

static void expect_failure(const char *program, uint32_t status, const char *reason)
{
	struct world *world = world_create();
	struct peer *peer = peer_viewer(world, ORIEL_ROLE_OWNER, true);

	peer_launch(peer, 1, program, NULL);
	world_until(world, peer->exits == 1);
	assert_int_equal(peer->exit_status, status);
	if (!strstr(peer->exit_reason, reason))
		fail_msg("'%s' does not say '%s'", peer->exit_reason, reason);
	peer_sync(peer);
	assert_false(peer->closed);
	peer_destroy(peer);
	world_destroy(world);
}

static void test_failures(void **state)
{
	struct world *world = world_create();
	struct peer *peer = peer_viewer(world, ORIEL_ROLE_OWNER, true);
	struct oriel_msg msg = {.type = ORIEL_MSG_LAUNCH};

	(void)state;
	expect_failure("there-is-no-such-program", 127, "install it");
	expect_failure("", 127, "no such program");
	expect_failure("/etc/passwd", 126, "chmod +x");
	msg.launch.launch = 9;
	msg.launch.n_args = 1;
	msg.launch.args[0].value = "true";
	msg.launch.cwd = "/no/such/folder";
	peer_send(peer, &msg);
	world_until(world, peer->exits == 1);
	assert_int_equal(peer->exit_status, 126);
	assert_non_null(strstr(peer->exit_reason, "/no/such/folder: no such folder"));
	/* Its number is used. */
	peer_send(peer, &msg);
	world_until(world, peer->closed);
	assert_non_null(strstr(peer->reason, "used twice"));
	peer_destroy(peer);
	world_destroy(world);
}

static void test_input(void **state)
{
	struct world *world = world_create();
	struct peer *peer = peer_viewer(world, ORIEL_ROLE_OWNER, true);

	(void)state;
	shell(peer, "read a; echo got $a; cat; echo end");
	send_input(peer, "one\n");
	world_until(world, strstr(peer->output[0], "got one\n"));
	send_input(peer, "two\n");
	send_input(peer, "");
	send_input(peer, "after the end");
	world_until(world, peer->exits == 1);
	assert_string_equal(peer->output[0], "got one\ntwo\nend\n");
	peer_destroy(peer);
	world_destroy(world);
}

/* A program that does not read its input ends with it closed, not with our memory full. */
static void test_input_limit(void **state)
{
	static char text[ORIEL_MAX_CHUNK + 1];
	struct world *world = world_create();
	struct peer *peer = peer_viewer(world, ORIEL_ROLE_OWNER, true);

	(void)state;
	memset(text, 'x', ORIEL_MAX_CHUNK);
	shell(peer, "sleep 1000");
	world_until(world, world->core.n_launches == 1);
	for (int i = 0; i < 300; i++) {
		send_input(peer, text);
		peer_sync(peer);
	}
	assert_true(uv_is_closing((uv_handle_t *)&TAILQ_FIRST(&world->core.launches)->input));
	assert_false(peer->closed);
	peer_destroy(peer);
	world_destroy(world);
}

static void test_signal(void **state)
{
	struct world *world = world_create();
	struct peer *peer = peer_viewer(world, ORIEL_ROLE_OWNER, true);
	struct oriel_msg msg = {.type = ORIEL_MSG_LAUNCH_SIGNAL};

	(void)state;
	/* The signal is for all of the program's processes. */
	shell(peer, "sleep 1000; echo not reached");
	world_until(world, world->core.n_launches == 1);
	msg.launch_signal.launch = 1;
	msg.launch_signal.signal = 15;
	peer_send(peer, &msg);
	world_until(world, peer->exits == 1);
	assert_int_equal(peer->exit_status, 128 + 15);
	assert_int_equal(peer->n_output[0], 0);
	peer_destroy(peer);
	world_destroy(world);
}

/* A process in the background that keeps the output open does not hold the exit status back. */
static void test_background(void **state)
{
	struct world *world = world_create();
	struct peer *peer = peer_viewer(world, ORIEL_ROLE_OWNER, true);

	(void)state;
	shell(peer, "(while sleep 0.3; do echo late; done) & echo now; exit 3");
	world_until(world, peer->exits == 1);
	assert_int_equal(peer->exit_status, 3);
	assert_memory_equal(peer->output[0], "now\n", 4);
	peer_destroy(peer);
	world_destroy(world);
}

/* All of a large output arrives, whatever the pace, and before the exit status. */
static void test_large_output(void **state)
{
	struct world *world = world_create();
	struct peer *peer = peer_viewer(world, ORIEL_ROLE_OWNER, false);

	(void)state;
	shell(peer, "head -c 280000 /dev/zero");
	world_until(world, peer->exits == 1);
	assert_int_equal(peer->n_output[0], 280000);
	peer_destroy(peer);
	world_destroy(world);
}

/* A viewer that does not read stops the program, not us. */
static void test_backpressure(void **state)
{
	struct world *world = world_create();
	struct oriel_msg msg = {.type = ORIEL_MSG_LAUNCH};
	struct oriel_launch *launch;
	struct oriel_client *client;
	int fd = deaf_connect(world, ORIEL_ROLE_OWNER);

	(void)state;
	msg.launch.launch = 1;
	msg.launch.n_args = 1;
	msg.launch.args[0].value = "yes";
	deaf_send(fd, &msg);
	world_until(world, world->core.n_launches == 1);
	launch = TAILQ_FIRST(&world->core.launches);
	client = launch->client;
	world_until(world, !launch->reading);
	for (int i = 0; i < 50; i++)
		uv_run(&world->loop, UV_RUN_NOWAIT);
	assert_false(launch->reading);
	assert_true(oriel_link_queued(client->link) < ORIEL_LINK_CONGESTED + 2 * ORIEL_MAX_CHUNK);
	/* The viewer goes: the program runs on, and is read. */
	close(fd);
	world_until(world, world->core.n_clients == 0);
	world_until(world, launch->reading && launch->heard);
	assert_true(launch->running);
	world_destroy(world);
}

/* A viewer that goes leaves its programs running: they write on without harm. */
static void test_viewer_gone(void **state)
{
	struct world *world = world_create();
	struct peer *peer = peer_viewer(world, ORIEL_ROLE_OWNER, true);
	char path[] = "/tmp/oriel-test-XXXXXX", script[256];
	int fd = mkstemp(path);
	char text[16] = "";

	(void)state;
	assert_true(fd >= 0);
	snprintf(script, sizeof script,
		"echo ready; read x; head -c 300000 /dev/zero && echo survived >%s", path);
	shell(peer, script);
	world_until(world, peer->n_output[0] == 6);
	send_input(peer, "go\n");
	peer_sync(peer);
	peer_destroy(peer);
	world_until(world, pread(fd, text, sizeof text - 1, 0) > 0);
	assert_string_equal(text, "survived\n");
	world_until(world, world->core.n_launches == 0);
	close(fd);
	unlink(path);
	world_destroy(world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_output_and_exit),
		cmocka_unit_test(test_environment),
		cmocka_unit_test(test_failures),
		cmocka_unit_test(test_input),
		cmocka_unit_test(test_input_limit),
		cmocka_unit_test(test_signal),
		cmocka_unit_test(test_background),
		cmocka_unit_test(test_large_output),
		cmocka_unit_test(test_backpressure),
		cmocka_unit_test(test_viewer_gone),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
