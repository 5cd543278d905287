/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Who tells of a peer's fault: the guest's link, as orield runs unseen and its log is all there is;
 * on the host who gets closed(), so the link does not say the same once more.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/base/log.h"
#include "tests/link/duel.h"

static int catch_stderr(FILE *file)
{
	int saved = dup(STDERR_FILENO);

	assert_true(saved >= 0);
	assert_true(dup2(fileno(file), STDERR_FILENO) >= 0);
	return saved;
}

static void release_stderr(int saved, FILE *file, char *text, size_t size)
{
	fflush(stderr);
	assert_true(dup2(saved, STDERR_FILENO) >= 0);
	close(saved);
	rewind(file);
	text[fread(text, 1, size - 1, file)] = '\0';
	fclose(file);
}

/* What a link of this side says, at this level, of a peer whose version is wrong. */
static void hear(
	struct harness *harness, int side, enum oriel_log_level level, char *text, size_t size)
{
	struct duel *duel = duel_new(harness, side);
	FILE *file = tmpfile();
	int saved;

	assert_non_null(file);
	oriel_log_init("told", level);
	duel_start(duel, 0);
	duel_make_hello(duel);
	duel->msg->hello.major = ORIEL_WIRE_MAJOR + 1;
	duel_add_message(duel);
	saved = catch_stderr(file);
	duel_expect(duel, -1, -EPROTONOSUPPORT, ORIEL_ERROR_VERSION, "same release");
	release_stderr(saved, file, text, size);
	duel_free(duel);
}

static void test_guest_warns(void **state)
{
	char text[1024];

	hear(*state, GUEST, ORIEL_LOG_WARNING, text, sizeof(text));
	assert_int_equal(
		strncmp(text, "told: warning: connection (pair) dropped: the viewer", 51), 0);
	assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
}

static void test_host_is_quiet(void **state)
{
	char text[1024];

	hear(*state, HOST, ORIEL_LOG_INFO, text, sizeof(text));
	assert_string_equal(text, "");
	hear(*state, HOST, ORIEL_LOG_DEBUG, text, sizeof(text));
	assert_non_null(strstr(text, "told: debug: connection (pair) dropped: the guest"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(test_guest_warns),
		HARNESS_TEST(test_host_is_quiet),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
