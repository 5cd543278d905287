/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "src/pixels/damage.h"

#include <stdlib.h>
#include <string.h>

#include "tests/pixels/cmocka_tap.h"
#include "tests/pixels/random.h"

#define SIDE 200

/* Counts for each pixel of a SIDE x SIDE canvas the rectangles that cover it. */
static void paint(uint8_t canvas[SIDE][SIDE], const struct oriel_rect *rects, int n)
{
	memset(canvas, 0, (size_t)SIDE * SIDE);
	for (int i = 0; i < n; i++)
		for (int y = rects[i].y; y < rects[i].y + rects[i].height; y++)
			for (int x = rects[i].x; x < rects[i].x + rects[i].width; x++)
				canvas[y][x] += canvas[y][x] < 255;
}

/* All of in is covered, by disjoint rectangles; returns the pixels covered for nothing. */
static size_t check_cover(
	const struct oriel_rect *in, int n_in, const struct oriel_rect *out, int n_out)
{
	static uint8_t want[SIDE][SIDE], have[SIDE][SIDE];
	size_t extra = 0;

	for (int i = 0; i < n_out; i++)
		assert_true(out[i].width > 0 && out[i].height > 0 && out[i].x >= 0 &&
			    out[i].y >= 0 && out[i].x + out[i].width <= SIDE &&
			    out[i].y + out[i].height <= SIDE);
	paint(want, in, n_in);
	paint(have, out, n_out);
	for (int y = 0; y < SIDE; y++) {
		for (int x = 0; x < SIDE; x++) {
			assert_true(have[y][x] <= 1);
			assert_true(have[y][x] || !want[y][x]);
			extra += have[y][x] && !want[y][x];
		}
	}
	return extra;
}

static void test_random_cover(void **state)
{
	struct oriel_rect in[400], out[256];
	uint64_t seed = 2;

	(void)state;
	for (int round = 0; round < 1500; round++) {
		int n = (int)random_below(&seed, round % 10 ? 30 : 400);
		int max = 1 + (int)random_below(&seed, round % 3 ? 16 : 256);
		uint32_t side = 1 + random_below(&seed, round % 2 ? 12 : 100);
		int n_out;

		for (int i = 0; i < n; i++) {
			struct oriel_rect *r = &in[i];

			r->width = (int32_t)random_below(&seed, side);
			r->height = (int32_t)random_below(&seed, side);
			r->x = (int32_t)random_below(&seed, SIDE - (uint32_t)r->width);
			r->y = (int32_t)random_below(&seed, SIDE - (uint32_t)r->height);
		}
		n_out = oriel_damage_simplify(in, n, out, max);
		assert_true(n_out >= 0 && n_out <= max);
		check_cover(in, n, out, n_out);
	}
}

static void test_exact_where_it_fits(void **state)
{
	const struct oriel_rect in[] = {{10, 10, 50, 50}, {30, 30, 50, 50}, {100, 0, 10, 200},
		{100, 0, 10, 200}, {0, 0, 0, 10}, {5, 5, 10, -3}, {9, 9, -1, -1}};
	struct oriel_rect out[16];
	int n = oriel_damage_simplify(in, 7, out, 16);

	(void)state;
	assert_int_equal(check_cover(in, 4, out, n), 0);
	assert_int_equal(oriel_damage_area(out, n), 2 * 2500 - 900 + 2000);
	assert_int_equal(oriel_damage_simplify(in, 0, out, 16), 0);
	assert_int_equal(oriel_damage_simplify(&in[4], 3, out, 16), 0);
	assert_int_equal(oriel_damage_area(in, 7), 2 * 2500 + 2 * 2000);
}

/* Two far groups stay two: what is near is merged. */
static void test_nearest_are_merged(void **state)
{
	struct oriel_rect in[20], out[2];
	int n;

	(void)state;
	for (int i = 0; i < 20; i++)
		in[i] = (struct oriel_rect){i % 2 ? 150 + i : i, i, 2, 2};
	n = oriel_damage_simplify(in, 20, out, 2);
	assert_int_equal(n, 2);
	check_cover(in, 20, out, n);
	assert_true(out[0].width < 50 && out[1].width < 50);
}

