/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/* Files into an archive. */
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/utf8.h"
#include "src/clipboard/files.h"

#define FILE_URI "file://"

struct packer {
	struct archive *archive;
	int n; /* entries */
	char *list;
	size_t list_size;
};

/* The path of a file:// URI of this machine; NULL: it is none. Free it. */
static char *path_of(const char *uri, size_t size)
{
	const char *end = uri + size, *from = uri + sizeof FILE_URI - 1;
	char *path, *to;

	if (size < sizeof FILE_URI || strncmp(uri, FILE_URI, sizeof FILE_URI - 1) != 0)
		return NULL;
	/* A host name stands before the path, and is ours. */
	from = memchr(from, '/', (size_t)(end - from));
	path = to = from ? malloc(size + 1) : NULL;
	while (to && from < end) {
		char digits[3] = "";

		if (*from == '%' && end - from > 2)
			memcpy(digits, from + 1, 2);
		if (digits[0] && strspn(digits, "0123456789abcdefABCDEF") == 2) {
			*to++ = (char)strtol(digits, NULL, 16);
			from += 3;
		} else {
			*to++ = *from++;
		}
	}
	if (to)
		*to = '\0';
	/* "/folder/" is that folder. */
	while (to && to > path + 1 && to[-1] == '/')
		*--to = '\0';
	return path;
}

static int add_to_list(struct packer *p, const char *line, size_t size)
{
	char *list = realloc(p->list, p->list_size + size + 2);

	if (!list)
		return -ENOMEM;
	memcpy(list + p->list_size, line, size);
	memcpy(list + p->list_size + size, "\r\n", 2);
	p->list = list;
	p->list_size += size + 2;
	return 0;
}

static int write_header(struct packer *p, const char *name, mode_t mode, int64_t size)
{
	struct archive_entry *entry = archive_entry_new();
	int r;

	if (!entry)
		return -ENOMEM;
	if (++p->n > ORIEL_FILES_MAX) {
		archive_entry_free(entry);
		return -E2BIG;
	}
	archive_entry_set_pathname(entry, name);
	archive_entry_set_mode(entry, mode);
	archive_entry_set_size(entry, size);
	r = archive_write_header(p->archive, entry);
	archive_entry_free(entry);
	return r >= ARCHIVE_WARN ? 0 : -EIO;
}

/* The archive gets as many bytes as its header says, whatever becomes of the file. */
static int write_file(struct packer *p, const char *name, const char *path)
{
	char data[65536];
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC), r;
	struct stat st;
	int64_t left;

	if (fd < 0)
		return 0; /* not ours to read: the others go */
	r = fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) ? 1 : 0;
	left = st.st_size;
	if (r == 0)
		r = write_header(p, name, AE_IFREG | 0600 | (st.st_mode & 0100), left);
	while (r == 0 && left > 0) {
		size_t size = left < (int64_t)sizeof data ? (size_t)left : sizeof data;
		ssize_t n = read(fd, data, size);

		/* It has become shorter. */
		if (n <= 0)
			memset(data, 0, size);
		else
			size = (size_t)n;
		if (archive_write_data(p->archive, data, size) < 0)
			r = -EIO;
		left -= (int64_t)size;
	}
	close(fd);
	return r < 0 ? r : 0;
}

static int write_tree(struct packer *p, const char *prefix, char *path)
{
	char *const paths[] = {path, NULL};
	size_t base = (size_t)(strrchr(path, '/') + 1 - path);
	FTS *fts = fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	char name[4096];
	FTSENT *entry;
	int r = 0;

	if (!fts)
		return -ENOMEM;
	while (r == 0 && (entry = fts_read(fts))) {
		if (snprintf(name, sizeof name, "%s/%s", prefix, entry->fts_path + base) >=
				(int)sizeof name ||
			!oriel_utf8_valid(name, strlen(name)))
			continue;
		if (entry->fts_info == FTS_D)
			r = write_header(p, name, AE_IFDIR | 0700, 0);
		else if (entry->fts_info == FTS_F)
			r = write_file(p, name, entry->fts_path);
	}
	fts_close(fts);
	return r;
}

static int write_line(struct packer *p, const char *line, size_t size, int number)
{
	char *path = path_of(line, size), prefix[16], *name;
	struct stat st;
	int r = 0;

	snprintf(prefix, sizeof prefix, "%d", number);
	/* What is no file goes as it is. */
	if (!path)
		return add_to_list(p, line, size);
	name = path[1] ? malloc(strlen(path) + sizeof prefix + 1) : NULL;
	if (name && lstat(path, &st) == 0 && (S_ISREG(st.st_mode) || S_ISDIR(st.st_mode)) &&
		oriel_utf8_valid(path, strlen(path))) {
		int n = sprintf(name, "%s%s", prefix, strrchr(path, '/'));

		r = add_to_list(p, name, (size_t)n);
		if (r == 0)
			r = write_tree(p, prefix, path);
	}
	free(name);
	free(path);
	return r;
}

static int write_all(struct packer *p, const char *list, size_t size)
{
	int number = 0, r = 0;

	for (size_t at = 0, n; r == 0 && at < size; at += n + 1) {
		const char *end = memchr(list + at, '\n', size - at);
		size_t length;

		n = end ? (size_t)(end - list) - at : size - at;
		length = n > 0 && list[at + n - 1] == '\r' ? n - 1 : n;
		if (length > 0 && list[at] != '#')
			r = write_line(p, list + at, length, ++number);
	}
	/* At the end, when all names are known. */
	if (r == 0)
		r = write_header(p, "list", AE_IFREG | 0600, (int64_t)p->list_size);
	if (r == 0 && p->list_size > 0 && archive_write_data(p->archive, p->list, p->list_size) < 0)
		r = -EIO;
	return r;
}

int oriel_files_write(const char *list, size_t size, int fd)
{
	struct packer p = {.archive = archive_write_new()};
	int r = -ENOMEM;

	if (!p.archive)
		return r;
	archive_write_set_format_pax_restricted(p.archive);
	/* Names as they are, whatever the locale is. */
	archive_write_set_options(p.archive, "hdrcharset=BINARY");
	archive_write_set_bytes_per_block(p.archive, 65536);
	archive_write_set_bytes_in_last_block(p.archive, 1);
	r = archive_write_open_fd(p.archive, fd) == ARCHIVE_OK ? write_all(&p, list, size) : -EIO;
	/* One that has failed is not to look whole: without its end. */
	if (r < 0)
		archive_write_fail(p.archive);
	else if (archive_write_close(p.archive) != ARCHIVE_OK)
		r = -EIO;
	archive_write_free(p.archive);
	free(p.list);
	return r;
}
