/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/carrier/carrier.h"
#include "src/wire/messages.h"
#include "tests/carrier/harness.h"

static void write_file(const char *path, const char *text, mode_t mode)
{
	int fd = open(path, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	assert_int_equal(fchmod(fd, mode), 0);
	close(fd);
}

static void test_create(void **state)
{
	const char *path = harness_path(*state, "token");
	char first[ORIEL_MAX_TOKEN], second[ORIEL_MAX_TOKEN];
	size_t size = 0;
	struct stat st;

	assert_int_equal(oriel_token_read(path, false, first, &size), -ENOENT);
	assert_int_equal(size, 0);
	assert_int_equal(oriel_token_read(path, true, first, &size), 0);
	assert_int_equal(size, 64);
	for (size_t i = 0; i < size; i++)
		assert_true(isxdigit((unsigned char)first[i]));
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(oriel_token_read(path, true, second, &size), 0);
	assert_memory_equal(first, second, 64);
	unlink(path);
	assert_int_equal(oriel_token_read(path, true, second, &size), 0);
	assert_memory_not_equal(first, second, 64);
	unlink(path);
}

static void test_sizes(void **state)
{
	static const struct {
		const char *text;
		int result;
		size_t size;
	} cases[] = {
		{"", -EINVAL, 0},
		{"\n", -EINVAL, 0},
		{"123456789012345\n", -EINVAL, 0},
		{"1234567890123456", 0, 16},
		{"1234567890123456\n", 0, 16},
		{"1234567890123456\r\n", 0, 16},
		{"1234567890123456789012345678901234567890123456789012345678901234", 0, 64},
		{"1234567890123456789012345678901234567890123456789012345678901234\r\n", 0, 64},
		{"12345678901234567890123456789012345678901234567890123456789012345", -EINVAL, 0},
		{"1234567890123456789012345678901234567890123456789012345678901234567890", -EINVAL,
			0},
	};
	const char *path = harness_path(*state, "token");

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char token[ORIEL_MAX_TOKEN];
		size_t size = 0;

		write_file(path, cases[i].text, 0600);
		assert_int_equal(oriel_token_read(path, true, token, &size), cases[i].result);
		assert_int_equal(size, cases[i].size);
		assert_memory_equal(token, cases[i].text, size);
	}
	unlink(path);
}

static void test_permissions(void **state)
{
	static const mode_t open_to_others[] = {0640, 0604, 0620, 0602, 0644, 0666};
	const char *path = harness_path(*state, "token");
	char token[ORIEL_MAX_TOKEN];
	size_t size;

	for (size_t i = 0; i < sizeof(open_to_others) / sizeof(open_to_others[0]); i++) {
		write_file(path, "1234567890123456", open_to_others[i]);
		assert_int_equal(oriel_token_read(path, true, token, &size), -EACCES);
	}
	write_file(path, "1234567890123456", 0400);
	assert_int_equal(oriel_token_read(path, true, token, &size), 0);
	if (geteuid() == 0) {
		assert_int_equal(chown(path, 65534, 65534), 0);
		assert_int_equal(oriel_token_read(path, true, token, &size), -EACCES);
	}
	unlink(path);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(oriel_token_read(path, true, token, &size), -EACCES);
	rmdir(path);
	assert_int_equal(mkfifo(path, 0600), 0); /* must not block */
	assert_int_equal(oriel_token_read(path, true, token, &size), -EACCES);
	unlink(path);
}

static void test_many_create_at_once(void **state)
{
	enum { RACERS = 8 };
	const char *path = harness_path(*state, "token");
	char tokens[RACERS][ORIEL_MAX_TOKEN];
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	for (int i = 0; i < RACERS; i++) {
		if (fork() == 0) {
			char token[ORIEL_MAX_TOKEN];
			size_t size;
			int r = oriel_token_read(path, true, token, &size);
			_exit(r == 0 && write(ends[1], token, size) == (ssize_t)size ? 0 : 1);
		}
	}
	for (int i = 0; i < RACERS; i++) {
		int status;
		assert_true(wait(&status) > 0);
		assert_int_equal(status, 0);
		assert_int_equal(read(ends[0], tokens[i], sizeof(tokens[i])), ORIEL_MAX_TOKEN);
		assert_memory_equal(tokens[0], tokens[i], ORIEL_MAX_TOKEN);
	}
	close(ends[0]);
	close(ends[1]);
	unlink(path);
}

static void test_folder(void **state)
{
	char path[128], token[ORIEL_MAX_TOKEN];
	size_t size;
	struct stat st;

	strcpy(path, harness_path(*state, "config/token"));
	assert_int_equal(oriel_token_read(path, true, token, &size), 0);
	unlink(path);
	assert_int_equal(stat(harness_path(*state, "config"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	rmdir(harness_path(*state, "config"));
	assert_int_equal(
		oriel_token_read(harness_path(*state, "a/b/token"), true, token, &size), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(test_create),
		HARNESS_TEST(test_sizes),
		HARNESS_TEST(test_permissions),
		HARNESS_TEST(test_many_create_at_once),
		HARNESS_TEST(test_folder),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
