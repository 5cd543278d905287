/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * What a guest may say of its machine's memory: places in a device, probes of RAM and buffers in
 * it, each at its edge.
 */
// clang-format off
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
// clang-format on
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/viewer/memory.h"

#define PAGE 4096ull
#define DEVICE (16 * PAGE)
#define LOW (8 * PAGE) /* of RAM below the hole */
#define HIGH (8 * PAGE)
#define HIGH_ADDRESS (1ull << 32)
#define RAM (LOW + HIGH)

enum { DEVICE_REGION = 1, RAM_REGION = 2 };

static char folder[64], device_path[96], ram_path[96];
static struct oriel_memory memory;
static struct oriel_msg_buffer buffer; /* large: not on the stack */

static uint8_t byte_at(uint64_t offset)
{
	return (uint8_t)(offset * 7 + offset / 251);
}

static void write_file(const char *path, uint64_t size)
{
	FILE *file = fopen(path, "wb");

	assert_non_null(file);
	for (uint64_t i = 0; i < size; i++)
		fputc(byte_at(i), file);
	assert_int_equal(fclose(file), 0);
}

static struct oriel_region_source device_source(void)
{
	return (struct oriel_region_source){.kind = ORIEL_MEMORY_DEVICE,
		.path = device_path,
		.size = DEVICE,
		.token = "0123456789abcde"};
}

static struct oriel_region_source ram_source(void)
{
	return (struct oriel_region_source){.kind = ORIEL_MEMORY_RAM,
		.path = ram_path,
		.size = RAM,
		.n_ranges = 2,
		.ranges = {{0, 0, LOW}, {HIGH_ADDRESS, LOW, HIGH}}};
}

