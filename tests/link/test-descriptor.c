/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * File descriptors that come where none belongs. All must be closed: the teardown counts.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "tests/link/duel.h"

static const size_t reads[] = {0, 1};
#define FOR_EACH_READ(i) for (size_t i = 0; i < 2; i++)

static void test_descriptor_with_other_message(void **state)
{
	FOR_EACH_READ(i)
	{
		struct duel *duel = duel_new(*state, HOST);
		int fd = probe_make_file("stray");

		duel_greet(duel, reads[i]);
		duel_add_window_gone(duel);
		duel_expect(duel, fd, -EPROTO, ORIEL_ERROR_PROTOCOL, "file descriptor");
		close(fd);
		duel_free(duel);
	}
}

static void test_descriptor_with_hello(void **state)
{
	FOR_EACH_READ(i)
	{
		struct duel *duel = duel_new(*state, HOST);
		int fd = probe_make_file("stray");

		duel_start(duel, reads[i]);
		duel_add_hello(duel);
		duel_expect(duel, fd, -EPROTO, ORIEL_ERROR_PROTOCOL, "file descriptor");
		close(fd);
		duel_free(duel);
	}
}

/* The descriptor comes in the middle of a ring message, not with its start. */
static void test_descriptor_inside_a_message(void **state)
{
	struct duel *duel = duel_new(*state, HOST);
	int fd = probe_make_file("stray");

	duel_greet(duel, 0);
	make_ring(duel->msg);
	duel_add_message(duel);
	unsigned char tail[2] = {duel->out[duel->size - 2], duel->out[duel->size - 1]};
	duel->size -= 2;
	duel_write(duel, -1);
	duel_add_bytes(duel, tail, 2);
	duel_expect(duel, fd, -EPROTO, ORIEL_ERROR_PROTOCOL, "file descriptor");
	assert_int_equal(duel->party->fds, 0);
	close(fd);
	duel_free(duel);
}

/* Bytes before the ring message in the same piece, as a kernel may join them. */
static void test_descriptor_behind_other_messages(void **state)
{
	struct duel *duel = duel_new(*state, HOST);
	int fd = probe_make_file("ring");

	duel_greet(duel, 0);
	duel_add_window_gone(duel);
	make_ring(duel->msg);
	duel_add_message(duel);
	duel_add_window_gone(duel);
	duel->size -= 4; /* and a part of the next */
	duel_write(duel, fd);
	RUN_UNTIL(*state, duel->party->messages == 2);
	assert_int_equal(duel->party->fds, 1);
	close(fd);
	duel_free(duel);
}

static void test_two_descriptors_for_one_message(void **state)
{
	struct duel *duel = duel_new(*state, HOST);
	int fd = probe_make_file("ring");
	unsigned char rest[64];

	duel_greet(duel, 0);
	make_ring(duel->msg);
	duel_add_message(duel);
	size_t size = duel->size - 3;
	memcpy(rest, duel->out + 3, size);
	duel->size = 3;
	duel_write(duel, fd);
	duel_add_bytes(duel, rest, size);
	duel_expect(duel, fd, -EPROTO, ORIEL_ERROR_PROTOCOL, "file descriptor");
	close(fd);
	duel_free(duel);
}

/* The fault comes while a descriptor waits for the rest of its message. */
static void test_descriptor_kept_when_link_ends(void **state)
{
	struct duel *duel = duel_new(*state, HOST);
	int fd = probe_make_file("ring");

	duel_greet(duel, 0);
	make_ring(duel->msg);
	duel_add_message(duel);
	duel->size = 3;
	duel_write(duel, fd);
	close(fd);
	duel_free(duel); /* the teardown counts descriptors */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(test_descriptor_with_other_message),
		HARNESS_TEST(test_descriptor_with_hello),
		HARNESS_TEST(test_descriptor_inside_a_message),
		HARNESS_TEST(test_descriptor_behind_other_messages),
		HARNESS_TEST(test_two_descriptors_for_one_message),
		HARNESS_TEST(test_descriptor_kept_when_link_ends),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
