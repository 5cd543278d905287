/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * A peer that does not read, or reads late.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/link/queue.h"
#include "tests/carrier/probe.h"
#include "tests/link/session.h"

/* A link past the handshake whose other end is a bare socket that nobody reads. The socket's own
 * buffer takes some bytes; what counts is the link's queue. */
static int start_stuck(struct harness *harness, struct session *s, struct oriel_msg *msg)
{
	struct oriel_carrier *carrier;
	unsigned char hello[256];
	size_t size;
	int fds[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	assert_int_equal(oriel_carrier_unix_adopt(&harness->loop, fds[0], &carrier), 0);
	session_init(s, harness);
	session_start_party(&s->parties[GUEST], carrier);
	make_hello(msg, HOST);
	assert_int_equal(oriel_wire_encode(msg, hello, sizeof(hello), &size), 0);
	assert_int_equal(write(fds[1], hello, size), size);
	RUN_UNTIL(harness, s->parties[GUEST].ready);
	return fds[1];
}

static void test_bound(void **state)
{
	static const uint32_t sizes[] = {100, 30000, 300000, 4 << 20};
	struct oriel_msg *msg = malloc(sizeof(*msg));
	unsigned char *data = probe_pattern(4 << 20);

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct session s;
		struct party *guest = &s.parties[GUEST];
		int peer = start_stuck(*state, &s, msg);
		int r = 0;

		make_frame(msg, data, sizes[i]);
		assert_false(oriel_link_congested(guest->link));
		while ((r = party_send(guest, msg, -1)) == 0) {
			size_t queued = oriel_link_queued(guest->link);
			assert_true(queued <= ORIEL_LINK_QUEUE_MAX);
			assert_int_equal(
				oriel_link_congested(guest->link), queued >= ORIEL_LINK_CONGESTED);
			/* Some bytes leave, as far as the system takes them. */
			uv_run(&s.harness->loop, UV_RUN_NOWAIT);
			if (oriel_link_congested(guest->link) && guest->drained == 0)
				assert_true(oriel_link_queued(guest->link) > 0);
		}
		assert_int_equal(r, -ENOBUFS);
		assert_int_equal(guest->closed, 0); /* not from inside send */
		assert_int_equal(party_send(guest, msg, -1), -EPIPE);
		RUN_UNTIL(s.harness, guest->closed);
		assert_int_equal(guest->error, -ENOBUFS);
		assert_string_equal(guest->reason, "the other end does not read");
		assert_int_equal((int)oriel_link_queued(guest->link), 0);
		party_destroy(guest);
		close(peer);
	}
	free(data);
	free(msg);
}

static void test_drained(void **state)
{
	struct oriel_msg *msg = malloc(sizeof(*msg));
	unsigned char *data = probe_pattern(1 << 20);
	struct session s;
	struct party *guest = &s.parties[GUEST];
	int peer = start_stuck(*state, &s, msg);

	for (int round = 1; round <= 3; round++) {
		make_frame(msg, data, 1 << 20);
		for (int i = 0; i < 4; i++)
			assert_int_equal(party_send(guest, msg, -1), 0);
		assert_true(oriel_link_congested(guest->link));
		assert_int_equal(guest->drained, round - 1);
		while (guest->drained < (unsigned)round) {
			char buffer[65536];
			harness_turn(s.harness);
			while (recv(peer, buffer, sizeof(buffer), MSG_DONTWAIT) > 0)
				;
		}
		assert_false(oriel_link_congested(guest->link));
		assert_true(oriel_link_queued(guest->link) < ORIEL_LINK_CONGESTED);
	}
	/* Little in the queue is no congestion and drains without a word. */
	make_window_gone(msg, 1);
	assert_int_equal(party_send(guest, msg, -1), 0);
	while (oriel_link_queued(guest->link) > 0) {
		char buffer[65536];
		harness_turn(s.harness);
		while (recv(peer, buffer, sizeof(buffer), MSG_DONTWAIT) > 0)
			;
	}
	assert_int_equal(guest->drained, 3);
	party_destroy(guest);
	close(peer);
	free(data);
	free(msg);
}

