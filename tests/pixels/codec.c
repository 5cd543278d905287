/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "src/pixels/codec.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "src/wire/messages.h"
#include "tests/pixels/cmocka_tap.h"
#include "tests/pixels/random.h"

#define SIZE 20000

static struct oriel_codec *codec;
static uint8_t pixels[SIZE], packed[SIZE], back[SIZE];
static const uint8_t encodings[] = {ORIEL_ENCODING_RAW, ORIEL_ENCODING_LZ4, ORIEL_ENCODING_ZSTD};

static int set_up(void **state)
{
	(void)state;
	return oriel_codec_create(&codec);
}

static int tear_down(void **state)
{
	(void)state;
	oriel_codec_destroy(codec);
	oriel_codec_destroy(NULL);
	return 0;
}

/* Like a window: runs of one colour, some noise. noise is in 256ths. */
static void draw(uint64_t *seed, uint32_t noise)
{
	uint32_t colour = 0;

	for (size_t i = 0; i < SIZE; i += 4) {
		if (random_below(seed, 256) < 1 + noise)
			colour = next_random(seed);
		memcpy(&pixels[i], &colour, 4);
	}
}

static size_t encode(uint8_t encoding, size_t size, uint8_t *ret_encoding)
{
	size_t n = SIZE_MAX;

	assert_int_equal(oriel_codec_encode(codec, encoding, pixels, size, packed,
				 oriel_codec_bound(size), &n, ret_encoding),
		0);
	assert_true(n <= oriel_codec_bound(size));
	return n;
}

/* In memory of exactly the sizes said, so that a step too far is seen. */
static int decode(uint8_t encoding, const uint8_t *data, size_t data_size, size_t size)
{
	uint8_t *in = malloc(data_size ? data_size : 1), *out = malloc(size ? size : 1);
	int r;

	assert_true(in && out);
	memcpy(in, data, data_size);
	r = oriel_codec_decode(codec, encoding, in, data_size, out, size);
	assert_true(r == 0 || r == -EPROTO);
	if (r == 0)
		memcpy(back, out, size);
	free(in);
	free(out);
	return r;
}

static void test_round_trip(void **state)
{
	uint64_t seed = 8;

	(void)state;
	for (int round = 0; round < 1000; round++) {
		size_t size = round < 300 ? (size_t)round : random_below(&seed, SIZE + 1);
		uint8_t encoding = encodings[round % 3], used;
		size_t n;

		draw(&seed, round % 4 ? 4 : 255);
		n = encode(encoding, size, &used);
		assert_true(used == encoding || used == ORIEL_ENCODING_RAW);
		assert_true(used != ORIEL_ENCODING_RAW || n == size);
		assert_int_equal(decode(used, packed, n, size), 0);
		assert_memory_equal(back, pixels, size);
	}
}

static void test_packs_well(void **state)
{
	uint64_t seed = 9;
	uint8_t used;

	(void)state;
	draw(&seed, 4);
	assert_true(encode(ORIEL_ENCODING_LZ4, SIZE, &used) < SIZE / 4);
	assert_int_equal(used, ORIEL_ENCODING_LZ4);
	assert_true(encode(ORIEL_ENCODING_ZSTD, SIZE, &used) < SIZE / 8);
	assert_int_equal(used, ORIEL_ENCODING_ZSTD);
	draw(&seed, 255);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(encode(encodings[i], SIZE, &used), SIZE);
		assert_int_equal(used, ORIEL_ENCODING_RAW);
	}
}

static void test_bad_calls(void **state)
{
	size_t n = 7;
	uint8_t used = 9;

	(void)state;
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(oriel_codec_encode(codec, encodings[i], pixels, SIZE, packed,
					 oriel_codec_bound(SIZE) - 1, &n, &used),
			-ENOBUFS);
	assert_int_equal(oriel_codec_encode(
				 codec, ORIEL_ENCODING_RING, pixels, SIZE, packed, SIZE, &n, &used),
		-EINVAL);
	assert_int_equal(oriel_codec_encode(
				 codec, ORIEL_ENCODING_COPY, pixels, SIZE, packed, SIZE, &n, &used),
		-EINVAL);
	assert_int_equal(n, 7);
	assert_int_equal(used, 9);
	for (int e = 0; e < 256; e++)
		if (e != ORIEL_ENCODING_RAW)
			assert_int_equal(decode((uint8_t)e, pixels, 100, 100), -EPROTO);
	assert_int_equal(decode(ORIEL_ENCODING_RAW, pixels, 0, 0), 0);
	assert_int_equal(decode(ORIEL_ENCODING_LZ4, pixels, 0, 0), -EPROTO);
}