/* Far more rectangles than are looked at one by one, in the worst pattern for regions. */
static void test_many(void **state)
{
	static struct oriel_rect in[SIDE * SIDE / 2];
	struct oriel_rect out[32];
	int n = 0, n_out;

	(void)state;
	for (int y = 0; y < SIDE; y++)
		for (int x = y % 2; x < SIDE; x += 2)
			in[n++] = (struct oriel_rect){x, y, 1, 1};
	for (int max = 1; max <= 32; max += 31) {
		n_out = oriel_damage_simplify(in, n, out, max);
		assert_true(n_out >= 1 && n_out <= max);
		check_cover(in, n, out, n_out);
	}
}

/* "From here to infinity" is what some clients say. */
static void test_endless(void **state)
{
	static const int32_t edges[] = {INT32_MIN, INT32_MIN + 1, -(1 << 30), -1, 0, 1, 100,
		1 << 30, INT32_MAX - 1, INT32_MAX};
	int n = sizeof edges / sizeof *edges;
	struct oriel_rect out[4], in[2] = {{50, 50, 20, 20}};

	(void)state;
	for (int i = 0; i < n * n; i++) {
		int n_out;

		in[1] = (struct oriel_rect){edges[i / n], edges[i / n], edges[i % n], edges[i % n]};
		for (int max = 1; max <= 4; max++) {
			n_out = oriel_damage_simplify(in, 2, out, max);
			assert_true(n_out >= 1 && n_out <= max);
			for (int j = 0; j < n_out; j++)
				assert_true(out[j].width > 0 && out[j].height > 0 &&
					    (int64_t)out[j].x + out[j].width <= INT32_MAX &&
					    (int64_t)out[j].y + out[j].height <= INT32_MAX);
		}
	}
	in[0] = (struct oriel_rect){0, 0, INT32_MAX, INT32_MAX};
	assert_int_equal(oriel_damage_simplify(in, 1, out, 4), 1);
	assert_true(out[0].x == 0 && out[0].y == 0 && out[0].width >= 1 << 14);
}

static void test_pack(void **state)
{
	static uint8_t content[SIDE * SIDE * 4], packed[SIDE * SIDE * 4], copy[SIDE * SIDE * 4];
	uint64_t seed = 3;

	(void)state;
	for (size_t i = 0; i < sizeof content; i++)
		content[i] = (uint8_t)next_random(&seed);
	for (int round = 0; round < 300; round++) {
		int side = round % 4 ? SIDE : SIDE - 1;
		size_t stride = (size_t)SIDE * 4;
		struct oriel_rect r;

		r.width = round % 3 ? 1 + (int32_t)random_below(&seed, (uint32_t)side) : SIDE;
		r.height = 1 + (int32_t)random_below(&seed, (uint32_t)side);
		r.x = (int32_t)random_below(&seed, (uint32_t)(SIDE - r.width + 1));
		r.y = (int32_t)random_below(&seed, (uint32_t)(SIDE - r.height + 1));
		memset(copy, 0, sizeof copy);
		oriel_pixels_pack(packed, content, stride, &r);
		oriel_pixels_unpack(copy, stride, packed, &r);
		for (int y = 0; y < SIDE; y++) {
			for (int x = 0; x < SIDE; x++) {
				bool in = x >= r.x && x < r.x + r.width && y >= r.y &&
					  y < r.y + r.height;
				size_t at = (size_t)y * stride + (size_t)x * 4;
				static const uint8_t none[4];

				assert_memory_equal(&copy[at], in ? &content[at] : none, 4);
			}
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random_cover),
		cmocka_unit_test(test_exact_where_it_fits),
		cmocka_unit_test(test_nearest_are_merged),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_endless),
		cmocka_unit_test(test_pack),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("damage", tests, NULL, NULL);
}