static int set_up(void **state)
{
	struct oriel_region_source device = device_source(), ram = ram_source();

	(void)state;
	snprintf(folder, sizeof folder, "/tmp/oriel-memory-XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	snprintf(device_path, sizeof device_path, "%s/device", folder);
	snprintf(ram_path, sizeof ram_path, "%s/ram", folder);
	write_file(device_path, DEVICE);
	write_file(ram_path, RAM);
	if (oriel_memory_add(&memory, &device) < 0)
		return -1;
	return oriel_memory_add(&memory, &ram);
}

static int tear_down(void **state)
{
	(void)state;
	oriel_memory_finish(&memory);
	unlink(device_path);
	unlink(ram_path);
	return rmdir(folder);
}

static void probe_all(void)
{
	uint8_t bytes[32];
	struct oriel_msg_ram_probe probe = {.region = RAM_REGION, .bytes = {bytes, sizeof bytes}};
	const char *reason;
	bool found = false;

	for (int i = 0; i < 32; i++)
		bytes[i] = byte_at((uint64_t)i);
	assert_int_equal(oriel_memory_probe(&memory, &probe, &found, &reason), 0);
	assert_true(found);
}

static void describes(void **state)
{
	struct oriel_msg_memory msg;

	(void)state;
	assert_int_equal(
		oriel_memory_features(&memory), ORIEL_FEATURE_MEMORY | ORIEL_FEATURE_BUFFERS);
	oriel_memory_describe(&memory, &msg);
	assert_int_equal(msg.n_regions, 2);
	assert_int_equal(msg.regions[0].id, DEVICE_REGION);
	assert_int_equal(msg.regions[0].token.size, ORIEL_REGION_TOKEN);
	assert_memory_equal(msg.regions[0].token.data, "0123456789abcde", ORIEL_REGION_TOKEN);
	assert_int_equal(msg.regions[1].id, RAM_REGION);
	assert_int_equal(msg.regions[1].token.size, 0);
}

/* Ids stay; what no feature uses is not there. */
static void keeps_what_is_used(void **state)
{
	struct oriel_msg_ring_at at = {1, DEVICE_REGION, PAGE, PAGE};
	const struct oriel_region *region;
	struct oriel_msg_memory msg;
	struct oriel_ring *ring;
	const char *reason;

	(void)state;
	oriel_memory_keep(&memory, ORIEL_FEATURE_BUFFERS | ORIEL_FEATURE_RING);
	oriel_memory_describe(&memory, &msg);
	assert_int_equal(msg.n_regions, 1);
	assert_int_equal(msg.regions[0].id, RAM_REGION);
	assert_int_equal(oriel_memory_features(&memory), ORIEL_FEATURE_BUFFERS);
	assert_int_equal(oriel_memory_ring(&memory, &at, &ring, &region, &reason), -EPROTO);
	probe_all();
	oriel_memory_keep(&memory, 0);
	oriel_memory_describe(&memory, &msg);
	assert_int_equal(msg.n_regions, 0);
}

static void takes_so_many(void **state)
{
	struct oriel_region_source device = device_source();

	(void)state;
	for (int i = 2; i < ORIEL_MAX_REGIONS; i++)
		assert_int_equal(oriel_memory_add(&memory, &device), 0);
	assert_int_equal(oriel_memory_add(&memory, &device), -ENOSPC);
	device.path = "/nowhere";
	oriel_memory_finish(&memory);
	assert_int_equal(oriel_memory_add(&memory, &device), -ENOENT);
	assert_int_equal(memory.n, 0);
}

static int try_ring(uint32_t region_id, uint64_t offset, uint32_t size)
{
	struct oriel_msg_ring_at at = {1, region_id, offset, size};
	const struct oriel_region *region = NULL;
	struct oriel_ring *ring = NULL;
	const char *reason = NULL;
	int r = oriel_memory_ring(&memory, &at, &ring, &region, &reason);

	if (r == 0) {
		const uint8_t *start = oriel_ring_view(ring, 0, size);

		assert_non_null(region);
		assert_int_equal(start[0], byte_at(offset));
		assert_int_equal(start[size - 1], byte_at(offset + size - 1));
		oriel_ring_destroy(ring);
	} else {
		assert_true(r == -EPROTO && reason && !ring && !region);
	}
	return r;
}

static void rings(void **state)
{
	(void)state;
	assert_int_equal(try_ring(DEVICE_REGION, PAGE, PAGE), 0);
	assert_int_equal(try_ring(DEVICE_REGION, PAGE, DEVICE - PAGE), 0);
	assert_int_equal(try_ring(DEVICE_REGION, DEVICE - PAGE, PAGE), 0);
	/* The head, and what begins or ends elsewhere. */
	assert_int_equal(try_ring(DEVICE_REGION, 0, 2 * PAGE), -EPROTO);
	assert_int_equal(try_ring(DEVICE_REGION, PAGE - 64, PAGE), -EPROTO);
	assert_int_equal(try_ring(DEVICE_REGION, PAGE + 64, PAGE), -EPROTO);
	assert_int_equal(try_ring(DEVICE_REGION, 2 * PAGE, DEVICE - PAGE), -EPROTO);
	assert_int_equal(try_ring(DEVICE_REGION, DEVICE, PAGE), -EPROTO);
	assert_int_equal(try_ring(DEVICE_REGION, DEVICE - PAGE, PAGE + 1), -EPROTO);
	assert_int_equal(try_ring(DEVICE_REGION, 0xfffffffff000, PAGE), -EPROTO);
	assert_int_equal(try_ring(DEVICE_REGION, UINT64_MAX - PAGE + 1, PAGE), -EPROTO);
	/* RAM is no device, and there is no third region. */
	assert_int_equal(try_ring(RAM_REGION, PAGE, PAGE), -EPROTO);
	assert_int_equal(try_ring(3, PAGE, PAGE), -EPROTO);
	assert_int_equal(try_ring(0, PAGE, PAGE), -EPROTO);
	assert_int_equal(try_ring(UINT32_MAX, PAGE, PAGE), -EPROTO);
}

/* 1: found; 0: not found; -EPROTO */
static int probe(uint32_t region, uint64_t address, const void *bytes, uint32_t size)
{
	struct oriel_msg_ram_probe msg = {region, address, {bytes, size}};
	const char *reason = NULL;
	bool found = false;
	int r = oriel_memory_probe(&memory, &msg, &found, &reason);

	assert_true(r == 0 || (r == -EPROTO && reason));
	return r < 0 ? r : found;
}

static void probes(void **state)
{
	uint8_t bytes[33];

	(void)state;
	for (int i = 0; i < 33; i++)
		bytes[i] = byte_at(RAM - 32 + (uint64_t)i);
	assert_int_equal(probe(RAM_REGION, HIGH_ADDRESS + HIGH - 32, bytes, 32), 1);
	assert_int_equal(probe(RAM_REGION, HIGH_ADDRESS + HIGH - 31, bytes, 32), 0);
	assert_int_equal(probe(RAM_REGION, HIGH_ADDRESS + HIGH - 64, bytes, 32), 0);
	assert_int_equal(probe(RAM_REGION, LOW - 1, bytes, 32), 0);
	assert_int_equal(probe(RAM_REGION, LOW, bytes, 32), 0);
	assert_int_equal(probe(RAM_REGION, UINT64_MAX, bytes, 32), 0);
	assert_int_equal(probe(RAM_REGION, 0xffffffffffff, bytes, 32), 0);
	bytes[31] ^= 1;
	assert_int_equal(probe(RAM_REGION, HIGH_ADDRESS + HIGH - 32, bytes, 32), 0);
	assert_int_equal(probe(RAM_REGION, 0, bytes, 31), -EPROTO);
	assert_int_equal(probe(RAM_REGION, 0, bytes, 33), -EPROTO);
	assert_int_equal(probe(RAM_REGION, 0, NULL, 0), -EPROTO);
	assert_int_equal(probe(DEVICE_REGION, 0, bytes, 32), -EPROTO);
	assert_int_equal(probe(3, 0, bytes, 32), -EPROTO);
}

/* Two rows of 16 pixels, 100 bytes apart, from byte 50 on; in the last bytes of both ranges. */
static void reset_buffer(void)
{
	buffer = (struct oriel_msg_buffer){.id = 7,
		.region = RAM_REGION,
		.width = 16,
		.height = 2,
		.stride = 100,
		.start = 50,
		.n_extents = 2,
		.extents = {{LOW - 90, 90}, {HIGH_ADDRESS + HIGH - 124, 124}}};
}

static int add(void)
{
	const char *reason = NULL;
	int r = oriel_memory_buffer(&memory, &buffer, &reason);

	assert_true(r == 0 || (r == -EPROTO && reason));
	return r;
}

static int drop(uint32_t id)
{
	const char *reason = NULL;
	int r = oriel_buffers_remove(&memory.buffers, id, &reason);

	assert_true(r == 0 || (r == -EPROTO && reason));
	return r;
}

static void buffers_in_ram(void **state)
{
	const struct oriel_buffer *found;
	uint8_t rows[2][64];

	(void)state;
	reset_buffer();
	assert_int_equal(add(), -EPROTO); /* not probed */
	probe_all();
	assert_int_equal(add(), 0);
	found = oriel_buffers_find(&memory.buffers, 7);
	assert_non_null(found);
	assert_int_equal(found->rows.n, 2);
	oriel_rows_copy(&found->rows, &(struct oriel_rect){0, 0, 16, 2}, rows, 64);
	for (uint32_t y = 0; y < 2; y++)
		for (uint32_t x = 0; x < 64; x++) {
			uint64_t at = 50 + y * 100 + x;

			assert_int_equal(
				rows[y][x], byte_at(at < 90 ? LOW - 90 + at : RAM - 124 + at - 90));
		}
	assert_int_equal(add(), -EPROTO); /* in use */
	assert_int_equal(drop(6), -EPROTO);
	assert_int_equal(drop(7), 0);
	assert_int_equal(drop(7), -EPROTO);
	assert_null(oriel_buffers_find(&memory.buffers, 7));
	assert_int_equal(add(), 0);
	/* What is not found any more has no new buffers. */
	assert_int_equal(probe(RAM_REGION, LOW, "0123456789abcdef0123456789abcdef", 32), 0);
	buffer.id = 8;
	assert_int_equal(add(), -EPROTO);
}

static void joins_neighbours(void **state)
{
	(void)state;
	probe_all();
	reset_buffer();
	buffer.n_extents = 5;
	for (uint32_t i = 0; i < 5; i++)
		buffer.extents[i] = (struct oriel_wire_extent){PAGE + i * PAGE, PAGE};
	buffer.extents[4].address = 0; /* before the others */
	assert_int_equal(add(), 0);
	assert_int_equal(oriel_buffers_find(&memory.buffers, 7)->rows.n, 2);
	assert_int_equal(memory.buffers.n_pieces, 2);
	assert_int_equal(drop(7), 0);
	assert_int_equal(memory.buffers.n_pieces, 0);
	/* Neighbours in the file, but not in the guest: that is where the bytes are. */
	buffer.n_extents = 2;
	buffer.extents[0] = (struct oriel_wire_extent){LOW - PAGE, PAGE};
	buffer.extents[1] = (struct oriel_wire_extent){HIGH_ADDRESS, PAGE};
	assert_int_equal(add(), 0);
	assert_int_equal(oriel_buffers_find(&memory.buffers, 7)->rows.n, 1);
}

/* Each of these is wrong by one. */
static void refuses_layouts(void **state)
{
	(void)state;
	probe_all();
	reset_buffer();
	buffer.stride = 63; /* below a row */
	assert_int_equal(add(), -EPROTO);
	reset_buffer();
	buffer.start = 51;
	assert_int_equal(add(), -EPROTO);
	reset_buffer();
	buffer.start = UINT32_MAX;
	assert_int_equal(add(), -EPROTO);
	reset_buffer();
	buffer.stride = 101;
	assert_int_equal(add(), -EPROTO);
	reset_buffer();
	buffer.height = 3;
	assert_int_equal(add(), -EPROTO);
	reset_buffer();
	buffer.width = 17;
	assert_int_equal(add(), -EPROTO);
	reset_buffer();
	buffer.n_extents = 0;
	assert_int_equal(add(), -EPROTO);
	/* The largest that the wire lets through. */
	buffer.width = buffer.height = ORIEL_MAX_SIDE;
	buffer.stride = 4 * ORIEL_MAX_SIDE * 4;
	buffer.start = UINT32_MAX;
	assert_int_equal(add(), -EPROTO);
	reset_buffer();
	buffer.region = DEVICE_REGION;
	assert_int_equal(add(), -EPROTO);
	buffer.region = 3;
	assert_int_equal(add(), -EPROTO);
	assert_int_equal(memory.buffers.n, 0);
}

static void refuses_extents(void **state)
{
	static const struct oriel_wire_extent wrong[] = {
		{LOW - 89, 90},                   /* into the hole */
		{LOW, 90},                        /* in it */
		{HIGH_ADDRESS - 1, 90},           /* out of it */
		{HIGH_ADDRESS + HIGH - 89, 90},   /* out of the end */
		{0, UINT32_MAX},                  /* all there is, and more */
		{LOW - 90, HIGH_ADDRESS + 180},   /* both ranges and what is between */
		{0xffffffffffff, UINT32_MAX},     /* the last place the wire lets through */
		{UINT64_MAX - 10, 90},            /* and round the end of all numbers */
		{0x8000000000000000ull, 1u << 31} /* as a signed number */
	};

	(void)state;
	probe_all();
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		for (int k = 0; k < 2; k++) {
			reset_buffer();
			buffer.extents[k] = wrong[i];
			buffer.extents[1 - k].size = 124;
			buffer.extents[1 - k].address = 0;
			assert_int_equal(add(), -EPROTO);
		}
	}
	assert_int_equal(memory.buffers.n, 0);
	assert_int_equal(memory.buffers.n_pieces, 0);
}

