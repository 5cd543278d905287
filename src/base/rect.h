/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#ifndef ORIEL_BASE_RECT_H
#define ORIEL_BASE_RECT_H

#include <stdint.h>

/* An axis-aligned rectangle; empty when a side is 0. Units are the user's to say. */
struct oriel_rect {
	int32_t x, y, width, height;
};

#endif
