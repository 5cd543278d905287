/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/* The checks between the fields of a frame message, each at its edge. */
// clang-format off
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
// clang-format on
#include <errno.h>
#include <unistd.h>

#include "host/viewer/frame.h"

#define FEATURES (ORIEL_FEATURE_RING | ORIEL_FEATURE_INLINE_RAW | ORIEL_FEATURE_INLINE_LZ4)
#define RING_SIZE 65536u

static struct oriel_ring *ring;
static struct oriel_buffers buffers;
static char data[4096];

/* A frame with nothing wrong: 16x8 of a layer of 64x32, from the ring. */
static struct oriel_msg_frame good(void)
{
	struct oriel_msg_frame f = {
		.window = 1, .serial = 1, .final = 1, .width = 64, .height = 32};

	f.n_layers = 2;
	for (uint32_t i = 0; i < 2; i++)
		f.layers[i] = (struct oriel_wire_layer){.id = i + 1,
			.buffer_width = 64,
			.buffer_height = 32,
			.src_width = 64 * 256,
			.src_height = 32 * 256,
			.width = 64,
			.height = 32};
	f.n_rects = 1;
	f.rects[0] = (struct oriel_wire_rect){
		.x = 48, .y = 24, .width = 16, .height = 8, .length = 16 * 8 * 4};
	f.data = (struct oriel_bytes){data, sizeof data};
	return f;
}

static int check(const struct oriel_msg_frame *f)
{
	const char *reason = NULL;
	int r = oriel_frame_check(f, ring, &buffers, FEATURES, &reason);

	assert_true(r == 0 || (r == -EPROTO && reason));
	return r;
}

static void accepts_good(void **state)
{
	struct oriel_msg_frame f = good();

	(void)state;
	assert_int_equal(check(&f), 0);
	f.rects[0].offset = RING_SIZE - f.rects[0].length;
	assert_int_equal(check(&f), 0);
	f.rects[0].encoding = ORIEL_ENCODING_RAW;
	f.rects[0].offset = sizeof data - f.rects[0].length;
	assert_int_equal(check(&f), 0);
	f.n_layers = 1;
	f.n_rects = 0;
	assert_int_equal(check(&f), 0);
}

static void refuses_layers(void **state)
{
	struct oriel_msg_frame f = good();

	(void)state;
	f.layers[1].id = 1;
	assert_int_equal(check(&f), -EPROTO);
	f = good();
	f.layers[1].src_x = 1;
	assert_int_equal(check(&f), -EPROTO);
	f = good();
	f.layers[1].src_height = 0x7fffffff;
	f.layers[1].src_y = 0x7fffffff;
	assert_int_equal(check(&f), -EPROTO);
}

static void refuses_rects(void **state)
{
	struct oriel_msg_frame f = good();

	(void)state;
	f.rects[0].layer = 2;
	assert_int_equal(check(&f), -EPROTO);
	f = good();
	f.rects[0].x = 49;
	assert_int_equal(check(&f), -EPROTO);
	f = good();
	f.rects[0].y = 25;
	assert_int_equal(check(&f), -EPROTO);
	f = good();
	f.rects[0].width = 0xffffffff;
	assert_int_equal(check(&f), -EPROTO);
	f = good();
	f.rects[0].encoding = 9;
	assert_int_equal(check(&f), -EPROTO);
}

static void refuses_ring_views(void **state)
{
	struct oriel_msg_frame f = good();
	const char *reason;

	(void)state;
	f.rects[0].length -= 4;
	assert_int_equal(check(&f), -EPROTO);
	f = good();
	f.rects[0].offset = RING_SIZE - f.rects[0].length + 4;
	assert_int_equal(check(&f), -EPROTO);
	f = good();
	f.rects[0].offset = 0xfffffffc;
	assert_int_equal(check(&f), -EPROTO);
	f = good();
	f.rects[0].offset = 2;
	assert_int_equal(check(&f), -EPROTO);
	f = good();
	assert_int_equal(oriel_frame_check(&f, NULL, &buffers, FEATURES, &reason), -EPROTO);
}

