/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "guest/listen.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "src/base/log.h"

static void handle_local(void *user, struct oriel_carrier *carrier, const char *peer)
{
	struct oriel_listen *listen = user;

	oriel_core_accept(listen->core, carrier, peer, false);
}

static void handle_tcp(void *user, struct oriel_carrier *carrier, const char *peer)
{
	struct oriel_listen *listen = user;

	oriel_core_accept(listen->core, carrier, peer, true);
}

static int start_local(struct oriel_listen *listen, const char *path, char *error, size_t size)
{
	pid_t holder = 0;
	char who[64] = "another program";
	int r = oriel_listener_unix(
		listen->core->loop, path, handle_local, listen, &listen->local, &holder);

	if (r == -EADDRINUSE && holder > 0) {
		snprintf(who, sizeof who, "process %d", (int)holder);
		snprintf(error, size,
			"%s has the socket %s already: use that orield, end it with 'kill %d', or "
			"give this one its own --socket PATH",
			who, path, (int)holder);
	} else if (r == -EADDRINUSE) {
		snprintf(error, size,
			"%s has the socket %s already: end it, or give this orield its own "
			"--socket PATH",
			who, path);
	} else if (r < 0) {
		snprintf(error, size,
			"can't listen on %s: %s: name a place of yours with --socket PATH", path,
			strerror(-r));
	}
	return r;
}

static int start_tcp(struct oriel_listen *listen, int port, char *error, size_t size)
{
	int r = oriel_listener_tcp(
		listen->core->loop, (unsigned)port, handle_tcp, listen, &listen->tcp);

	if (r < 0) {
		snprintf(error, size,
			"can't listen on TCP port %d: %s: choose another with --tcp PORT", port,
			strerror(-r));
		return r;
	}
	oriel_info("listening on 127.0.0.1 port %u", oriel_listener_port(listen->tcp));
	return 0;
}

int oriel_listen_start(struct oriel_listen *listen, struct oriel_core *core, const char *path,
	int port, char *error, size_t size)
{
	int r;

	*listen = (struct oriel_listen){.core = core};
	r = start_local(listen, path, error, size);
	if (r == 0 && port >= 0)
		r = start_tcp(listen, port, error, size);
	if (r < 0)
		oriel_listen_stop(listen);
	return r;
}

void oriel_listen_stop(struct oriel_listen *listen)
{
	oriel_listener_destroy(listen->local);
	oriel_listener_destroy(listen->tcp);
	listen->local = NULL;
	listen->tcp = NULL;
}
