/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/* What is to be seen of a guest's window on the test's screen. A failure ends the test. */
#ifndef ORIEL_TESTS_VIEWER_SHOWS_H
#define ORIEL_TESTS_VIEWER_SHOWS_H

#include "tests/viewer/guest.h"

/* The window is, or will be, of this size, and every pixel of it as wanted (alpha is ignored). */
void shows_exactly(struct guest *guest, uint32_t id, const uint32_t *wanted, int width, int height);

#endif
