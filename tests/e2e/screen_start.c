/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/* The X server and the window manager of the tests: how they start and end. */
#include <stdio.h>
#include <stdlib.h>

#include "tests/e2e/e2e.h"

Display *screen;
static struct process *server, *manager;
static enum screen_manager chosen;
static char tiler_socket[512];

/* Windows of others may go at any moment. */
static int handle_error(Display *display, XErrorEvent *event)
{
	(void)display;
	(void)event;
	return 0;
}

bool screen_connect(void)
{
	XSetErrorHandler(handle_error);
	screen = XOpenDisplay(NULL);
	return screen != NULL;
}

void screen_choose(enum screen_manager wanted)
{
	chosen = wanted;
}

/* Window managers get no keys of their own: all of them go to the programs. */
static const char floats[] =
	"<?xml version=\"1.0\"?>\n"
	"<openbox_config xmlns=\"http://openbox.org/3.4/rc\">\n"
	"<focus><focusNew>yes</focusNew><followMouse>no</followMouse></focus>\n"
	"<theme><name>Clearlooks</name><animateIconify>no</animateIconify></theme>\n"
	"<desktops><number>1</number><popupTime>0</popupTime></desktops>\n"
	"<keyboard/>\n"
	"<mouse>\n"
	"<context name=\"Client\"><mousebind button=\"Left\" action=\"Press\">"
	"<action name=\"Focus\"/><action name=\"Raise\"/></mousebind></context>\n"
	"<context name=\"Titlebar\"><mousebind button=\"Left\" action=\"Drag\">"
	"<action name=\"Move\"/></mousebind></context>\n"
	"</mouse>\n"
	"</openbox_config>\n";

static const char tiles[] = "# i3 config file (v4)\n"
			    "font pango:DejaVu Sans Mono 8\n"
			    "focus_follows_mouse no\n"
			    "focus_on_window_activation focus\n"
			    "ipc-socket ";

static void write_settings(const char *path, const char *text, const char *more)
{
	FILE *file = fopen(path, "we");

	if (!file || fprintf(file, "%s%s\n", text, more) < 0 || fclose(file))
		e2e_fail("can't write %s", path);
}

static void start_manager(void)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/manager", e2e_dir());
	snprintf(tiler_socket, sizeof(tiler_socket), "%s/i3.sock", e2e_dir());
	if (chosen == SCREEN_TILES) {
		write_settings(path, tiles, tiler_socket);
		manager = process_run("i3", "i3", "-c", path, NULL);
	} else {
		write_settings(path, floats, "");
		manager = process_run("openbox", "openbox", "--config-file", path, NULL);
	}
	process_keep(manager);
	E2E_UNTIL(screen_focused() != None && XInternAtom(screen, "_NET_SUPPORTING_WM_CHECK", True),
		"the window manager does not start");
}

void screen_tell_tiler(const char *command)
{
	struct process *message =
		process_run("i3-msg", "i3-msg", "-q", "-s", tiler_socket, command, NULL);

	if (process_wait(message))
		e2e_fail("i3 does not do '%s'", command);
	process_stop(message);
}

void screen_start(int width, int height)
{
	char size[32], display[32];

	snprintf(size, sizeof(size), "%dx%dx24", width, height);
	server = process_run("xvfb", "Xvfb", "-displayfd", "1", "-screen", "0", size, "-nolisten",
		"tcp", "-noreset", NULL);
	process_keep(server);
	snprintf(display, sizeof(display), ":%s", process_expect(server, ""));
	setenv("DISPLAY", display, 1);
	if (!screen_connect())
		e2e_fail("can't connect to Xvfb at %s", display);
	start_manager();
}

void screen_stop(void)
{
	if (screen)
		XCloseDisplay(screen);
	screen = NULL;
	process_stop(manager);
	process_stop(server);
	manager = server = NULL;
}
