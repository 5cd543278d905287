/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * The decoder of the wire protocol. Input: a message with its header, whose length is set to what
 * is there, so that the fuzzer need not find it out. What decodes must encode to the same bytes
 * again, and can be shown.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "src/wire/wire.h"

static struct oriel_msg msg;

static void expect(bool truth)
{
	if (!truth)
		abort();
}

static void check_good(const uint8_t *bytes, size_t size)
{
	static FILE *nowhere;
	uint8_t *again = malloc(size);
	size_t n = 0;

	expect(again && oriel_wire_encode(&msg, again, size, &n) == 0);
	expect(n == size && memcmp(again, bytes, size) == 0);
	free(again);
	if (!nowhere)
		nowhere = fopen("/dev/null", "w");
	if (nowhere)
		oriel_wire_dump(&msg, nowhere);
}

static void read_as(enum oriel_wire_side reader, const uint8_t *bytes, size_t size)
{
	struct oriel_wire_header header;
	const char *reason = NULL;
	int r = oriel_wire_decode_header(bytes, reader, &header, &reason);

	expect(r == 0 || (r == -EPROTO && reason && reason[0]));
	if (r < 0 || !header.known)
		return;
	reason = NULL;
	r = oriel_wire_decode(&header, bytes + ORIEL_WIRE_HEADER, &msg, &reason);
	expect(r == 0 || (r == -EPROTO && reason && reason[0]));
	if (r == 0)
		check_good(bytes, size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *bytes;

	if (size < ORIEL_WIRE_HEADER || size - ORIEL_WIRE_HEADER > UINT32_MAX)
		return 0;
	bytes = malloc(size);
	if (!bytes)
		return 0;
	memcpy(bytes, data, size);
	for (int i = 0; i < 4; i++)
		bytes[i] = (uint8_t)((size - ORIEL_WIRE_HEADER) >> (8 * i));
	read_as(ORIEL_WIRE_GUEST, bytes, size);
	read_as(ORIEL_WIRE_HOST, bytes, size);
	free(bytes);
	return 0;
}
