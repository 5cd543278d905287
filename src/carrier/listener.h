/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * What every listening end shares: accepting.
 */
#ifndef ORIEL_CARRIER_LISTENER_H
#define ORIEL_CARRIER_LISTENER_H

#include "src/carrier/carrier.h"

#define ORIEL_PEER_TEXT 96 /* bytes of the description of a peer */

struct oriel_listener {
	uv_poll_t poll;
	uv_timer_t retry; /* after the system had no descriptor left, or no port */
	unsigned handles; /* not yet closed by the loop; the last frees */
	int fd;
	unsigned port;
	oriel_accept_fn accept;
	void *user;
	/* Makes a carrier of an accepted socket and describes its other end, or refuses it. Takes
	 * fd, on failure too. */
	int (*adopt)(struct oriel_listener *listener, int fd, struct oriel_carrier **ret_carrier,
		char peer[ORIEL_PEER_TEXT]);
	void (*cleanup)(struct oriel_listener *listener); /* at its end; NULL: nothing */
};

/* Starts to accept on fd, a bound socket. Takes the malloc'ed listener, whose last three functions
 * and user are set, and fd; on failure too (and calls cleanup). */
int oriel_listener_init(struct oriel_listener *listener, uv_loop_t *loop, int fd);

#endif
