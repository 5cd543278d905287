/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * The seeds that are messages, made from the protocol's table, so that they change with it: of the
 * corpus wire two messages of each type, of link one of each, to the end that reads it, of frame
 * frames that pass the check, one of each encoding, of memory frames from a ring in a device and
 * from a buffer in RAM.
 *
 *   seed FOLDER           are they there, as the protocol is now? FOLDER holds the corpora
 *   seed --write FOLDER   writes them
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/wire/sample.h"

/* See fuzz/link.c. */
#define LINK_HOST 1
#define LINK_GREET 2
#define LINK_MAX_READ(n) ((n) << 2)

/* See fuzz/frame.c. */
#define FRAME_RING 16

static const char *folder;
static bool writing, good = true;
static struct oriel_msg msg;

static bool write_file(const char *path, const uint8_t *bytes, size_t size)
{
	FILE *file = fopen(path, "wb");
	bool done = file && fwrite(bytes, 1, size, file) == size;

	if (file && fclose(file) != 0)
		done = false;
	if (!done)
		perror(path);
	return done;
}

static bool compare_file(const char *path, const uint8_t *bytes, size_t size)
{
	uint8_t found[4096];
	FILE *file = fopen(path, "rb");
	size_t n = file ? fread(found, 1, sizeof found, file) : 0;

	if (file)
		fclose(file);
	if (n == size && memcmp(found, bytes, size) == 0)
		return true;
	fprintf(stderr, "%s is missing or old\n", path);
	return false;
}

static void keep(
	const char *corpus, const char *name, const char *suffix, const uint8_t *bytes, size_t size)
{
	char path[4096];

	snprintf(path, sizeof path, "%s/%s/%s%s", folder, corpus, name, suffix);
	good &= writing ? write_file(path, bytes, size) : compare_file(path, bytes, size);
}

/* Keeps msg; with a byte before it, unless that is negative. */
static void keep_message(const char *corpus, const char *name, const char *suffix, int first)
{
	size_t size = 0;
	uint8_t *bytes = sample_encode(&msg, &size);
	uint8_t *all = bytes ? malloc(1 + size) : NULL;

	if (!all)
		abort();
	all[0] = (uint8_t)first;
	memcpy(all + 1, bytes, size);
	if (first < 0)
		keep(corpus, name, suffix, bytes, size);
	else
		keep(corpus, name, suffix, all, 1 + size);
	free(all);
	free(bytes);
}

static void seed_wire(uint16_t type)
{
	const char *name = oriel_wire_name(type);

	sample_fill(type, SAMPLE_MIN, 3, &msg);
	keep_message("wire", name, "-min", -1);
	sample_fill(type, SAMPLE_SMALL, 3, &msg);
	keep_message("wire", name, "-small", -1);
}

static void seed_link(uint16_t type)
{
	int side = sample_reader(type) == ORIEL_WIRE_HOST ? LINK_HOST : 0;

	sample_fill(type, SAMPLE_SMALL, 3, &msg);
	keep_message("link", oriel_wire_name(type), "", side | LINK_GREET | LINK_MAX_READ(5));
}

/* What only a stream without the greeting of fuzz/link.c gets to. */
static void seed_hellos(void)
{
	memset(&msg, 0, sizeof msg);
	msg.type = ORIEL_MSG_HELLO;
	msg.hello.magic = ORIEL_WIRE_MAGIC;
	msg.hello.major = ORIEL_WIRE_MAJOR;
	msg.hello.program = "viewer";
	msg.hello.token = (struct oriel_bytes){"0123456789abcdef", 16};
	keep_message("link", "viewer", "", 0);
	keep_message("link", "echo", "", LINK_HOST);
	msg.hello.side = ORIEL_SIDE_GUEST;
	msg.hello.token = (struct oriel_bytes){NULL, 0};
	keep_message("link", "guest", "", LINK_HOST | LINK_MAX_READ(1));
}

/* 2 x 2 pixels of a layer of 4 x 4. */
static void fill_frame(uint8_t encoding, const void *data, uint32_t size)
{
	struct oriel_msg_frame *frame = &msg.frame;
	struct oriel_wire_rect *rect = frame->rects;

	memset(&msg, 0, sizeof msg);
	msg.type = ORIEL_MSG_FRAME;
	*frame = (struct oriel_msg_frame){.window = 1,
		.serial = 1,
		.final = 1,
		.width = 2,
		.height = 2,
		.n_layers = 1,
		.n_rects = 1,
		.data = {data, size}};
	frame->layers[0] = (struct oriel_wire_layer){.id = 1,
		.buffer_width = 4,
		.buffer_height = 4,
		.src_width = 4 * 256,
		.src_height = 4 * 256,
		.width = 2,
		.height = 2};
	*rect = (struct oriel_wire_rect){
		.encoding = encoding, .x = 2, .y = 1, .width = 2, .height = 2, .length = size};
	if (encoding == ORIEL_ENCODING_RING)
		rect->length = 16;
}

