/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "src/bus/bus.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>

#include "src/base/clock.h"

/* Messages handled in one turn of the loop: others have a turn, too, however many come. */
#define MESSAGES 32

struct oriel_bus {
	sd_bus *sd;
	uv_poll_t poll;
	uv_timer_t timer; /* sd-bus' own deadlines, and what is left for the next turn */
	int fd;
	int n_open; /* handles not closed yet */
	void (*lost)(void *user, int error);
	void *user;
};

static void handle_timer(uv_timer_t *timer);
static void handle_poll(uv_poll_t *poll, int status, int events);

static void stop(struct oriel_bus *bus)
{
	uv_poll_stop(&bus->poll);
	uv_timer_stop(&bus->timer);
}

static void fail(struct oriel_bus *bus, int error)
{
	void (*lost)(void *user, int error) = bus->lost;

	stop(bus);
	bus->lost = NULL;
	if (lost)
		lost(bus->user, error);
}

/* ms; -1: for ever */
static int64_t next_deadline(sd_bus *sd)
{
	uint64_t until, now = oriel_now_ns() / 1000;

	if (sd_bus_get_timeout(sd, &until) < 0 || until == UINT64_MAX)
		return -1;
	return until > now ? (int64_t)((until - now + 999) / 1000) : 0;
}

/* Waits for what sd-bus waits for now. Returns 0 or -errno. */
static int arm(struct oriel_bus *bus)
{
	int events = sd_bus_get_events(bus->sd), fd = sd_bus_get_fd(bus->sd);
	int64_t ms = next_deadline(bus->sd);

	if (events < 0 || fd < 0)
		return events < 0 ? events : fd;
	/* The next address of a list: no session has one. */
	if (fd != bus->fd)
		return -ECONNREFUSED;
	if (ms >= 0)
		uv_timer_start(&bus->timer, handle_timer, (uint64_t)ms, 0);
	else
		uv_timer_stop(&bus->timer);
	return uv_poll_start(&bus->poll,
		(events & POLLIN ? UV_READABLE : 0) | (events & POLLOUT ? UV_WRITABLE : 0) |
			UV_DISCONNECT,
		handle_poll);
}

static void process(struct oriel_bus *bus)
{
	int r = 1;

	for (int i = 0; bus->lost && r > 0 && i < MESSAGES; i++)
		r = sd_bus_process(bus->sd, NULL);
	/* A callback may have closed it. */
	if (!bus->lost)
		return;
	if (r >= 0)
		r = arm(bus);
	if (r < 0)
		fail(bus, r);
}

static void handle_poll(uv_poll_t *poll, int status, int events)
{
	(void)status;
	(void)events;
	process(poll->data);
}

static void handle_timer(uv_timer_t *timer)
{
	process(timer->data);
}

static void handle_closed(uv_handle_t *handle)
{
	struct oriel_bus *bus = handle->data;

	if (--bus->n_open > 0)
		return;
	sd_bus_close_unref(bus->sd);
	free(bus);
}

int oriel_bus_open(uv_loop_t *loop, void (*lost)(void *user, int error), void *user,
	struct oriel_bus **ret_bus)
{
	struct oriel_bus *bus = calloc(1, sizeof *bus);
	int r = -ENOMEM;

	if (!bus)
		return r;
	bus->lost = lost;
	bus->user = user;
	r = sd_bus_open_user(&bus->sd);
	if (r < 0)
		goto free_bus;
	bus->fd = sd_bus_get_fd(bus->sd);
	r = bus->fd < 0 ? bus->fd : uv_poll_init(loop, &bus->poll, bus->fd);
	if (r < 0)
		goto close_sd;
	uv_timer_init(loop, &bus->timer);
	bus->poll.data = bus->timer.data = bus;
	bus->n_open = 2;
	/* Faults come through lost(), which the caller may not be ready for yet. */
	uv_timer_start(&bus->timer, handle_timer, 0, 0);
	*ret_bus = bus;
	return 0;
close_sd:
	sd_bus_close_unref(bus->sd);
free_bus:
	free(bus);
	return r;
}

void oriel_bus_close(struct oriel_bus *bus)
{
	if (!bus)
		return;
	bus->lost = NULL;
	stop(bus);
	uv_close((uv_handle_t *)&bus->poll, handle_closed);
	uv_close((uv_handle_t *)&bus->timer, handle_closed);
}

sd_bus *oriel_bus_sd(struct oriel_bus *bus)
{
	return bus->sd;
}

void oriel_bus_flush(struct oriel_bus *bus)
{
	/* A fault is told from the loop. */
	if (bus->lost)
		uv_timer_start(&bus->timer, handle_timer, 0, 0);
}
