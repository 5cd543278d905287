/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "src/pixels/ring_memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#ifdef __linux__
#include <linux/magic.h>
#include <sys/vfs.h>

static int open_memory(int *ret_fd)
{
	int fd = memfd_create("oriel-ring", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (fd < 0)
		return -errno;
	*ret_fd = fd;
	return 0;
}

static int fix_size(int fd)
{
	return fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) ? -errno : 0;
}

/* A page beyond the end of a file, or one that can't be had, kills the reader with SIGBUS. Plain
 * memory with the seal is safe from that; huge pages (another file system) may run out. */
static bool size_is_fixed(int untrusted_fd, const struct stat *st)
{
	struct statfs fs;
	int seals = fcntl(untrusted_fd, F_GET_SEALS);

	(void)st;
	return seals >= 0 && (seals & F_SEAL_SHRINK) && fstatfs(untrusted_fd, &fs) == 0 &&
	       fs.f_type == TMPFS_MAGIC;
}
#else
#include <stdio.h>
#include <stdlib.h>

static int open_memory(int *ret_fd)
{
	char name[32]; /* macOS allows 31 characters */
	int fd;

	do {
		snprintf(name, sizeof name, "/oriel-%08x%08x", arc4random(), arc4random());
		fd = shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0600);
	} while (fd < 0 && errno == EEXIST);
	if (fd < 0)
		return -errno;
	shm_unlink(name);
	fcntl(fd, F_SETFD, FD_CLOEXEC);
	*ret_fd = fd;
	return 0;
}

/* The size of macOS' POSIX shared memory can be set once only. */
static int fix_size(int fd)
{
	(void)fd;
	return 0;
}

/* POSIX shared memory is told from files by having no file type. */
static bool size_is_fixed(int untrusted_fd, const struct stat *st)
{
	(void)untrusted_fd;
	return (st->st_mode & S_IFMT) == 0;
}
#endif

int oriel_ring_memory_create(size_t size, int *ret_fd)
{
	int fd = -1, r;

	r = open_memory(&fd);
	if (r)
		return r;
	r = ftruncate(fd, (off_t)size) ? -errno : fix_size(fd);
	if (r) {
		close(fd);
		return r;
	}
	*ret_fd = fd;
	return 0;
}

int oriel_ring_memory_check(int untrusted_fd, size_t size)
{
	struct stat st;

	/* The seal before the size: a size read before it could be old. */
	if (fstat(untrusted_fd, &st) || !size_is_fixed(untrusted_fd, &st))
		return -EPROTO;
	if (fstat(untrusted_fd, &st) || st.st_size != (off_t)size)
		return -EPROTO;
	return 0;
}
