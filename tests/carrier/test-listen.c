/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Listening on a unix socket: who is let in, and who may listen.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/carrier/probe.h"

#define STRANGER 65534

struct door {
	struct probe guest;
	unsigned accepted;
	char peer[128];
};

static void handle_accept(void *user, struct oriel_carrier *carrier, const char *peer)
{
	struct door *door = user;

	door->accepted++;
	snprintf(door->peer, sizeof(door->peer), "%s", peer);
	probe_start(&door->guest, carrier);
}

static struct sockaddr_un address_of(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	return address;
}

static unsigned mode_of(const char *path)
{
	struct stat st;

	assert_int_equal(lstat(path, &st), 0);
	return st.st_mode & 07777;
}

static int exit_status(pid_t pid)
{
	int status;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void test_connect(void **state)
{
	struct harness *harness = *state;
	struct oriel_listener *listener;
	struct oriel_carrier *carrier;
	struct door door = {0};
	struct probe caller = {0};
	char path[128], expected[128];

	snprintf(path, sizeof(path), "%s/sub/oriel.sock", harness->folder);
	assert_int_equal(
		oriel_listener_unix(&harness->loop, path, handle_accept, &door, &listener, NULL),
		0);
	assert_int_equal(mode_of(path), 0600);
	assert_int_equal(mode_of(harness_path(harness, "sub")), 0700);
	assert_int_equal(oriel_carrier_unix_connect(&harness->loop, path, &carrier), 0);
	probe_start(&caller, carrier);
	RUN_UNTIL(harness, door.accepted == 1);
	snprintf(expected, sizeof(expected), "process %d of user %u", (int)getpid(),
		(unsigned)geteuid());
	assert_string_equal(door.peer, expected);
	probe_exchange(harness, &caller, &door.guest, 100000);
	oriel_listener_destroy(listener);
	assert_int_equal(access(path, F_OK), -1);
	assert_int_equal(oriel_carrier_unix_connect(&harness->loop, path, &carrier), -ENOENT);
	probe_destroy(&caller);
	probe_destroy(&door.guest);
	assert_int_equal(rmdir(harness_path(harness, "sub")), 0);
}

static void test_second_listener(void **state)
{
	struct harness *harness = *state;
	const char *path = harness_path(harness, "oriel.sock");
	struct oriel_listener *first, *second = NULL;
	struct door door = {0};
	pid_t holder = -1;

	assert_int_equal(
		oriel_listener_unix(&harness->loop, path, handle_accept, &door, &first, &holder),
		0);
	assert_int_equal(holder, -1); /* untouched */
	assert_int_equal(
		oriel_listener_unix(&harness->loop, path, handle_accept, &door, &second, &holder),
		-EADDRINUSE);
	assert_int_equal(holder, getpid());
	assert_null(second);
	/* The question was a connection; it must not disturb the holder. */
	RUN_UNTIL(harness, door.accepted == 1 && door.guest.closed);
	probe_destroy(&door.guest);
	oriel_listener_destroy(first);
}

/* Somebody listens who has no lock file, say a program that is not Oriel. */
static void test_foreign_listener(void **state)
{
	struct harness *harness = *state;
	const char *path = harness_path(harness, "oriel.sock");
	struct sockaddr_un address = address_of(path);
	struct oriel_listener *listener;
	pid_t holder = 0;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(fd, 5), 0);
	assert_int_equal(
		oriel_listener_unix(&harness->loop, path, handle_accept, NULL, &listener, &holder),
		-EADDRINUSE);
	assert_int_equal(holder, getpid());
	assert_int_equal(access(path, F_OK), 0);
	close(fd);
	/* Now it is dead. */
	assert_int_equal(
		oriel_listener_unix(&harness->loop, path, handle_accept, NULL, &listener, &holder),
		0);
	oriel_listener_destroy(listener);
}

