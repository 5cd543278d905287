/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include <errno.h>

#include "src/carrier/carrier.h"
#include "src/carrier/fd.h"
#include "src/carrier/stream.h"

static const struct oriel_carrier_ops unix_ops = {
	.name = "unix",
	.passes_fds = true,
	.start = oriel_stream_start,
	.write = oriel_stream_write,
	.finish = oriel_stream_finish,
	.destroy = oriel_stream_destroy,
};

int oriel_carrier_unix_adopt(uv_loop_t *loop, int fd, struct oriel_carrier **ret)
{
	struct oriel_stream *stream;
	int r = oriel_fd_prepare(fd);

	if (r < 0) {
		oriel_fd_close(&fd);
		return r;
	}
	r = oriel_stream_create(loop, &unix_ops, fd, &stream);
	if (r == 0)
		*ret = &stream->base;
	return r;
}

int oriel_carrier_unix_connect(uv_loop_t *loop, const char *path, struct oriel_carrier **ret)
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
	return oriel_carrier_unix_adopt(loop, fd, ret);
}
