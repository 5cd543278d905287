/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/* A started program: input, output, signals, exit status, and when the viewer ends. */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/viewer/guest.h"

static const char *const program[] = {"prog", "one", "two words", NULL};

static const struct guest_window plain = {.id = 7, .flags = GUEST_BARE, .width = 64, .height = 64};

/* Starts an owning viewer; *ret_in writes to its standard input, *ret_out reads its output. */
static void start(struct guest *guest, int *ret_in, int *ret_out)
{
	int in[2], out[2];
	const struct oriel_msg *msg;

	assert_int_equal(pipe2(in, O_CLOEXEC), 0);
	assert_int_equal(pipe2(out, O_CLOEXEC), 0);
	guest_start(guest, &(struct guest_options){
				   .program = program, .stdin_fd = in[0], .stdout_fd = out[1]});
	close(in[0]);
	close(out[1]);
	*ret_in = in[1];
	*ret_out = out[0];
	msg = guest_expect(guest, ORIEL_MSG_LAUNCH, NULL, NULL);
	assert_int_equal(msg->launch.n_args, 3);
	assert_int_equal(msg->launch.launch, 1);
}

static void finish(struct guest *guest, uint32_t status)
{
	struct oriel_msg msg = {.type = ORIEL_MSG_LAUNCH_EXIT};

	msg.launch_exit = (struct oriel_msg_launch_exit){.launch = 1, .status = status};
	guest_send(guest, &msg);
}

static void output(struct guest *guest, const void *data, size_t size)
{
	struct oriel_msg msg = {.type = ORIEL_MSG_LAUNCH_OUTPUT};

	msg.launch_output = (struct oriel_msg_launch_output){
		.launch = 1, .stream = 1, .data = {data, (uint32_t)size}};
	guest_send(guest, &msg);
}

static void status_is_passed(void **state)
{
	struct guest guest;
	int in, out;

	(void)state;
	start(&guest, &in, &out);
	finish(&guest, 37);
	assert_int_equal(guest_wait_end(&guest), 37);
	close(in);
	close(out);
}

/* The program has ended, its window is still there: so is the viewer. */
static void windows_outlive_program(void **state)
{
	struct guest guest;
	int in, out;

	(void)state;
	start(&guest, &in, &out);
	guest_open(&guest, &plain, 1);
	finish(&guest, 5);
	guest_pump(&guest, 200);
	assert_false(guest.closed);
	guest_gone(&guest, 7);
	assert_int_equal(guest_wait_end(&guest), 5);
	close(in);
	close(out);
}

static void input_and_output(void **state)
{
	char text[64] = {0};
	struct guest guest;
	int in, out;

	(void)state;
	start(&guest, &in, &out);
	assert_int_equal(write(in, "hello", 5), 5);
	guest_expect(&guest, ORIEL_MSG_LAUNCH_INPUT, NULL, NULL);
	assert_memory_equal(guest.input, "hello", 5);
	close(in);
	guest_expect(&guest, ORIEL_MSG_LAUNCH_INPUT, NULL, NULL); /* the end */
	assert_int_equal(guest.input_size, 5);
	output(&guest, "result\n", 7);
	guest_pump(&guest, 10);
	assert_int_equal(read(out, text, sizeof text), 7);
	assert_string_equal(text, "result\n");
	finish(&guest, 0);
	assert_int_equal(guest_wait_end(&guest), 0);
	close(out);
}

/* Nobody reads our output for a while: all of it arrives, in order. */
static void slow_reader(void **state)
{
	enum { PIECE = 65536, PIECES = 100 };
	static char piece[PIECE], got[PIECE];
	struct guest guest;
	size_t total = 0;
	int in, out;

	(void)state;
	start(&guest, &in, &out);
	for (int i = 0; i < PIECES; i++) {
		memset(piece, 'a' + i % 26, sizeof piece);
		output(&guest, piece, sizeof piece);
	}
	finish(&guest, 3);
	guest_pump(&guest, 200);
	while (total < (size_t)PIECE * PIECES) {
		ssize_t n = read(out, got, sizeof got);

		assert_true(n > 0);
		for (ssize_t k = 0; k < n; k++)
			assert_int_equal(got[k], 'a' + (total + (size_t)k) / PIECE % 26);
		total += (size_t)n;
	}
	assert_int_equal(guest_wait_end(&guest), 3);
	close(in);
	close(out);
}

static bool is_signal(const struct oriel_msg *msg, void *user)
{
	return msg->launch_signal.signal == *(uint32_t *)user;
}

static void signals_are_passed(void **state)
{
	uint32_t interrupt = SIGINT, terminate = SIGTERM;
	struct guest guest;
	int in, out;

	(void)state;
	start(&guest, &in, &out);
	kill(guest.viewer, SIGINT);
	guest_expect(&guest, ORIEL_MSG_LAUNCH_SIGNAL, is_signal, &interrupt);
	kill(guest.viewer, SIGTERM);
	guest_expect(&guest, ORIEL_MSG_LAUNCH_SIGNAL, is_signal, &terminate);
	/* The program takes no notice; who asks a third time means the viewer. */
	kill(guest.viewer, SIGTERM);
	assert_int_equal(guest_wait_end(&guest), 0);
	close(in);
	close(out);
}

static void attached_ends_by_signal(void **state)
{
	struct guest guest;

	(void)state;
	guest_start(&guest, NULL);
	guest_open(&guest, &plain, 1);
	kill(guest.viewer, SIGTERM);
	assert_int_equal(guest_wait_end(&guest), 0);
}

static void guest_goes_away(void **state)
{
	struct guest guest;
	int in, out;

	(void)state;
	start(&guest, &in, &out);
	assert_int_equal(guest_stop(&guest), 1);
	close(in);
	close(out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(status_is_passed, guest_teardown),
		cmocka_unit_test_teardown(windows_outlive_program, guest_teardown),
		cmocka_unit_test_teardown(input_and_output, guest_teardown),
		cmocka_unit_test_teardown(slow_reader, guest_teardown),
		cmocka_unit_test_teardown(signals_are_passed, guest_teardown),
		cmocka_unit_test_teardown(attached_ends_by_signal, guest_teardown),
		cmocka_unit_test_teardown(guest_goes_away, guest_teardown),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, x_start_screen, x_stop_screen);
}
