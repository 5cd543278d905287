/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Archives of copied files, as a hostile other end sends them. Input: a byte (bit 0: the list is
 * for GNOME), then the archive. It is unpacked in a folder that stands in an empty one: that must
 * stay empty but for it, and the list must name nothing outside.
 */
#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fuzz/fuzz.h"
#include "src/clipboard/files.h"

static void expect(bool truth)
{
	if (!truth)
		abort();
}

static int delete_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)ftw;
	(void)type;
	expect(S_ISREG(st->st_mode) || S_ISDIR(st->st_mode));
	expect((st->st_mode & 07077) == 0);
	return remove(path);
}

static int count(const char *path)
{
	DIR *dir = opendir(path);
	int n = 0;

	expect(dir);
	while (readdir(dir))
		n++;
	closedir(dir);
	return n;
}

/* Each file of the list is in the folder. */
static void check_list(const char *list, const char *path)
{
	for (const char *at = list; (at = strstr(at, "file:")); at++)
		expect((at > list && at[-1] != '\n') ||
			(strncmp(at, "file://", 7) == 0 &&
				strncmp(at + 7, path, strlen(path)) == 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char outer[] = "/tmp/oriel-fuzz-XXXXXX", path[64], *list = NULL;
	size_t list_size;
	int fd, folder, r;

	/* A tar has blocks of 512 bytes; to try every length would only try the disk. */
	if (size < 1 || (size - 1) % 64 != 0)
		return 0;
	expect(mkdtemp(outer));
	snprintf(path, sizeof path, "%s/in", outer);
	expect(mkdir(path, 0700) == 0);
	folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	fd = memfd_create("archive", MFD_CLOEXEC);
	expect(folder >= 0 && fd >= 0);
	expect(write(fd, data + 1, size - 1) == (ssize_t)(size - 1));
	lseek(fd, 0, SEEK_SET);
	r = oriel_files_read(fd, folder, path, data[0] & 1, &list, &list_size);
	expect(r <= 0 && (r == 0) == (list != NULL));
	if (r == 0)
		check_list(list, path);
	free(list);
	close(fd);
	close(folder);
	expect(count(outer) == 3);
	expect(nftw(outer, delete_one, 16, FTW_DEPTH | FTW_PHYS) == 0);
	return 0;
}
