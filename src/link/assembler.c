/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "src/link/assembler.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "src/carrier/fd.h"

#define FIRST_CAPACITY 1024

static const char stray_fd[] = "a file descriptor came with a message that has none";

void oriel_assembler_init(struct oriel_assembler *assembler, enum oriel_wire_side reader)
{
	*assembler = (struct oriel_assembler){.reader = reader, .fd = -1};
}

void oriel_assembler_stop(struct oriel_assembler *assembler)
{
	oriel_fd_close(&assembler->fd);
}

void oriel_assembler_finish(struct oriel_assembler *assembler)
{
	oriel_assembler_stop(assembler);
	free(assembler->payload);
	assembler->payload = NULL;
	assembler->capacity = 0;
}

int oriel_assembler_begin(struct oriel_assembler *assembler, int fd, const char **ret_reason)
{
	if (fd < 0)
		return 0;
	if (assembler->fd >= 0) {
		oriel_fd_close(&fd);
		*ret_reason = stray_fd;
		return -EPROTO;
	}
	assembler->fd = fd;
	assembler->may_take = false; /* a frame that is under way started before */
	return 0;
}

/* Gathers and checks the header. 1 when it is complete. */
static int take_header(struct oriel_assembler *a, const unsigned char **data, size_t *size,
	const char **ret_reason)
{
	size_t n = sizeof(a->head) - a->head_size;

	if (*size == 0)
		return 0;
	if (a->head_size == 0)
		a->may_take = a->fd >= 0;
	n = n < *size ? n : *size;
	memcpy(a->head + a->head_size, *data, n);
	a->head_size += n;
	*data += n;
	*size -= n;
	if (a->head_size < sizeof(a->head))
		return 0;

	int r = oriel_wire_decode_header(a->head, a->reader, &a->header, ret_reason);
	if (r < 0)
		return r;
	if (!a->greeted && a->header.type != ORIEL_MSG_HELLO && a->header.type != ORIEL_MSG_BYE) {
		*ret_reason = "a message came before hello";
		return -EPROTO;
	}
	if (a->must_take && a->header.type != ORIEL_MSG_RING) {
		*ret_reason = stray_fd;
		return -EPROTO;
	}
	a->in_frame = true;
	a->used = 0;
	return 1;
}

/* Doubles, so that what is allocated stays near what has really come. */
static int make_room(struct oriel_assembler *a, size_t wanted)
{
	size_t capacity = a->capacity ? a->capacity : FIRST_CAPACITY;

	if (wanted <= a->capacity)
		return 0;
	while (capacity < wanted)
		capacity *= 2;
	if (capacity > a->header.length)
		capacity = a->header.length;
	void *payload = realloc(a->payload, capacity);
	if (!payload)
		return -ENOMEM;
	a->payload = payload;
	a->capacity = capacity;
	return 0;
}

/* 1 when the payload is complete. */
static int take_payload(struct oriel_assembler *a, const unsigned char **data, size_t *size,
	const void **ret_payload)
{
	size_t left = a->header.length - a->used;
	size_t n = left < *size ? left : *size;

	if (n == 0 && left > 0)
		return 0;
	if (a->used == 0 && n == left) {
		*ret_payload = *data;
	} else if (a->header.known) {
		int r = make_room(a, a->used + n);
		if (r < 0)
			return r;
		memcpy(a->payload + a->used, *data, n);
		*ret_payload = a->payload;
	}
	a->used += n;
	*data += n;
	*size -= n;
	return n == left;
}

static int take_fd(struct oriel_assembler *a)
{
	int fd = -1;

	if (a->header.type == ORIEL_MSG_RING && a->may_take) {
		fd = a->fd;
		a->fd = -1;
		a->must_take = false;
	}
	return fd;
}

/* The piece is used up: is the descriptor that came with it still wanted? */
static int end_piece(struct oriel_assembler *a, const char **ret_reason)
{
	if (a->fd < 0)
		return 0;
	if (a->head_size == 0 || !a->may_take ||
		(a->in_frame && a->header.type != ORIEL_MSG_RING)) {
		*ret_reason = stray_fd;
		return -EPROTO;
	}
	a->must_take = true;
	return 0;
}

int oriel_assembler_next(struct oriel_assembler *a, const unsigned char **untrusted_data,
	size_t *size, struct oriel_frame *ret_frame, const char **ret_reason)
{
	const void *payload = NULL;

	for (;;) {
		int r = a->in_frame ? 1 : take_header(a, untrusted_data, size, ret_reason);
		if (r > 0)
			r = take_payload(a, untrusted_data, size, &payload);
		if (r < 0)
			return r;
		if (r == 0)
			return end_piece(a, ret_reason);
		a->in_frame = false;
		a->head_size = 0;
		a->used = 0;
		if (a->header.known)
			break;
	}
	*ret_frame = (struct oriel_frame){
		.header = a->header,
		.untrusted_payload = payload,
		.fd = take_fd(a),
	};
	return 1;
}

bool oriel_assembler_is_large(const struct oriel_assembler *assembler)
{
	return assembler->capacity > ORIEL_ASSEMBLER_KEEP;
}

void oriel_assembler_trim(struct oriel_assembler *assembler)
{
	if (assembler->used > 0 || !oriel_assembler_is_large(assembler))
		return;
	free(assembler->payload);
	assembler->payload = NULL;
	assembler->capacity = 0;
}