static void refuses_inline(void **state)
{
	struct oriel_msg_frame f = good();

	(void)state;
	f.rects[0].encoding = ORIEL_ENCODING_RAW;
	f.rects[0].offset = sizeof data - f.rects[0].length + 1;
	assert_int_equal(check(&f), -EPROTO);
	f.rects[0].offset = 0xffffffff;
	assert_int_equal(check(&f), -EPROTO);
	f.rects[0].offset = 0;
	f.rects[0].length++;
	assert_int_equal(check(&f), -EPROTO);
	f = good();
	f.rects[0].encoding = ORIEL_ENCODING_LZ4;
	f.rects[0].length = sizeof data + 1;
	assert_int_equal(check(&f), -EPROTO);
	f.rects[0].length = 10;
	assert_int_equal(check(&f), 0);
	f.rects[0].encoding = ORIEL_ENCODING_ZSTD; /* not agreed on */
	assert_int_equal(check(&f), -EPROTO);
}

static void refuses_copies(void **state)
{
	struct oriel_msg_frame f = good();

	(void)state;
	f.rects[0].encoding = ORIEL_ENCODING_COPY;
	f.rects[0].offset = 48;
	f.rects[0].length = 24;
	assert_int_equal(check(&f), 0);
	f.rects[0].offset = 49;
	assert_int_equal(check(&f), -EPROTO);
	f.rects[0].offset = 0;
	f.rects[0].length = 0xffffffff;
	assert_int_equal(check(&f), -EPROTO);
}

/* The buffer is smaller than the layer: rectangles must lie inside of both. */
static void refuses_buffers(void **state)
{
	struct oriel_buffer buffer = {.id = 7, .width = 60, .height = 30};
	struct oriel_msg_frame f = good();

	(void)state;
	buffers = (struct oriel_buffers){.items = {&buffer}, .n = 1};
	f.rects[0] = (struct oriel_wire_rect){.encoding = ORIEL_ENCODING_BUFFER,
		.x = 44,
		.y = 22,
		.width = 16,
		.height = 8,
		.offset = 7};
	assert_int_equal(check(&f), 0);
	f.rects[0].x++;
	assert_int_equal(check(&f), -EPROTO);
	f.rects[0].x--;
	f.rects[0].y++;
	assert_int_equal(check(&f), -EPROTO);
	f.rects[0].y--;
	f.rects[0].length = 16 * 8 * 4;
	assert_int_equal(check(&f), -EPROTO);
	f.rects[0].length = 0;
	f.rects[0].offset = 6;
	assert_int_equal(check(&f), -EPROTO);
	f.rects[0].offset = 8;
	assert_int_equal(check(&f), -EPROTO);
	f.rects[0].offset = 7;
	/* A buffer larger than the layer. */
	buffer.width = buffer.height = 100;
	f.rects[0].x = 48;
	f.rects[0].y = 24;
	assert_int_equal(check(&f), 0);
	f.rects[0].x = 49;
	assert_int_equal(check(&f), -EPROTO);
	f.rects[0].x = 48;
	buffers.n = 0;
	assert_int_equal(check(&f), -EPROTO);
}

static int map_ring(void **state)
{
	struct oriel_ring *guest;
	int fd;

	(void)state;
	if (oriel_ring_create(RING_SIZE, &guest, &fd) < 0)
		return -1;
	fd = dup(fd);
	oriel_ring_destroy(guest);
	return oriel_ring_map(fd, RING_SIZE, &ring);
}

static int unmap_ring(void **state)
{
	(void)state;
	oriel_ring_destroy(ring);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(accepts_good),
		cmocka_unit_test(refuses_layers),
		cmocka_unit_test(refuses_rects),
		cmocka_unit_test(refuses_ring_views),
		cmocka_unit_test(refuses_inline),
		cmocka_unit_test(refuses_copies),
		cmocka_unit_test(refuses_buffers),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, map_ring, unmap_ring);
}
