/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Messages as bytes and back. No I/O, no allocation, no state but the reason of a thread's last
 * failure; any thread.
 *
 * On the wire: u32 length of the payload, u16 type, u16 flags, payload; little endian, fields
 * in the order of protocol/messages.def without padding. STR and BYTES are a u32 length and the
 * bytes (STR with a terminating NUL that the length counts), a LIST is a u32 count and its items.
 * Flags: bit 0 says that a reader who does not know the type skips the message; the sender sets it
 * by the column `optional` of messages.def. The other bits are 0.
 */
#ifndef ORIEL_WIRE_WIRE_H
#define ORIEL_WIRE_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "src/wire/messages.h"

#define ORIEL_WIRE_MAJOR 1
#define ORIEL_WIRE_MINOR 1
#define ORIEL_WIRE_MAGIC 0x4c45524fu
#define ORIEL_WIRE_HEADER 8   /* bytes */
#define ORIEL_WIRE_OPTIONAL 1 /* bit of the flags */

/* Who reads the message: a GUEST message that arrives at the host is an error. */
enum oriel_wire_side {
	ORIEL_WIRE_GUEST,
	ORIEL_WIRE_HOST,
};

struct oriel_wire_header {
	uint32_t length; /* of the payload */
	uint16_t type;
	bool known; /* false: an optional message of a newer peer; skip the payload */
};

/* The largest frame, header included, that a reader must be able to hold. */
size_t oriel_wire_max_size(void);

/* Reads a header of ORIEL_WIRE_HEADER bytes. Checks type, flags, direction and the type's length
 * limit (ORIEL_MAX_UNKNOWN for unknown optional types; other unknown types are an error).
 * Returns 0 or -EPROTO; *ret_reason then says why, valid until the thread's next call. *ret_header
 * is untouched on failure. */
int oriel_wire_decode_header(const void *untrusted_header, enum oriel_wire_side reader,
	struct oriel_wire_header *ret_header, const char **ret_reason);

/* Decodes one payload of exactly header->length bytes into *ret_msg, which is untouched on
 * failure. List items past a list's count stay as they were. Strings and bytes of the result point
 * into untrusted_payload and live as long; it must be private memory, which nobody changes during
 * the call. Every range and every enum of messages.def has been checked, and strings are UTF-8;
 * relations between fields have not been checked.
 * Returns 0 or -EPROTO; *ret_reason then names message, field, value and range, valid until the
 * thread's next call. */
int oriel_wire_decode(const struct oriel_wire_header *header, const void *untrusted_payload,
	struct oriel_msg *ret_msg, const char **ret_reason);

/* The bytes msg takes with its header. Returns 0 when it can't be sent: a number is out of range, a
 * string or list too long, a string not UTF-8 (oriel_utf8_copy() mends that), or all of it longer
 * than the limit of its type. */
size_t oriel_wire_size(const struct oriel_msg *msg);

/* Why msg can't be sent, by message, field, value and range; valid until the thread's next call.
 * NULL: it can. */
const char *oriel_wire_fault(const struct oriel_msg *msg);

/* Encodes into buffer; *ret_size is the bytes written, header included.
 * Returns 0, -EINVAL: it can't be sent, see oriel_wire_size(), -ENOBUFS: buffer too small. */
int oriel_wire_encode(const struct oriel_msg *msg, void *buffer, size_t size, size_t *ret_size);

/* "hello" for ORIEL_MSG_HELLO; "?" for unknown types. */
const char *oriel_wire_name(uint16_t type);

/* One line a field, for people; bytes are shown shortened, control characters as numbers. */
void oriel_wire_dump(const struct oriel_msg *msg, FILE *file);

#endif
