/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/* Composing against a slow and plain computation of the same. */
// clang-format off
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
// clang-format on
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "host/viewer/compose.h"
#include "host/viewer/units.h"

enum {
	WIDTH = 61,
	HEIGHT = 47,
};

static uint32_t pixels[WIDTH * HEIGHT];
static const struct oriel_rect everything = {0, 0, WIDTH, HEIGHT};

static uint32_t next_random(void)
{
	static uint32_t v = 12345;

	v ^= v << 13;
	v ^= v >> 17;
	v ^= v << 5;
	return v;
}

static uint32_t random_premultiplied(void)
{
	uint32_t a = next_random() % 4 == 0 ? 255 * (next_random() & 1) : next_random() & 0xff;
	uint32_t r = next_random() % (a + 1), g = next_random() % (a + 1),
		 b = next_random() % (a + 1);

	return a << 24 | r << 16 | g << 8 | b;
}

static struct oriel_canvas canvas_with(bool alpha)
{
	for (int i = 0; i < WIDTH * HEIGHT; i++)
		pixels[i] = alpha ? random_premultiplied() : next_random();
	return (struct oriel_canvas){pixels, WIDTH * 4, WIDTH, HEIGHT, alpha};
}

static uint32_t over(uint32_t src, uint32_t dst)
{
	double rest = (255 - (src >> 24)) / 255.0;
	uint32_t result = 0;

	for (int shift = 0; shift < 32; shift += 8)
		result |= ((src >> shift & 0xff) +
				  (uint32_t)floor((dst >> shift & 0xff) * rest + 0.5))
			  << shift;
	return result;
}

/* Every alpha over every value. */
static void blends_exactly(void **state)
{
	uint32_t src, dst, result;
	struct oriel_canvas canvas = {&result, 4, 1, 1, true};
	struct oriel_placed placed = {.pixels = &src,
		.stride = 4,
		.width = 1,
		.height = 1,
		.src_width = 1,
		.src_height = 1,
		.dst = {0, 0, 1, 1}};

	(void)state;
	for (uint32_t a = 0; a < 256; a++)
		for (uint32_t v = 0; v < 256; v++) {
			src = a << 24 | a << 16 | (a / 2) << 8;
			dst = v << 24 | (v ^ 0x55) << 16 | (255 - v) << 8 | v;
			result = dst;
			oriel_compose_layer(&canvas, (struct oriel_rect){0, 0, 1, 1}, &placed);
			assert_int_equal(result, over(src, dst));
		}
}

/* Colours above their alpha don't spill into their neighbours. */
static void saturates(void **state)
{
	uint32_t src = 0x01ffffff, result = 0xffffffff;
	struct oriel_canvas canvas = {&result, 4, 1, 1, true};
	struct oriel_placed placed = {.pixels = &src,
		.stride = 4,
		.width = 1,
		.height = 1,
		.src_width = 1,
		.src_height = 1,
		.dst = {0, 0, 1, 1}};

	(void)state;
	oriel_compose_layer(&canvas, (struct oriel_rect){0, 0, 1, 1}, &placed);
	assert_int_equal(result, 0xffffffff);
}

static struct oriel_placed random_layer(uint32_t *content, int32_t width, int32_t height)
{
	for (int i = 0; i < width * height; i++)
		content[i] = random_premultiplied();
	return (struct oriel_placed){.pixels = content,
		.stride = (size_t)width * 4,
		.width = width,
		.height = height,
		.src_width = width,
		.src_height = height,
		.dst = {(int)(next_random() % 90) - 30, (int)(next_random() % 80) - 30, width,
			height}};
}

/* Layers that stick out on all sides, clipped by odd rectangles. */
static void exact_layers(void **state)
{
	static uint32_t content[40 * 30], before[WIDTH * HEIGHT];

	(void)state;
	for (int i = 0; i < 500; i++) {
		struct oriel_canvas canvas = canvas_with(true);
		struct oriel_placed p = random_layer(content, 40, 30);
		struct oriel_rect clip = {(int)(next_random() % 70) - 5,
			(int)(next_random() % 60) - 5, (int)(next_random() % 50),
			(int)(next_random() % 50)};

		p.opaque = i % 3 == 0;
		memcpy(before, pixels, sizeof before);
		oriel_compose_layer(&canvas, clip, &p);
		for (int y = 0; y < HEIGHT; y++)
			for (int x = 0; x < WIDTH; x++) {
				int sx = x - p.dst.x, sy = y - p.dst.y;
				uint32_t wanted = before[y * WIDTH + x];

				if (x >= clip.x && x < clip.x + clip.width && y >= clip.y &&
					y < clip.y + clip.height && sx >= 0 && sx < 40 && sy >= 0 &&
					sy < 30)
					wanted = p.opaque ? content[sy * 40 + sx] | 0xff000000u
							  : over(content[sy * 40 + sx], wanted);
				assert_int_equal(pixels[y * WIDTH + x], wanted);
			}
	}
}

/* Where content x, y is in the image of each transform, for a content of 3x2. */
static void turn(uint8_t transform, int x, int y, int *ret_x, int *ret_y)
{
	const int xs[8] = {x, 1 - y, 2 - x, y, 2 - x, y, x, 1 - y};
	const int ys[8] = {y, x, 1 - y, 2 - x, y, x, 1 - y, 2 - x};

	*ret_x = xs[transform];
	*ret_y = ys[transform];
}

