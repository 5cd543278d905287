/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Comparing the viewer's windows with those of refview.
 */
#ifndef ORIEL_TESTS_E2E_REFERENCE_H
#define ORIEL_TESTS_E2E_REFERENCE_H

#include <stdbool.h>

#include "tests/e2e/process.h"

/* What the host's window shows is what the guest's buffers hold: the program is stopped so that it
 * draws nothing new, the screen is captured, and the viewer hands over to refview, which composes
 * the same window from what orield sends it. Fails the test when they differ, or when the window is
 * blank. False: the window has parts that are scaled or turned, which refview can't compose. */
bool reference_check(struct process *app, const char *title);

#endif
