/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "src/base/utf8.h"

#include <stdint.h>
#include <string.h>

/* Bytes of the character at text, of which left bytes are there; 0 when it is none, or NUL.
 * The range of the second byte keeps out overlong forms, surrogates and what is too large
 * (Unicode standard, table 3-7). */
static size_t character(const uint8_t *text, size_t left)
{
	uint8_t first = text[0], low = 0x80, high = 0xbf;
	size_t size;

	if (first < 0x80)
		return first != 0;
	if (first < 0xc2 || first > 0xf4)
		return 0;
	size = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
	if (left < size)
		return 0;
	if (first == 0xe0)
		low = 0xa0;
	else if (first == 0xed)
		high = 0x9f;
	else if (first == 0xf0)
		low = 0x90;
	else if (first == 0xf4)
		high = 0x8f;
	if (text[1] < low || text[1] > high)
		return 0;
	for (size_t i = 2; i < size; i++)
		if ((text[i] & 0xc0) != 0x80)
			return 0;
	return size;
}

bool oriel_utf8_valid(const void *text, size_t size)
{
	const uint8_t *at = text;

	while (size > 0) {
		size_t n = character(at, size);

		if (n == 0)
			return false;
		at += n;
		size -= n;
	}
	return true;
}

void oriel_utf8_copy(char *buffer, size_t size, const char *text)
{
	size_t left = strnlen(text, size + 3); /* a character that starts in time is seen whole */
	size_t room = size - 1;

	while (left > 0) {
		size_t n = character((const uint8_t *)text, left);
		size_t taken = n ? n : 1;

		if (taken > room)
			break;
		if (n)
			memcpy(buffer, text, n);
		else
			*buffer = '?';
		buffer += taken;
		room -= taken;
		text += taken;
		left -= taken;
	}
	*buffer = '\0';
}
