/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Who may listen at a path is decided by a lock on path + ".lock", held as long as we listen. The
 * kernel drops it when its holder dies, so who has the lock knows that a socket file at the path
 * is dead, and may remove it while nobody else can. To bind under another name and rename() would
 * not do: it replaces silently what came up at the path since the look at it.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/log.h"
#include "src/carrier/fd.h"
#include "src/carrier/listener.h"

struct unix_listener {
	struct oriel_listener base;
	struct sockaddr_un address;
	char lock_path[sizeof(((struct sockaddr_un *)0)->sun_path) + 8];
	int lock_fd;
	struct stat made; /* our socket file */
};

static bool is_same_file(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

static int adopt(struct oriel_listener *base, int fd, struct oriel_carrier **ret_carrier,
	char peer[ORIEL_PEER_TEXT])
{
	struct unix_listener *listener = (struct unix_listener *)base;
	uid_t uid;
	pid_t pid;
	int r = oriel_fd_peer(fd, &uid, &pid);

	/* root can read and change all we have anyway: refusing it would only hinder. */
	if (r == 0 && uid != geteuid() && uid != 0)
		r = -EACCES;
	if (r < 0) {
		if (r == -EACCES)
			oriel_warning("refused user %u (process %d) at %s", (unsigned)uid, (int)pid,
				listener->address.sun_path);
		oriel_fd_close(&fd);
		return r;
	}
	snprintf(peer, ORIEL_PEER_TEXT, "process %d of user %u", (int)pid, (unsigned)uid);
	return oriel_carrier_unix_adopt(base->poll.loop, fd, ret_carrier);
}

/* Whether somebody listens at the address: -EADDRINUSE, with the pid or 0. */
static int probe(const struct sockaddr_un *address, pid_t *ret_holder)
{
	pid_t pid = 0;
	uid_t uid;
	int fd = oriel_fd_socket(AF_UNIX);

	if (fd < 0)
		return fd;
	int r = connect(fd, (const struct sockaddr *)address, sizeof(*address)) < 0 ? -errno : 0;
	if (r == 0)
		oriel_fd_peer(fd, &uid, &pid);
	oriel_fd_close(&fd);
	if (r == -ECONNREFUSED || r == -ENOENT)
		return 0;
	*ret_holder = pid;
	return -EADDRINUSE;
}

/* Locks the file at path; -EAGAIN: the file was removed meanwhile. */
static int lock_once(const char *path)
{
	struct stat opened, there;
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	int r = 0;

	if (fd < 0)
		return -errno;
	if (flock(fd, LOCK_EX | LOCK_NB) < 0)
		r = errno == EWOULDBLOCK ? -EADDRINUSE : -errno;
	else if (fstat(fd, &opened) < 0 || stat(path, &there) < 0 || !is_same_file(&opened, &there))
		r = -EAGAIN;
	if (r < 0)
		oriel_fd_close(&fd);
	return r < 0 ? r : fd;
}

/* The descriptor that holds the lock. A holder removes the file before it unlocks, so one that
 * waits here may have a file that is gone. */
static int lock(const struct unix_listener *listener)
{
	int fd;

	do
		fd = lock_once(listener->lock_path);
	while (fd == -EAGAIN);
	return fd;
}

/* Under the lock. */
static int remove_dead(const struct sockaddr_un *address, pid_t *ret_holder)
{
	struct stat st;

	if (lstat(address->sun_path, &st) < 0)
		return errno == ENOENT ? 0 : -errno;
	if (!S_ISSOCK(st.st_mode))
		return -EEXIST;
	int r = probe(address, ret_holder); /* somebody who knows nothing of our locks */
	if (r < 0)
		return r;
	return unlink(address->sun_path) < 0 ? -errno : 0;
}

/* Under the lock. The mode is set before listen(), so nobody else can have connected. */
static int bind_socket(struct unix_listener *listener)
{
	const char *path = listener->address.sun_path;
	int fd = oriel_fd_socket(AF_UNIX);

	if (fd < 0)
		return fd;
	int r = 0;
	if (bind(fd, (struct sockaddr *)&listener->address, sizeof(listener->address)) < 0)
		r = -errno;
	else if (chmod(path, 0600) < 0 || lstat(path, &listener->made) < 0) {
		r = -errno;
		unlink(path);
	}
	if (r < 0)
		oriel_fd_close(&fd);
	return r < 0 ? r : fd;
}

static void cleanup(struct oriel_listener *base)
{
	struct unix_listener *listener = (struct unix_listener *)base;
	struct stat st;

	if (lstat(listener->address.sun_path, &st) == 0 && is_same_file(&st, &listener->made))
		unlink(listener->address.sun_path);
	unlink(listener->lock_path);
	oriel_fd_close(&listener->lock_fd);
}

/* Sets up addresses, lock and folder. */
static int claim(struct unix_listener *listener, const char *path, pid_t *ret_holder)
{
	int r = oriel_fd_unix_address(path, &listener->address);

	if (r < 0)
		return r;
	snprintf(listener->lock_path, sizeof(listener->lock_path), "%s.lock", path);
	r = oriel_fd_make_folder(path);
	if (r < 0)
		return r;
	r = lock(listener);
	if (r == -EADDRINUSE)
		probe(&listener->address, ret_holder);
	if (r < 0)
		return r;
	listener->lock_fd = r;
	return 0;
}

int oriel_listener_unix(uv_loop_t *loop, const char *path, oriel_accept_fn accept, void *user,
	struct oriel_listener **ret, pid_t *ret_holder)
{
	struct unix_listener *listener = calloc(1, sizeof(*listener));
	pid_t holder = 0;
	int fd = -1;

	if (!listener)
		return -ENOMEM;
	listener->base.accept = accept;
	listener->base.user = user;
	listener->base.adopt = adopt;
	listener->base.cleanup = cleanup;
	int r = claim(listener, path, &holder);
	if (r < 0)
		goto err_free;
	r = remove_dead(&listener->address, &holder);
	if (r == 0)
		r = fd = bind_socket(listener);
	if (r < 0)
		goto err_unlock;
	r = oriel_listener_init(&listener->base, loop, fd);
	if (r == 0)
		*ret = &listener->base;
	return r;

err_unlock:
	unlink(listener->lock_path);
	oriel_fd_close(&listener->lock_fd);
err_free:
	if (r == -EADDRINUSE && ret_holder)
		*ret_holder = holder;
	free(listener);
	return r;
}