static void test_something_else_is_there(void **state)
{
	struct harness *harness = *state;
	const char *path = harness_path(harness, "oriel.sock");
	struct oriel_listener *listener;
	int fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);

	close(fd);
	assert_int_equal(
		oriel_listener_unix(&harness->loop, path, handle_accept, NULL, &listener, NULL),
		-EEXIST);
	assert_int_equal(unlink(path), 0);
}

static void test_bad_paths(void **state)
{
	struct harness *harness = *state;
	struct oriel_listener *listener;
	struct oriel_carrier *carrier;
	char path[300];

	memset(path, 'x', sizeof(path));
	path[0] = '/';
	path[sizeof(path) - 1] = '\0';
	assert_int_equal(oriel_carrier_unix_connect(&harness->loop, path, &carrier), -ENAMETOOLONG);
	assert_int_equal(
		oriel_listener_unix(&harness->loop, path, handle_accept, NULL, &listener, NULL),
		-ENAMETOOLONG);
	assert_int_equal(oriel_carrier_unix_connect(&harness->loop, "", &carrier), -ENOENT);
	assert_int_equal(oriel_listener_unix(&harness->loop, harness_path(harness, "no/such/s"),
				 handle_accept, NULL, &listener, NULL),
		-ENOENT);
}

/* A child's life: listens, says how that went, keeps on till its standard input ends. */
static int listen_in_child(const char *path, int say, int wait)
{
	struct oriel_listener *listener;
	uv_loop_t loop;
	pid_t holder;
	char c;

	if (uv_loop_init(&loop) < 0)
		return 100;
	int r = oriel_listener_unix(&loop, path, handle_accept, NULL, &listener, &holder);
	c = r == 0 ? 'y' : 'n';
	if (write(say, &c, 1) != 1)
		return 101;
	while (read(wait, &c, 1) > 0)
		;
	return r == 0 ? 0 : r == -EADDRINUSE ? 1 : 102;
}

static void leave_dead_socket(const char *path)
{
	int say[2], wait[2];
	char c = 0;

	assert_int_equal(pipe(say), 0);
	assert_int_equal(pipe(wait), 0);
	pid_t pid = fork();
	if (pid == 0) {
		close(wait[1]);
		_exit(listen_in_child(path, say[1], wait[0]));
	}
	assert_int_equal(read(say[0], &c, 1), 1);
	assert_int_equal(c, 'y');
	kill(pid, SIGKILL);
	assert_int_equal(exit_status(pid), 128 + SIGKILL);
	for (int i = 0; i < 2; i++) {
		close(say[i]);
		close(wait[i]);
	}
	assert_int_equal(access(path, F_OK), 0);
}

static void test_dead_socket(void **state)
{
	struct harness *harness = *state;
	const char *path = harness_path(harness, "oriel.sock");
	struct oriel_listener *listener;
	struct oriel_carrier *carrier;

	leave_dead_socket(path);
	assert_int_equal(oriel_carrier_unix_connect(&harness->loop, path, &carrier), -ENOENT);
	assert_int_equal(
		oriel_listener_unix(&harness->loop, path, handle_accept, NULL, &listener, NULL), 0);
	oriel_listener_destroy(listener);
}

/* Many start at the same moment over a dead socket: one wins, and its socket is the one there. */
static void test_race_for_dead_socket(void **state)
{
	enum { RACERS = 12 };
	struct harness *harness = *state;
	const char *path = harness_path(harness, "oriel.sock");
	struct sockaddr_un address = address_of(path);
	pid_t pids[RACERS];
	int say[2], wait[2], winners = 0;

	leave_dead_socket(path);
	assert_int_equal(pipe(say), 0);
	assert_int_equal(pipe(wait), 0);
	for (int i = 0; i < RACERS; i++) {
		pids[i] = fork();
		if (pids[i] == 0) {
			close(wait[1]);
			_exit(listen_in_child(path, say[1], wait[0]));
		}
	}
	for (int i = 0; i < RACERS; i++) {
		char c = 0;
		assert_int_equal(read(say[0], &c, 1), 1);
		winners += c == 'y';
	}
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	close(fd);
	for (int i = 0; i < 2; i++)
		close(wait[i]);
	for (int i = 0; i < RACERS; i++) {
		int status = exit_status(pids[i]);
		assert_true(status == 0 || status == 1);
	}
	assert_int_equal(winners, 1);
	for (int i = 0; i < 2; i++)
		close(say[i]);
	unlink(path); /* the winner ended without destroying its listener */
	unlink(harness_path(harness, "oriel.sock.lock"));
}

