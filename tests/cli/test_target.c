/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "host/target/find.h"
#include "host/target/kinds.h"
#include "host/target/program.h"
#include "host/target/target.h"

/* error: a part of the message, NULL when the text is fine. */
static const struct {
	const char *text, *place;
	unsigned port;
	const char *error;
} table[] = {
	{"local", NULL, 0, NULL},
	{"unix:/run/oriel.sock", "/run/oriel.sock", 0, NULL},
	{"unix:relative path:with colon", "relative path:with colon", 0, NULL},
	{"tcp:127.0.0.1:7000", "127.0.0.1", 7000, NULL},
	{"tcp:localhost:1", "localhost", 1, NULL},
	{"tcp:[::1]:65535", "::1", 65535, NULL},
	{"exec:kubectl exec -i pod -- orield --stdio", "kubectl exec -i pod -- orield --stdio", 0,
		NULL},
	{"ssh:box", "box", 0, NULL},
	{"ssh:me@box", "me@box", 0, NULL},
	{"ssh:me@box:2222", "me@box", 2222, NULL},
	{"ssh:[fe80::1%eth0]:22", "fe80::1%eth0", 22, NULL},
	{"ssh:[::1]", "::1", 0, NULL},
	{"vsock:3:6767", "3", 6767, NULL},
	{"vsock:4294967294:4294967294", "4294967294", 4294967294u, NULL},
	{"vsock-unix:/run/vm.vsock:6767", "/run/vm.vsock", 6767, NULL},
	{"vsock-unix:with:colon:1", "with:colon", 1, NULL},
	{"", NULL, 0, "no target is named: use unix:PATH"},
	{"loca", NULL, 0, "unknown target 'loca': use local, unix:PATH, tcp:HOST:PORT"},
	{"local:", NULL, 0, "unknown target"},
	{"localhost", NULL, 0, "unknown target"},
	{"LOCAL", NULL, 0, "unknown target"},
	{"box", NULL, 0, "unknown target 'box'"},
	{"vsock", NULL, 0, "unknown target 'vsock'"},
	{"vsock:3", NULL, 0, "not vsock:CID:PORT"},
	{"vsock:", NULL, 0, "not vsock:CID:PORT"},
	{"vsock:3:", NULL, 0, "not vsock:CID:PORT"},
	{"vsock::6767", NULL, 0, "not vsock:CID:PORT"},
	{"vsock:3:0", NULL, 0, "not vsock:CID:PORT"},
	{"vsock:3:4294967295", NULL, 0, "not vsock:CID:PORT"},
	{"vsock:3:+7", NULL, 0, "not vsock:CID:PORT"},
	{"vsock:3:7x", NULL, 0, "not vsock:CID:PORT"},
	{"vsock:0:7", NULL, 0, "not vsock:CID:PORT"},
	{"vsock:2:7", NULL, 0, "not vsock:CID:PORT"},
	{"vsock:4294967295:7", NULL, 0, "not vsock:CID:PORT"},
	{"vsock:99999999999999999999999:7", NULL, 0, "not vsock:CID:PORT"},
	{"vsock:3:4:5", NULL, 0, "not vsock:CID:PORT"},
	{"vsock:box:7", NULL, 0, "not vsock:CID:PORT"},
	{"vsock-unix:/run/vm.vsock", NULL, 0, "not vsock-unix:PATH:PORT"},
	{"vsock-unix::7", NULL, 0, "not vsock-unix:PATH:PORT"},
	{"vsock-unix:/run/vm:", NULL, 0, "not vsock-unix:PATH:PORT"},
	{"vsock-unix:/run/vm:0", NULL, 0, "not vsock-unix:PATH:PORT"},
	{"/run/oriel.sock", NULL, 0, "a socket is written unix:/run/oriel.sock"},
	{"unix:", NULL, 0, "not complete"},
	{"exec:", NULL, 0, "not complete"},
	{"tcp:", NULL, 0, "not tcp:HOST:PORT"},
	{"tcp:7000", NULL, 0, "not tcp:HOST:PORT"},
	{"tcp:127.0.0.1", NULL, 0, "not tcp:HOST:PORT"},
	{"tcp:127.0.0.1:", NULL, 0, "not tcp:HOST:PORT"},
	{"tcp:127.0.0.1:0", NULL, 0, "not tcp:HOST:PORT"},
	{"tcp:127.0.0.1:65536", NULL, 0, "not tcp:HOST:PORT"},
	{"tcp:127.0.0.1:99999999999999999999", NULL, 0, "not tcp:HOST:PORT"},
	{"tcp:127.0.0.1: 7", NULL, 0, "not tcp:HOST:PORT"},
	{"tcp:127.0.0.1:+7", NULL, 0, "not tcp:HOST:PORT"},
	{"tcp:127.0.0.1:7x", NULL, 0, "not tcp:HOST:PORT"},
	{"tcp:127.0.0.1:7:8", NULL, 0, "not tcp:HOST:PORT"},
	{"tcp:::1:7000", NULL, 0, "not tcp:HOST:PORT"},
	{"tcp:[::1:7000", NULL, 0, "not tcp:HOST:PORT"},
	{"tcp:[]:7000", NULL, 0, "not tcp:HOST:PORT"},
	{"tcp:[::1]7000", NULL, 0, "not tcp:HOST:PORT"},
	{"tcp:example.org:7000", NULL, 0, "use ssh:example.org"},
	{"tcp:0.0.0.0:7000", NULL, 0, "this machine only"},
	{"ssh:", NULL, 0, "not ssh:HOST"},
	{"ssh::22", NULL, 0, "not ssh:HOST"},
	{"ssh:box:ssh", NULL, 0, "not ssh:HOST"},
	{"ssh:-oProxyCommand=touch /tmp/x", NULL, 0, "not ssh:HOST"},
};