static void seed_frame(
	const char *name, uint8_t encoding, const void *data, uint32_t size, uint8_t how)
{
	uint8_t bytes[1024];
	size_t n = 0;

	fill_frame(encoding, data, size);
	/* The header's last byte gives way to the one that says how. */
	if (oriel_wire_encode(&msg, bytes, sizeof bytes, &n) < 0)
		abort();
	bytes[ORIEL_WIRE_HEADER - 1] = how;
	keep("frame", name, "", bytes + ORIEL_WIRE_HEADER - 1, n - ORIEL_WIRE_HEADER + 1);
}

static void seed_frames(void)
{
	/* Stored, in the way of each format: the bytes don't depend on a library's version. */
	static const uint8_t raw[16] = {1, 2, 3, 4};
	static const uint8_t lz4[18] = {0xf0, 1, 1, 2, 3, 4};
	static const uint8_t zstd[25] = {0x28, 0xb5, 0x2f, 0xfd, 0x20, 16, 0x81, 0, 0, 1, 2, 3, 4};

	seed_frame("ring", ORIEL_ENCODING_RING, NULL, 0, ORIEL_FEATURE_RING | FRAME_RING);
	seed_frame("raw", ORIEL_ENCODING_RAW, raw, sizeof raw, ORIEL_FEATURE_INLINE_RAW);
	seed_frame("lz4", ORIEL_ENCODING_LZ4, lz4, sizeof lz4, ORIEL_FEATURE_INLINE_LZ4);
	seed_frame("zstd", ORIEL_ENCODING_ZSTD, zstd, sizeof zstd, ORIEL_FEATURE_INLINE_ZSTD);
	seed_frame("copy", ORIEL_ENCODING_COPY, NULL, 0, 0);
}

/* Adds msg to those that make one input. */
static void append(uint8_t *bytes, size_t size, size_t *used)
{
	size_t n = 0;

	if (oriel_wire_encode(&msg, bytes + *used, size - *used, &n) < 0)
		abort();
	*used += n;
}

/* See fuzz/memory.c for where the memory is. */
static void seed_memory(void)
{
	static const uint8_t zeros[32];
	uint8_t bytes[1024];
	size_t n = 0;

	memset(&msg, 0, sizeof msg);
	msg.type = ORIEL_MSG_RING_AT;
	msg.ring_at =
		(struct oriel_msg_ring_at){.id = 1, .region = 1, .offset = 8192, .size = 4096};
	append(bytes, sizeof bytes, &n);
	fill_frame(ORIEL_ENCODING_RING, NULL, 0);
	append(bytes, sizeof bytes, &n);
	keep("memory", "ring", "", bytes, n);

	n = 0;
	memset(&msg, 0, sizeof msg);
	msg.type = ORIEL_MSG_RAM_PROBE;
	msg.ram_probe =
		(struct oriel_msg_ram_probe){.region = 2, .address = 64, .bytes = {zeros, 32}};
	append(bytes, sizeof bytes, &n);
	memset(&msg, 0, sizeof msg);
	msg.type = ORIEL_MSG_EXTENTS;
	msg.extents = (struct oriel_msg_extents){.n_extents = 1, .extents = {{32768 - 30, 30}}};
	append(bytes, sizeof bytes, &n);
	memset(&msg, 0, sizeof msg);
	msg.type = ORIEL_MSG_BUFFER;
	msg.buffer = (struct oriel_msg_buffer){.id = 9,
		.region = 2,
		.width = 4,
		.height = 4,
		.stride = 17,
		.start = 1,
		.n_extents = 1,
		.extents = {{1ull << 32, 38}}};
	append(bytes, sizeof bytes, &n);
	fill_frame(ORIEL_ENCODING_BUFFER, NULL, 0);
	msg.frame.rects[0].offset = 9;
	append(bytes, sizeof bytes, &n);
	memset(&msg, 0, sizeof msg);
	msg.type = ORIEL_MSG_BUFFER_GONE;
	msg.buffer_gone.id = 9;
	append(bytes, sizeof bytes, &n);
	keep("memory", "buffer", "", bytes, n);
}

int main(int argc, char **argv)
{
	writing = argc == 3 && strcmp(argv[1], "--write") == 0;
	if (argc != 2 && !writing) {
		fprintf(stderr, "usage: seed [--write] FOLDER\n");
		return 2;
	}
	folder = argv[argc - 1];
	SAMPLE_EACH_TYPE(type)
	{
		seed_wire(type);
		seed_link(type);
	}
	seed_hellos();
	seed_frames();
	seed_memory();
	if (!good && !writing)
		fprintf(stderr, "to renew them: ./dev run ninja -C build/gcc fuzz-seeds\n");
	return good ? 0 : 1;
}
