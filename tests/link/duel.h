/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * A link against a bare carrier, which can do what no link would do.
 */
#ifndef ORIEL_TESTS_DUEL_H
#define ORIEL_TESTS_DUEL_H

#include "tests/carrier/probe.h"
#include "tests/link/session.h"

struct duel {
	struct session session;
	struct party *party;
	struct probe bare;
	struct oriel_msg *msg;
	unsigned char out[16384]; /* what the bare end will write */
	size_t size;
};

/* The link is HOST or GUEST; its options may be changed before start. */
struct duel *duel_new(struct harness *harness, int side);
void duel_start(struct duel *duel, size_t max_read);
/* Started, and past the handshake. */
void duel_greet(struct duel *duel, size_t max_read);
void duel_free(struct duel *duel);

/* Makes duel->msg a good hello of the bare end. */
void duel_make_hello(struct duel *duel);

/* What the bare end shall write: bytes, duel->msg, a good hello, window_gone. */
void duel_add_bytes(struct duel *duel, const void *bytes, size_t size);
void duel_add_message(struct duel *duel);
void duel_add_hello(struct duel *duel);
void duel_add_window_gone(struct duel *duel);

/* Writes it, with a descriptor or -1, and waits until it has gone. */
void duel_write(struct duel *duel, int fd);

/* Writes it, then plays a well-behaved end, which closes when the link has said all. The link must
 * close with this error, and a bye with code and a reason with this text in it. */
void duel_expect(struct duel *duel, int fd, int error, enum oriel_error code, const char *reason);

#endif