static void test_parse(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct oriel_target *target = NULL;
		char error[512] = "";
		int r = oriel_target_parse(table[i].text, &target, error, sizeof error);

		if (r != (table[i].error ? -EINVAL : 0))
			print_error("%s: %d %s\n", table[i].text, r, error);
		assert_int_equal(r, table[i].error ? -EINVAL : 0);
		if (table[i].error) {
			assert_null(target);
			assert_non_null(strstr(error, table[i].error));
			assert_null(strchr(error, '\n'));
			continue;
		}
		assert_string_equal(error, "");
		assert_string_equal(oriel_target_name(target), table[i].text);
		if (table[i].place)
			assert_string_equal(target->place, table[i].place);
		else
			assert_null(target->place);
		assert_int_equal(target->port, table[i].port);
		oriel_target_destroy(target);
	}
	oriel_target_destroy(NULL);
}

static void test_short_error_buffer(void **state)
{
	struct oriel_target *target = NULL;
	char error[8] = "1234567";

	(void)state;
	assert_int_equal(oriel_target_parse("what", &target, error, sizeof error), -EINVAL);
	assert_string_equal(error, "unknown");
}

/* Opens and expects this error; the text of it is to be in the message. */
static void expect_open(const char *text, int code, const char *part)
{
	struct oriel_target *target;
	struct oriel_carrier *carrier = NULL;
	char error[1024] = "";
	uv_loop_t loop;
	int r;

	assert_int_equal(oriel_target_parse(text, &target, error, sizeof error), 0);
	assert_int_equal(uv_loop_init(&loop), 0);
	r = oriel_target_open(target, &loop, &carrier, error, sizeof error);
	if (r != code || !strstr(error, part))
		print_error("%s: %d %s\n", text, r, error);
	assert_int_equal(r, code);
	assert_null(carrier);
	assert_non_null(strstr(error, part));
	assert_null(strchr(error, '\n'));
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&loop), 0);
	oriel_target_destroy(target);
}

static void test_open_unix_nobody(void **state)
{
	(void)state;
	expect_open("unix:/nonexistent/oriel.sock", -ENOENT, "nobody listens on /nonexistent");
}

static void test_open_vsock_unix_nobody(void **state)
{
	(void)state;
	expect_open("vsock-unix:/nonexistent/vsock:7", -ENOENT,
		"no virtual machine listens on /nonexistent/vsock");
}

static void test_open_unix_too_long(void **state)
{
	char text[300] = "unix:/";

	(void)state;
	memset(text + 6, 'a', sizeof text - 7);
	text[sizeof text - 1] = '\0';
	expect_open(text, -ENAMETOOLONG, "too long");
}

/* As another user, since this one may be root. */
static void test_open_unix_no_permission(void **state)
{
	char folder[] = "/tmp/oriel-target-XXXXXX", text[64];
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0), status;
	pid_t pid;

	(void)state;
	if (geteuid() != 0)
		skip();
	assert_non_null(mkdtemp(folder));
	snprintf(text, sizeof text, "unix:%s/sock", folder);
	snprintf(address.sun_path, sizeof address.sun_path, "%s", text + 5);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
	assert_int_equal(listen(fd, 1), 0);
	pid = fork();
	if (pid == 0) {
		struct oriel_target *target;
		struct oriel_carrier *carrier;
		char error[256] = "";
		uv_loop_t loop;

		if (setgid(65534) < 0 || setuid(65534) < 0)
			_exit(2);
		uv_loop_init(&loop);
		if (oriel_target_parse(text, &target, error, sizeof error) < 0)
			_exit(3);
		if (oriel_target_open(target, &loop, &carrier, error, sizeof error) != -EACCES)
			_exit(4);
		_exit(strstr(error, "no permission to use the socket") ? 0 : 5);
	}
	waitpid(pid, &status, 0);
	close(fd);
	unlink(text + 5);
	rmdir(folder);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void test_open_ssh_missing(void **state)
{
	char *path = strdup(getenv("PATH"));

	(void)state;
	setenv("PATH", "/nonexistent", 1);
	expect_open("ssh:box", -ENOENT, "install an OpenSSH client");
	setenv("PATH", path, 1);
	free(path);
}

