/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * A million spoilt messages, the same ones each time: each ends in a named error, or decodes to a
 * message that encodes to the very same bytes.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/wire/sample.h"

#define ROUNDS 1000000
#define MAX_BASES 512
#define MAX_SIZE 4096

struct base {
	uint8_t *bytes;
	size_t size;
};

static struct base bases[MAX_BASES];
static size_t n_bases;
static struct oriel_msg msg;
static size_t n_bad_headers, n_skipped, n_bad, n_good;

static void make_bases(void)
{
	SAMPLE_EACH_TYPE(type)
	{
		for (uint64_t seed = 0; seed < 6; seed++) {
			struct base *base = &bases[n_bases++];

			assert_true(n_bases <= MAX_BASES);
			sample_fill(type, seed ? SAMPLE_SMALL : SAMPLE_MIN, seed, &msg);
			base->bytes = sample_encode(&msg, &base->size);
			assert_non_null(base->bytes);
			assert_true(base->size <= MAX_SIZE / 2);
		}
	}
}

static void put_u32(uint8_t *at, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		at[i] = (uint8_t)(value >> (8 * i));
}

/* Spoils size bytes in a block of MAX_SIZE; returns the new size. */
static size_t mutate(uint8_t *bytes, size_t size, uint64_t *seed)
{
	static const uint32_t values[] = {0, 1, 2, 0x7f, 0xff, 0x100, 0x7fff, 0xffff, 0x10000,
		0x7fffffff, 0x80000000, 0xfffffff0, 0xfffffffe, 0xffffffff};
	uint64_t r = sample_random(seed);
	size_t at = size ? (r >> 32) % size : 0;
	size_t from = size ? (r >> 16) % size : 0, n;

	if (size == 0)
		return 1;
	switch (r % 6) {
	case 0:
		bytes[at] ^= (uint8_t)(1 << (r >> 8) % 8);
		return size;
	case 1:
		bytes[at] = (uint8_t)(r >> 8);
		return size;
	case 2:
		if (size >= 4)
			put_u32(bytes + at % (size - 3),
				values[(r >> 8) % (sizeof values / sizeof values[0])]);
		return size;
	case 3:
		return at;
	case 4:
		n = (r >> 8) % 16;
		memset(bytes + size, (int)(r >> 16), n);
		return size + n;
	default:
		n = (r >> 8) % 16 % (size - (at > from ? at : from));
		memmove(bytes + at, bytes + from, n);
		return size;
	}
}

static void check_good(const uint8_t *bytes, size_t size)
{
	uint8_t again[MAX_SIZE];
	size_t again_size = 0;

	assert_int_equal(oriel_wire_encode(&msg, again, sizeof again, &again_size), 0);
	assert_int_equal(again_size, size);
	assert_memory_equal(again, bytes, size);
	n_good++;
}

static void feed(const uint8_t *bytes, size_t size, enum oriel_wire_side reader)
{
	struct oriel_wire_header header;
	const char *reason = NULL;
	int r = oriel_wire_decode_header(bytes, reader, &header, &reason);

	if (r < 0) {
		assert_int_equal(r, -EPROTO);
		assert_true(reason && reason[0]);
		n_bad_headers++;
		return;
	}
	if (!header.known || header.length != size - ORIEL_WIRE_HEADER) {
		n_skipped++; /* to be skipped, or there is more to come */
		return;
	}
	msg.type = 0;
	r = oriel_wire_decode(&header, bytes + ORIEL_WIRE_HEADER, &msg, &reason);
	if (r == 0) {
		check_good(bytes, size);
		return;
	}
	assert_int_equal(r, -EPROTO);
	assert_int_equal(msg.type, 0);
	assert_non_null(strstr(reason, oriel_wire_name(header.type)));
	n_bad++;
}

static void test_mutations(void **state)
{
	static uint8_t work[MAX_SIZE];
	uint64_t seed = 20;

	(void)state;
	make_bases();
	for (size_t i = 0; i < ROUNDS; i++) {
		const struct base *base = &bases[sample_random(&seed) % n_bases];
		size_t size = base->size - ORIEL_WIRE_HEADER, n = 1 + sample_random(&seed) % 3;
		uint8_t *exact; /* a sanitizer sees every read past it */

		memcpy(work, base->bytes, base->size);
		while (n-- > 0)
			size = mutate(work + ORIEL_WIRE_HEADER, size, &seed);
		put_u32(work, (uint32_t)size);
		if (sample_random(&seed) % 16 == 0)
			mutate(work, ORIEL_WIRE_HEADER, &seed);
		size += ORIEL_WIRE_HEADER;
		exact = malloc(size);
		assert_non_null(exact);
		memcpy(exact, work, size);
		feed(exact, size, sample_reader(base->bytes[4]));
		free(exact);
	}
	for (size_t i = 0; i < n_bases; i++)
		free(bases[i].bytes);
	assert_true(n_bad_headers > ROUNDS / 1000 && n_skipped > ROUNDS / 1000);
	assert_true(n_bad > ROUNDS / 10 && n_good > ROUNDS / 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mutations),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
