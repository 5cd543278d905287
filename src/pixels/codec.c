/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "src/pixels/codec.h"

#include <errno.h>
#include <limits.h>
#include <lz4.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "src/wire/messages.h"

#define ZSTD_LEVEL 1 /* the least: what a slow link wants is soon, not small */

/* Bytes per second from which copying beats packing, and fast packing beats good packing. */
#define FAST_LINK 2000000000u
#define MEDIUM_LINK 50000000u

struct oriel_codec {
	void *lz4;
	ZSTD_CCtx *compress;
	ZSTD_DCtx *decompress;
};

int oriel_codec_create(struct oriel_codec **ret_codec)
{
	struct oriel_codec *codec = calloc(1, sizeof *codec);

	if (!codec)
		return -ENOMEM;
	codec->lz4 = malloc((size_t)LZ4_sizeofState());
	codec->compress = ZSTD_createCCtx();
	codec->decompress = ZSTD_createDCtx();
	if (!codec->lz4 || !codec->compress || !codec->decompress) {
		oriel_codec_destroy(codec);
		return -ENOMEM;
	}
	*ret_codec = codec;
	return 0;
}

void oriel_codec_destroy(struct oriel_codec *codec)
{
	if (!codec)
		return;
	ZSTD_freeDCtx(codec->decompress);
	ZSTD_freeCCtx(codec->compress);
	free(codec->lz4);
	free(codec);
}

size_t oriel_codec_bound(size_t size)
{
	return size; /* what would not get smaller is sent raw */
}

/* Both return the packed size; 0: it would not be smaller than size. */
static size_t encode_lz4(struct oriel_codec *codec, const void *pixels, size_t size, void *out)
{
	if (size == 0 || size > LZ4_MAX_INPUT_SIZE)
		return 0;
	return (size_t)LZ4_compress_fast_extState(
		codec->lz4, pixels, out, (int)size, (int)size - 1, 1);
}

static size_t encode_zstd(struct oriel_codec *codec, const void *pixels, size_t size, void *out)
{
	size_t packed;

	if (size == 0)
		return 0;
	packed = ZSTD_compressCCtx(codec->compress, out, size - 1, pixels, size, ZSTD_LEVEL);
	return ZSTD_isError(packed) ? 0 : packed;
}

int oriel_codec_encode(struct oriel_codec *codec, uint8_t encoding, const void *pixels, size_t size,
	void *out, size_t out_size, size_t *ret_size, uint8_t *ret_encoding)
{
	size_t packed = 0;

	if (out_size < oriel_codec_bound(size))
		return -ENOBUFS;
	if (encoding == ORIEL_ENCODING_LZ4)
		packed = encode_lz4(codec, pixels, size, out);
	else if (encoding == ORIEL_ENCODING_ZSTD)
		packed = encode_zstd(codec, pixels, size, out);
	else if (encoding != ORIEL_ENCODING_RAW)
		return -EINVAL;
	if (packed == 0) {
		if (size > 0)
			memcpy(out, pixels, size);
		packed = size;
		encoding = ORIEL_ENCODING_RAW;
	}
	*ret_size = packed;
	*ret_encoding = encoding;
	return 0;
}

static bool decode_lz4(const void *untrusted_data, size_t data_size, void *pixels, size_t size)
{
	if (data_size > INT_MAX || size > INT_MAX)
		return false;
	return LZ4_decompress_safe(untrusted_data, pixels, (int)data_size, (int)size) == (int)size;
}

/* Only one frame of today's format: the library would also take several, padding, and the formats
 * of its early versions, whose decoders nobody looks after. */
static bool decode_zstd(struct oriel_codec *codec, const void *untrusted_data, size_t data_size,
	void *pixels, size_t size)
{
	static const uint8_t magic[4] = {0x28, 0xb5, 0x2f, 0xfd};

	if (data_size < sizeof magic || memcmp(untrusted_data, magic, sizeof magic) != 0)
		return false;
	if (ZSTD_getFrameContentSize(untrusted_data, data_size) != size ||
		ZSTD_findFrameCompressedSize(untrusted_data, data_size) != data_size)
		return false;
	return ZSTD_decompressDCtx(codec->decompress, pixels, size, untrusted_data, data_size) ==
	       size;
}

int oriel_codec_decode(struct oriel_codec *codec, uint8_t encoding, const void *untrusted_data,
	size_t data_size, void *pixels, size_t size)
{
	bool good = false;

	/* Nothing is never packed, and needs no pointers. */
	if (size == 0 || data_size == 0)
		return encoding == ORIEL_ENCODING_RAW && data_size == size ? 0 : -EPROTO;
	if (encoding == ORIEL_ENCODING_LZ4) {
		good = decode_lz4(untrusted_data, data_size, pixels, size);
	} else if (encoding == ORIEL_ENCODING_ZSTD) {
		good = decode_zstd(codec, untrusted_data, data_size, pixels, size);
	} else if (encoding == ORIEL_ENCODING_RAW && data_size == size) {
		memcpy(pixels, untrusted_data, size);
		good = true;
	}
	return good ? 0 : -EPROTO;
}

static uint8_t first_of(uint64_t features, const uint8_t order[3])
{
	static const uint64_t feature[] = {[ORIEL_ENCODING_RAW] = ORIEL_FEATURE_INLINE_RAW,
		[ORIEL_ENCODING_LZ4] = ORIEL_FEATURE_INLINE_LZ4,
		[ORIEL_ENCODING_ZSTD] = ORIEL_FEATURE_INLINE_ZSTD};

	for (int i = 0; i < 3; i++)
		if (features & feature[order[i]])
			return order[i];
	return ORIEL_ENCODING_RAW;
}

uint8_t oriel_codec_choose(uint64_t features, uint64_t bytes_per_second)
{
	static const uint8_t fast[] = {ORIEL_ENCODING_RAW, ORIEL_ENCODING_LZ4, ORIEL_ENCODING_ZSTD};
	static const uint8_t medium[] = {
		ORIEL_ENCODING_LZ4, ORIEL_ENCODING_ZSTD, ORIEL_ENCODING_RAW};
	static const uint8_t slow[] = {ORIEL_ENCODING_ZSTD, ORIEL_ENCODING_LZ4, ORIEL_ENCODING_RAW};

	if (bytes_per_second >= FAST_LINK)
		return first_of(features, fast);
	if (bytes_per_second >= MEDIUM_LINK || bytes_per_second == 0)
		return first_of(features, medium);
	return first_of(features, slow);
}
