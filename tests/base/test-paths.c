/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "src/base/paths.h"

static char top[64], dir[128], path[256];

static int set_up(void **state)
{
	(void)state;
	strcpy(top, "/tmp/oriel-test-XXXXXX");
	if (!mkdtemp(top))
		return -1;
	snprintf(dir, sizeof dir, "%s/oriel", top);
	setenv("XDG_RUNTIME_DIR", top, 1);
	unsetenv("ORIEL_SOCKET");
	memset(path, 'p', sizeof path - 1);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	if (unlink(dir) < 0)
		rmdir(dir);
	return rmdir(top);
}

static void assert_untouched(void)
{
	for (size_t i = 0; i < sizeof path - 1; i++)
		assert_int_equal(path[i], 'p');
}

static void test_creates(void **state)
{
	mode_t old = umask(0);
	struct stat st;

	(void)state;
	assert_int_equal(oriel_paths_runtime_dir(path, sizeof path), 0);
	umask(old);
	assert_string_equal(path, dir);
	assert_int_equal(stat(dir, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	assert_int_equal(oriel_paths_runtime_dir(path, sizeof path), 0); /* and takes it again */
}

static void test_refuses_open_folder(void **state)
{
	(void)state;
	assert_int_equal(mkdir(dir, 0700), 0);
	assert_int_equal(chmod(dir, 0750), 0);
	assert_int_equal(oriel_paths_runtime_dir(path, sizeof path), -EACCES);
	assert_int_equal(oriel_paths_socket(path, sizeof path), -EACCES);
	assert_untouched();
}

/* A link may be another user's, pointing to a good folder of ours. */
static void test_refuses_link(void **state)
{
	char other[160];

	(void)state;
	snprintf(other, sizeof other, "%s/other", top);
	assert_int_equal(mkdir(other, 0700), 0);
	assert_int_equal(symlink(other, dir), 0);
	assert_int_equal(oriel_paths_runtime_dir(path, sizeof path), -EACCES);
	assert_untouched();
	rmdir(other);
}

static void test_refuses_file(void **state)
{
	FILE *file = fopen(dir, "w");

	(void)state;
	assert_non_null(file);
	fclose(file);
	assert_int_equal(oriel_paths_runtime_dir(path, sizeof path), -EACCES);
	assert_untouched();
}

static void test_no_parent(void **state)
{
	(void)state;
	setenv("XDG_RUNTIME_DIR", "/nonexistent-oriel", 1);
	assert_int_equal(oriel_paths_runtime_dir(path, sizeof path), -ENOENT);
	assert_untouched();
}

static void test_too_long(void **state)
{
	static char longest[8192];

	(void)state;
	assert_int_equal(oriel_paths_runtime_dir(path, strlen(dir)), -ENAMETOOLONG);
	assert_int_equal(oriel_paths_socket(path, strlen(dir) + 1), -ENAMETOOLONG);
	memset(longest, '/', sizeof longest - 1);
	setenv("XDG_RUNTIME_DIR", longest, 1);
	assert_int_equal(oriel_paths_runtime_dir(path, sizeof path), -ENAMETOOLONG);
	setenv("ORIEL_SOCKET", longest, 1);
	assert_int_equal(oriel_paths_socket(path, sizeof path), -ENAMETOOLONG);
	assert_untouched();
	setenv("XDG_RUNTIME_DIR", top, 1);
	assert_int_equal(oriel_paths_runtime_dir(path, strlen(dir) + 1), 0);
	assert_string_equal(path, dir);
}

/* Without XDG_RUNTIME_DIR, or with one that is not absolute, it is one of two folders. It stays
 * there: another program of this user may have begun to use it. */
static void test_fallback(void **state)
{
	char run[64], run_oriel[96], tmp[64];
	struct stat st;
	bool have_run;
	int r;

	(void)state;
	snprintf(run, sizeof run, "/run/user/%lu", (unsigned long)geteuid());
	snprintf(run_oriel, sizeof run_oriel, "%s/oriel", run);
	snprintf(tmp, sizeof tmp, "/tmp/oriel-%lu", (unsigned long)geteuid());
	have_run = stat(run, &st) == 0;
	for (int i = 0; i < 2; i++) {
		const char *expected = have_run ? run_oriel : tmp;
		bool there = stat(expected, &st) == 0;

		if (i == 0)
			unsetenv("XDG_RUNTIME_DIR");
		else
			setenv("XDG_RUNTIME_DIR", "relative", 1);
		r = oriel_paths_runtime_dir(path, sizeof path);
		if (r == 0)
			assert_string_equal(path, expected);
		else
			assert_true(there || have_run); /* spoilt by others, or not ours to write */
	}
	assert_int_not_equal(stat("relative", &st), 0);
}

static void test_socket(void **state)
{
	char expected[160];

	(void)state;
	snprintf(expected, sizeof expected, "%s/oriel.sock", dir);
	assert_int_equal(oriel_paths_socket(path, sizeof path), 0);
	assert_string_equal(path, expected);
	setenv("ORIEL_SOCKET", "", 1);
	assert_int_equal(oriel_paths_socket(path, sizeof path), 0);
	assert_string_equal(path, expected);
	rmdir(dir);
	setenv("ORIEL_SOCKET", "/somewhere/else.sock", 1);
	assert_int_equal(oriel_paths_socket(path, sizeof path), 0);
	assert_string_equal(path, "/somewhere/else.sock");
	assert_int_not_equal(access(dir, F_OK), 0); /* nothing was created */
}

static void test_home_folders(void **state)
{
	char longest[2048];

	(void)state;
	setenv("HOME", "/home/me", 1);
	unsetenv("XDG_STATE_HOME");
	setenv("XDG_DATA_HOME", "relative", 1);
	assert_int_equal(oriel_paths_state_dir(path, sizeof path), 0);
	assert_string_equal(path, "/home/me/.local/state/oriel");
	assert_int_equal(oriel_paths_data_dir(path, sizeof path), 0);
	assert_string_equal(path, "/home/me/.local/share/oriel");
	setenv("XDG_STATE_HOME", "/state", 1);
	setenv("XDG_DATA_HOME", "/data", 1);
	assert_int_equal(oriel_paths_state_dir(path, sizeof path), 0);
	assert_string_equal(path, "/state/oriel");
	assert_int_equal(oriel_paths_data_dir(path, sizeof path), 0);
	assert_string_equal(path, "/data/oriel");
	assert_int_equal(oriel_paths_data_dir(path, strlen("/data/oriel")), -ENAMETOOLONG);
	memset(longest, 'h', sizeof longest - 1);
	longest[0] = '/';
	longest[sizeof longest - 1] = '\0';
	setenv("XDG_DATA_HOME", longest, 1);
	assert_int_equal(oriel_paths_data_dir(path, sizeof path), -ENAMETOOLONG);
	unsetenv("XDG_DATA_HOME");
	unsetenv("HOME");
	assert_int_equal(oriel_paths_data_dir(path, sizeof path), -ENOENT);
	assert_string_equal(path, "/data/oriel");
	unsetenv("XDG_STATE_HOME");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_creates),
		TEST(test_refuses_open_folder),
		TEST(test_refuses_link),
		TEST(test_refuses_file),
		TEST(test_no_parent),
		TEST(test_too_long),
		TEST(test_fallback),
		TEST(test_socket),
		TEST(test_home_folders),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
