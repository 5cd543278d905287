/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "src/carrier/carrier.h"
#include "src/carrier/fd.h"
#include "src/carrier/stream.h"

static const struct oriel_carrier_ops unix_ops = {
	.name = "unix",
	.passes_fds = true,
	.start = oriel_stream_start,
	.write = oriel_stream_write,
	.finish = oriel_stream_finish,
	.pause = oriel_stream_pause,
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
	int fd = oriel_fd_unix_connect(path);

	return fd < 0 ? fd : oriel_carrier_unix_adopt(loop, fd, ret);
}
