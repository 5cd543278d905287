/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Where peers connect: always a unix socket of this user; TCP on loopback, with a token, when
 * asked for; in a VM a virtio-serial port and vsock, which lead to its host alone. The host owns
 * the VM, so it needs no token.
 */
#ifndef ORIEL_GUEST_LISTEN_H
#define ORIEL_GUEST_LISTEN_H

#include "guest/core.h"
#include "guest/options.h"

struct oriel_listen {
	struct oriel_core *core;
	struct oriel_listener *local, *tcp, *serial, *vsock;
};

/* Listens on the socket at path, and where options says. 0; -EADDRINUSE: another orield has path;
 * other -errno. The reason is written to error, one line for people. */
int oriel_listen_start(struct oriel_listen *listen, struct oriel_core *core, const char *path,
	const struct oriel_options *options, char *error, size_t size);

/* Takes no more peers and removes the socket. Twice is fine. */
void oriel_listen_stop(struct oriel_listen *listen);

#endif
