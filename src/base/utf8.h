/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * UTF-8 as the Unicode standard defines it: no overlong forms, no surrogates, nothing above
 * U+10FFFF. Any thread.
 */
#ifndef ORIEL_BASE_UTF8_H
#define ORIEL_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/* Whether size bytes are whole UTF-8 characters, none of them NUL. */
bool oriel_utf8_valid(const void *text, size_t size);

/* Copies the NUL-terminated text into buffer (size bytes, at least 1), with a NUL at the end.
 * What is not UTF-8 becomes '?', a byte each; what does not fit is cut before the character that
 * would pass the end. So anything a program calls itself becomes a string that can be sent. */
void oriel_utf8_copy(char *buffer, size_t size, const char *text);

#endif
