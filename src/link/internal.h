/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * What the files of this folder share: link.c the life of a link and its sending half, receive.c
 * the receiving half, handshake.c hello.
 */
#ifndef ORIEL_LINK_INTERNAL_H
#define ORIEL_LINK_INTERNAL_H

#include "src/link/assembler.h"
#include "src/link/link.h"
#include "src/link/queue.h"

enum state {
	STATE_HANDSHAKE,
	STATE_READY,
	STATE_CLOSING, /* our bye is queued or written; what comes in is thrown away */
	STATE_BROKEN,  /* closed() is due, without bye */
	STATE_CLOSED,  /* closed() was called, or destroy() */
};

struct oriel_link {
	struct oriel_carrier *carrier; /* NULL: destroyed */
	const struct oriel_link_events *events;
	void *user;
	enum state state;

	enum oriel_wire_side side;
	enum oriel_role role;
	uint64_t own_features, features;
	char program[ORIEL_MAX_NAME + 1];
	unsigned char token[ORIEL_MAX_TOKEN];
	uint32_t token_size;
	uint32_t handshake_ms;

	uv_idle_t flush;     /* active: there is something to write */
	uv_check_t handled;  /* the same */
	uv_timer_t deadline; /* of the handshake, then of the bye */
	uv_timer_t trim;     /* the receive buffer was large */
	unsigned handles;    /* not yet closed by the loop; the last frees */

	struct oriel_queue queue;
	bool writing, congested;
	struct oriel_assembler assembler;
	struct oriel_link_counters counters;

	/* What closed() will say. */
	int error;
	enum oriel_error code;
	char reason[ORIEL_MAX_TEXT + 1];

	struct oriel_msg msg; /* the received one that is being handled */
};

/* Queues hello, bye and pong too. */
int oriel_link_push(struct oriel_link *link, const struct oriel_msg *msg, int fd, size_t max);

/* Notes what closed() shall say; only the first cause counts. false: there was one before. */
bool oriel_link_set_cause(
	struct oriel_link *link, int error, enum oriel_error code, const char *reason);

/* Queues bye and starts to close; closed() will have error. */
void oriel_link_say_bye(
	struct oriel_link *link, int error, enum oriel_error code, const char *reason);

/* The same for what the other end did wrong: logs it, on the guest's side as a warning. On the
 * host's it is for debugging: the user is told by who gets closed(). */
void oriel_link_fault(struct oriel_link *link, int error, enum oriel_error code, const char *format,
	...) __attribute__((format(printf, 4, 5)));

/* Ends the link now and calls closed(). The link may be gone afterwards. */
void oriel_link_end(struct oriel_link *link);

/* receive.c: bytes from the carrier. */
void oriel_link_receive(struct oriel_link *link, const void *untrusted_data, size_t size, int fd);

/* handshake.c */
int oriel_link_send_hello(struct oriel_link *link);
void oriel_link_handle_hello(struct oriel_link *link, const struct oriel_msg_hello *hello);

#endif
