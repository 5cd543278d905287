/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "src/base/utf8.h"

/* The slow and obvious way: decode to a number, then look at it. */
static bool obvious(const uint8_t *s, size_t n)
{
	for (size_t i = 0; i < n;) {
		uint32_t c = s[i];
		size_t size = c < 0x80   ? 1
			      : c < 0xc0 ? 0
			      : c < 0xe0 ? 2
			      : c < 0xf0 ? 3
			      : c < 0xf8 ? 4
					 : 0;
		static const uint32_t least[] = {0, 1, 0x80, 0x800, 0x10000};

		if (size == 0 || size > n - i)
			return false;
		if (size > 1)
			c &= 0xffu >> (size + 1);
		for (size_t k = 1; k < size; k++) {
			if ((s[i + k] & 0xc0) != 0x80)
				return false;
			c = c << 6 | (s[i + k] & 0x3f);
		}
		if (c < least[size] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
			return false;
		i += size;
	}
	return true;
}

static bool same(const uint8_t *bytes, size_t size)
{
	return oriel_utf8_valid(bytes, size) == obvious(bytes, size);
}

/* All sequences of up to three bytes, and the edges of those of four. */
static void test_all(void **state)
{
	static const uint8_t edges[] = {0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xff};
	uint8_t b[4];

	(void)state;
	assert_true(oriel_utf8_valid(NULL, 0));
	for (uint32_t i = 0; i < 1 << 24; i++) {
		b[0] = (uint8_t)i;
		b[1] = (uint8_t)(i >> 8);
		b[2] = (uint8_t)(i >> 16);
		if (!same(b, 3) || (b[2] == 0 && !same(b, 2)) || (i < 256 && !same(b, 1)))
			fail_msg("%02x %02x %02x", b[0], b[1], b[2]);
	}
	for (uint32_t i = 0; i < 256 * 1000; i++) {
		b[0] = (uint8_t)i;
		b[1] = edges[(i >> 8) % 10];
		b[2] = edges[(i >> 8) / 10 % 10];
		b[3] = edges[(i >> 8) / 100];
		if (!same(b, 4))
			fail_msg("%02x %02x %02x %02x", b[0], b[1], b[2], b[3]);
	}
}

static void assert_copy(const char *text, size_t size, const char *expected)
{
	char *buffer = malloc(size), *source = strdup(text); /* a sanitizer sees reads past them */

	assert_non_null(buffer);
	assert_non_null(source);
	oriel_utf8_copy(buffer, size, source);
	assert_string_equal(buffer, expected);
	assert_true(oriel_utf8_valid(buffer, strlen(buffer)));
	free(buffer);
	free(source);
}

static void test_copy(void **state)
{
	(void)state;
	assert_copy("", 1, "");
	assert_copy("abc", 1, "");
	assert_copy("abc", 3, "ab");
	assert_copy("abc", 4, "abc");
	assert_copy("abc", 100, "abc");
	assert_copy("caf\xe9", 10, "caf?");
	assert_copy("\xe2\x82", 10, "??");
	assert_copy("a\xe2\x82\xac", 3, "a"); /* no half characters */
	assert_copy("a\xe2\x82\xac", 4, "a");
	assert_copy("a\xe2\x82\xac", 5, "a\xe2\x82\xac");
	assert_copy("\xf0\x9f\xaa\x9fz", 5, "\xf0\x9f\xaa\x9f");
	assert_copy("\xed\xa0\x80", 10, "???"); /* a surrogate */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all),
		cmocka_unit_test(test_copy),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
