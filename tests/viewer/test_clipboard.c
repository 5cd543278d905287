/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * The viewer's clipboard against a guest that lies, stops, or answers as it should; xclip is the
 * program of the host.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/viewer/guest.h"

static const struct guest_options options = {.clipboard = true};

/* Programs ------------------------------------------------------------------------------------ */

struct program {
	pid_t pid;
	int fd; /* its output, or input */
};

static struct program start_xclip(bool out)
{
	struct program program;
	int fds[2], end = out ? 1 : 0;

	assert_int_equal(pipe(fds), 0);
	program.pid = fork();
	if (program.pid == 0) {
		dup2(fds[end], end);
		close(fds[0]);
		close(fds[1]);
		execlp("xclip", "xclip", "-selection", "clipboard", "-quiet", out ? "-o" : "-i",
			"-t", "UTF8_STRING", NULL);
		_exit(127);
	}
	close(fds[end]);
	program.fd = fds[!end];
	fcntl(program.fd, F_SETFD, FD_CLOEXEC);
	return program;
}

static void end_program(struct program *program)
{
	kill(program->pid, SIGKILL);
	waitpid(program->pid, NULL, 0);
	close(program->fd);
}

/* How much xclip writes till it ends, or till that is so much; the guest, if there is one
 * still, goes on meanwhile. */
static size_t read_output(struct guest *guest, struct program *program, char *text, size_t most)
{
	size_t size = 0;
	ssize_t n = -1;

	fcntl(program->fd, F_SETFL, O_NONBLOCK);
	for (int i = 0; n != 0 && size < most; i++) {
		assert_true(i < X_PATIENCE_MS);
		if (guest)
			guest_pump(guest, 1);
		else
			usleep(1000);
		n = read(program->fd, text + size, most - size);
		if (n > 0)
			size += (size_t)n;
	}
	return size;
}

static void expect_output(struct guest *guest, struct program *program, const char *expected)
{
	char text[256] = "";

	read_output(guest, program, text, sizeof text - 1);
	assert_string_equal(text, expected);
	end_program(program);
}

/* Messages ------------------------------------------------------------------------------------ */

static uint32_t last_serial;

static void send_offer(struct guest *guest, const char *type)
{
	struct oriel_msg msg = {.type = ORIEL_MSG_CLIPBOARD_OFFER};

	msg.clipboard_offer.serial = ++last_serial;
	if (type)
		msg.clipboard_offer.types[msg.clipboard_offer.n_types++].name = type;
	guest_send(guest, &msg);
}

static void send_data(struct guest *guest, uint32_t transfer, const char *text)
{
	struct oriel_msg msg = {.type = ORIEL_MSG_CLIPBOARD_DATA};

	msg.clipboard_data.transfer = transfer;
	msg.clipboard_data.data = (struct oriel_bytes){text, (uint32_t)strlen(text)};
	guest_send(guest, &msg);
}

static void send_end(struct guest *guest, uint32_t transfer, uint64_t bytes, const char *error)
{
	struct oriel_msg msg = {.type = ORIEL_MSG_CLIPBOARD_END};

	msg.clipboard_end = (struct oriel_msg_clipboard_end){transfer, bytes, error};
	guest_send(guest, &msg);
}

/* xclip pastes, and the guest is asked: returns the transfer. Until the offer is the X server's,
 * xclip finds nothing and ends. */
static uint32_t paste(struct guest *guest, struct program *ret_program)
{
	*ret_program = start_xclip(true);
	for (int i = 0; i < X_PATIENCE_MS / 10; i++) {
		if (guest_has(guest, ORIEL_MSG_CLIPBOARD_GET, NULL, NULL, 10))
			return guest_expect(guest, ORIEL_MSG_CLIPBOARD_GET, NULL, NULL)
				->clipboard_get.transfer;
		if (waitpid(ret_program->pid, NULL, WNOHANG) == 0)
			continue;
		close(ret_program->fd);
		*ret_program = start_xclip(true);
	}
	fail_msg("the viewer does not offer what the guest has");
	return 0;
}

static void start(struct guest *guest)
{
	guest_start(guest, &options);
	last_serial = 0;
	send_offer(guest, "text/plain;charset=utf-8");
}

static void expect_good_paste(struct guest *guest)
{
	struct program program;
	uint32_t transfer = paste(guest, &program);

	send_data(guest, transfer, "hel");
	send_data(guest, transfer, "lo");
	send_end(guest, transfer, 5, "");
	expect_output(guest, &program, "hello");
}

static void expect_refusal(struct guest *guest, const char *reason)
{
	for (int i = 0; !guest->closed; i++) {
		assert_true(i < X_PATIENCE_MS / 10);
		guest_pump(guest, 10);
	}
	assert_int_equal(guest->code, ORIEL_ERROR_PROTOCOL);
	if (!strstr(guest->reason, reason))
		fail_msg("'%s' does not say '%s'", guest->reason, reason);
	assert_int_equal(guest_wait_end(guest), 1);
}

/* Tests --------------------------------------------------------------------------------------- */

static void good_guest(void **state)
{
	struct guest guest;

	(void)state;
	start(&guest);
	expect_good_paste(&guest);
	expect_good_paste(&guest);
	guest_stop(&guest);
}

