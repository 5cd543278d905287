/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "src/carrier/mux_wire.h"

#include <string.h>

/* Random, but for this: the first byte comes only once, so a search never has to go back. */
static const unsigned char magic[16] = {
	0xf3, 'o', 'r', 'i', 'e', 'l', 0x9d, 0x21, 0xb6, 0x4e, 0x87, 0xd8, 0x1a, 0x6c, 0xe5, 0x72};

uint32_t oriel_mux_get_u32(const unsigned char *in)
{
	return in[0] | (uint32_t)in[1] << 8 | (uint32_t)in[2] << 16 | (uint32_t)in[3] << 24;
}

static uint64_t get_u64(const unsigned char *in)
{
	return oriel_mux_get_u32(in) | (uint64_t)oriel_mux_get_u32(in + 4) << 32;
}

void oriel_mux_put_u32(unsigned char *out, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		out[i] = (unsigned char)(value >> 8 * i);
}

static void put_u64(unsigned char *out, uint64_t value)
{
	oriel_mux_put_u32(out, (uint32_t)value);
	oriel_mux_put_u32(out + 4, (uint32_t)(value >> 32));
}

/* FNV-1a: against hellos that were cut and joined, not against malice. */
static uint32_t checksum(const unsigned char *bytes, size_t size)
{
	uint32_t sum = 2166136261u;

	for (size_t i = 0; i < size; i++)
		sum = (sum ^ bytes[i]) * 16777619u;
	return sum;
}

uint32_t oriel_mux_tag(uint64_t host_epoch, uint64_t guest_epoch)
{
	unsigned char bytes[16];
	uint32_t tag;

	put_u64(bytes, host_epoch);
	put_u64(bytes + 8, guest_epoch);
	tag = checksum(bytes, sizeof(bytes));
	/* Neither padding nor a hello may begin like a frame. */
	return tag == 0 || tag == oriel_mux_get_u32(magic) ? 1 : tag;
}

/* Writing ----------------------------------------------------------------------------------------
 */

size_t oriel_mux_put_hello(unsigned char *out, const struct oriel_mux_hello *hello)
{
	memcpy(out, magic, sizeof(magic));
	oriel_mux_put_u32(out + 16, hello->version);
	oriel_mux_put_u32(out + 20, hello->side);
	oriel_mux_put_u32(out + 24, hello->asks);
	oriel_mux_put_u32(out + 28, hello->window);
	put_u64(out + 32, hello->epoch);
	put_u64(out + 40, hello->echo);
	oriel_mux_put_u32(out + 48, checksum(out, 48));
	return ORIEL_MUX_HELLO;
}

size_t oriel_mux_put_frame(unsigned char *out, uint32_t tag, enum oriel_mux_kind kind,
	uint32_t channel, const void *payload, size_t length)
{
	oriel_mux_put_u32(out, tag);
	oriel_mux_put_u32(out + 4, kind);
	oriel_mux_put_u32(out + 8, channel);
	oriel_mux_put_u32(out + 12, (uint32_t)length);
	if (length)
		memcpy(out + ORIEL_MUX_HEADER, payload, length);
	oriel_mux_put_u32(out + ORIEL_MUX_HEADER + length, tag);
	return ORIEL_MUX_FRAME(length);
}

/* Reading ----------------------------------------------------------------------------------------
 */

void oriel_mux_reader_set_tag(struct oriel_mux_reader *reader, uint32_t tag)
{
	reader->tag = tag;
	reader->used = 0;
}

/* false: it is none. */
static bool take_hello(const unsigned char *in, struct oriel_mux_hello *ret_hello)
{
	uint32_t side = oriel_mux_get_u32(in + 20);
	struct oriel_mux_hello hello = {
		.version = oriel_mux_get_u32(in + 16),
		.side = (enum oriel_mux_side)side,
		.asks = oriel_mux_get_u32(in + 24) != 0,
		.window = oriel_mux_get_u32(in + 28),
		.epoch = get_u64(in + 32),
		.echo = get_u64(in + 40),
	};

	if (memcmp(in, magic, sizeof(magic)) != 0 || oriel_mux_get_u32(in + 48) != checksum(in, 48))
		return false;
	if (side > ORIEL_MUX_GUEST || hello.epoch == 0 || hello.window < ORIEL_MUX_MIN_WINDOW ||
		hello.window > ORIEL_MUX_MAX_WINDOW)
		return false;
	*ret_hello = hello;
	return true;
}

static bool is_length_good(uint32_t kind, uint32_t length)
{
	switch (kind) {
	case ORIEL_MUX_OPEN:
	case ORIEL_MUX_FINISH:
		return length == 0;
	case ORIEL_MUX_DATA:
		return length >= 1 && length <= ORIEL_MUX_CHUNK;
	case ORIEL_MUX_CREDIT:
		return length == 4;
	case ORIEL_MUX_CLOSE:
		return length >= 4 && length <= 4 + ORIEL_MUX_REASON;
	default:
		return false;
	}
}

