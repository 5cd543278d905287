/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * The guest's end of a serial port. While nobody has the host's end open, the port reports an end
 * of stream and a hang-up all the time: to poll it as ever would be a busy loop. So the port lies
 * in an epoll descriptor of its own, edge-triggered, that speaks up only when something changes.
 */
#include "src/carrier/serial.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "src/base/log.h"
#include "src/carrier/fd.h"
#include "src/carrier/listener.h"
#include "src/carrier/mux.h"

/* A port that went away, as by hot-unplug, is looked for so often. */
#define RETRY_MS 2000

struct serial_listener {
	struct oriel_listener base; /* its fd is the epoll descriptor */
	char name[PATH_MAX];
	int port_fd;           /* -1: the port is gone */
	struct oriel_mux *mux; /* NULL: the host's end is not open */
};

static void look(struct serial_listener *listener);

static void handle_change(uv_poll_t *poll, int status, int events)
{
	struct serial_listener *listener = poll->data;
	struct epoll_event event;

	(void)status;
	(void)events;
	while (epoll_wait(listener->base.fd, &event, 1, 0) > 0)
		;
	look(listener);
}

static int open_port(struct serial_listener *listener)
{
	struct epoll_event event = {.events = EPOLLIN | EPOLLET};
	char path[PATH_MAX];
	int r = oriel_serial_find("", listener->name, path, sizeof(path));

	if (r < 0)
		return r;
	int fd = oriel_serial_open(path);
	if (fd < 0)
		return fd;
	if (epoll_ctl(listener->base.fd, EPOLL_CTL_ADD, fd, &event) < 0) {
		r = -errno;
		oriel_fd_close(&fd);
		return r;
	}
	listener->port_fd = fd;
	return 0;
}

static void handle_retry(uv_timer_t *timer)
{
	struct serial_listener *listener = timer->data;

	if (open_port(listener) < 0)
		return;
	oriel_info("serial port %s is back", listener->name);
	uv_timer_stop(&listener->base.retry);
	look(listener);
}

static void lose_port(struct serial_listener *listener, int error)
{
	oriel_warning("serial port %s: %s; waiting for it to come back", listener->name,
		uv_strerror(error));
	oriel_fd_close(&listener->port_fd);
	uv_poll_stop(&listener->base.poll);
	uv_timer_start(&listener->base.retry, handle_retry, RETRY_MS, RETRY_MS);
}

static void handle_channel(void *user, struct oriel_carrier *channel)
{
	struct serial_listener *listener = user;
	char peer[ORIEL_PEER_TEXT];

	snprintf(peer, sizeof(peer), "the host, through %.64s", listener->name);
	listener->base.accept(listener->base.user, channel, peer);
}

static void handle_mux_closed(void *user, int error, const char *reason)
{
	struct serial_listener *listener = user;

	oriel_debug("serial port %s: %s", listener->name, reason);
	oriel_mux_destroy(listener->mux);
	listener->mux = NULL;
	if (error < 0)
		lose_port(listener, error);
	else
		look(listener);
}

static int start_mux(struct serial_listener *listener)
{
	static const struct oriel_mux_events events = {
		.accept = handle_channel,
		.closed = handle_mux_closed,
	};
	uv_loop_t *loop = listener->base.poll.loop;
	struct oriel_carrier *carrier;
	int fd = oriel_fd_dup(listener->port_fd);

	if (fd < 0)
		return fd;
	int r = oriel_carrier_serial_adopt(loop, fd, &carrier);
	if (r < 0)
		return r;
	return oriel_mux_create(loop, carrier, ORIEL_MUX_GUEST, &events, listener, &listener->mux);
}

/* Whether the port is usable, and if so, whether the host's end of it is open. */
static int check_port(int fd, bool *ret_open)
{
	struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
	char nothing;

	if (read(fd, &nothing, 0) < 0 && errno != EAGAIN && errno != EINTR)
		return -errno;
	if (poll(&poll_fd, 1, 0) < 0)
		return -errno;
	if (poll_fd.revents & (POLLERR | POLLNVAL))
		return -EIO; /* a terminal that was hung up is of no use any more */
	*ret_open = !(poll_fd.revents & POLLHUP);
	return 0;
}

static void look(struct serial_listener *listener)
{
	bool open = false;
	int r = check_port(listener->port_fd, &open);

	if (r == 0 && open)
		r = start_mux(listener);
	if (r < 0)
		lose_port(listener, r);
	else if (open)
		uv_poll_stop(&listener->base.poll);
	else
		uv_poll_start(&listener->base.poll, UV_READABLE, handle_change);
}

static void cleanup(struct oriel_listener *base)
{
	struct serial_listener *listener = (struct serial_listener *)base;

	if (listener->mux)
		oriel_mux_release(listener->mux);
	oriel_fd_close(&listener->port_fd);
}

static int init(struct serial_listener *listener, uv_loop_t *loop)
{
	struct oriel_listener *base = &listener->base;

	base->fd = epoll_create1(EPOLL_CLOEXEC);
	if (base->fd < 0)
		return -errno;
	int r = open_port(listener);
	if (r == 0)
		r = uv_poll_init(loop, &base->poll, base->fd);
	if (r < 0) {
		oriel_fd_close(&listener->port_fd);
		oriel_fd_close(&base->fd);
		return r;
	}
	uv_timer_init(loop, &base->retry);
	base->poll.data = base->retry.data = listener;
	base->handles = 2;
	base->cleanup = cleanup;
	look(listener);
	return 0;
}

int oriel_listener_serial(uv_loop_t *loop, const char *name_or_path, oriel_accept_fn accept,
	void *user, struct oriel_listener **ret)
{
	struct serial_listener *listener = calloc(1, sizeof(*listener));

	if (!listener)
		return -ENOMEM;
	int n = snprintf(listener->name, sizeof(listener->name), "%s", name_or_path);
	listener->base.accept = accept;
	listener->base.user = user;
	listener->port_fd = -1;
	int r = n < (int)sizeof(listener->name) ? init(listener, loop) : -ENAMETOOLONG;
	if (r < 0) {
		free(listener);
		return r;
	}
	*ret = &listener->base;
	return 0;
}
