/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * What several connections look like on one byte stream, and the reader of it. No I/O.
 *
 * The stream may outlive whoever wrote to it: either end can die in the middle of a frame and come
 * back while its old bytes still lie in the pipe. So a session has to be agreed upon first, and all
 * that does not belong to it must be told apart:
 *
 *   hello  magic[16], u32 version, side, asks, window, u64 epoch, echo, u32 checksum
 *   frame  u32 tag, u32 kind, u32 channel, u32 length, payload[length], u32 tag
 *
 * An end that starts chooses a random epoch and writes a hello; an end that reads an epoch that is
 * new to it writes a hello with that as echo. Who reads its own epoch as echo has a session, and
 * the two epochs give its tag; who waits for that says so, and is answered once more. Old bytes can
 * hold anything, hellos too, but not an epoch that was just made. Before its first hello an end
 * writes ORIEL_MUX_PADDING zeros: they fill up whatever frame was cut off, which then lacks its
 * second tag, and so the hello can't be taken for payload. An end that leaves in good order writes
 * four zeros, as no frame begins with, and the other one asks for the next session.
 *
 * Integers are little-endian.
 */
#ifndef ORIEL_CARRIER_MUX_WIRE_H
#define ORIEL_CARRIER_MUX_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ORIEL_MUX_VERSION 1
#define ORIEL_MUX_CHANNELS 64 /* at once */
/* Largest payload. A vsock or serial port takes little more at once, and what one channel sends may
 * not hold up the others for long. */
#define ORIEL_MUX_CHUNK (16 * 1024)
#define ORIEL_MUX_HEADER 16
#define ORIEL_MUX_TRAILER 4
#define ORIEL_MUX_FRAME(payload) (ORIEL_MUX_HEADER + (payload) + ORIEL_MUX_TRAILER)
#define ORIEL_MUX_PADDING ORIEL_MUX_FRAME(ORIEL_MUX_CHUNK)
#define ORIEL_MUX_HELLO 52
#define ORIEL_MUX_REASON 200 /* bytes of text in CLOSE */
/* What a hello may offer as window, bytes. */
#define ORIEL_MUX_MIN_WINDOW ORIEL_MUX_CHUNK
#define ORIEL_MUX_MAX_WINDOW (16 * 1024 * 1024)

enum oriel_mux_side {
	ORIEL_MUX_HOST, /* opens channels */
	ORIEL_MUX_GUEST,
};

enum oriel_mux_kind {
	ORIEL_MUX_OPEN = 1, /* a new channel; ids only grow within a session, 0 is none */
	ORIEL_MUX_DATA,     /* 1 to ORIEL_MUX_CHUNK bytes, all of them within the window */
	ORIEL_MUX_CREDIT,   /* u32: so many bytes more may be sent */
	ORIEL_MUX_FINISH,   /* no more data will come */
	ORIEL_MUX_CLOSE, /* u32 error (0: none), text: no more of any kind, in either direction */
};

struct oriel_mux_hello {
	uint32_t version;
	enum oriel_mux_side side;
	bool asks;       /* the sender has no session */
	uint32_t window; /* bytes of each channel that the sender takes before it gives credit */
	uint64_t epoch;  /* of the sender, not 0 */
	uint64_t echo;   /* the reader's, or 0 */
};

enum oriel_mux_item_type {
	ORIEL_MUX_ITEM_NONE, /* all is used up */
	ORIEL_MUX_ITEM_HELLO,
	ORIEL_MUX_ITEM_FRAME,
	/* What was read fits no frame: the session's bytes end here. From now on only hellos are
	 * looked for. */
	ORIEL_MUX_ITEM_LOST,
};

struct oriel_mux_item {
	enum oriel_mux_item_type type;
	struct oriel_mux_hello hello;
	enum oriel_mux_kind kind;
	uint32_t channel;
	const unsigned char *untrusted_payload; /* valid until the next call, and with its piece */
	size_t length;                          /* as its kind demands */
};

struct oriel_mux_reader {
	uint32_t tag; /* 0: no session, only hellos are looked for */
	size_t used;
	unsigned char buffer[ORIEL_MUX_FRAME(ORIEL_MUX_CHUNK)];
};

/* The tag of the session of these epochs; never 0. */
uint32_t oriel_mux_tag(uint64_t host_epoch, uint64_t guest_epoch);

/* Frames with this tag are read from now on; 0: none. Whatever was begun is forgotten. */
void oriel_mux_reader_set_tag(struct oriel_mux_reader *reader, uint32_t tag);

/* Takes the next item out of a piece of the stream and moves on. */
void oriel_mux_reader_next(struct oriel_mux_reader *reader, const unsigned char **untrusted_data,
	size_t *size, struct oriel_mux_item *ret_item);

/* Each writes into out and returns the size: ORIEL_MUX_HELLO, ORIEL_MUX_FRAME(length). */
size_t oriel_mux_put_hello(unsigned char *out, const struct oriel_mux_hello *hello);
size_t oriel_mux_put_frame(unsigned char *out, uint32_t tag, enum oriel_mux_kind kind,
	uint32_t channel, const void *payload, size_t length);

uint32_t oriel_mux_get_u32(const unsigned char *in);
void oriel_mux_put_u32(unsigned char *out, uint32_t value);

#endif
