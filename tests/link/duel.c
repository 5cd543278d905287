/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "tests/link/duel.h"

#include <stdlib.h>
#include <string.h>

struct duel *duel_new(struct harness *harness, int side)
{
	struct duel *duel = calloc(1, sizeof(*duel));

	duel->msg = malloc(sizeof(*duel->msg));
	session_init(&duel->session, harness);
	duel->party = &duel->session.parties[side];
	return duel;
}

void duel_start(struct duel *duel, size_t max_read)
{
	struct oriel_carrier_pair_options options = {.max_read = max_read};
	struct oriel_carrier *ends[2];

	assert_int_equal(oriel_carrier_pair(&duel->session.harness->loop, &options, ends), 0);
	session_start_party(duel->party, ends[0]);
	probe_start(&duel->bare, ends[1]);
}

void duel_add_bytes(struct duel *duel, const void *bytes, size_t size)
{
	memcpy(duel->out + duel->size, bytes, size);
	duel->size += size;
}

void duel_add_message(struct duel *duel)
{
	size_t size;

	assert_int_equal(oriel_wire_encode(duel->msg, duel->out + duel->size,
				 sizeof(duel->out) - duel->size, &size),
		0);
	duel->size += size;
}

void duel_make_hello(struct duel *duel)
{
	make_hello(duel->msg, duel->party == &duel->session.parties[HOST] ? GUEST : HOST);
}

void duel_add_hello(struct duel *duel)
{
	duel_make_hello(duel);
	duel_add_message(duel);
}

void duel_add_window_gone(struct duel *duel)
{
	make_window_gone(duel->msg, 7);
	duel_add_message(duel);
}

void duel_write(struct duel *duel, int fd)
{
	probe_write(&duel->bare, duel->out, duel->size, fd);
	RUN_UNTIL(duel->session.harness, duel->bare.written);
	duel->bare.written = 0;
	duel->size = 0;
}

/* The last message that the bare end got is bye. */
static void check_bye(struct duel *duel, enum oriel_error code)
{
	enum oriel_wire_side reader =
		duel->party->options.side == ORIEL_WIRE_HOST ? ORIEL_WIRE_GUEST : ORIEL_WIRE_HOST;
	struct oriel_wire_header header = {0};
	const char *reason;
	size_t at = 0;

	while (at < duel->bare.size) {
		assert_int_equal(
			oriel_wire_decode_header(duel->bare.bytes + at, reader, &header, &reason),
			0);
		assert_int_equal(
			oriel_wire_decode(&header, duel->bare.bytes + at + ORIEL_WIRE_HEADER,
				duel->msg, &reason),
			0);
		at += ORIEL_WIRE_HEADER + header.length;
	}
	assert_int_equal(header.type, ORIEL_MSG_BYE);
	assert_int_equal(duel->msg->bye.code, code);
	assert_string_equal(duel->msg->bye.reason, duel->party->reason);
}

/* Writes, then plays a well-behaved end: closes when the link has said all. */
void duel_expect(struct duel *duel, int fd, int error, enum oriel_error code, const char *reason)
{
	if (duel->size > 0)
		probe_write(&duel->bare, duel->out, duel->size, fd);
	RUN_UNTIL(duel->session.harness, duel->bare.closed);
	struct oriel_carrier *carrier = duel->bare.carrier;
	duel->bare.carrier = NULL;
	carrier->ops->destroy(carrier);
	RUN_UNTIL(duel->session.harness, duel->party->closed);
	assert_int_equal(duel->party->error, error);
	assert_int_equal(duel->party->code, code);
	assert_non_null(strstr(duel->party->reason, reason));
	check_bye(duel, code);
}

void duel_free(struct duel *duel)
{
	party_destroy(duel->party);
	probe_destroy(&duel->bare);
	free(duel->msg);
	free(duel);
}

void duel_greet(struct duel *duel, size_t max_read)
{
	duel_start(duel, max_read);
	duel_add_hello(duel);
	duel_write(duel, -1);
	RUN_UNTIL(duel->session.harness, duel->party->ready);
}
