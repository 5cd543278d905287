/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/* An archive into files. Each name is taken apart and opened folder by folder, without following
 * links, and nothing is made but ordinary files and folders that were not there before. */
#include <archive.h>
#include <archive_entry.h>
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/utf8.h"
#include "src/clipboard/files.h"

#define LIST_MAX (4u * 1024 * 1024)
#define DEPTH_MAX 100

struct unpacker {
	struct archive *archive;
	int folder;
	const char *path;
	bool gnome;
	int n;
	uint64_t bytes;
	char *list;
	size_t list_size;
	bool has_list;
};

static bool is_good_name(const char *name)
{
	return *name && strcmp(name, ".") != 0 && strcmp(name, "..") != 0;
}

/* Opens a folder inside of another one, makes it when it is missing. Takes parent. Returns a
 * descriptor or -errno. */
static int enter(int parent, const char *untrusted_name)
{
	int fd = -EPROTO;

	if (is_good_name(untrusted_name)) {
		if (mkdirat(parent, untrusted_name, 0700) < 0 && errno != EEXIST)
			fd = -errno;
		else
			fd = openat(parent, untrusted_name,
				O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (fd == -1)
			fd = -errno;
	}
	close(parent);
	return fd;
}

/* Opens the folder that the last part of untrusted_path is in. *ret_name: that part. Returns a
 * descriptor or -errno. */
static int open_parent(int folder, char *untrusted_path, char **ret_name)
{
	char *name = untrusted_path, *slash;
	int fd = fcntl(folder, F_DUPFD_CLOEXEC, 0);

	if (fd < 0)
		return -errno;
	for (int depth = 0; (slash = strchr(name, '/')) && slash[1]; depth++) {
		*slash = '\0';
		fd = enter(fd, depth < DEPTH_MAX ? name : "");
		if (fd < 0)
			return fd;
		name = slash + 1;
	}
	if (slash)
		*slash = '\0';
	if (!is_good_name(name)) {
		close(fd);
		return -EPROTO;
	}
	*ret_name = name;
	return fd;
}

/* The content of the present entry; write() gets it in pieces. */
static int read_content(
	struct unpacker *u, int (*write)(struct unpacker *, const char *, size_t, int), int fd)
{
	char data[65536];
	la_ssize_t n;
	int r = 0;

	while (r == 0 && (n = archive_read_data(u->archive, data, sizeof data)) != 0) {
		if (n < 0)
			return -EPROTO;
		u->bytes += (uint64_t)n;
		r = u->bytes > ORIEL_FLOW_MAX ? -E2BIG : write(u, data, (size_t)n, fd);
	}
	return r;
}

static int write_file(struct unpacker *u, const char *data, size_t size, int fd)
{
	(void)u;
	while (size > 0) {
		ssize_t n = write(fd, data, size);

		if (n < 0 && errno != EINTR)
			return -errno;
		if (n > 0) {
			data += n;
			size -= (size_t)n;
		}
	}
	return 0;
}

static int write_list(struct unpacker *u, const char *data, size_t size, int fd)
{
	char *list;

	(void)fd;
	if (size > LIST_MAX - u->list_size)
		return -E2BIG;
	list = realloc(u->list, u->list_size + size + 1);
	if (!list)
		return -ENOMEM;
	memcpy(list + u->list_size, data, size);
	u->list = list;
	u->list_size += size;
	return 0;
}

static int unpack_entry(struct unpacker *u, struct archive_entry *entry)
{
	const char *untrusted_name = archive_entry_pathname(entry);
	mode_t type = archive_entry_filetype(entry);
	bool valid = untrusted_name && oriel_utf8_valid(untrusted_name, strlen(untrusted_name));
	char *copy = valid ? strdup(untrusted_name) : NULL, *name = NULL;
	int parent, fd, r = 0;

	if (!copy)
		return -EPROTO;
	parent = open_parent(u->folder, copy, &name);
	if (parent < 0) {
		r = parent;
	} else if (type == AE_IFDIR) {
		if (mkdirat(parent, name, 0700) < 0 && errno != EEXIST)
			r = -errno;
	} else if (type == AE_IFREG) {
		fd = openat(parent, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
			archive_entry_perm(entry) & 0100 ? 0700 : 0600);
		r = fd < 0 ? -errno : read_content(u, write_file, fd);
		if (fd >= 0 && close(fd) < 0 && r == 0)
			r = -errno;
	} else {
		r = -EPROTO;
	}
	if (parent >= 0)
		close(parent);
	free(copy);
	return r;
}

static int unpack_all(struct unpacker *u)
{
	struct archive_entry *entry;
	int r = 0, status = ARCHIVE_OK;

	while (r == 0 && (status = archive_read_next_header(u->archive, &entry)) == ARCHIVE_OK) {
		const char *name = archive_entry_pathname(entry);

		if (++u->n > ORIEL_FILES_MAX + 1 || archive_entry_hardlink(entry))
			r = -EPROTO;
		else if (name && strcmp(name, "list") == 0 && !u->has_list) {
			u->has_list = true;
			r = read_content(u, write_list, -1);
		} else {
			r = unpack_entry(u, entry);
		}
	}
	if (r == 0 && (status != ARCHIVE_EOF || !u->has_list))
		r = -EPROTO;
	return r;
}

/* The list ------------------------------------------------------------------------------------ */

static void put_escaped(FILE *out, const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		unsigned char c = (unsigned char)text[i];

		if (isalnum(c) || strchr("/-._~!$&'()*+,;=:@", c))
			fputc(c, out);
		else
			fprintf(out, "%%%02X", c);
	}
}

