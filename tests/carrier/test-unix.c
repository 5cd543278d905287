/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "src/carrier/fd.h"
#include "tests/carrier/probe.h"

static void start_two(struct harness *harness, struct probe *a, struct probe *b)
{
	struct oriel_carrier *carrier;
	int fds[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	assert_int_equal(oriel_carrier_unix_adopt(&harness->loop, fds[0], &carrier), 0);
	probe_start(a, carrier);
	assert_int_equal(oriel_carrier_unix_adopt(&harness->loop, fds[1], &carrier), 0);
	probe_start(b, carrier);
}

/* One carrier; the other end is a bare, blocking socket. */
static int start_one(struct harness *harness, struct probe *a)
{
	struct oriel_carrier *carrier;
	int fds[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	assert_int_equal(oriel_carrier_unix_adopt(&harness->loop, fds[0], &carrier), 0);
	probe_start(a, carrier);
	return fds[1];
}

static void test_large_both_ways(void **state)
{
	struct probe a = {0}, b = {0};

	start_two(*state, &a, &b);
	probe_exchange(*state, &a, &b, 8 << 20);
	probe_destroy(&a);
	RUN_UNTIL(*state, b.closed);
	assert_int_equal(b.error, 0);
	probe_destroy(&b);
}

static void test_write_does_not_block(void **state)
{
	struct probe a = {0};
	int peer = start_one(*state, &a);
	unsigned char *data = probe_pattern(16 << 20);

	probe_write(&a, data, 16 << 20, -1); /* nobody reads, yet this returns */
	for (int i = 0; i < 10; i++)
		harness_turn(*state);
	assert_int_equal(a.written, 0);
	probe_destroy(&a);
	close(peer);
	free(data);
}

static void test_descriptor(void **state)
{
	struct probe a = {0}, b = {0};
	int fd = probe_make_file("ring");
	unsigned char *data = probe_pattern(2 << 20);

	start_two(*state, &a, &b);
	probe_write(&a, "before", 6, -1);
	RUN_UNTIL(*state, a.written == 1);
	probe_write(&a, data, 2 << 20, fd);
	RUN_UNTIL(*state, a.written == 2);
	close(fd);
	RUN_UNTIL(*state, b.size == 6 + (2 << 20));
	assert_int_equal(b.fds, 1);
	assert_true(probe_is_file(b.fd, "ring"));
	assert_int_equal(fcntl(b.fd, F_GETFD), FD_CLOEXEC);
	assert_memory_equal(b.bytes + 6, data, 2 << 20);
	free(data);
	probe_destroy(&a);
	probe_destroy(&b);
}

static void test_reader_destroyed_with_descriptor_on_its_way(void **state)
{
	struct probe a = {0}, b = {0};
	int fd = probe_make_file("ring");

	start_two(*state, &a, &b);
	probe_write(&a, "x", 1, fd);
	close(fd);
	probe_destroy(&b);
	RUN_UNTIL(*state, a.closed);
	probe_destroy(&a);
}

static void send_fds(int socket_fd, int fd, size_t count)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(64 * sizeof(int))];
	} control = {0};
	struct iovec iov = {.iov_base = "x", .iov_len = 1};
	struct msghdr msg = {.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control.bytes,
		.msg_controllen = CMSG_SPACE(count * sizeof(int))};
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(&msg);

	cmsg->cmsg_level = SOL_SOCKET;
	cmsg->cmsg_type = SCM_RIGHTS;
	cmsg->cmsg_len = CMSG_LEN(count * sizeof(int));
	for (size_t i = 0; i < count; i++)
		memcpy(CMSG_DATA(cmsg) + i * sizeof(int), &fd, sizeof(int));
	assert_int_equal(sendmsg(socket_fd, &msg, 0), 1);
}

static void test_too_many_descriptors(void **state)
{
	static const size_t counts[] = {2, 3, 64};

	for (size_t i = 0; i < 3; i++) {
		struct probe a = {0};
		int peer = start_one(*state, &a);
		int fd = probe_make_file("one of many");

		send_fds(peer, fd, counts[i]);
		close(fd);
		RUN_UNTIL(*state, a.closed);
		assert_int_equal(a.error, -EPROTO);
		assert_int_equal(a.fds, 0);
		probe_destroy(&a);
		close(peer);
	}
}

