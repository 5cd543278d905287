/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include <stdlib.h>
#include <string.h>

#include "src/pixels/damage.h"
#include "tests/pixels/cmocka_tap.h"
#include "tests/pixels/random.h"

#define WIDTH 333
#define HEIGHT 277
#define STRIDE (WIDTH * 4 + 20)
#define SIZE (STRIDE * HEIGHT)

static uint8_t before[SIZE], after[SIZE], applied[SIZE], packed[WIDTH * HEIGHT * 4];
static const struct oriel_rect all = {0, 0, WIDTH, HEIGHT};

static void fill(uint64_t *seed)
{
	for (size_t i = 0; i < SIZE; i++)
		before[i] = (uint8_t)next_random(seed);
	memcpy(after, before, SIZE);
}

static uint8_t *pixel(uint8_t *content, int x, int y)
{
	return content + (size_t)y * STRIDE + (size_t)x * 4;
}

static void change(const struct oriel_rect *r)
{
	for (int y = r->y; y < r->y + r->height; y++)
		for (int x = r->x; x < r->x + r->width; x++)
			pixel(after, x, y)[x % 3] ^= 0x55;
}

static bool overlap(const struct oriel_rect *a, const struct oriel_rect *b)
{
	return a->x < b->x + b->width && b->x < a->x + a->width && a->y < b->y + b->height &&
	       b->y < a->y + a->height;
}

/* Copies what was found over before and compares the picture with after. */
static void check_applied(const struct oriel_rect *found, int n)
{
	memcpy(applied, before, SIZE);
	for (int i = 0; i < n; i++) {
		assert_true(found[i].x >= 0 && found[i].width > 0 && found[i].y >= 0 &&
			    found[i].height > 0 && found[i].x + found[i].width <= WIDTH &&
			    found[i].y + found[i].height <= HEIGHT);
		for (int j = 0; j < i; j++)
			assert_false(overlap(&found[i], &found[j]));
		oriel_pixels_pack(packed, after, STRIDE, &found[i]);
		oriel_pixels_unpack(applied, STRIDE, packed, &found[i]);
	}
	for (int y = 0; y < HEIGHT; y++)
		assert_memory_equal(pixel(applied, 0, y), pixel(after, 0, y), WIDTH * 4);
}

static int find(struct oriel_rect *found, int max, bool ignore_alpha)
{
	int n = oriel_damage_compare(before, STRIDE, after, STRIDE, &all, ignore_alpha, found, max);

	assert_true(n >= 0 && n <= max);
	return n;
}

static void test_random_changes(void **state)
{
	struct oriel_rect found[256];
	uint64_t seed = 4;

	(void)state;
	fill(&seed);
	for (int round = 0; round < 2000; round++) {
		int changes = (int)random_below(&seed, round % 5 ? 8 : 300);
		uint32_t side = round % 2 ? 4 : 100;
		int max = 1 + (int)random_below(&seed, round % 3 ? 20 : 256);

		memcpy(after, before, SIZE);
		for (int i = 0; i < changes; i++) {
			struct oriel_rect r;

			r.width = 1 + (int32_t)random_below(&seed, side);
			r.height = 1 + (int32_t)random_below(&seed, side);
			r.x = (int32_t)random_below(&seed, (uint32_t)(WIDTH - r.width + 1));
			r.y = (int32_t)random_below(&seed, (uint32_t)(HEIGHT - r.height + 1));
			change(&r);
		}
		check_applied(found, find(found, max, round % 4 == 0));
	}
}

