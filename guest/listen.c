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

/* errno's text says little about ports. */
static const char *explain_serial(int r)
{
	switch (r) {
	case -ENOENT:
		return "there is none: give the VM one (qemu -device virtserialport,name=...)";
	case -EBUSY:
		return "another program has it open: end that";
	case -EACCES:
		return "no permission: Oriel's udev rule gives it to the group oriel, join that";
	default:
		return strerror(-r);
	}
}

static int start_serial(struct oriel_listen *listen, const char *name, char *error, size_t size)
{
	int r = oriel_listener_serial(
		listen->core->loop, name, handle_local, listen, &listen->serial);

	if (r < 0)
		snprintf(error, size, "can't use serial port %s: %s", name, explain_serial(r));
	else
		oriel_info("serving the host through serial port %s", name);
	return r;
}

static int start_vsock(struct oriel_listen *listen, unsigned port, char *error, size_t size)
{
	int r = oriel_listener_vsock(
		listen->core->loop, port, handle_local, listen, &listen->vsock);

	if (r == -EADDRINUSE)
		snprintf(error, size, "vsock port %u is taken: end who has it, or choose another",
			port);
	else if (r < 0)
		snprintf(error, size,
			"can't listen on vsock port %u: %s: load the module "
			"vmw_vsock_virtio_transport, or leave --vsock away",
			port, strerror(-r));
	else
		oriel_info("serving the host on vsock port %u", port);
	return r;
}

int oriel_listen_start(struct oriel_listen *listen, struct oriel_core *core, const char *path,
	const struct oriel_options *options, char *error, size_t size)
{
	int r;

	*listen = (struct oriel_listen){.core = core};
	r = start_local(listen, path, error, size);
	if (r == 0 && options->tcp >= 0)
		r = start_tcp(listen, options->tcp, error, size);
	if (r == 0 && options->serial)
		r = start_serial(listen, options->serial, error, size);
	if (r == 0 && options->vsock)
		r = start_vsock(listen, options->vsock, error, size);
	if (r < 0)
		oriel_listen_stop(listen);
	return r;
}

void oriel_listen_stop(struct oriel_listen *listen)
{
	oriel_listener_destroy(listen->local);
	oriel_listener_destroy(listen->tcp);
	oriel_listener_destroy(listen->serial);
	oriel_listener_destroy(listen->vsock);
	*listen = (struct oriel_listen){.core = listen->core};
}