/* Connects as another user; 0: got the end of the stream at once, without a byte. */
static int call_as_stranger(const char *path)
{
	struct sockaddr_un address = address_of(path);
	char c;

	if (setresuid(STRANGER, STRANGER, STRANGER) < 0)
		return 100;
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		return errno == EACCES ? 2 : 101;
	return read(fd, &c, 1) == 0 ? 0 : 102;
}

static void run_stranger(struct harness *harness, const char *path, int expected)
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0)
		_exit(call_as_stranger(path));
	RUN_UNTIL(harness, waitpid(pid, &status, WNOHANG) == pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), expected);
}

static void test_other_user(void **state)
{
	struct harness *harness = *state;
	const char *path = harness_path(harness, "oriel.sock");
	struct oriel_listener *listener;
	struct door door = {0};

	if (geteuid() != 0) {
		print_message("# needs root to become another user\n");
		skip();
	}
	assert_int_equal(
		oriel_listener_unix(&harness->loop, path, handle_accept, &door, &listener, NULL),
		0);
	chmod(harness->folder, 0755);
	run_stranger(harness, path, 2); /* the mode keeps it out */
	chmod(path, 0666);
	run_stranger(harness, path, 0); /* and if the mode did not, its user id would */
	assert_int_equal(door.accepted, 0);
	oriel_listener_destroy(listener);
}

/* The child listens as an ordinary user; root comes. */
static int listen_as_stranger(const char *path)
{
	struct oriel_listener *listener;
	struct door door = {0};
	uv_loop_t loop;

	if (setresuid(STRANGER, STRANGER, STRANGER) < 0 || uv_loop_init(&loop) < 0)
		return 100;
	if (oriel_listener_unix(&loop, path, handle_accept, &door, &listener, NULL) < 0)
		return 101;
	while (!door.accepted || !door.guest.closed)
		uv_run(&loop, UV_RUN_ONCE);
	oriel_listener_destroy(listener);
	return door.guest.size == 2 ? 0 : 102;
}

static void test_root_is_let_in(void **state)
{
	struct harness *harness = *state;
	const char *path = harness_path(harness, "oriel.sock");
	struct oriel_carrier *carrier = NULL;
	struct probe caller = {0};

	if (geteuid() != 0) {
		print_message("# needs root to become another user\n");
		skip();
	}
	chmod(harness->folder, 0777);
	pid_t pid = fork();
	if (pid == 0)
		_exit(listen_as_stranger(path));
	RUN_UNTIL(harness, oriel_carrier_unix_connect(&harness->loop, path, &carrier) == 0);
	probe_start(&caller, carrier);
	probe_write(&caller, "hi", 2, -1);
	RUN_UNTIL(harness, caller.written);
	probe_destroy(&caller);
	assert_int_equal(exit_status(pid), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(test_connect),
		HARNESS_TEST(test_second_listener),
		HARNESS_TEST(test_foreign_listener),
		HARNESS_TEST(test_something_else_is_there),
		HARNESS_TEST(test_bad_paths),
		HARNESS_TEST(test_dead_socket),
		HARNESS_TEST(test_race_for_dead_socket),
		HARNESS_TEST(test_other_user),
		HARNESS_TEST(test_root_is_let_in),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