/* Pings whose answers are never collected: the answers are bounded like everything else. */
static void test_ping_flood(void **state)
{
	enum { PINGS = 1000 };
	struct oriel_msg *msg = malloc(sizeof(*msg));
	unsigned char flood[PINGS * 16];
	struct session s;
	struct party *guest = &s.parties[GUEST];
	int peer = start_stuck(*state, &s, msg);

	for (size_t i = 0; i < PINGS; i++) {
		size_t size;
		msg->type = ORIEL_MSG_PING;
		msg->ping.id = i;
		assert_int_equal(oriel_wire_encode(msg, flood + i * 16, 16, &size), 0);
		assert_int_equal(size, 16);
	}
	for (size_t sent = 0; !guest->closed;) {
		ssize_t n = send(peer, flood + sent % sizeof(flood),
			sizeof(flood) - sent % sizeof(flood), MSG_DONTWAIT | MSG_NOSIGNAL);
		sent += n > 0 ? (size_t)n : 0;
		harness_turn(s.harness);
		assert_true(oriel_link_queued(guest->link) <= ORIEL_LINK_QUEUE_MAX);
	}
	assert_int_equal(guest->error, -ENOBUFS);
	party_destroy(guest);
	close(peer);
	free(msg);
}

static void test_chunks(void **state)
{
	struct oriel_queue queue = {0};
	struct oriel_msg *msg = malloc(sizeof(*msg));
	unsigned char *data = probe_pattern(ORIEL_QUEUE_CHUNK);
	int fd = probe_make_file("ring");

	(void)state;
	assert_null(oriel_queue_seal(&queue));
	make_window_gone(msg, 1);
	size_t small = oriel_wire_size(msg);
	for (int i = 0; i < 3; i++)
		assert_int_equal(oriel_queue_push(&queue, msg, -1, 1000), 0);
	const struct oriel_chunk *first = oriel_queue_seal(&queue);
	assert_int_equal(first->size, 3 * small);
	assert_int_equal(first->messages, 3);
	/* A sealed chunk stays as it is. */
	assert_int_equal(oriel_queue_push(&queue, msg, -1, 1000), 0);
	assert_int_equal(first->size, 3 * small);
	assert_ptr_not_equal(queue.last, first);
	/* A descriptor starts a chunk; what follows may join it. */
	make_ring(msg);
	assert_int_equal(oriel_queue_push(&queue, msg, fd, 1000), 0);
	assert_int_not_equal(queue.last->fd, fd);
	assert_true(probe_is_file(queue.last->fd, "ring"));
	const struct oriel_chunk *with_fd = queue.last;
	make_window_gone(msg, 1);
	assert_int_equal(oriel_queue_push(&queue, msg, -1, 1000), 0);
	assert_ptr_equal(queue.last, with_fd);
	/* A large one has a chunk of its own, just as large. */
	make_frame(msg, data, ORIEL_QUEUE_CHUNK);
	assert_int_equal(oriel_queue_push(&queue, msg, -1, 1 << 20), 0);
	assert_int_equal(queue.last->capacity, oriel_wire_size(msg));
	assert_int_equal(queue.last->size, queue.last->capacity);
	/* The bound is exact. */
	make_window_gone(msg, 1);
	assert_int_equal(oriel_queue_push(&queue, msg, -1, queue.bytes + small - 1), -ENOBUFS);
	assert_int_equal(oriel_queue_push(&queue, msg, -1, queue.bytes - 1), -ENOBUFS);
	assert_int_equal(oriel_queue_push(&queue, msg, -1, queue.bytes + small), 0);
	make_window_gone(msg, 0);
	assert_int_equal(oriel_queue_push(&queue, msg, -1, 1 << 20), -EINVAL);
	oriel_queue_pop(&queue);
	oriel_queue_clear(&queue);
	assert_int_equal(queue.bytes, 0);
	assert_null(queue.first);
	assert_null(queue.last);
	close(fd);
	free(data);
	free(msg);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(test_bound),
		HARNESS_TEST(test_drained),
		HARNESS_TEST(test_ping_flood),
		HARNESS_TEST(test_chunks),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
