/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#ifndef ORIEL_HOST_CLI_SOCKET_H
#define ORIEL_HOST_CLI_SOCKET_H

#include <stdbool.h>

/* Connects to a unix socket and closes at once; abstract: a name of Linux' own, not a file.
 * *ret_pid, unless ret_pid is NULL, is the process that listens, 0 when it can't be told.
 * 0 or -errno. Any thread. */
int oriel_socket_connect(const char *path, bool abstract, int *ret_pid);

#endif