/* Whether it is "N/NAME" of something that is there. */
static bool is_entry(const struct unpacker *u, const char *line, size_t size)
{
	size_t digits = 0;
	struct stat st;
	char *name;
	bool there;

	while (digits < size && line[digits] >= '0' && line[digits] <= '9')
		digits++;
	if (digits == 0 || digits == size || line[digits] != '/' || memchr(line, '\0', size) ||
		memchr(line + digits + 1, '/', size - digits - 1))
		return false;
	name = strndup(line, size);
	there = name && is_good_name(name + digits + 1) &&
		fstatat(u->folder, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
	free(name);
	return there;
}

/* Other URIs go as they are, but none that would name a file of this machine. */
static bool is_foreign_uri(const char *line, size_t size)
{
	const char *colon = memchr(line, ':', size);
	size_t scheme = colon ? (size_t)(colon - line) : 0;

	for (size_t i = 0; i < scheme; i++)
		if (!isalnum((unsigned char)line[i]) && !strchr("+.-", line[i]))
			return false;
	return scheme > 0 && isalpha((unsigned char)line[0]) &&
	       !(scheme == 4 && strncasecmp(line, "file", 4) == 0) && oriel_utf8_valid(line, size);
}

static void put_line(const struct unpacker *u, FILE *out, const char *line, size_t size, bool first)
{
	bool entry = is_entry(u, line, size);

	if (!entry && !is_foreign_uri(line, size))
		return;
	if (u->gnome)
		fputs(first ? "copy\n" : "\n", out);
	if (entry) {
		fputs("file://", out);
		put_escaped(out, u->path, strlen(u->path));
		fputc('/', out);
		put_escaped(out, line, size);
	} else {
		fwrite(line, 1, size, out);
	}
	if (!u->gnome)
		fputs("\r\n", out);
}

static int make_list(const struct unpacker *u, char **ret_list, size_t *ret_size)
{
	FILE *out = open_memstream(ret_list, ret_size);
	size_t at = 0;

	if (!out)
		return -ENOMEM;
	while (at < u->list_size) {
		const char *line = u->list + at, *end = memchr(line, '\n', u->list_size - at);
		size_t n = end ? (size_t)(end - line) : u->list_size - at;
		size_t size = n > 0 && line[n - 1] == '\r' ? n - 1 : n;

		if (size > 0)
			put_line(u, out, line, size, ftell(out) == 0);
		at += n + 1;
	}
	return fclose(out) == 0 ? 0 : -ENOMEM;
}

int oriel_files_read(
	int fd, int folder, const char *path, bool gnome, char **ret_list, size_t *ret_size)
{
	struct unpacker u = {
		.archive = archive_read_new(), .folder = folder, .path = path, .gnome = gnome};
	int r = -ENOMEM;

	if (!u.archive)
		return r;
	/* Neither compression, which could make much of little, nor other formats. */
	archive_read_support_format_tar(u.archive);
	archive_read_set_options(u.archive, "hdrcharset=BINARY");
	r = archive_read_open_fd(u.archive, fd, 65536) == ARCHIVE_OK ? unpack_all(&u) : -EPROTO;
	archive_read_free(u.archive);
	if (r == 0)
		r = make_list(&u, ret_list, ret_size);
	free(u.list);
	return r;
}
