/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Archives of copied files: what goes in comes out, and archives that mean harm do none.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those before it */
#include <cmocka.h>

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/clipboard/files.h"

static char dir[] = "/tmp/oriel-files-XXXXXX";

struct member {
	const char *name, *content; /* content NULL: a folder */
	mode_t type;                /* 0: a file or folder */
	const char *link;
	int64_t size; /* 0: of the content */
};

static int make_archive(const struct member *members)
{
	struct archive *archive = archive_write_new();
	int fd = memfd_create("archive", MFD_CLOEXEC);

	archive_write_set_format_pax_restricted(archive);
	assert_int_equal(archive_write_open_fd(archive, fd), ARCHIVE_OK);
	for (; members->name; members++) {
		struct archive_entry *entry = archive_entry_new();
		size_t size = members->content ? strlen(members->content) : 0;

		archive_entry_set_pathname(entry, members->name);
		archive_entry_set_filetype(entry, members->type      ? members->type
						  : members->content ? AE_IFREG
								     : AE_IFDIR);
		archive_entry_set_perm(entry, 06777);
		archive_entry_set_size(entry, members->size ? members->size : (int64_t)size);
		if (members->type == AE_IFLNK)
			archive_entry_set_symlink(entry, members->link);
		else if (members->link)
			archive_entry_set_hardlink(entry, members->link);
		archive_write_header(archive, entry);
		if (size > 0)
			archive_write_data(archive, members->content, size);
		archive_entry_free(entry);
	}
	archive_write_close(archive);
	archive_write_free(archive);
	lseek(fd, 0, SEEK_SET);
	return fd;
}

/* Unpacks into a new folder; returns what oriel_files_read() does. */
static int unpack(int fd, bool gnome, char **ret_list)
{
	static int count;
	char path[64];
	size_t size;
	int folder, r;

	snprintf(path, sizeof path, "%s/%d", dir, count++);
	assert_int_equal(mkdir(path, 0700), 0);
	folder = open(path, O_RDONLY | O_DIRECTORY);
	*ret_list = NULL;
	r = oriel_files_read(fd, folder, path, gnome, ret_list, &size);
	assert_true(r == 0 || !*ret_list);
	close(folder);
	close(fd);
	return r;
}

static void expect_refused(const struct member *members)
{
	char *list, command[200];

	assert_true(unpack(make_archive(members), false, &list) < 0);
	/* Nothing has come to be outside. */
	snprintf(command, sizeof command,
		"test -z \"$(find %s -name evil)\" && test ! -e /tmp/evil", dir);
	assert_int_equal(system(command), 0);
}

static void test_there_and_back(void **state)
{
	char list[500], command[600], *result;
	int fd = memfd_create("archive", MFD_CLOEXEC);

	(void)state;
	snprintf(command, sizeof command,
		"mkdir -p '%s/from/a b/c' && echo x > '%s/from/a b/c/gro\xc3\x9f' && echo y > "
		"%s/from/e && "
		"chmod 755 %s/from/e && ln -s /etc '%s/from/a b/etc' && mkfifo '%s/from/a b/pipe'",
		dir, dir, dir, dir, dir, dir);
	assert_int_equal(system(command), 0);
	snprintf(list, sizeof list,
		"# comment\r\nfile://%s/from/a%%20b/\r\nfile://localhost%s/from/e\n"
		"file:///nowhere\r\nmailto:a@b\r\nfile:///\r\nfile://%s/from/a%%20b/etc",
		dir, dir, dir);
	assert_int_equal(oriel_files_write(list, strlen(list), fd), 0);
	lseek(fd, 0, SEEK_SET);
	assert_int_equal(unpack(dup(fd), false, &result), 0);
	snprintf(list, sizeof list, "file://%s/0/1/a%%20b\r\nfile://%s/0/2/e\r\nmailto:a@b\r\n",
		dir, dir);
	assert_string_equal(result, list);
	free(result);
	snprintf(command, sizeof command,
		"cd %s/0 && test \"$(cat '1/a b/c/gro\xc3\x9f')\" = x && test \"$(cat 2/e)\" = y "
		"&& "
		"test -x 2/e && test \"$(find . | wc -l)\" = 7",
		dir);
	assert_int_equal(system(command), 0);
	lseek(fd, 0, SEEK_SET);
	assert_int_equal(unpack(fd, true, &result), 0);
	snprintf(list, sizeof list, "copy\nfile://%s/1/1/a%%20b\nfile://%s/1/2/e\nmailto:a@b", dir,
		dir);
	assert_string_equal(result, list);
	free(result);
}

