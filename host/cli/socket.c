/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "host/cli/socket.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int peer_pid(int fd)
{
#if defined(__linux__)
	struct ucred peer;
	socklen_t size = sizeof peer;

	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 ? peer.pid : 0;
#elif defined(LOCAL_PEERPID)
	pid_t pid;
	socklen_t size = sizeof pid;

	return getsockopt(fd, SOL_LOCAL, LOCAL_PEERPID, &pid, &size) == 0 ? pid : 0;
#else
	(void)fd;
	return 0;
#endif
}

int oriel_socket_connect(const char *path, bool abstract, int *ret_pid)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	size_t length = strlen(path), start = abstract ? 1 : 0;
	int fd, r = 0;

	if (start + length >= sizeof address.sun_path)
		return -ENAMETOOLONG;
	memcpy(address.sun_path + start, path, length);
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	if (fd < 0)
		return -errno;
	length += offsetof(struct sockaddr_un, sun_path) + (abstract ? start : 1);
	if (connect(fd, (const struct sockaddr *)&address, (socklen_t)length) < 0)
		r = -errno;
	else if (ret_pid)
		*ret_pid = peer_pid(fd);
	close(fd);
	return r;
}