/* Half a content, and this end: xclip gets none of it, and asks for STRING then. */
static void expect_failure(struct guest *guest, uint64_t bytes, const char *error)
{
	struct program program;
	uint32_t transfer = paste(guest, &program);

	for (int i = 0; i < 2; i++) {
		if (i > 0)
			transfer = guest_expect(guest, ORIEL_MSG_CLIPBOARD_GET, NULL, NULL)
					   ->clipboard_get.transfer;
		send_data(guest, transfer, "half");
		send_end(guest, transfer, bytes, error);
	}
	expect_output(guest, &program, "");
}

static void failing_guest(void **state)
{
	struct guest guest;

	(void)state;
	start(&guest);
	expect_failure(&guest, 4, "the disk is full");
	/* Says that there was more. */
	expect_failure(&guest, 8, "");
	expect_good_paste(&guest);
	guest_stop(&guest);
}

/* In the midst of a large content: xclip, which has no patience of its own, ends. */
static void failing_late(void **state)
{
	static char piece[65536], text[1 << 20];
	struct guest guest;
	struct program program;
	uint32_t transfer;

	(void)state;
	memset(piece, 'x', sizeof piece - 1);
	start(&guest);
	transfer = paste(&guest, &program);
	for (int i = 0; i < 5; i++)
		send_data(&guest, transfer, piece);
	guest_pump(&guest, 100);
	send_end(&guest, transfer, 5 * (sizeof piece - 1), "the disk is full");
	assert_true(read_output(&guest, &program, text, sizeof text) <= 5 * sizeof piece);
	end_program(&program);
	expect_good_paste(&guest);
	/* And when the viewer goes. */
	transfer = paste(&guest, &program);
	for (int i = 0; i < 5; i++)
		send_data(&guest, transfer, piece);
	guest_pump(&guest, 100);
	guest_stop(&guest);
	assert_true(read_output(NULL, &program, text, sizeof text) <= 5 * sizeof piece);
	end_program(&program);
}

static void program_gone(void **state)
{
	struct guest guest;
	struct program program;
	uint32_t transfer;

	(void)state;
	start(&guest);
	transfer = paste(&guest, &program);
	end_program(&program);
	assert_int_equal(guest_expect(&guest, ORIEL_MSG_CLIPBOARD_CANCEL, NULL, NULL)
				 ->clipboard_cancel.transfer,
		transfer);
	/* What was on its way harms nobody. */
	send_data(&guest, transfer, "late");
	send_end(&guest, transfer, 4, "");
	expect_good_paste(&guest);
	guest_stop(&guest);
}

static bool has_types(const struct oriel_msg *msg, void *user)
{
	(void)user;
	return msg->clipboard_offer.n_types > 0;
}

/* What the host has is offered, and comes when it is asked for; what is not there is an error. */
static void host_copies(void **state)
{
	struct oriel_msg get = {.type = ORIEL_MSG_CLIPBOARD_GET};
	const struct oriel_msg *end;
	struct program program = start_xclip(false);
	struct guest guest;

	(void)state;
	assert_int_equal(write(program.fd, "of the host", 11), 11);
	close(program.fd);
	program.fd = open("/dev/null", O_RDONLY);
	guest_start(&guest, &options);
	get.clipboard_get.serial = guest_expect(&guest, ORIEL_MSG_CLIPBOARD_OFFER, has_types, NULL)
					   ->clipboard_offer.serial;
	get.clipboard_get.transfer = 7;
	get.clipboard_get.type = "text/plain;charset=utf-8";
	guest_send(&guest, &get);
	end = guest_expect(&guest, ORIEL_MSG_CLIPBOARD_END, NULL, NULL);
	assert_int_equal(end->clipboard_end.transfer, 7);
	assert_int_equal(end->clipboard_end.bytes, 11);
	get.clipboard_get.type = "image/png";
	guest_send(&guest, &get);
	end = guest_expect(&guest, ORIEL_MSG_CLIPBOARD_END, NULL, NULL);
	assert_int_equal(end->clipboard_end.bytes, 0);
	end_program(&program);
	guest_stop(&guest);
}

static void wrong_number(void **state)
{
	struct guest guest;

	(void)state;
	start(&guest);
	last_serial = UINT32_MAX - 1;
	send_offer(&guest, NULL);
	expect_refusal(&guest, "count up");
}

static void flood(void **state)
{
	static char piece[65536];
	struct guest guest;
	struct program program;
	uint32_t transfer;

	(void)state;
	memset(piece, 'x', sizeof piece - 1);
	start(&guest);
	transfer = paste(&guest, &program);
	/* xclip is stopped, and so takes no more than what it has. */
	kill(program.pid, SIGSTOP);
	for (int i = 0; i < 200 && !guest.closed; i++)
		send_data(&guest, transfer, piece);
	expect_refusal(&guest, "more was sent than was taken");
	end_program(&program);
}

static void not_agreed_on(void **state)
{
	struct guest guest;

	(void)state;
	guest_start(&guest, NULL);
	last_serial = 0;
	send_offer(&guest, NULL);
	expect_refusal(&guest, "not agreed on");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(good_guest, guest_teardown),
		cmocka_unit_test_teardown(failing_guest, guest_teardown),
		cmocka_unit_test_teardown(failing_late, guest_teardown),
		cmocka_unit_test_teardown(program_gone, guest_teardown),
		cmocka_unit_test_teardown(host_copies, guest_teardown),
		cmocka_unit_test_teardown(wrong_number, guest_teardown),
		cmocka_unit_test_teardown(flood, guest_teardown),
		cmocka_unit_test_teardown(not_agreed_on, guest_teardown),
	};

	signal(SIGPIPE, SIG_IGN);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, x_start_screen, x_stop_screen);
}