#ifdef __linux__
/* A script in the place of orield. */
static void write_script(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

static void test_open_local(void **state)
{
	char folder[] = "/tmp/oriel-target-XXXXXX", orield[64], path[128];

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(orield, sizeof orield, "%s/orield", folder);
	snprintf(path, sizeof path, "%s/oriel.sock", folder);
	setenv("ORIEL_SOCKET", path, 1);
	setenv("ORIEL_ORIELD", orield, 1);
	expect_open("local", -EACCES, "which is not a program");
	write_script(orield, "#!/bin/sh\necho first >&2\necho no cursor theme >&2\nexit 1\n");
	expect_open("local", -ECHILD, "orield did not start: no cursor theme (oriel doctor");
	write_script(orield, "#!/bin/sh\nkill -9 $$\n");
	expect_open("local", -ECHILD, "orield did not start: signal 9 ended it");
	write_script(orield, "#!/bin/sh\nexit 1\n");
	expect_open("local", -ECHILD, "it did not say why");
	write_script(orield, "#!/bin/sh\nexit 0\n");
	expect_open("local", -ENOENT, "nobody listens on");
	/* Only --detach leaves the terminal. */
	write_script(orield, "#!/bin/sh\necho got \"$@\" >&2\nexit 1\n");
	expect_open("local", -ECHILD, "got --detach");
	unlink(orield);
	rmdir(folder);
	unsetenv("ORIEL_SOCKET");
	unsetenv("ORIEL_ORIELD");
}
#endif

static void test_program_run(void **state)
{
	const char *const argv[] = {
		"sh", "-c", "echo out; echo one >&2; echo two >&2; echo >&2; exit 3", NULL};
	struct oriel_program_result result;

	(void)state;
	assert_int_equal(oriel_program_run(argv, 60000, &result), 0);
	assert_int_equal(result.status, 3);
	assert_string_equal(result.output, "out\n");
	assert_string_equal(result.error, "two");
}

static void test_program_limits(void **state)
{
	const char *const hang[] = {"sleep", "1000", NULL}, *const none[] = {"/nonexistent", NULL};
	/* What stays in the background must not keep us waiting. */
	const char *const daemon[] = {"sh", "-c", "sleep 100 & echo $! >&2", NULL};
	struct oriel_program_result result = {.status = 77};

	(void)state;
	assert_int_equal(oriel_program_run(none, 1000, &result), -ENOENT);
	assert_int_equal(result.status, 77);
	assert_int_equal(oriel_program_run(hang, 50, &result), 0);
	assert_int_equal(result.status, -1);
	assert_int_equal(oriel_program_run(daemon, 60000, &result), 0);
	assert_int_equal(result.status, 0);
	assert_int_equal(kill(atoi(result.error), SIGKILL), 0);
}

static void test_find(void **state)
{
	char path[256];

	(void)state;
	assert_int_equal(oriel_find_program("sh", path, sizeof path), 0);
	assert_int_equal(access(path, X_OK), 0);
	assert_int_equal(oriel_find_program("no-such-program", path, sizeof path), -ENOENT);
	assert_int_equal(oriel_find_program("sh", path, 3), -ENOENT);
	setenv("ORIEL_ORIELD", "/bin/sh", 1);
	assert_int_equal(oriel_find_orield(path, sizeof path), 0);
	assert_string_equal(path, "/bin/sh");
	setenv("ORIEL_ORIELD", "/tmp", 1);
	assert_int_equal(oriel_find_orield(path, sizeof path), -EACCES);
	unsetenv("ORIEL_ORIELD");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_short_error_buffer),
		cmocka_unit_test(test_open_unix_nobody),
		cmocka_unit_test(test_open_vsock_unix_nobody),
		cmocka_unit_test(test_open_unix_too_long),
		cmocka_unit_test(test_open_unix_no_permission),
		cmocka_unit_test(test_open_ssh_missing),
#ifdef __linux__
		cmocka_unit_test(test_open_local),
#endif
		cmocka_unit_test(test_program_run),
		cmocka_unit_test(test_program_limits),
		cmocka_unit_test(test_find),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