/* How many bytes the thing has that starts with these; 0: more are needed to tell that than there
 * are, which *ret_needed says; -1: nothing that belongs to the session. */
static int measure(const struct oriel_mux_reader *reader, const unsigned char *in, size_t size,
	size_t *ret_needed)
{
	uint32_t first;

	*ret_needed = 4;
	if (size < 4)
		return 0;
	first = oriel_mux_get_u32(in);
	if (first == oriel_mux_get_u32(magic))
		return ORIEL_MUX_HELLO;
	if (first != reader->tag)
		return -1;
	*ret_needed = ORIEL_MUX_HEADER;
	if (size < ORIEL_MUX_HEADER)
		return 0;
	uint32_t length = oriel_mux_get_u32(in + 12);
	if (!is_length_good(oriel_mux_get_u32(in + 4), length))
		return -1;
	return (int)ORIEL_MUX_FRAME(length);
}

/* The whole thing lies at in. */
static void take(struct oriel_mux_reader *reader, const unsigned char *in, size_t size,
	struct oriel_mux_item *item)
{
	reader->used = 0;
	if (oriel_mux_get_u32(in) != reader->tag) {
		item->type =
			take_hello(in, &item->hello) ? ORIEL_MUX_ITEM_HELLO : ORIEL_MUX_ITEM_LOST;
	} else if (oriel_mux_get_u32(in + size - ORIEL_MUX_TRAILER) != reader->tag) {
		item->type = ORIEL_MUX_ITEM_LOST;
	} else {
		item->type = ORIEL_MUX_ITEM_FRAME;
		item->kind = (enum oriel_mux_kind)oriel_mux_get_u32(in + 4);
		item->channel = oriel_mux_get_u32(in + 8);
		item->untrusted_payload = in + ORIEL_MUX_HEADER;
		item->length = size - ORIEL_MUX_FRAME(0);
	}
}

/* Adds bytes to the buffer until it holds so many; whether it does. */
static bool collect(
	struct oriel_mux_reader *reader, const unsigned char **data, size_t *size, size_t needed)
{
	size_t n = needed - reader->used;

	if (n > *size)
		n = *size;
	memcpy(reader->buffer + reader->used, *data, n);
	reader->used += n;
	*data += n;
	*size -= n;
	return reader->used == needed;
}

/* In a session: a frame or a hello follows another without a gap. */
static void next_in_session(struct oriel_mux_reader *reader, const unsigned char **data,
	size_t *size, struct oriel_mux_item *item)
{
	size_t needed;
	int whole;

	if (reader->used == 0) {
		whole = measure(reader, *data, *size, &needed);
		if (whole > 0 && (size_t)whole <= *size) { /* no copy */
			take(reader, *data, (size_t)whole, item);
			*data += whole;
			*size -= (size_t)whole;
			return;
		}
	}
	while ((whole = measure(reader, reader->buffer, reader->used, &needed)) == 0)
		if (!collect(reader, data, size, needed))
			return;
	if (whole < 0) {
		reader->used = 0;
		item->type = ORIEL_MUX_ITEM_LOST;
	} else if (collect(reader, data, size, (size_t)whole)) {
		take(reader, reader->buffer, (size_t)whole, item);
	}
}

/* Moves to where the magic may begin, or goes on in it; whether the buffer holds all of it. */
static bool find_magic(struct oriel_mux_reader *reader, const unsigned char **data, size_t *size)
{
	while (*size > 0 && reader->used < sizeof(magic)) {
		if (reader->used > 0 && **data != magic[reader->used]) {
			reader->used = 0;
			continue;
		}
		if (reader->used == 0) {
			const unsigned char *found = memchr(*data, magic[0], *size);
			if (!found) {
				*size = 0;
				break;
			}
			*size -= (size_t)(found - *data);
			*data = found;
		}
		reader->buffer[reader->used++] = **data;
		(*data)++;
		(*size)--;
	}
	return reader->used >= sizeof(magic);
}

static void next_hello(struct oriel_mux_reader *reader, const unsigned char **data, size_t *size,
	struct oriel_mux_item *item)
{
	while (find_magic(reader, data, size) && collect(reader, data, size, ORIEL_MUX_HELLO)) {
		reader->used = 0;
		if (take_hello(reader->buffer, &item->hello)) {
			item->type = ORIEL_MUX_ITEM_HELLO;
			return;
		}
	}
}

void oriel_mux_reader_next(struct oriel_mux_reader *reader, const unsigned char **untrusted_data,
	size_t *size, struct oriel_mux_item *ret_item)
{
	ret_item->type = ORIEL_MUX_ITEM_NONE;
	if (*size == 0)
		return;
	if (reader->tag)
		next_in_session(reader, untrusted_data, size, ret_item);
	else
		next_hello(reader, untrusted_data, size, ret_item);
	if (ret_item->type == ORIEL_MUX_ITEM_LOST)
		oriel_mux_reader_set_tag(reader, 0);
}
