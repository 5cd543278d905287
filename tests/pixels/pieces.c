/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/* Rows gathered from pieces: against the same rows in one piece, and never past a piece's end. */
#include "src/pixels/pieces.h"

#include <stdlib.h>
#include <string.h>

#include "tests/pixels/cmocka_tap.h"
#include "tests/pixels/random.h"

#define MAX_PIECES 64

/* An image in pieces, each an allocation of its own so that reading past one is found out. */
struct scattered {
	uint8_t *whole; /* what the pieces hold together */
	uint64_t size;
	struct oriel_piece pieces[MAX_PIECES];
	uint32_t n;
};

static void scatter(struct scattered *s, uint64_t size, const uint64_t *ends, uint32_t n)
{
	uint64_t start = 0;

	s->size = size;
	s->n = n;
	s->whole = malloc(size);
	assert_non_null(s->whole);
	for (uint64_t i = 0; i < size; i++)
		s->whole[i] = (uint8_t)(i * 31 + i / 251);
	for (uint32_t i = 0; i < n; i++) {
		uint8_t *data = malloc(ends[i] - start);

		assert_non_null(data);
		memcpy(data, s->whole + start, ends[i] - start);
		s->pieces[i] = (struct oriel_piece){data, ends[i]};
		start = ends[i];
	}
	assert_int_equal(start, size);
}

static void finish(struct scattered *s)
{
	for (uint32_t i = 0; i < s->n; i++)
		free((void *)(uintptr_t)s->pieces[i].data);
	free(s->whole);
}

static struct oriel_rows rows_of(const struct scattered *s, uint64_t start, size_t stride)
{
	return (struct oriel_rows){s->pieces, s->n, start, stride};
}

static void assert_copies(
	const struct scattered *s, const struct oriel_rows *rows, struct oriel_rect rect)
{
	size_t row = (size_t)rect.width * 4, to_stride = row + 12;
	uint8_t *to = malloc(to_stride * (size_t)rect.height);

	assert_non_null(to);
	memset(to, 0xaa, to_stride * (size_t)rect.height);
	oriel_rows_copy(rows, &rect, to, to_stride);
	for (int32_t y = 0; y < rect.height; y++) {
		const uint8_t *from = s->whole + rows->start +
				      (uint64_t)(rect.y + y) * rows->stride + (uint64_t)rect.x * 4;

		assert_memory_equal(to + (size_t)y * to_stride, from, row);
		for (size_t i = row; i < to_stride; i++)
			assert_int_equal(to[(size_t)y * to_stride + i], 0xaa);
	}
	free(to);
}

static void one_piece(void **state)
{
	uint8_t pixels[10 * 48] = {0};
	uint32_t to[6 * 3];
	struct oriel_piece piece;
	struct oriel_rows rows = oriel_rows_of(&piece, pixels, 48, sizeof pixels);

	(void)state;
	for (size_t i = 0; i < sizeof pixels; i++)
		pixels[i] = (uint8_t)i;
	oriel_rows_copy(&rows, &(struct oriel_rect){2, 7, 6, 3}, to, 24);
	for (int y = 0; y < 3; y++)
		assert_memory_equal(to + y * 6, pixels + (7 + y) * 48 + 8, 24);
	assert_ptr_equal(
		oriel_rows_view(&rows, &(struct oriel_rect){2, 7, 6, 3}), pixels + 7 * 48 + 8);
	assert_ptr_equal(oriel_rows_view(&rows, &(struct oriel_rect){11, 9, 1, 1}),
		pixels + sizeof pixels - 4);
}

/* Rows that follow each other at both ends are one copy; still across pieces. */
static void packed(void **state)
{
	static const uint64_t ends[] = {1, 40, 41, 47, 96};
	struct scattered s;
	struct oriel_rows rows;
	uint8_t to[96];

	(void)state;
	scatter(&s, 96, ends, 5);
	rows = rows_of(&s, 0, 16);
	oriel_rows_copy(&rows, &(struct oriel_rect){0, 0, 4, 6}, to, 16);
	assert_memory_equal(to, s.whole, 96);
	oriel_rows_copy(&rows, &(struct oriel_rect){0, 2, 4, 4}, to, 16);
	assert_memory_equal(to, s.whole + 32, 64);
	finish(&s);
}

static void nothing(void **state)
{
	uint8_t pixels[16] = {0}, to = 7;
	struct oriel_piece piece;
	struct oriel_rows rows = oriel_rows_of(&piece, pixels, 16, sizeof pixels);

	(void)state;
	oriel_rows_copy(&rows, &(struct oriel_rect){0, 0, 0, 1}, &to, 0);
	oriel_rows_copy(&rows, &(struct oriel_rect){0, 0, 1, 0}, &to, 4);
	assert_int_equal(to, 7);
	assert_null(oriel_rows_view(&rows, &(struct oriel_rect){0, 0, 0, 1}));
}

static void views(void **state)
{
	static const uint64_t ends[] = {64, 128, 200};
	struct scattered s;
	struct oriel_rows rows;

	(void)state;
	scatter(&s, 200, ends, 3);
	rows = rows_of(&s, 4, 32);
	assert_ptr_equal(
		oriel_rows_view(&rows, &(struct oriel_rect){0, 0, 7, 2}), s.pieces[0].data + 4);
	assert_null(oriel_rows_view(&rows, &(struct oriel_rect){0, 0, 8, 2}));
	assert_ptr_equal(
		oriel_rows_view(&rows, &(struct oriel_rect){7, 1, 1, 1}), s.pieces[1].data);
	assert_null(oriel_rows_view(&rows, &(struct oriel_rect){6, 1, 2, 1}));
	/* Up to the last byte. */
	assert_ptr_equal(
		oriel_rows_view(&rows, &(struct oriel_rect){0, 4, 17, 1}), s.pieces[2].data + 4);
	assert_null(oriel_rows_view(&rows, &(struct oriel_rect){0, 3, 8, 2}));
	finish(&s);
}

/* Pieces from one byte on, odd starts and strides, all kinds of rectangles. */
static void random_layouts(void **state)
{
	uint64_t seed = 4711;

	(void)state;
	for (int round = 0; round < 300; round++) {
		int32_t width = 1 + (int32_t)random_below(&seed, 40);
		int32_t height = 1 + (int32_t)random_below(&seed, 30);
		size_t stride = (size_t)width * 4 + random_below(&seed, 9);
		uint64_t start = random_below(&seed, 50), ends[MAX_PIECES], end = 0;
		uint64_t size = start + stride * (size_t)(height - 1) + (size_t)width * 4;
		struct scattered s;
		struct oriel_rows rows;
		uint32_t n = 0;

		while (end < size) {
			end += 1 + random_below(&seed, round % 3 ? 300 : 20);
			if (end > size || n == MAX_PIECES - 1)
				end = size;
			ends[n++] = end;
		}
		scatter(&s, size, ends, n);
		rows = rows_of(&s, start, stride);
		assert_copies(&s, &rows, (struct oriel_rect){0, 0, width, height});
		for (int i = 0; i < 10; i++) {
			int32_t x = (int32_t)random_below(&seed, (uint32_t)width);
			int32_t y = (int32_t)random_below(&seed, (uint32_t)height);

			assert_copies(&s, &rows,
				(struct oriel_rect){x, y,
					1 + (int32_t)random_below(&seed, (uint32_t)(width - x)),
					1 + (int32_t)random_below(&seed, (uint32_t)(height - y))});
		}
		finish(&s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_piece),
		cmocka_unit_test(packed),
		cmocka_unit_test(nothing),
		cmocka_unit_test(views),
		cmocka_unit_test(random_layouts),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
