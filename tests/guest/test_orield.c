/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * The program itself, with the real Mir: starting, being there twice, ending.
 * argv[1]: orield.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those before it */
#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/carrier/carrier.h"
#include "src/carrier/serial.h"
#include "src/wire/wire.h"

static const char *orield;
static char folder[64]; /* all that a test writes */

struct program {
	pid_t pid;
	int in, out;
	char log[128]; /* standard error */
};

/* Programs ---------------------------------------------------------------------------------------
 */

static struct program start(const char *name, ...)
{
	struct program program;
	const char *args[16] = {orield};
	int in[2], out[2], n = 1;
	va_list list;

	va_start(list, name);
	while (n < 15 && (args[n] = va_arg(list, const char *)))
		n++;
	va_end(list);
	snprintf(program.log, sizeof program.log, "%s/%s.log", folder, name);
	assert_int_equal(pipe2(in, O_CLOEXEC), 0);
	assert_int_equal(pipe2(out, O_CLOEXEC), 0);
	program.pid = fork();
	assert_true(program.pid >= 0);
	if (program.pid == 0) {
		dup2(in[0], 0);
		dup2(out[1], 1);
		dup2(open(program.log, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600), 2);
		execv(orield, (char **)args);
		_exit(99);
	}
	close(in[0]);
	close(out[1]);
	program.in = in[1];
	program.out = out[0];
	return program;
}