/* The same bytes twice are the guest's own business: it sees the same rows twice. */
static void overlapping_extents(void **state)
{
	(void)state;
	probe_all();
	reset_buffer();
	buffer.extents[1] = (struct oriel_wire_extent){LOW - 124, 124};
	assert_int_equal(add(), 0);
}

static void refuses_too_many(void **state)
{
	(void)state;
	probe_all();
	reset_buffer();
	for (uint32_t i = ORIEL_MAX_BUFFERS; i > 0; i--) {
		buffer.id = i * 3;
		assert_int_equal(add(), 0);
	}
	for (uint32_t i = 1; i <= ORIEL_MAX_BUFFERS; i++) {
		assert_int_equal(oriel_buffers_find(&memory.buffers, i * 3)->id, i * 3);
		assert_null(oriel_buffers_find(&memory.buffers, i * 3 + 1));
	}
	buffer.id = 1;
	assert_int_equal(add(), -EPROTO);
	assert_int_equal(drop(3 * 17), 0);
	assert_int_equal(add(), 0);
}

static int extend(const struct oriel_wire_extent *extents, uint32_t n)
{
	struct oriel_msg_extents msg = {.n_extents = n};
	const char *reason;

	memcpy(msg.extents, extents, n * sizeof *extents);
	return oriel_memory_extents(&memory, &msg, &reason);
}

