/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/* Lists of scales, and where screens of several scales lie for the guest. */
/* cmocka wants these before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "host/viewer/scales.h"

static void lists(void **state)
{
	(void)state;
	assert_true(oriel_scales_find(NULL, "A") == 0);
	assert_true(oriel_scales_find("1.5", "A") == 1.5);
	assert_true(oriel_scales_find("A=2", "A") == 2);
	assert_true(oriel_scales_find("A=2", "B") == 0);
	assert_true(oriel_scales_find("1,A=2,B=1.25", "B") == 1.25);
	assert_true(oriel_scales_find("B=1.25,1", "AB") == 1);
	assert_true(oriel_scales_find("a=b=3", "a=b") == 3);
	assert_true(oriel_scales_find("DELL 27\"=2,1", "DELL 27\"") == 2);
}

static void faults(void **state)
{
	static const char *const wrong[] = {"", ",", "1,", ",1", "0", "0.2", "11", "nan", "inf",
		"x", "A=", "=2", "A=2 ", "A=2,,B=1", "A"};

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		assert_false(oriel_scales_check(wrong[i]));
	assert_true(oriel_scales_check("0.25"));
	assert_true(oriel_scales_check("10"));
	assert_true(oriel_scales_check("A=1,B=2,3"));
}

static void assert_place(const struct oriel_rect *area, const struct oriel_units *u, int x, int y)
{
	assert_int_equal(oriel_units_x_to_logical(u, area->x), x);
	assert_int_equal(oriel_units_y_to_logical(u, area->y), y);
	assert_int_equal(oriel_units_x_to_sdl(u, x), area->x);
	assert_int_equal(oriel_units_y_to_sdl(u, y), area->y);
}

static void arrange(
	const struct oriel_rect *areas, const double *scales, struct oriel_units *units, int n)
{
	for (int i = 0; i < n; i++)
		units[i] = (struct oriel_units){.sdl = scales[i]};
	oriel_scales_arrange(areas, units, n);
}

static void neighbours(void **state)
{
	static const struct oriel_rect right[] = {{0, 0, 1600, 1200}, {1600, 100, 1280, 1024}};
	static const struct oriel_rect left[] = {{1280, 0, 1600, 1200}, {0, 0, 1280, 1024}};
	static const struct oriel_rect above[] = {{0, 1024, 1600, 1200}, {200, 0, 1280, 1024}};
	static const double scales[] = {1, 2}, turned[] = {2, 1};
	struct oriel_units units[2];

	(void)state;
	arrange(right, scales, units, 2);
	assert_place(&right[0], &units[0], 0, 0);
	assert_place(&right[1], &units[1], 1600, 100);
	arrange(right, turned, units, 2);
	assert_place(&right[1], &units[1], 800, 50);
	arrange(left, scales, units, 2);
	assert_place(&left[0], &units[0], 1280, 0);
	assert_place(&left[1], &units[1], 640, 0);
	arrange(above, scales, units, 2);
	assert_place(&above[1], &units[1], 200, 512);
}

/* Nothing but the division, as if there were one screen. */
static void equal_scales(void **state)
{
	static const struct oriel_rect areas[] = {{0, 0, 1600, 1200}, {1600, 100, 1280, 1024}};
	static const double scales[] = {1.5, 1.5};
	struct oriel_units units[2];

	(void)state;
	arrange(areas, scales, units, 2);
	assert_true(oriel_units_same(&units[0], &units[1]));
	assert_int_equal(oriel_units_x_to_logical(&units[1], 1600), 1067);
}

/* Chains of neighbours, and screens that touch nothing. */
static void many(void **state)
{
	static const struct oriel_rect areas[] = {{0, 0, 1000, 1000}, {2000, 0, 1000, 1000},
		{1000, 0, 1000, 1000}, {9000, 0, 10, 10}};
	static const double scales[] = {1, 1, 2, 1};
	struct oriel_units units[4];

	(void)state;
	arrange(areas, scales, units, 4);
	assert_place(&areas[2], &units[2], 1000, 0);
	assert_place(&areas[1], &units[1], 1500, 0);
	assert_place(&areas[3], &units[3], 2500, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists),
		cmocka_unit_test(faults),
		cmocka_unit_test(neighbours),
		cmocka_unit_test(equal_scales),
		cmocka_unit_test(many),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
