/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * What a viewer checks of a frame before it uses it. Input: a byte with the features of the link in
 * its low four bits and, in bit 4, whether there is a ring; then the payload of a frame message.
 * Of what the check lets in all pixels are read, as a presenter would. There are no buffers here:
 * fuzz/memory.c has them.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "fuzz/fuzz.h"
#include "host/viewer/frame_check.h"
#include "src/pixels/codec.h"
#include "src/wire/wire.h"

#define FEATURES 15
#define WITH_RING 16
#define RING_SIZE 65536

/* Larger rectangles are not decoded: only the fuzzer's time would be tested. */
#define DECODE_MAX (1 << 20)

static struct oriel_msg msg;
static struct oriel_ring *ring; /* the host's: mapped, read only */
static struct oriel_codec *codec;
static struct oriel_buffers buffers;

static void expect(bool truth)
{
	if (!truth)
		abort();
}

static void make_ring(void)
{
	struct oriel_ring *guest;
	int fd;

	expect(oriel_ring_create(RING_SIZE, &guest, &fd) == 0);
	expect(oriel_ring_map(dup(fd), oriel_ring_size(guest), &ring) == 0);
	oriel_ring_destroy(guest);
}

static void read_all(const void *pixels, size_t size)
{
	const volatile uint8_t *bytes = pixels;

	for (size_t i = 0; i < size; i++)
		(void)bytes[i];
}

static void decode(const struct oriel_msg_frame *frame, const struct oriel_wire_rect *rect)
{
	uint64_t size = (uint64_t)rect->width * rect->height * 4;
	uint8_t *pixels;
	int r;

	expect(rect->offset <= frame->data.size && rect->length <= frame->data.size - rect->offset);
	if (size > DECODE_MAX)
		return;
	pixels = malloc(size);
	expect(pixels);
	r = oriel_codec_decode(codec, rect->encoding,
		(const uint8_t *)frame->data.data + rect->offset, rect->length, pixels, size);
	expect(r == 0 || (r == -EPROTO && rect->encoding != ORIEL_ENCODING_RAW));
	free(pixels);
}

static void use(const struct oriel_msg_frame *frame, bool has_ring)
{
	for (uint32_t i = 0; i < frame->n_rects; i++) {
		const struct oriel_wire_rect *rect = &frame->rects[i];
		const struct oriel_wire_layer *layer;

		expect(rect->layer < frame->n_layers);
		layer = &frame->layers[rect->layer];
		expect((uint64_t)rect->x + rect->width <= layer->buffer_width);
		expect((uint64_t)rect->y + rect->height <= layer->buffer_height);
		if (rect->encoding == ORIEL_ENCODING_RING) {
			expect(has_ring);
			expect(rect->length == (uint64_t)rect->width * rect->height * 4);
			read_all(oriel_ring_view(ring, rect->offset, rect->length), rect->length);
		} else if (rect->encoding == ORIEL_ENCODING_COPY) {
			expect((uint64_t)rect->offset + rect->width <= layer->buffer_width);
			expect((uint64_t)rect->length + rect->height <= layer->buffer_height);
		} else {
			decode(frame, rect);
		}
	}
}

static void check(uint8_t how)
{
	bool has_ring = how & WITH_RING;
	const char *reason = NULL;
	int r = oriel_frame_check(
		&msg.frame, has_ring ? ring : NULL, &buffers, how & FEATURES, &reason);

	expect(r == 0 || (r == -EPROTO && reason && reason[0]));
	if (r == 0)
		use(&msg.frame, has_ring);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct oriel_wire_header header = {.type = ORIEL_MSG_FRAME, .known = true};
	const char *reason;

	if (size < 1 || size > ORIEL_MAX_INLINE)
		return 0;
	if (!ring) {
		make_ring();
		expect(oriel_codec_create(&codec) == 0);
	}
	header.length = (uint32_t)(size - 1);
	if (oriel_wire_decode(&header, data + 1, &msg, &reason) == 0)
		check(data[0]);
	return 0;
}