static void transforms(void **state)
{
	uint32_t content[6];

	(void)state;
	for (int i = 0; i < 6; i++)
		content[i] = 0xff000000u | next_random();
	for (uint8_t t = 0; t < 8; t++) {
		int width = t & 1 ? 2 : 3, height = t & 1 ? 3 : 2;
		struct oriel_placed p = {.pixels = content,
			.stride = 12,
			.width = 3,
			.height = 2,
			.opaque = true,
			.transform = t,
			.src_width = 3,
			.src_height = 2,
			.dst = {5, 6, width * 4, height * 4}};
		struct oriel_canvas canvas = canvas_with(true);

		oriel_compose_layer(&canvas, everything, &p);
		for (int y = 0; y < 2; y++)
			for (int x = 0; x < 3; x++) {
				struct oriel_rect changed = {x, y, 1, 1}, damage;
				int tx, ty;

				turn(t, x, y, &tx, &ty);
				for (int k = 0; k < 16; k++)
					assert_int_equal(pixels[(6 + ty * 4 + k / 4) * WIDTH + 5 +
								 tx * 4 + k % 4],
						content[y * 3 + x]);
				damage = oriel_compose_damage(&p, &changed);
				assert_true(damage.x <= 5 + tx * 4 && damage.y <= 6 + ty * 4);
				assert_true(damage.x + damage.width >= 5 + tx * 4 + 4);
				assert_true(damage.y + damage.height >= 6 + ty * 4 + 4);
			}
	}
}

/* Half size: each pixel is the mean of four. */
static void halves(void **state)
{
	uint32_t content[20 * 20];
	struct oriel_canvas canvas = canvas_with(true);
	struct oriel_placed p = {.pixels = content,
		.stride = 80,
		.width = 20,
		.height = 20,
		.opaque = true,
		.src_width = 20,
		.src_height = 20,
		.dst = {0, 0, 10, 10}};

	(void)state;
	for (int i = 0; i < 400; i++)
		content[i] = 0xff000000u | next_random();
	oriel_compose_layer(&canvas, everything, &p);
	for (int y = 0; y < 10; y++)
		for (int x = 0; x < 10; x++)
			for (int shift = 0; shift < 24; shift += 8) {
				uint32_t sum = 0;

				for (int k = 0; k < 4; k++)
					sum += content[(y * 2 + k / 2) * 20 + x * 2 + k % 2] >>
						       shift &
					       0xff;
				assert_int_equal(
					pixels[y * WIDTH + x] >> shift & 0xff, (sum + 2) / 4);
			}
}

/* What changes after a change of content is inside of what damage says. */
static void damage_covers(void **state)
{
	static uint32_t content[40 * 30], before[WIDTH * HEIGHT];

	(void)state;
	for (int i = 0; i < 500; i++) {
		struct oriel_canvas canvas = canvas_with(true);
		struct oriel_placed p = random_layer(content, 40, 30);
		struct oriel_rect changed = {
			(int)(next_random() % 40), (int)(next_random() % 30), 1, 1};
		struct oriel_rect damage;

		p.transform = i % 8;
		p.dst.width = 1 + (int)(next_random() % 70);
		p.dst.height = 1 + (int)(next_random() % 70);
		p.src_x = next_random() % 2560 / 256.0;
		p.src_width = 1 + next_random() % 2560 / 256.0;
		oriel_compose_clear(&canvas, everything);
		oriel_compose_layer(&canvas, everything, &p);
		memcpy(before, pixels, sizeof before);
		content[changed.y * 40 + changed.x] ^= 0x00808080;
		oriel_compose_clear(&canvas, everything);
		oriel_compose_layer(&canvas, everything, &p);
		damage = oriel_compose_damage(&p, &changed);
		for (int y = 0; y < HEIGHT; y++)
			for (int x = 0; x < WIDTH; x++)
				if (x < damage.x || x >= damage.x + damage.width || y < damage.y ||
					y >= damage.y + damage.height)
					assert_int_equal(
						pixels[y * WIDTH + x], before[y * WIDTH + x]);
	}
}

static void sizes_come_back(void **state)
{
	static const double scales[] = {0.25, 0.5, 1, 1.25, 1.5, 1.75, 2, 3, 10};

	(void)state;
	for (size_t i = 0; i < sizeof scales / sizeof *scales; i++) {
		struct oriel_units u = {.sdl = scales[i]};

		for (uint32_t n = 1; n < 1600; n++) {
			int sdl = oriel_units_size_to_sdl(&u, n);

			assert_true(sdl >= 1 && sdl <= ORIEL_MAX_SIDE);
			if (scales[i] >= 1)
				assert_int_equal(oriel_units_size_to_logical(&u, sdl), n);
		}
	}
	assert_int_equal(oriel_units_scale(1e300, 10), 100000000);
	assert_int_equal(oriel_units_scale(-1e300, 10), -100000000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(blends_exactly),
		cmocka_unit_test(saturates),
		cmocka_unit_test(exact_layers),
		cmocka_unit_test(transforms),
		cmocka_unit_test(halves),
		cmocka_unit_test(damage_covers),
		cmocka_unit_test(sizes_come_back),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
