/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "src/carrier/listener.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "src/base/log.h"
#include "src/carrier/fd.h"

#define BACKLOG 16
#define RETRY_MS 200

static void handle_readable(uv_poll_t *poll, int status, int events);

static void handle_retry(uv_timer_t *timer)
{
	struct oriel_listener *listener = timer->data;

	uv_poll_start(&listener->poll, UV_READABLE, handle_readable);
}

/* The caller stays in the system's queue, so the socket stays readable: look away for a while. */
static void pause_accepting(struct oriel_listener *listener, int error)
{
	oriel_warning("can't accept a connection: %s", uv_strerror(error));
	uv_poll_stop(&listener->poll);
	uv_timer_start(&listener->retry, handle_retry, RETRY_MS, 0);
}

static void handle_readable(uv_poll_t *poll, int status, int events)
{
	struct oriel_listener *listener = poll->data;
	struct oriel_carrier *carrier;
	char peer[ORIEL_PEER_TEXT];

	(void)status;
	(void)events;
	int fd = oriel_fd_accept(listener->fd);
	if (fd == -EAGAIN || fd == -EINTR || fd == -ECONNABORTED)
		return;
	if (fd < 0) {
		pause_accepting(listener, fd);
		return;
	}
	if (listener->adopt(listener, fd, &carrier, peer) == 0)
		listener->accept(listener->user, carrier, peer);
}

static void handle_closed(uv_handle_t *handle)
{
	struct oriel_listener *listener = handle->data;

	if (--listener->handles == 0)
		free(listener);
}

int oriel_listener_init(struct oriel_listener *listener, uv_loop_t *loop, int fd)
{
	int r = listen(fd, BACKLOG) < 0 ? -errno : 0;

	listener->fd = fd;
	if (r == 0)
		r = uv_poll_init(loop, &listener->poll, fd);
	if (r < 0) {
		if (listener->cleanup)
			listener->cleanup(listener);
		oriel_fd_close(&listener->fd);
		free(listener);
		return r;
	}
	uv_timer_init(loop, &listener->retry);
	listener->poll.data = listener->retry.data = listener;
	listener->handles = 2;
	uv_poll_start(&listener->poll, UV_READABLE, handle_readable);
	return 0;
}

unsigned oriel_listener_port(const struct oriel_listener *listener)
{
	return listener->port;
}

void oriel_listener_destroy(struct oriel_listener *listener)
{
	if (!listener)
		return;
	if (listener->cleanup)
		listener->cleanup(listener);
	uv_close((uv_handle_t *)&listener->poll, handle_closed);
	uv_close((uv_handle_t *)&listener->retry, handle_closed);
	oriel_fd_close(&listener->fd);
}
