/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/* Log lines and the clock. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "src/base/clock.h"
#include "src/base/log.h"

static FILE *caught;
static int saved_stderr;

static void catch_stderr(void)
{
	caught = tmpfile();
	assert_non_null(caught);
	fflush(stderr);
	saved_stderr = dup(STDERR_FILENO);
	assert_true(saved_stderr >= 0);
	assert_true(dup2(fileno(caught), STDERR_FILENO) >= 0);
}

static void release_stderr(char *text, size_t size)
{
	size_t n;

	fflush(stderr);
	dup2(saved_stderr, STDERR_FILENO);
	close(saved_stderr);
	rewind(caught);
	n = fread(text, 1, size - 1, caught);
	text[n] = '\0';
	fclose(caught);
}

static void test_lines(void **state)
{
	char text[4096];

	(void)state;
	oriel_log_init("test", ORIEL_LOG_INFO);
	catch_stderr();
	oriel_error("no %d", 1);
	oriel_warning("hm");
	oriel_info("so");
	oriel_debug("not shown");
	oriel_info("a\x1b[2J\nb\x7f");
	release_stderr(text, sizeof text);
	assert_string_equal(
		text, "test: error: no 1\ntest: warning: hm\ntest: so\ntest: a?[2J?b?\n");
}

static void test_long_line(void **state)
{
	char text[8192], longest[4000];

	(void)state;
	memset(longest, 'x', sizeof longest - 1);
	longest[sizeof longest - 1] = '\0';
	oriel_log_init("test", ORIEL_LOG_DEBUG);
	catch_stderr();
	oriel_debug("%s", longest);
	release_stderr(text, sizeof text);
	assert_true(strlen(text) > 1000 && strlen(text) < 1100);
	assert_int_equal(text[strlen(text) - 1], '\n');
	assert_memory_equal(text, "test: debug: xxx", 16);
}

static void test_clock(void **state)
{
	uint64_t a = oriel_now_ns(), b = oriel_now_ns();

	(void)state;
	assert_true(a > 0 && b >= a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_long_line),
		cmocka_unit_test(test_clock),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
