/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/carrier/carrier.h"
#include "src/carrier/fd.h"
#include "src/wire/messages.h"

#define MIN_TOKEN 16
#define RANDOM_BYTES (ORIEL_MAX_TOKEN / 2) /* two hex digits each */

static int check_owner(int fd)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode) || st.st_uid != geteuid() || (st.st_mode & 077) != 0)
		return -EACCES;
	return 0;
}

static int read_file(int fd, void *ret_token, size_t *ret_size)
{
	char text[ORIEL_MAX_TOKEN + 3]; /* a line end, and one byte that shows it is too long */
	size_t size = 0;
	ssize_t n;

	int r = check_owner(fd);
	if (r < 0)
		return r;
	while (size < sizeof(text) && (n = read(fd, text + size, sizeof(text) - size)) != 0) {
		if (n < 0 && errno != EINTR)
			return -errno;
		size += n > 0 ? (size_t)n : 0;
	}
	if (size > 0 && text[size - 1] == '\n')
		size--;
	if (size > 0 && text[size - 1] == '\r')
		size--;
	if (size < MIN_TOKEN || size > ORIEL_MAX_TOKEN)
		return -EINVAL;
	memcpy(ret_token, text, size);
	*ret_size = size;
	return 0;
}

static int write_random(int fd)
{
	unsigned char bytes[RANDOM_BYTES];
	char text[2 * RANDOM_BYTES + 2];
	int r = uv_random(NULL, NULL, bytes, sizeof(bytes), 0, NULL);

	if (r < 0)
		return r;
	for (size_t i = 0; i < sizeof(bytes); i++)
		snprintf(text + 2 * i, 3, "%02x", bytes[i]);
	text[2 * RANDOM_BYTES] = '\n';
	ssize_t n = write(fd, text, 2 * RANDOM_BYTES + 1);
	if (n < 0)
		return -errno;
	return n == 2 * RANDOM_BYTES + 1 ? 0 : -ENOSPC;
}

/* The file appears whole or not at all: written under another name, then linked. When two make it
 * at once, the first to link wins and both read that one. */
static int create(const char *path)
{
	char temporary[PATH_MAX];
	int r = oriel_fd_make_folder(path);

	if (r < 0)
		return r;
	if (snprintf(temporary, sizeof(temporary), "%s.XXXXXX", path) >= (int)sizeof(temporary))
		return -ENAMETOOLONG;
	int fd = mkostemp(temporary, O_CLOEXEC);
	if (fd < 0)
		return -errno;
	r = write_random(fd);
	oriel_fd_close(&fd);
	if (r == 0 && link(temporary, path) < 0 && errno != EEXIST)
		r = -errno;
	unlink(temporary);
	return r;
}

int oriel_token_read(const char *path, bool create_missing, void *ret_token, size_t *ret_size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0 && errno == ENOENT && create_missing) {
		int r = create(path);
		if (r < 0)
			return r;
		fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	}
	if (fd < 0)
		return -errno;
	int r = read_file(fd, ret_token, ret_size);
	oriel_fd_close(&fd);
	return r;
}