static void test_harm(void **state)
{
	(void)state;
	expect_refused((struct member[]){{"../evil", "x", 0, 0, 0}, {"list", "", 0, 0, 0}, {0}});
	expect_refused((struct member[]){{"/tmp/evil", "x", 0, 0, 0}, {0}});
	expect_refused((struct member[]){{"1/../../evil", "x", 0, 0, 0}, {0}});
	expect_refused((struct member[]){{"1//evil", "x", 0, 0, 0}, {0}});
	expect_refused((struct member[]){{"1/./evil", "x", 0, 0, 0}, {0}});
	expect_refused(
		(struct member[]){{"1", "", AE_IFLNK, "/tmp", 0}, {"1/evil", "x", 0, 0, 0}, {0}});
	expect_refused((struct member[]){{"evil", "", AE_IFIFO, 0, 0}, {0}});
	expect_refused((struct member[]){{"evil", "", 0, "/etc/passwd", 0}, {0}});
	/* Nothing at all, and no list. */
	expect_refused((struct member[]){{0}});
	expect_refused((struct member[]){{"1/x", "x", 0, 0, 0}, {0}});
	/* The same file twice. */
	expect_refused((struct member[]){
		{"1/x", "x", 0, 0, 0}, {"1/x", "y", 0, 0, 0}, {"list", "", 0, 0, 0}, {0}});
}

/* Only what was unpacked is listed as a file, whatever the list says. */
static void test_list(void **state)
{
	static const char untrusted[] = "file:///etc/passwd\r\nFILE:/etc/passwd\r\n1/x\r\n1/y\r\n"
					"1/../x\r\n1/..\r\n/etc/passwd\r\n9/9\r\nhttp://x\r\n";
	char *list, expected[200];

	(void)state;
	assert_int_equal(unpack(make_archive((struct member[]){
					{"1/x", "x", 0, 0, 0}, {"list", untrusted, 0, 0, 0}, {0}}),
				 false, &list),
		0);
	assert_non_null(strstr(list, "/1/x\r\n"));
	assert_null(strstr(list, "passwd"));
	snprintf(expected, sizeof expected, "%s", strstr(list, "/1/x"));
	if (strstr(expected, "\r\n/etc") || !strstr(expected, "http://x\r\n"))
		fail_msg("the list is '%s'", list);
	free(list);
}

/* Cut off anywhere. */
static void test_truncated(void **state)
{
	int fd = make_archive(
		(struct member[]){{"1/x", "content", 0, 0, 0}, {"list", "1/x\r\n", 0, 0, 0}, {0}});
	off_t size = lseek(fd, 0, SEEK_END);
	char *list;

	(void)state;
	for (off_t end = 0; end < 2048 && end < size; end += 100) {
		int copy = memfd_create("cut", MFD_CLOEXEC);
		char data[2048];

		assert_true(pread(fd, data, (size_t)end, 0) == end);
		assert_true(write(copy, data, (size_t)end) == end);
		lseek(copy, 0, SEEK_SET);
		assert_true(unpack(copy, false, &list) < 0);
	}
	close(fd);
}

static int make_dir(void **state)
{
	(void)state;
	return mkdtemp(dir) ? 0 : -1;
}

static int delete_dir(void **state)
{
	char command[64];

	(void)state;
	snprintf(command, sizeof command, "rm -rf %s", dir);
	return system(command);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_there_and_back),
		cmocka_unit_test(test_harm),
		cmocka_unit_test(test_list),
		cmocka_unit_test(test_truncated),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, make_dir, delete_dir);
}
