/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * The decoder of packed pixels. Input: a byte with the encoding, two with the size of the pixels
 * (little endian), then the packed data. What decodes must be the same after encoding it again.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "src/pixels/codec.h"

static struct oriel_codec *codec;

static void expect(bool truth)
{
	if (!truth)
		abort();
}

/* Of exactly this size, so that a sanitizer sees every step past it. */
static uint8_t *allocate(size_t size)
{
	uint8_t *bytes = malloc(size ? size : 1);

	expect(bytes);
	return bytes;
}

static void check_again(uint8_t encoding, const uint8_t *pixels, size_t size)
{
	size_t room = oriel_codec_bound(size), packed_size = 0;
	uint8_t *packed = allocate(room), *again = allocate(size);

	expect(oriel_codec_encode(
		       codec, encoding, pixels, size, packed, room, &packed_size, &encoding) == 0);
	expect(packed_size <= room);
	expect(oriel_codec_decode(codec, encoding, packed, packed_size, again, size) == 0);
	expect(memcmp(again, pixels, size) == 0);
	free(packed);
	free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t pixels_size;
	uint8_t *pixels;
	int r;

	if (size < 3)
		return 0;
	if (!codec)
		expect(oriel_codec_create(&codec) == 0);
	pixels_size = data[1] | data[2] << 8;
	pixels = allocate(pixels_size);
	r = oriel_codec_decode(codec, data[0], data + 3, size - 3, pixels, pixels_size);
	expect(r == 0 || r == -EPROTO);
	if (r == 0)
		check_again(data[0], pixels, pixels_size);
	free(pixels);
	return 0;
}