static void test_truncations(void **state)
{
	uint64_t seed = 10;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		uint8_t used;
		size_t n, size = 4000;

		draw(&seed, 20);
		n = encode(encodings[i], size, &used);
		assert_int_equal(used, encodings[i]);
		for (size_t cut = 0; cut < n; cut++)
			assert_int_equal(decode(used, packed, cut, size), -EPROTO);
		assert_int_equal(decode(used, packed, n, size), 0);
		/* Bytes too many, and a size other than the sender's. */
		packed[n] = 0;
		assert_int_equal(decode(used, packed, n + 1, size), -EPROTO);
		assert_int_equal(decode(used, packed, n, size - 1), -EPROTO);
		assert_int_equal(decode(used, packed, n, size + 1), -EPROTO);
		assert_int_equal(decode(used, packed, n, 0), -EPROTO);
		assert_int_equal(decode(used, packed, n, SIZE), -EPROTO);
	}
}

/* Damaged data gives some picture of the right size or -EPROTO, and touches nothing else. */
static void test_corruption(void **state)
{
	uint64_t seed = 11;
	int refused = 0;

	(void)state;
	for (int round = 0; round < 60000; round++) {
		static size_t n;
		static uint8_t used;
		size_t size = 4000;

		if (round % 100 == 0) {
			draw(&seed, 20);
			n = encode(encodings[1 + round / 100 % 2], size, &used);
			assert_int_not_equal(used, ORIEL_ENCODING_RAW);
		}
		for (uint32_t flips = 1 + random_below(&seed, 4); flips > 0; flips--)
			packed[random_below(&seed, (uint32_t)n)] ^=
				(uint8_t)(1 << random_below(&seed, 8));
		refused += decode(used, packed, n, size) != 0;
	}
	assert_true(refused > 10000);
}

static void test_noise(void **state)
{
	uint64_t seed = 12;

	(void)state;
	for (int round = 0; round < 60000; round++) {
		uint8_t data[300];
		size_t n = random_below(&seed, sizeof data);

		for (size_t i = 0; i < n; i++)
			data[i] = (uint8_t)next_random(&seed);
		if (round % 2 && n > 4)
			memcpy(data, "\x28\xb5\x2f\xfd", 4);
		decode(encodings[1 + random_below(&seed, 2)], data, n, random_below(&seed, SIZE));
	}
}

/* What the zstd library would take but the protocol does not allow. */
static void test_zstd_only_one_frame(void **state)
{
	static const uint8_t padding[12] = {0x50, 0x2a, 0x4d, 0x18, 4, 0, 0, 0};
	uint64_t seed = 13;
	size_t n, half;

	(void)state;
	draw(&seed, 4);
	half = ZSTD_compress(packed, SIZE, pixels, 1000, 1);
	n = half + ZSTD_compress(packed + half, SIZE - half, pixels, 1000, 1);
	assert_int_equal(ZSTD_decompress(back, 2000, packed, n), 2000);
	assert_int_equal(decode(ORIEL_ENCODING_ZSTD, packed, half, 1000), 0);
	assert_int_equal(decode(ORIEL_ENCODING_ZSTD, packed, n, 2000), -EPROTO);
	assert_int_equal(decode(ORIEL_ENCODING_ZSTD, packed, n, 1000), -EPROTO);
	memcpy(packed + half, padding, sizeof padding);
	n = half + sizeof padding;
	assert_int_equal(ZSTD_decompress(back, 1000, packed, n), 1000);
	assert_int_equal(decode(ORIEL_ENCODING_ZSTD, packed, n, 1000), -EPROTO);
}

static void test_choose(void **state)
{
	uint64_t every = ORIEL_FEATURE_RING | ORIEL_FEATURE_INLINE_RAW | ORIEL_FEATURE_INLINE_LZ4 |
			 ORIEL_FEATURE_INLINE_ZSTD;

	(void)state;
	assert_int_equal(oriel_codec_choose(every, 0), ORIEL_ENCODING_LZ4);
	assert_int_equal(oriel_codec_choose(every, UINT64_MAX), ORIEL_ENCODING_RAW);
	assert_int_equal(oriel_codec_choose(every, 2000000000), ORIEL_ENCODING_RAW);
	assert_int_equal(oriel_codec_choose(every, 125000000), ORIEL_ENCODING_LZ4);
	assert_int_equal(oriel_codec_choose(every, 1000000), ORIEL_ENCODING_ZSTD);
	assert_int_equal(oriel_codec_choose(ORIEL_FEATURE_INLINE_RAW, 1), ORIEL_ENCODING_RAW);
	assert_int_equal(oriel_codec_choose(every & ~(uint64_t)ORIEL_FEATURE_INLINE_LZ4, 125000000),
		ORIEL_ENCODING_ZSTD);
	assert_int_equal(
		oriel_codec_choose(ORIEL_FEATURE_INLINE_ZSTD, UINT64_MAX), ORIEL_ENCODING_ZSTD);
	assert_int_equal(oriel_codec_choose(0, 1), ORIEL_ENCODING_RAW);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_packs_well),
		cmocka_unit_test(test_bad_calls),
		cmocka_unit_test(test_truncations),
		cmocka_unit_test(test_corruption),
		cmocka_unit_test(test_noise),
		cmocka_unit_test(test_zstd_only_one_frame),
		cmocka_unit_test(test_choose),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("codec", tests, set_up, tear_down);
}