/* One change is found as it is, wherever it lies to the tiles. */
static void test_exact(void **state)
{
	const struct oriel_rect changes[] = {{0, 0, 1, 1}, {WIDTH - 1, HEIGHT - 1, 1, 1},
		{63, 63, 2, 2}, {10, 20, 30, 5}, {64, 64, 64, 64}, {0, 0, WIDTH, HEIGHT},
		{5, 100, 300, 12}, {100, 3, 7, 270}, {62, 10, 140, 20}};
	struct oriel_rect found[16];
	uint64_t seed = 5;

	(void)state;
	fill(&seed);
	assert_int_equal(find(found, 16, false), 0);
	for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
		int n;

		memcpy(after, before, SIZE);
		change(&changes[i]);
		n = find(found, 16, false);
		check_applied(found, n);
		assert_int_equal(oriel_damage_area(found, n), oriel_damage_area(&changes[i], 1));
	}
	memcpy(after, before, SIZE);
	change(&all);
	assert_int_equal(find(found, 16, false), 1);
	assert_memory_equal(&found[0], &all, sizeof all);
}

static void test_alpha(void **state)
{
	const struct oriel_rect r = {30, 40, 50, 60};
	struct oriel_rect found[16];
	uint64_t seed = 6;
	int n;

	(void)state;
	fill(&seed);
	for (int y = 0; y < HEIGHT; y++)
		for (int x = 0; x < WIDTH; x++)
			pixel(after, x, y)[3] ^= (uint8_t)(x + y);
	assert_int_equal(find(found, 16, true), 0);
	assert_true(find(found, 16, false) > 0);
	for (int byte = 0; byte < 3; byte++) {
		change(&r);
		n = find(found, 16, true);
		assert_int_equal(oriel_damage_area(found, n), oriel_damage_area(&r, 1));
		change(&r);
	}
}

/* Only area is looked at, and strides may differ. */
static void test_area_and_strides(void **state)
{
	const struct oriel_rect outside = {10, 10, 20, 20}, area = {30, 10, 100, 90};
	const struct oriel_rect inside = {120, 95, 10, 5};
	struct oriel_rect found[4], empty = {5, 5, 0, 9};
	static uint8_t tight[WIDTH * HEIGHT * 4];
	uint64_t seed = 7;

	(void)state;
	fill(&seed);
	change(&outside);
	oriel_pixels_pack(tight, after, STRIDE, &all);
	assert_int_equal(oriel_damage_compare(
				 before, STRIDE, tight, (size_t)WIDTH * 4, &area, true, found, 4),
		0);
	change(&inside);
	oriel_pixels_pack(tight, after, STRIDE, &all);
	assert_true(oriel_damage_compare(
			    before, STRIDE, tight, (size_t)WIDTH * 4, &area, true, found, 4) > 0);
	assert_true(found[0].x >= 120 && found[0].y >= 95);
	assert_int_equal(
		oriel_damage_compare(before, STRIDE, after, STRIDE, &empty, false, found, 4), 0);
}

/* More changed places than are kept while looking, more than a row may have. */
static void test_dots(void **state)
{
	const struct oriel_rect wide = {0, 0, 40000, 70};
	size_t stride = (size_t)wide.width * 4;
	uint8_t *a = calloc((size_t)wide.height, stride), *b = calloc((size_t)wide.height, stride);
	struct oriel_rect found[256];

	(void)state;
	assert_true(a && b);
	for (int y = 0; y < wide.height; y += 10)
		for (int x = 0; x < wide.width; x += 64)
			b[(size_t)y * stride + (size_t)(x + y % 64) * 4] = 1;
	for (int max = 1; max <= 256; max += 85) {
		int n = oriel_damage_compare(a, stride, b, stride, &wide, false, found, max);

		assert_true(n >= 1 && n <= max);
		memset(a, 0, (size_t)wide.height * stride);
		for (int i = 0; i < n; i++) {
			uint8_t *copy = malloc(oriel_damage_area(&found[i], 1) * 4);

			assert_non_null(copy);
			oriel_pixels_pack(copy, b, stride, &found[i]);
			oriel_pixels_unpack(a, stride, copy, &found[i]);
			free(copy);
		}
		assert_memory_equal(a, b, (size_t)wide.height * stride);
		memset(a, 0, (size_t)wide.height * stride);
	}
	free(a);
	free(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random_changes),
		cmocka_unit_test(test_exact),
		cmocka_unit_test(test_alpha),
		cmocka_unit_test(test_area_and_strides),
		cmocka_unit_test(test_dots),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("compare", tests, NULL, NULL);
}
