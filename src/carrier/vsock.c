/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "src/carrier/vsock.h"

#include <errno.h>
#include <sys/socket.h>
#ifdef __linux__
#include <linux/vm_sockets.h>
#endif

#include "src/carrier/fd.h"
#include "src/carrier/stream.h"

#ifdef __linux__

static const struct oriel_carrier_ops vsock_ops = {
	.name = "vsock",
	.passes_fds = false,
	.start = oriel_stream_start,
	.write = oriel_stream_write,
	.finish = oriel_stream_finish,
	.pause = oriel_stream_pause,
	.destroy = oriel_stream_destroy,
};

int oriel_carrier_vsock_adopt(uv_loop_t *loop, int fd, bool connecting, struct oriel_carrier **ret)
{
	struct oriel_stream *stream;
	int r = oriel_stream_create(loop, &vsock_ops, fd, &stream);

	if (r < 0)
		return r;
	stream->max_send = ORIEL_VSOCK_CHUNK;
	if (connecting)
		oriel_stream_wait_connect(stream);
	*ret = &stream->base;
	return 0;
}

int oriel_carrier_vsock_connect(
	uv_loop_t *loop, unsigned cid, unsigned port, struct oriel_carrier **ret)
{
	struct sockaddr_vm address = {
		.svm_family = AF_VSOCK,
		.svm_cid = cid,
		.svm_port = port,
	};
	int fd = oriel_fd_socket(AF_VSOCK);

	if (fd < 0)
		return fd == -EAFNOSUPPORT ? -ENODEV : fd;
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0)
		return oriel_carrier_vsock_adopt(loop, fd, false, ret);
	if (errno == EINPROGRESS)
		return oriel_carrier_vsock_adopt(loop, fd, true, ret);
	int r = -errno;
	oriel_fd_close(&fd);
	return r;
}

#else

int oriel_carrier_vsock_connect(
	uv_loop_t *loop, unsigned cid, unsigned port, struct oriel_carrier **ret)
{
	(void)loop;
	(void)cid;
	(void)port;
	(void)ret;
	return -ENOTSUP;
}

#endif