/* More pieces than fit into one message come before it. */
static void early_extents(void **state)
{
	static const struct oriel_wire_extent first = {LOW - 90, 90}, second = {HIGH_ADDRESS, 60};
	const struct oriel_buffer *found;

	(void)state;
	assert_int_equal(extend(&first, 1), -EPROTO); /* nothing was probed */
	probe_all();
	reset_buffer();
	assert_int_equal(extend(&first, 1), 0);
	assert_int_equal(extend(&second, 1), 0);
	buffer.n_extents = 1;
	buffer.extents[0] = (struct oriel_wire_extent){HIGH_ADDRESS + PAGE, 64};
	assert_int_equal(add(), 0);
	found = oriel_buffers_find(&memory.buffers, buffer.id);
	/* The end of the low range and the start of the high one are neighbours in the file. */
	assert_int_equal(found->rows.n, 2);
	assert_int_equal(found->pieces[1].end, 214);
	/* They were that one's. */
	buffer.id++;
	assert_int_equal(add(), -EPROTO);
}

static void refuses_too_many_early_extents(void **state)
{
	static struct oriel_wire_extent extents[ORIEL_MAX_EXTENTS];

	(void)state;
	probe_all();
	for (int i = 0; i < ORIEL_MAX_EXTENTS; i++)
		extents[i].size = 1;
	for (int i = 0; i < ORIEL_MAX_ALL_EXTENTS / ORIEL_MAX_EXTENTS; i++)
		assert_int_equal(extend(extents, ORIEL_MAX_EXTENTS), 0);
	assert_int_equal(extend(extents, 1), -EPROTO);
}

