/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Sockets as the carriers need them, the same on Linux and macOS: close-on-exec, non-blocking,
 * without SIGPIPE. Any thread. Functions that return int give a descriptor or 0, else -errno.
 */
#ifndef ORIEL_CARRIER_FD_H
#define ORIEL_CARRIER_FD_H

#include <stddef.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/un.h>

/* Closes *fd unless it is -1, and makes it -1. errno is kept. */
void oriel_fd_close(int *fd);

/* Makes a socket that came from elsewhere like those of this header. */
int oriel_fd_prepare(int fd);

/* A stream socket of this domain (AF_UNIX...). */
int oriel_fd_socket(int domain);

/* Two ends of a connection; the second is blocking, to be given to a program. 0 or -errno. */
int oriel_fd_socketpair(int ret_fds[2]);

/* The next caller of a listening socket; -EAGAIN: none waits. */
int oriel_fd_accept(int listener);

/* A second descriptor of the same thing. */
int oriel_fd_dup(int fd);

/* Fills in a unix socket address. -ENAMETOOLONG. */
int oriel_fd_unix_address(const char *path, struct sockaddr_un *ret_address);

/* A socket connected to the unix socket at path; errors of oriel_carrier_unix_connect(). */
int oriel_fd_unix_connect(const char *path);

/* Who is at the other end of a unix socket; *ret_pid is 0 where the system does not tell. */
int oriel_fd_peer(int fd, uid_t *ret_uid, pid_t *ret_pid);

/* Sends some of the bytes, and pass_fd (-1: none) with the first. Returns how many; -EAGAIN. */
ssize_t oriel_fd_send(int fd, const void *data, size_t size, int pass_fd);

/* Receives some bytes; *ret_fd is the descriptor that came with them, or -1. Returns how many, 0 at
 * the end; -EAGAIN; -EPROTO when more than one descriptor came (all are closed then). */
ssize_t oriel_fd_receive(int fd, void *data, size_t size, int *ret_fd);

/* Makes the folder that path lies in (0700) when it is missing; its parent must be there. */
int oriel_fd_make_folder(const char *path);

#endif
