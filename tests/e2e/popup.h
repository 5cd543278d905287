/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Popups of the pattern client on the screen, told apart by their sizes. Faults fail the test.
 */
#ifndef ORIEL_TESTS_E2E_POPUP_H
#define ORIEL_TESTS_E2E_POPUP_H

#include "tests/e2e/screen.h"

bool popup_find(int width, int height, struct screen_window *ret_window);
/* Waits for the popup and for its pixels. */
struct screen_window popup_expect(int width, int height, uint32_t seed);
void popup_expect_place(const struct screen_window *popup, int x, int y);
void popup_expect_gone(int width, int height);

#endif