/* Every other byte of one page over and over: no two can be joined. */
static void refuses_too_many_pieces(void **state)
{
	uint32_t most = ORIEL_MAX_ALL_EXTENTS / ORIEL_MAX_EXTENTS;

	(void)state;
	probe_all();
	reset_buffer();
	buffer.n_extents = ORIEL_MAX_EXTENTS;
	for (uint32_t i = 0; i < ORIEL_MAX_EXTENTS; i++)
		buffer.extents[i] = (struct oriel_wire_extent){i % 2048 * 2, 1};
	for (uint32_t i = 1; i <= most; i++) {
		buffer.id = i;
		assert_int_equal(add(), 0);
	}
	assert_int_equal(memory.buffers.n_pieces, ORIEL_MAX_ALL_EXTENTS);
	buffer.id = most + 1;
	assert_int_equal(add(), -EPROTO);
	assert_int_equal(drop(5), 0);
	assert_int_equal(add(), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(describes),
		TEST(keeps_what_is_used),
		TEST(takes_so_many),
		TEST(rings),
		TEST(probes),
		TEST(buffers_in_ram),
		TEST(joins_neighbours),
		TEST(refuses_layouts),
		TEST(refuses_extents),
		TEST(early_extents),
		TEST(refuses_too_many_early_extents),
		TEST(overlapping_extents),
		TEST(refuses_too_many),
		TEST(refuses_too_many_pieces),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
