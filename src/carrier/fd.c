/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "src/carrier/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* As many as a kernel passes at once (SCM_MAX_FD): room for all, so that none is cut off. Some
 * systems leave descriptors open that did not fit. */
#define MAX_PASSED 253

void oriel_fd_close(int *fd)
{
	int saved = errno;

	if (*fd >= 0)
		close(*fd);
	*fd = -1;
	errno = saved;
}

int oriel_fd_prepare(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0 ||
		fcntl(fd, F_SETFD, FD_CLOEXEC) < 0)
		return -errno;
#ifdef SO_NOSIGPIPE
	int on = 1;
	if (setsockopt(fd, SOL_SOCKET, SO_NOSIGPIPE, &on, sizeof(on)) < 0)
		return -errno;
#endif
	return 0;
}

#ifdef __linux__

/* Flags at creation: another thread that forks meanwhile must not inherit the descriptor. */
int oriel_fd_socket(int domain)
{
	int fd = socket(domain, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	return fd < 0 ? -errno : fd;
}

int oriel_fd_accept(int listener)
{
	int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	return fd < 0 ? -errno : fd;
}

int oriel_fd_peer(int fd, uid_t *ret_uid, pid_t *ret_pid)
{
	struct ucred cred;
	socklen_t size = sizeof(cred);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &size) < 0)
		return -errno;
	*ret_uid = cred.uid;
	*ret_pid = cred.pid;
	return 0;
}

#define SEND_FLAGS MSG_NOSIGNAL
#define RECEIVE_FLAGS MSG_CMSG_CLOEXEC
#define PAIR_FLAGS SOCK_CLOEXEC

#else

/* fd or -errno */
static int prepared(int fd)
{
	if (fd < 0)
		return -errno;
	int r = oriel_fd_prepare(fd);
	if (r < 0)
		oriel_fd_close(&fd);
	return r < 0 ? r : fd;
}

int oriel_fd_socket(int domain)
{
	return prepared(socket(domain, SOCK_STREAM, 0));
}

int oriel_fd_accept(int listener)
{
	return prepared(accept(listener, NULL, NULL));
}

int oriel_fd_peer(int fd, uid_t *ret_uid, pid_t *ret_pid)
{
	gid_t gid;
	pid_t pid = 0;

	if (getpeereid(fd, ret_uid, &gid) < 0)
		return -errno;
#ifdef LOCAL_PEERPID
	socklen_t size = sizeof(pid);
	if (getsockopt(fd, SOL_LOCAL, LOCAL_PEERPID, &pid, &size) < 0)
		pid = 0;
#endif
	*ret_pid = pid;
	return 0;
}

#define SEND_FLAGS 0
#define RECEIVE_FLAGS 0
#define PAIR_FLAGS 0

#endif

int oriel_fd_socketpair(int ret_fds[2])
{
	int fds[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | PAIR_FLAGS, 0, fds) < 0)
		return -errno;
	int r = oriel_fd_prepare(fds[0]);
	if (r == 0 && fcntl(fds[1], F_SETFD, FD_CLOEXEC) < 0)
		r = -errno;
	if (r < 0) {
		oriel_fd_close(&fds[0]);
		oriel_fd_close(&fds[1]);
		return r;
	}
	ret_fds[0] = fds[0];
	ret_fds[1] = fds[1];
	return 0;
}

int oriel_fd_dup(int fd)
{
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	return copy < 0 ? -errno : copy;
}

int oriel_fd_unix_address(const char *path, struct sockaddr_un *ret_address)
{
	size_t length = strlen(path);

	if (length == 0)
		return -ENOENT;
	if (length >= sizeof(ret_address->sun_path))
		return -ENAMETOOLONG;
	memset(ret_address, 0, sizeof(*ret_address));
	ret_address->sun_family = AF_UNIX;
	memcpy(ret_address->sun_path, path, length + 1);
	return 0;
}

int oriel_fd_unix_connect(const char *path)
{
	struct sockaddr_un address;
	int r = oriel_fd_unix_address(path, &address);

	if (r < 0)
		return r;
	int fd = oriel_fd_socket(AF_UNIX);
	if (fd < 0)
		return fd;
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0) {
		/* A socket file that nobody has open any more is as good as none. */
		r = errno == ECONNREFUSED ? -ENOENT : -errno;
		oriel_fd_close(&fd);
		return r;
	}
	return fd;
}

ssize_t oriel_fd_send(int fd, const void *data, size_t size, int pass_fd)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = {0};
	struct iovec iov = {.iov_base = (void *)data, .iov_len = size};
	struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1};

	if (pass_fd >= 0) {
		msg.msg_control = control.bytes;
		msg.msg_controllen = sizeof(control.bytes);
		struct cmsghdr *cmsg = CMSG_FIRSTHDR(&msg);
		cmsg->cmsg_level = SOL_SOCKET;
		cmsg->cmsg_type = SCM_RIGHTS;
		cmsg->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(cmsg), &pass_fd, sizeof(int));
	}
	for (;;) {
		ssize_t n = sendmsg(fd, &msg, SEND_FLAGS);
		if (n >= 0)
			return n;
		if (errno == EWOULDBLOCK)
			return -EAGAIN;
		if (errno != EINTR)
			return -errno;
	}
}

/* Moves the descriptors of one control message into fds. */
static size_t collect_fds(struct cmsghdr *cmsg, int *fds, size_t count)
{
	if (cmsg->cmsg_level != SOL_SOCKET || cmsg->cmsg_type != SCM_RIGHTS)
		return count;
	size_t n = (cmsg->cmsg_len - CMSG_LEN(0)) / sizeof(int);
	for (size_t i = 0; i < n && count < MAX_PASSED; i++) {
		memcpy(&fds[count], CMSG_DATA(cmsg) + i * sizeof(int), sizeof(int));
		if (RECEIVE_FLAGS == 0)
			fcntl(fds[count], F_SETFD, FD_CLOEXEC);
		count++;
	}
	return count;
}

ssize_t oriel_fd_receive(int fd, void *data, size_t size, int *ret_fd)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(MAX_PASSED * sizeof(int))];
	} control;
	struct iovec iov = {.iov_base = data, .iov_len = size};
	struct msghdr msg = {.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control.bytes,
		.msg_controllen = sizeof(control.bytes)};
	int fds[MAX_PASSED];
	size_t count = 0;
	ssize_t n;

	do
		n = recvmsg(fd, &msg, RECEIVE_FLAGS);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return errno == EWOULDBLOCK ? -EAGAIN : -errno;
	for (struct cmsghdr *c = CMSG_FIRSTHDR(&msg); c; c = CMSG_NXTHDR(&msg, c))
		count = collect_fds(c, fds, count);
	if (count > 1 || (n == 0 && count > 0)) {
		while (count > 0)
			oriel_fd_close(&fds[--count]);
		return -EPROTO;
	}
	*ret_fd = count ? fds[0] : -1;
	return n;
}

int oriel_fd_make_folder(const char *path)
{
	char folder[PATH_MAX];
	const char *slash = strrchr(path, '/');

	if (!slash || slash == path)
		return 0;
	if ((size_t)(slash - path) >= sizeof(folder))
		return -ENAMETOOLONG;
	memcpy(folder, path, (size_t)(slash - path));
	folder[slash - path] = '\0';
	if (mkdir(folder, 0700) < 0 && errno != EEXIST)
		return -errno;
	return 0;
}
