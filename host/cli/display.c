/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "host/cli/display.h"

#include <errno.h>
#include <stdio.h>

#ifdef __linux__
#include <stdlib.h>
#include <string.h>

#include "host/cli/socket.h"

/* :N and :N.S are screens of this machine; other names are believed. */
static int connect_x11(const char *display)
{
	char path[64];
	int r;

	if (strncmp(display, "unix:", 5) == 0)
		display += 4;
	if (display[0] != ':')
		return 0;
	snprintf(path, sizeof path, "/tmp/.X11-unix/X%d", atoi(display + 1));
	r = oriel_socket_connect(path, false, NULL);
	return r < 0 ? oriel_socket_connect(path, true, NULL) : 0;
}

static int connect_wayland(const char *display)
{
	const char *folder = getenv("XDG_RUNTIME_DIR");
	char path[256];

	if (display[0] == '/')
		return oriel_socket_connect(display, false, NULL);
	if (!folder || !*folder)
		return -ENOENT;
	snprintf(path, sizeof path, "%s/%s", folder, display);
	return oriel_socket_connect(path, false, NULL);
}

int oriel_display_find(char *text, size_t size)
{
	const char *x11 = getenv("DISPLAY"), *wayland = getenv("WAYLAND_DISPLAY");
	int r = -ENOENT;

	text[0] = '\0';
	if (x11 && *x11) {
		snprintf(text, size, "X display %s", x11);
		r = connect_x11(x11);
	}
	if (r < 0 && wayland && *wayland) {
		snprintf(text, size, "Wayland display %s", wayland);
		r = connect_wayland(wayland);
	}
	if (r < 0)
		return text[0] ? -ECONNREFUSED : -ENOENT;
	return 0;
}
#else
int oriel_display_find(char *text, size_t size)
{
	snprintf(text, size, "the screens of this Mac");
	return 0;
}
#endif
