/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Packed rows of pixels as bytes of a frame message, for links without shared memory.
 * One codec object per link end; one thread.
 */
#ifndef ORIEL_PIXELS_CODEC_H
#define ORIEL_PIXELS_CODEC_H

#include <stddef.h>
#include <stdint.h>

struct oriel_codec;

int oriel_codec_create(struct oriel_codec **ret_codec);
void oriel_codec_destroy(struct oriel_codec *codec);

/* The most bytes size bytes can become: size, as what would grow is sent raw. */
size_t oriel_codec_bound(size_t size);

/* Encodes with encoding (ORIEL_ENCODING_RAW, _LZ4 or _ZSTD), or with RAW when that would be no
 * larger; *ret_encoding says which (so both ends must have ORIEL_FEATURE_INLINE_RAW). 0; -ENOBUFS:
 * out is smaller than oriel_codec_bound(size); -EINVAL: no such encoding of data. */
int oriel_codec_encode(struct oriel_codec *codec, uint8_t encoding, const void *pixels, size_t size,
	void *out, size_t out_size, size_t *ret_size, uint8_t *ret_encoding);

/* Decodes into exactly size bytes. -EPROTO: the data is not that. */
int oriel_codec_decode(struct oriel_codec *codec, uint8_t encoding, const void *untrusted_data,
	size_t data_size, void *pixels, size_t size);

/* Which encoding suits a link that moves bytes_per_second: RAW from about 2 GB/s, LZ4 from
 * about 50 MB/s or when it is not known (0), else ZSTD; the next best where features (what both
 * ends have) lack that. */
uint8_t oriel_codec_choose(uint64_t features, uint64_t bytes_per_second);

#endif
