/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * ssh:HOST with the real ssh, a real sshd and a real orield.
 *
 * sshd serves one connection on standard input and output, as ssh's ProxyCommand: no port, no
 * daemon, and it works for root and for others. All keys and settings are this test's own: ssh
 * looks for those of the user in the password database's home, so a script named ssh, first in
 * PATH, gives it ours.
 *
 * argv[1]: the folder of orield.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/cli/run.h"

#define SSH "/usr/bin/ssh"
#define SSHD "/usr/sbin/sshd"

static const char *orield_folder;

/* Runs a command, to which $D is this test's folder. */
static void shell(const char *command)
{
	assert_int_equal(setenv("D", run_folder(), 1), 0);
	if (system(command) != 0)
		fail_msg("this failed: %s", command);
}

/* A file of the folder, with these lines, in which ~ stands for the folder. */
static void write_file(const char *name, mode_t mode, const char *lines)
{
	char path[256];
	FILE *file;

	snprintf(path, sizeof path, "%s/%s", run_folder(), name);
	file = fopen(path, "w");
	assert_non_null(file);
	for (const char *c = lines; *c; c++) {
		if (*c == '~')
			fputs(run_folder(), file);
		else
			fputc(*c, file);
	}
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(path, mode), 0);
}

static void write_sshd_config(void)
{
	char line[1024];

	write_file("sshd_config", 0600,
		"HostKey ~/host\n"
		"AuthorizedKeysFile ~/authorized\n"
		"PasswordAuthentication no\n"
		"KbdInteractiveAuthentication no\n"
		"StrictModes no\n"
		"UsePAM no\n");
	snprintf(line, sizeof line,
		"echo 'SetEnv PATH=%s:/usr/bin:/bin XDG_RUNTIME_DIR='$D/far "
		"XDG_STATE_HOME=$D/far HOME=$D/far >>$D/sshd_config",
		orield_folder);
	shell(line);
}

static int set_up(void **state)
{
	(void)state;
	shell("mkdir -m 700 $D/far $D/bin && ssh-keygen -q -t ed25519 -N '' -f $D/host && "
	      "ssh-keygen -q -t ed25519 -N '' -f $D/key && "
	      "ssh-keygen -q -t ed25519 -N '' -f $D/stranger && cp $D/key.pub $D/authorized && "
	      "echo box $(cat $D/host.pub) >$D/known");
	write_sshd_config();
	write_file("proxy", 0700,
		"#!/bin/sh\n"
		"echo $1 >~/port\n"
		"exec " SSHD " -i -f ~/sshd_config -E ~/sshd.log\n");
	write_file("ssh_config", 0600,
		"Host box\n"
		"  HostKeyAlias box\n"
		"  ProxyCommand ~/proxy %p\n"
		"  IdentityFile ~/key\n"
		"Host locked\n"
		"  HostKeyAlias box\n"
		"  ProxyCommand ~/proxy %p\n"
		"  IdentityFile ~/stranger\n"
		"Host other\n"
		"  ProxyCommand ~/proxy %p\n"
		"Host *\n"
		"  IdentitiesOnly yes\n"
		"  IdentityAgent none\n"
		"  BatchMode yes\n"
		"  LogLevel ERROR\n"
		"  UserKnownHostsFile ~/known\n"
		"  GlobalKnownHostsFile /dev/null\n");
	write_file("bin/ssh", 0700, "#!/bin/sh\nexec " SSH " -F ~/ssh_config \"$@\"\n");
	return 0;
}

/* Who listens on the far side's socket; -1: nobody. */
static pid_t find_orield(void)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	struct ucred peer = {.pid = -1};
	socklen_t size = sizeof peer;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(
		address.sun_path, sizeof address.sun_path, "%s/far/oriel/oriel.sock", run_folder());
	if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0 &&
		getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0)
		peer.pid = -1;
	close(fd);
	return peer.pid;
}

static int clean_up(void **state)
{
	pid_t pid = find_orield();

	(void)state;
	if (pid > 0 && kill(pid, SIGTERM) == 0)
		while (kill(pid, 0) == 0)
			usleep(10000);
	run_cleanup();
	return 0;
}

static struct run_result run(const char *arguments)
{
	char path[256];

	snprintf(path, sizeof path, "PATH=%s/bin:$PATH", run_folder());
	return run_oriel(path, arguments);
}

static void expect_output(const char *arguments, const char *part)
{
	struct run_result result = run(arguments);

	if (result.status != 0 || !strstr(result.output, part))
		shell("cat $D/sshd.log $D/far/oriel/orield.log >&2");
	assert_string_equal(result.error, "");
	assert_int_equal(result.status, 0);
	assert_non_null(strstr(result.output, part));
	run_result_free(&result);
}

/* The first starts orield, which stays for the next. */
static void test_ask(void **state)
{
	pid_t pid;

	(void)state;
	expect_output("ps --json --on ssh:box", "\"windows\"");
	pid = find_orield();
	assert_true(pid > 0);
	expect_output("stats --on ssh:box", "peers_connected");
	assert_int_equal(find_orield(), pid);
}

static void test_port(void **state)
{
	(void)state;
	expect_output("ps --json --on ssh:box:2222", "\"windows\"");
	shell("test $(cat $D/port) = 2222");
}

/* Asserts the status, and that the last line, oriel's own, has the text. What the programs in
 * between say of themselves may stand above it. */
static void expect_failure(const char *arguments, const char *text)
{
	struct run_result result = run(arguments);
	char *line;

	assert_int_equal(result.status, 1);
	assert_string_equal(result.output, "");
	line = strstr(result.error, "oriel: error: ");
	assert_non_null(line);
	if (!strstr(line, text))
		print_error("%swanted: %s\n", result.error, text);
	assert_non_null(strstr(line, text));
	run_result_free(&result);
}

static void test_wrong_key(void **state)
{
	(void)state;
	expect_failure("ps --on ssh:locked", "Permission denied");
}

static void test_unknown_host(void **state)
{
	(void)state;
	expect_failure("ps --on ssh:other", "Host key verification failed");
}

static void test_no_orield(void **state)
{
	(void)state;
	shell("cp $D/sshd_config $D/saved && sed -i 's/^SetEnv PATH=[^:]*:/SetEnv PATH=/' "
	      "$D/sshd_config");
	expect_failure("ps --on ssh:box", "orield: ");
	shell("mv $D/saved $D/sshd_config");
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ask),
		cmocka_unit_test(test_port),
		cmocka_unit_test(test_wrong_key),
		cmocka_unit_test(test_unknown_host),
		cmocka_unit_test(test_no_orield),
	};

	if (argc != 2)
		return 2;
	orield_folder = argv[1];
	if (access(SSHD, X_OK) < 0 || access(SSH, X_OK) < 0) {
		puts("1..0 # SKIP no sshd or no ssh: install openssh-server and openssh-client");
		return 0;
	}
	/* Where sshd of root shuts its unprivileged half in; a system's start makes it. */
	if (geteuid() == 0)
		mkdir("/run/sshd", 0755);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, set_up, clean_up);
}
