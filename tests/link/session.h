/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Two links over a pair of carriers, and what each of them saw.
 */
#ifndef ORIEL_TESTS_SESSION_H
#define ORIEL_TESTS_SESSION_H

#include "src/link/link.h"
#include "tests/carrier/harness.h"

#define HOST 0
#define GUEST 1

enum moment {
	NEVER,
	AT_READY,
	AT_MESSAGE,
	AT_DRAINED,
	AT_CLOSED,
};

struct party {
	struct oriel_link *link; /* NULL once destroyed */
	struct oriel_link_options options;
	unsigned ready, messages, drained, closed, fds;
	uint64_t peer_features;
	uint8_t peer_role;
	char peer_program[256];
	uint16_t last_type;
	uint64_t sum; /* of the bytes of frames and icons */
	int error;
	enum oriel_error code;
	char reason[8192];
	enum moment destroy_at, close_at;
	bool inside; /* a call of ours: no callback may come */
};

struct session {
	struct harness *harness;
	struct party parties[2]; /* HOST, GUEST */
};

/* Good options for both ends; change them before start. */
void session_init(struct session *session, struct harness *harness);
void session_start(struct session *session, const struct oriel_carrier_pair_options *options);
/* One party only, on this carrier. */
void session_start_party(struct party *party, struct oriel_carrier *carrier);
void session_run_ready(struct session *session);
void session_run_closed(struct session *session);
/* Also checks that closed() came once to each link that was not destroyed before. */
void session_finish(struct session *session);

int party_send(struct party *party, const struct oriel_msg *msg, int fd);
void party_close(struct party *party, enum oriel_error code, const char *reason);
void party_destroy(struct party *party);

/* Messages: to the host, and one to the guest; data of a frame or icon is borrowed. */
void make_window_gone(struct oriel_msg *msg, uint32_t window);
void make_frame(struct oriel_msg *msg, const void *data, uint32_t size);
void make_ring(struct oriel_msg *msg);
void make_stats_get(struct oriel_msg *msg, uint32_t id);
/* A good one of HOST or GUEST. */
void make_hello(struct oriel_msg *msg, int side);

uint64_t byte_sum(const void *data, size_t size);

#endif