static int finish(struct program *program)
{
	int status;

	assert_int_equal(waitpid(program->pid, &status, 0), program->pid);
	close(program->in);
	close(program->out);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static char *read_log(const struct program *program)
{
	static char text[16384];
	int fd = open(program->log, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? 0 : read(fd, text, sizeof text - 1);

	text[n > 0 ? n : 0] = '\0';
	close(fd);
	return text;
}

static void expect_log(const struct program *program, const char *text)
{
	if (!strstr(read_log(program), text))
		fail_msg("no '%s' in: %s", text, read_log(program));
}

/* Until it has said so, or has ended. */
static void wait_for_log(const struct program *program, const char *text)
{
	siginfo_t info;

	while (!strstr(read_log(program), text)) {
		info.si_pid = 0;
		waitid(P_PID, (id_t)program->pid, &info, WEXITED | WNOHANG | WNOWAIT);
		if (info.si_pid != 0)
			fail_msg("ended without '%s': %s", text, read_log(program));
		usleep(10000);
	}
}

static struct program start_ready(void)
{
	struct program program = start("first", "--no-x11", NULL);

	wait_for_log(&program, "ready: ");
	return program;
}

static void end(struct program *program)
{
	kill(program->pid, SIGTERM);
	assert_int_equal(finish(program), 0);
}

/* Peers ------------------------------------------------------------------------------------------
 */

static void socket_path(char *path, size_t size)
{
	snprintf(path, size, "%s/run/oriel/oriel.sock", folder);
}

static void write_hello(int fd, const char *token)
{
	struct oriel_msg msg = {.type = ORIEL_MSG_HELLO};
	uint8_t buffer[512];
	size_t size;

	msg.hello.magic = ORIEL_WIRE_MAGIC;
	msg.hello.major = ORIEL_WIRE_MAJOR;
	msg.hello.side = ORIEL_SIDE_HOST;
	msg.hello.role = ORIEL_ROLE_CONTROL;
	msg.hello.program = "test";
	msg.hello.token = (struct oriel_bytes){token, (uint32_t)strlen(token)};
	assert_int_equal(oriel_wire_encode(&msg, buffer, sizeof buffer, &size), 0);
	assert_int_equal(write(fd, buffer, size), size);
}

static void read_exactly(int fd, void *buffer, size_t size)
{
	for (size_t used = 0; used < size;) {
		ssize_t n = read(fd, (char *)buffer + used, size - used);

		assert_true(n > 0);
		used += (size_t)n;
	}
}

/* Reads one message, valid until the next call. */
static struct oriel_msg *read_message(int fd)
{
	static struct oriel_msg msg;
	static uint8_t payload[65536];
	uint8_t head[ORIEL_WIRE_HEADER];
	struct oriel_wire_header header;
	const char *reason;

	read_exactly(fd, head, sizeof head);
	assert_int_equal(oriel_wire_decode_header(head, ORIEL_WIRE_HOST, &header, &reason), 0);
	assert_true(header.length <= sizeof payload);
	read_exactly(fd, payload, header.length);
	assert_int_equal(oriel_wire_decode(&header, payload, &msg, &reason), 0);
	return &msg;
}

static void expect_hello(int fd)
{
	struct oriel_msg *msg = read_message(fd);

	assert_int_equal(msg->type, ORIEL_MSG_HELLO);
	assert_non_null(strstr(msg->hello.program, "orield"));
}

/* Tests ------------------------------------------------------------------------------------------
 */

static void test_command_line(void **state)
{
	struct program program = start("version", "--version", NULL);
	char text[256] = "";

	(void)state;
	assert_true(read(program.out, text, sizeof text - 1) > 0);
	assert_memory_equal(text, "orield ", 7);
	assert_int_equal(finish(&program), 0);
	program = start("unknown", "--nonsense", NULL);
	assert_int_equal(finish(&program), 2);
	program = start("tcp", "--tcp", "0", NULL);
	assert_int_equal(finish(&program), 2);
	expect_log(&program, "--token-file");
	program = start("serial", "--serial", "", NULL);
	assert_int_equal(finish(&program), 2);
	expect_log(&program, "--serial");
	program = start("vsock", "--vsock", "0", NULL);
	assert_int_equal(finish(&program), 2);
	expect_log(&program, "no vsock port: 0");
	program = start("level", "--log", "loud", NULL);
	assert_int_equal(finish(&program), 2);
	expect_log(&program, "loud");
}

static void test_start_and_end(void **state)
{
	struct program first = start_ready(), second;
	char path[128], holder[64];
	struct stat st;

	(void)state;
	socket_path(path, sizeof path);
	assert_int_equal(stat(path, &st), 0);
	assert_true(S_ISSOCK(st.st_mode));
	assert_int_equal(st.st_mode & 0777, 0600);
	second = start("second", "--no-x11", NULL);
	assert_int_equal(finish(&second), 1);
	snprintf(holder, sizeof holder, "process %d has the socket", (int)first.pid);
	expect_log(&second, holder);
	expect_log(&second, path);
	end(&first);
	assert_int_equal(stat(path, &st), -1);
}

static void test_interrupt(void **state)
{
	struct program program = start_ready();

	(void)state;
	kill(program.pid, SIGINT);
	assert_int_equal(finish(&program), 0);
}

/* Starts one in the background, talks to it, and leaves it running. */
static void test_stdio(void **state)
{
	struct program program = start("stdio", "--stdio", "--no-x11", NULL), again, second;
	char *kill_text, path[128];
	int pid;

	(void)state;
	write_hello(program.in, "");
	expect_hello(program.out);
	/* A second bridge to the same orield, while the first is there. */
	again = start("again", "--stdio", NULL);
	write_hello(again.in, "");
	expect_hello(again.out);
	close(program.in);
	program.in = -1;
	assert_int_equal(finish(&program), 0);
	second = start("second", "--no-x11", NULL);
	assert_int_equal(finish(&second), 1);
	kill_text = strstr(read_log(&second), "'kill ");
	assert_non_null(kill_text);
	pid = atoi(kill_text + 6);
	/* Being there already is what --detach is for. */
	second = start("third", "--detach", NULL);
	assert_int_equal(finish(&second), 0);
	kill(pid, SIGTERM);
	close(again.in);
	again.in = -1;
	assert_int_equal(finish(&again), 0);
	socket_path(path, sizeof path);
	while (access(path, F_OK) == 0)
		usleep(10000);
}

static int connect_tcp(const struct program *program)
{
	struct sockaddr_in address = {.sin_family = AF_INET};
	char *port;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	port = strstr(read_log(program), "127.0.0.1 port ");
	assert_non_null(port);
	address.sin_port = htons((uint16_t)atoi(port + strlen("127.0.0.1 port ")));
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
	return fd;
}

static void test_tcp(void **state)
{
	char path[128], token[65] = "";
	struct program program;
	struct oriel_msg *msg;
	struct stat st;
	int fd;

	(void)state;
	snprintf(path, sizeof path, "%s/token", folder);
	program = start("tcp", "--no-x11", "--tcp", "0", "--token-file", path, NULL);
	wait_for_log(&program, "ready: ");
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(read(fd, token, 64) > 0);
	close(fd);

	fd = connect_tcp(&program);
	write_hello(fd, "0123456789abcdef0123456789abcdef");
	msg = read_message(fd);
	assert_int_equal(msg->type, ORIEL_MSG_BYE);
	assert_int_equal(msg->bye.code, ORIEL_ERROR_TOKEN);
	close(fd);

	fd = connect_tcp(&program);
	write_hello(fd, token);
	expect_hello(fd);
	kill(program.pid, SIGTERM);
	msg = read_message(fd);
	assert_int_equal(msg->type, ORIEL_MSG_BYE);
	assert_int_equal(msg->bye.code, ORIEL_ERROR_SHUTDOWN);
	close(fd);
	assert_int_equal(finish(&program), 0);

	chmod(path, 0644);
	program = start("open", "--no-x11", "--tcp", "0", "--token-file", path, NULL);
	assert_int_equal(finish(&program), 1);
	expect_log(&program, "chmod 600");
}

static void ignore_closed(void *user, int error, const char *reason)
{
	(void)user;
	(void)error;
	(void)reason;
}

/* The host of a VM, whose end of the serial port is this terminal: a process that runs a broker. */
static pid_t start_broker(int terminal, const char *path)
{
	struct oriel_carrier *carrier;
	struct oriel_broker *broker;
	uv_loop_t loop;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid > 0)
		return pid;
	if (uv_loop_init(&loop) < 0 || oriel_carrier_serial_adopt(&loop, terminal, &carrier) < 0 ||
		oriel_broker_create(&loop, carrier, path, ignore_closed, NULL, &broker) < 0)
		_exit(1);
	uv_run(&loop, UV_RUN_DEFAULT);
	_exit(0);
}

static int connect_link(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	memcpy(address.sun_path, path, strlen(path));
	/* The broker has just been started. */
	for (int i = 0; connect(fd, (struct sockaddr *)&address, sizeof address) < 0; i++) {
		assert_true(i < 1000);
		usleep(10000);
	}
	return fd;
}

static void test_serial(void **state)
{
	int terminal = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC), links[2];
	struct program program;
	struct oriel_msg *msg;
	char path[100]; /* of a socket */
	pid_t broker;

	(void)state;
	assert_true(terminal >= 0 && grantpt(terminal) == 0 && unlockpt(terminal) == 0);
	snprintf(path, sizeof path, "%s/link.sock", folder);
	program = start("serial", "--no-x11", "--serial", ptsname(terminal), NULL);
	wait_for_log(&program, "serving the host through serial port");
	broker = start_broker(terminal, path);
	/* Two links through the one port, without a token: the host owns the VM. */
	for (int i = 0; i < 2; i++) {
		links[i] = connect_link(path);
		write_hello(links[i], "");
	}
	for (int i = 0; i < 2; i++)
		expect_hello(links[i]);
	/* The last words pass, though the listener has gone by then. */
	kill(program.pid, SIGTERM);
	for (int i = 0; i < 2; i++) {
		msg = read_message(links[i]);
		assert_int_equal(msg->type, ORIEL_MSG_BYE);
		assert_int_equal(msg->bye.code, ORIEL_ERROR_SHUTDOWN);
		close(links[i]);
	}
	assert_int_equal(finish(&program), 0);
	kill(broker, SIGKILL);
	waitpid(broker, NULL, 0);
	close(terminal);
}

