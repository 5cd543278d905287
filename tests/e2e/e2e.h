/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * The end-to-end tests: real programs, a real orield and viewer, and an X screen of our own that
 * is looked at and typed into from outside.
 *
 * Conditions are waited for, by polling, until E2E_DEADLINE seconds (30) have passed: nothing
 * here fails because the machine is slow.
 */
#ifndef ORIEL_TESTS_E2E_E2E_H
#define ORIEL_TESTS_E2E_E2E_H

/* cmocka wants these before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdbool.h>

#include "tests/e2e/image.h"
#include "tests/e2e/process.h"
#include "tests/e2e/screen.h"
#include "tests/e2e/session.h"

/* Runs the tests in a child process, on a private screen, and kills whatever they leave behind,
 * also when they crash. Returns the exit status for main(). A test is run when the first argument
 * is not there, or is a pattern of its name. */
int e2e_main(int argc, char *argv[], const char *name, const struct CMUnitTest *tests, size_t n);

/* Calls run in such a child; returns its exit status. */
int e2e_supervised(const char *name, int (*run)(void *user), void *user);

/* Ends the test as failed: says what, and what the screen and the programs showed. */
_Noreturn void e2e_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A line of the test's log. */
void e2e_note(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A deadline from now on. */
uint64_t e2e_deadline(void);
/* Sleeps for the polling interval; false when the deadline has passed. */
bool e2e_poll(uint64_t deadline);
void e2e_sleep(unsigned ms);

/* Waits until the condition holds; fails the test, with the text, when it does not come to it. */
#define E2E_UNTIL(condition, ...) \
	do { \
		uint64_t e2e_end = e2e_deadline(); \
		while (!(condition)) \
			if (!e2e_poll(e2e_end)) \
				e2e_fail(__VA_ARGS__); \
	} while (0)

/* Name of the test that runs. */
const char *e2e_name(void);
/* Folder for what a failed test leaves to look at. */
const char *e2e_out(void);
/* Folder of this test program's own, under /tmp; removed at the end. */
const char *e2e_dir(void);

/* A test of the list: with an orield (and nothing else) started before it, all ended after it. */
#define E2E_TEST(f) {#f, f, e2e_setup, e2e_teardown, (void *)(uintptr_t)#f}
int e2e_setup(void **state);
int e2e_teardown(void **state);
/* For setups of others: names the test that runs, and lets go of all keys. */
void e2e_begin(const char *name);

#endif
