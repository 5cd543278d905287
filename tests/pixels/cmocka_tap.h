/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/* cmocka and what has to come before it. */
#ifndef ORIEL_TESTS_PIXELS_CMOCKA_TAP_H
#define ORIEL_TESTS_PIXELS_CMOCKA_TAP_H

/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#endif