static void test_bad_places(void **state)
{
	struct program program;

	(void)state;
	program = start("place", "--no-x11", "--socket", "/no/such/folder/socket", NULL);
	assert_int_equal(finish(&program), 1);
	expect_log(&program, "/no/such/folder/socket");
	program = start(
		"detached", "--no-x11", "--detach", "--socket", "/no/such/folder/socket", NULL);
	assert_int_equal(finish(&program), 1);
	expect_log(&program, "/no/such/folder/socket");
	program = start("port", "--no-x11", "--serial", "org.oriel.none", NULL);
	assert_int_equal(finish(&program), 1);
	expect_log(&program, "can't use serial port org.oriel.none: there is none");
}

static int make_folder(void **state)
{
	char path[128];

	(void)state;
	strcpy(folder, "/tmp/oriel-test-XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof path, "%s/run", folder);
	mkdir(path, 0700);
	setenv("XDG_RUNTIME_DIR", path, 1);
	setenv("XDG_STATE_HOME", folder, 1);
	setenv("HOME", folder, 1);
	unsetenv("ORIEL_SOCKET");
	unsetenv("WAYLAND_DISPLAY");
	return 0;
}

static int remove_folder(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof command, "rm -rf '%s'", folder);
	return system(command);
}

int main(int argc, char *argv[])
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_command_line, make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(test_start_and_end, make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(test_interrupt, make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(test_stdio, make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(test_tcp, make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(test_serial, make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(test_bad_places, make_folder, remove_folder),
	};

	if (argc != 2)
		return 2;
	orield = argv[1];
	signal(SIGPIPE, SIG_IGN);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
