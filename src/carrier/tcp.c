/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "src/carrier/tcp.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>

#include "src/carrier/fd.h"
#include "src/carrier/stream.h"

static const struct oriel_carrier_ops tcp_ops = {
	.name = "tcp",
	.passes_fds = false,
	.start = oriel_stream_start,
	.write = oriel_stream_write,
	.finish = oriel_stream_finish,
	.pause = oriel_stream_pause,
	.destroy = oriel_stream_destroy,
};

int oriel_carrier_tcp_adopt(uv_loop_t *loop, int fd, bool connecting, struct oriel_carrier **ret)
{
	struct oriel_stream *stream;
	int on = 1;

	/* The link itself joins small messages; holding them back once more only costs time. */
	if (setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) < 0) {
		int r = -errno;
		oriel_fd_close(&fd);
		return r;
	}
	int r = oriel_stream_create(loop, &tcp_ops, fd, &stream);
	if (r < 0)
		return r;
	if (connecting)
		oriel_stream_wait_connect(stream);
	*ret = &stream->base;
	return 0;
}

/* Only names of this machine: no resolver is asked, so nobody can make it answer otherwise. */
static int loopback_address(const char *host, unsigned port, struct sockaddr_storage *ret_address)
{
	struct sockaddr_storage storage = {0};
	struct sockaddr_in *in = (struct sockaddr_in *)&storage;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&storage;

	if (port == 0 || port > 65535)
		return -EINVAL;
	if (strcmp(host, "localhost") == 0)
		host = "127.0.0.1";
	if (uv_ip4_addr(host, (int)port, in) == 0) {
		if (ntohl(in->sin_addr.s_addr) >> 24 != 127)
			return -EINVAL;
	} else if (uv_ip6_addr(host, (int)port, in6) < 0 ||
		   !IN6_IS_ADDR_LOOPBACK(&in6->sin6_addr)) {
		return -EINVAL;
	}
	*ret_address = storage;
	return 0;
}

int oriel_carrier_tcp_connect(
	uv_loop_t *loop, const char *host, unsigned port, struct oriel_carrier **ret)
{
	struct sockaddr_storage address;
	int r = loopback_address(host, port, &address);

	if (r < 0)
		return r;
	int fd = oriel_fd_socket(address.ss_family);
	if (fd < 0)
		return fd;
	socklen_t size = address.ss_family == AF_INET ? sizeof(struct sockaddr_in)
						      : sizeof(struct sockaddr_in6);
	if (connect(fd, (struct sockaddr *)&address, size) == 0)
		return oriel_carrier_tcp_adopt(loop, fd, false, ret);
	if (errno == EINPROGRESS)
		return oriel_carrier_tcp_adopt(loop, fd, true, ret);
	r = -errno;
	oriel_fd_close(&fd);
	return r;
}
