/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>

#include "src/carrier/fd.h"
#include "src/carrier/listener.h"
#include "src/carrier/tcp.h"

static int adopt(struct oriel_listener *listener, int fd, struct oriel_carrier **ret_carrier,
	char peer[ORIEL_PEER_TEXT])
{
	struct sockaddr_in address = {0};
	socklen_t size = sizeof(address);

	if (getpeername(fd, (struct sockaddr *)&address, &size) < 0) {
		int r = -errno;
		oriel_fd_close(&fd);
		return r;
	}
	snprintf(peer, ORIEL_PEER_TEXT, "127.0.0.1:%u", ntohs(address.sin_port));
	return oriel_carrier_tcp_adopt(listener->poll.loop, fd, false, ret_carrier);
}

/* A socket bound to 127.0.0.1, and its port. */
static int bind_loopback(unsigned port, unsigned *ret_port)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons((uint16_t)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	socklen_t size = sizeof(address);
	int on = 1;
	int fd = oriel_fd_socket(AF_INET);

	if (fd < 0)
		return fd;
	/* Else the port stays taken for a minute after a listener with connections has ended. */
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) < 0 ||
		bind(fd, (struct sockaddr *)&address, size) < 0 ||
		getsockname(fd, (struct sockaddr *)&address, &size) < 0) {
		int r = -errno;
		oriel_fd_close(&fd);
		return r;
	}
	*ret_port = ntohs(address.sin_port);
	return fd;
}

int oriel_listener_tcp(uv_loop_t *loop, unsigned port, oriel_accept_fn accept, void *user,
	struct oriel_listener **ret)
{
	unsigned bound = 0;

	if (port > 65535)
		return -EINVAL;
	struct oriel_listener *listener = calloc(1, sizeof(*listener));
	if (!listener)
		return -ENOMEM;
	int fd = bind_loopback(port, &bound);
	if (fd < 0) {
		free(listener);
		return fd;
	}
	listener->port = bound;
	listener->accept = accept;
	listener->user = user;
	listener->adopt = adopt;
	int r = oriel_listener_init(listener, loop, fd);
	if (r == 0)
		*ret = listener;
	return r;
}
