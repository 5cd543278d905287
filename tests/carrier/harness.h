/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * What each test of carriers and links has: a loop, and a check that it leaves no descriptor open.
 */
#ifndef ORIEL_TESTS_HARNESS_H
#define ORIEL_TESTS_HARNESS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <uv.h>

struct harness {
	uv_loop_t loop;
	uv_timer_t beat; /* wakes the loop, so that a condition is looked at again */
	size_t fds;      /* open before */
	char folder[64]; /* empty, of this test */
};

/* For cmocka_unit_test_setup_teardown: *state is the harness. The teardown runs the loop until all
 * handles are closed, so it hangs when one is left. */
int harness_setup(void **state);
int harness_teardown(void **state);

/* Descriptors that this process has open. */
size_t harness_count_fds(void);

/* Runs what is due, waiting a little if nothing is. */
void harness_turn(struct harness *harness);

/* Turns until the condition holds. The limit only keeps a broken test from hanging for ever. */
#define RUN_UNTIL(harness, condition) \
	do { \
		uint64_t limit = uv_hrtime() + UINT64_C(60000000000); \
		while (!(condition)) { \
			assert_true(uv_hrtime() < limit); \
			harness_turn(harness); \
		} \
	} while (0)

#define HARNESS_TEST(function) \
	cmocka_unit_test_setup_teardown(function, harness_setup, harness_teardown)

/* "FOLDER/NAME" of this test; valid until the next call. */
const char *harness_path(struct harness *harness, const char *name);

#endif
