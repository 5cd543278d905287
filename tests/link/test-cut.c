/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * The connection breaks after every byte of a short session: both ends are told, once, whatever
 * they were doing, and nothing is left behind.
 */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/carrier/probe.h"
#include "tests/link/session.h"

/* Plays the session as far as it goes; the total of bytes it took. */
static size_t play(struct harness *harness, struct session *s, size_t cut, size_t max_read)
{
	struct oriel_carrier_pair_options options = {.cut_after = cut, .max_read = max_read};
	struct party *host = &s->parties[HOST], *guest = &s->parties[GUEST];
	struct oriel_link_counters counters;
	struct oriel_msg *msg = malloc(sizeof(*msg));
	int fd = probe_make_file("ring");

	session_init(s, harness);
	session_start(s, &options);
	RUN_UNTIL(harness, (host->ready && guest->ready) || (host->closed && guest->closed));
	if (guest->ready) {
		make_ring(msg);
		party_send(guest, msg, fd);
		make_frame(msg, "0123456789", 10);
		party_send(guest, msg, -1);
		make_stats_get(msg, 1);
		party_send(host, msg, -1);
		msg->type = ORIEL_MSG_PING;
		msg->ping.id = 1;
		party_send(host, msg, -1);
	}
	close(fd);
	RUN_UNTIL(harness, (host->messages == 2 && guest->messages == 1) || host->closed);
	if (!host->closed)
		party_close(host, ORIEL_ERROR_NONE, "done");
	session_run_closed(s);
	oriel_link_counters(host->link, &counters);
	session_finish(s);
	free(msg);
	return counters.bytes_in + counters.bytes_out;
}

static void check(const struct party *party, bool whole)
{
	assert_int_equal(party->closed, 1);
	assert_true(party->error == 0 || (!whole && party->error == -ECONNRESET));
}

static void test_every_byte(void **state)
{
	static const size_t max_reads[] = {0, 1, 7};
	struct session s;
	size_t total = play(*state, &s, 0, 0);

	assert_true(total >= 100 && total <= 2000);
	check(&s.parties[HOST], true);
	check(&s.parties[GUEST], true);
	for (size_t i = 0; i < sizeof(max_reads) / sizeof(max_reads[0]); i++) {
		size_t fds = harness_count_fds();

		for (size_t cut = 1; cut < total; cut++) {
			play(*state, &s, cut, max_reads[i]);
			check(&s.parties[HOST], false);
			check(&s.parties[GUEST], false);
			assert_int_equal(harness_count_fds(), fds);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(test_every_byte),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