static void test_last_words_before_a_broken_pipe(void **state)
{
	struct probe a = {0};
	int peer = start_one(*state, &a);

	assert_int_equal(write(peer, "bye", 3), 3);
	close(peer);
	probe_write(&a, "to nobody", 9, -1); /* would be SIGPIPE */
	RUN_UNTIL(*state, a.closed);
	assert_int_equal(a.size, 3);
	assert_memory_equal(a.bytes, "bye", 3);
	assert_int_equal(a.written, 0);
	probe_destroy(&a);
}

static void test_peer_stops_reading_for_good(void **state)
{
	struct probe a = {0};
	int peer = start_one(*state, &a);

	assert_int_equal(shutdown(peer, SHUT_RD), 0);
	probe_write(&a, "to nobody", 9, -1);
	RUN_UNTIL(*state, a.closed);
	assert_int_equal(a.error, -EPIPE);
	probe_destroy(&a);
	close(peer);
}

static void test_unread_data_at_close(void **state)
{
	struct probe a = {0};
	int peer = start_one(*state, &a);

	probe_write(&a, "unread", 6, -1);
	RUN_UNTIL(*state, a.written);
	assert_int_equal(write(peer, "late", 4), 4);
	close(peer); /* the kernel tells a of a reset */
	RUN_UNTIL(*state, a.closed);
	assert_memory_equal(a.bytes, "late", 4);
	probe_destroy(&a);
}

static void test_finish(void **state)
{
	struct probe a = {0}, b = {0};

	start_two(*state, &a, &b);
	probe_finish(&a);
	RUN_UNTIL(*state, b.closed);
	assert_int_equal(a.closed, 0);
	probe_destroy(&b);
	RUN_UNTIL(*state, a.closed);
	probe_destroy(&a);
}

static void test_pause(void **state)
{
	struct probe a = {0}, b = {0};
	unsigned char *data = probe_pattern(4 << 20);

	start_two(*state, &a, &b);
	probe_pause(&b, true);
	probe_write(&a, data, 4 << 20, -1);
	for (int i = 0; i < 10; i++)
		harness_turn(*state);
	assert_int_equal(b.size + a.written, 0);
	probe_pause(&b, false);
	RUN_UNTIL(*state, b.size > 0);
	probe_pause(&b, true);
	size_t size = b.size;
	for (int i = 0; i < 10; i++)
		harness_turn(*state);
	assert_int_equal(b.size, size);
	probe_pause(&b, false);
	RUN_UNTIL(*state, b.size == 4 << 20 && a.written);
	assert_memory_equal(b.bytes, data, 4 << 20);
	free(data);
	probe_destroy(&a);
	probe_destroy(&b);
}

static void test_destroy_in_events(void **state)
{
	for (int i = 0; i < 3; i++) {
		struct probe a = {0}, b = {0};

		b.destroy_in_data = i == 0;
		a.destroy_in_written = i == 1;
		b.destroy_in_closed = i == 2;
		start_two(*state, &a, &b);
		probe_write(&a, "text", 4, -1);
		RUN_UNTIL(*state, b.size == 4 && (a.written || a.closed));
		if (i == 2)
			probe_destroy(&a);
		RUN_UNTIL(*state, i == 0 ? a.closed : b.closed);
		probe_destroy(&a);
		probe_destroy(&b);
	}
}

static void test_adopt_takes_the_descriptor_on_failure(void **state)
{
	struct harness *harness = *state;
	struct oriel_carrier *carrier = NULL;
	int fd = open("/dev/null", O_RDWR);

	/* /dev/null can't be polled; a descriptor that is not closed fails the teardown. */
	assert_int_not_equal(oriel_carrier_unix_adopt(&harness->loop, fd, &carrier), 0);
	assert_null(carrier);
	assert_int_equal(oriel_carrier_unix_adopt(&harness->loop, -1, &carrier), -EBADF);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(test_large_both_ways),
		HARNESS_TEST(test_write_does_not_block),
		HARNESS_TEST(test_descriptor),
		HARNESS_TEST(test_reader_destroyed_with_descriptor_on_its_way),
		HARNESS_TEST(test_too_many_descriptors),
		HARNESS_TEST(test_last_words_before_a_broken_pipe),
		HARNESS_TEST(test_peer_stops_reading_for_good),
		HARNESS_TEST(test_unread_data_at_close),
		HARNESS_TEST(test_finish),
		HARNESS_TEST(test_pause),
		HARNESS_TEST(test_destroy_in_events),
		HARNESS_TEST(test_adopt_takes_the_descriptor_on_failure),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
