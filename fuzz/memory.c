/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * What a viewer checks of its virtual machine's memory: rings in a device, probes of RAM, buffers
 * in it, and frames that name them. Input: messages one after the other, as on a link. What the
 * checks let in is read as a presenter would; all of it must lie where the machine's memory is.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fuzz/fuzz.h"
#include "host/viewer/frame_check.h"
#include "host/viewer/memory.h"
#include "src/wire/wire.h"

/* RAM has a hole; all of it is zero, so that a probe for zeros finds them. */
#define SIZE 65536u
#define HALF (SIZE / 2)
#define HIGH_ADDRESS (1ull << 32)
enum { DEVICE_REGION = 1, RAM_REGION = 2 };

/* Larger rectangles are read at their edges only: nothing but time would be tested. */
#define READ_MAX (1 << 20)

static struct oriel_msg msg;
static struct oriel_memory memory;
static struct oriel_ring *ring;
static uint8_t pixels[READ_MAX];

static void expect(bool truth)
{
	if (!truth)
		abort();
}

static void add_region(struct oriel_region_source *source)
{
	char path[] = "/tmp/oriel-fuzz-XXXXXX";
	int fd = mkstemp(path);

	expect(fd >= 0 && ftruncate(fd, SIZE) == 0);
	close(fd);
	source->path = path;
	source->size = SIZE;
	expect(oriel_memory_add(&memory, source) == 0);
	unlink(path);
}

/* Only what the messages have made is new for each input. */
static void reset(void)
{
	struct oriel_region_source device = {.kind = ORIEL_MEMORY_DEVICE};
	struct oriel_region_source ram = {.kind = ORIEL_MEMORY_RAM,
		.n_ranges = 2,
		.ranges = {{0, HALF, HALF}, {HIGH_ADDRESS, 0, HALF}}};

	if (memory.n == 0) {
		add_region(&device);
		add_region(&ram);
	}
	oriel_ring_destroy(ring);
	ring = NULL;
	oriel_buffers_finish(&memory.buffers);
	memory.regions[RAM_REGION - 1].probed = false;
}

static bool is_in_ram(const uint8_t *data, uint64_t size)
{
	const uint8_t *start = oriel_region_view(memory.regions[RAM_REGION - 1].mapped, 0, SIZE);

	return data >= start && size <= SIZE && (size_t)(data - start) <= SIZE - size;
}

static void use_buffer(const struct oriel_buffer *buffer)
{
	const struct oriel_rows *rows = &buffer->rows;
	uint64_t end = 0, bytes = buffer->width * 4ull;

	for (uint32_t i = 0; i < rows->n; i++) {
		expect(rows->pieces[i].end > end);
		expect(is_in_ram(rows->pieces[i].data, rows->pieces[i].end - end));
		end = rows->pieces[i].end;
	}
	expect(rows->stride >= bytes);
	expect(rows->start <= end);
	expect((end - rows->start - bytes) / rows->stride >= buffer->height - 1);
}

static void read_rows(const struct oriel_rows *rows, struct oriel_rect rect)
{
	size_t stride = (size_t)rect.width * 4;
	struct oriel_rect last = {rect.x, rect.y + rect.height - 1, rect.width, 1};

	if (stride * (size_t)rect.height <= READ_MAX)
		oriel_rows_copy(rows, &rect, pixels, stride);
	else
		oriel_rows_copy(rows, &last, pixels, stride);
}

static void use_frame(const struct oriel_msg_frame *frame)
{
	for (uint32_t i = 0; i < frame->n_rects; i++) {
		const struct oriel_wire_rect *r = &frame->rects[i];
		const struct oriel_buffer *buffer;

		if (r->encoding == ORIEL_ENCODING_RING) {
			expect(ring);
			expect(oriel_ring_view(ring, r->offset, r->length));
		}
		if (r->encoding != ORIEL_ENCODING_BUFFER)
			continue;
		buffer = oriel_buffers_find(&memory.buffers, r->offset);
		expect(buffer);
		expect((uint64_t)r->x + r->width <= buffer->width);
		expect((uint64_t)r->y + r->height <= buffer->height);
		read_rows(&buffer->rows, (struct oriel_rect){(int32_t)r->x, (int32_t)r->y,
						 (int32_t)r->width, (int32_t)r->height});
	}
}

static int take_ring(const char **ret_reason)
{
	const struct oriel_region *region = NULL;
	struct oriel_ring *next;
	const volatile uint8_t *bytes;
	int r = oriel_memory_ring(&memory, &msg.ring_at, &next, &region, ret_reason);

	if (r < 0)
		return r;
	expect(region == memory.regions[DEVICE_REGION - 1].mapped);
	bytes = oriel_ring_view(next, 0, msg.ring_at.size);
	expect(bytes &&
		(const volatile uint8_t *)oriel_region_view(region, 0, SIZE) + ORIEL_REGION_HEAD <=
			bytes);
	for (uint32_t i = 0; i < msg.ring_at.size; i++)
		(void)bytes[i];
	oriel_ring_destroy(ring);
	ring = next;
	return 0;
}

static int take_probe(const char **ret_reason)
{
	static const uint8_t zeros[32];
	bool found = false;
	int r = oriel_memory_probe(&memory, &msg.ram_probe, &found, ret_reason);

	if (r == 0 && found)
		expect(memcmp(msg.ram_probe.bytes.data, zeros, sizeof zeros) == 0);
	return r;
}

static int take_buffer(const char **ret_reason)
{
	int r = oriel_memory_buffer(&memory, &msg.buffer, ret_reason);

	if (r == 0) {
		expect(memory.regions[RAM_REGION - 1].probed);
		use_buffer(oriel_buffers_find(&memory.buffers, msg.buffer.id));
	}
	return r;
}

/* 0; -EPROTO: the viewer would end the link. */
static int take(const char **ret_reason)
{
	int r;

	switch (msg.type) {
	case ORIEL_MSG_RING_AT:
		return take_ring(ret_reason);
	case ORIEL_MSG_RAM_PROBE:
		return take_probe(ret_reason);
	case ORIEL_MSG_EXTENTS:
		return oriel_memory_extents(&memory, &msg.extents, ret_reason);
	case ORIEL_MSG_BUFFER:
		return take_buffer(ret_reason);
	case ORIEL_MSG_BUFFER_GONE:
		return oriel_buffers_remove(&memory.buffers, msg.buffer_gone.id, ret_reason);
	case ORIEL_MSG_FRAME:
		r = oriel_frame_check(&msg.frame, ring, &memory.buffers, 0, ret_reason);
		if (r == 0)
			use_frame(&msg.frame);
		return r;
	default:
		return 0;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct oriel_wire_header header;
	const char *reason;
	int r = 0;

	reset();
	while (r == 0 && size >= ORIEL_WIRE_HEADER) {
		if (oriel_wire_decode_header(data, ORIEL_WIRE_HOST, &header, &reason) < 0)
			break;
		data += ORIEL_WIRE_HEADER;
		size -= ORIEL_WIRE_HEADER;
		if (header.length > size || !header.known ||
			oriel_wire_decode(&header, data, &msg, &reason) < 0)
			break;
		data += header.length;
		size -= header.length;
		reason = NULL;
		r = take(&reason);
		expect(r == 0 || (r == -EPROTO && reason && reason[0]));
	}
	return 0;
}
