/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/* The X server and the window manager of the tests: how they start and end. */
#include <stdio.h>
#include <stdlib.h>

#include "tests/e2e/e2e.h"

Display *screen;
static struct process *server, *manager;
static enum screen_manager chosen;
static bool heads;
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

void screen_choose_heads(void)
{
	heads = true;
}

/* Of keys openbox has Alt+Tab, i3 none: all others go to the programs. */
static const char floats[] =
	"<?xml version=\"1.0\"?>\n"
	"<openbox_config xmlns=\"http://openbox.org/3.4/rc\">\n"
	"<focus><focusNew>yes</focusNew><followMouse>no</followMouse></focus>\n"
	"<theme><name>Clearlooks</name><animateIconify>no</animateIconify></theme>\n"
	"<desktops><number>1</number><popupTime>0</popupTime></desktops>\n"
	"<keyboard><keybind key=\"A-Tab\"><action name=\"NextWindow\"><dialog>none</dialog>"
	"</action></keybind></keyboard>\n"
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

/* Mind that Xorg is not to look at the machine it runs on. */
static const char dummy_screens[] =
	"Section \"ServerFlags\"\n"
	"Option \"AutoAddDevices\" \"false\"\n"
	"Option \"AutoAddGPU\" \"false\"\n"
	"Option \"DontVTSwitch\" \"true\"\n"
	"EndSection\n"
	"Section \"Device\"\n"
	"Identifier \"device\"\n"
	"Driver \"dummy\"\n"
	"VideoRam 256000\n"
	"EndSection\n"
	"Section \"Monitor\"\n"
	"Identifier \"monitor\"\n"
	"HorizSync 1-2000\n"
	"VertRefresh 1-200\n"
	"Modeline \"1600x1200\" 126 1600 1680 1800 2000 1200 1205 1210 1260\n"
	"EndSection\n"
	"Section \"Screen\"\n"
	"Identifier \"screen\"\n"
	"Device \"device\"\n"
	"Monitor \"monitor\"\n"
	"DefaultDepth 24\n"
	"SubSection \"Display\"\n"
	"Depth 24\n"
	"Modes \"1600x1200\"\n"
	"Virtual 4096 4096\n"
	"EndSubSection\n"
	"EndSection\n";

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

static struct process *start_xvfb(int width, int height)
{
	char size[32];

	snprintf(size, sizeof(size), "%dx%dx24", width, height);
	return process_run("xvfb", "Xvfb", "-displayfd", "1", "-screen", "0", size, "-nolisten",
		"tcp", "-noreset", NULL);
}

static struct process *start_xorg(void)
{
	char settings[512], log[512];

	snprintf(settings, sizeof(settings), "%s/xorg.conf", e2e_dir());
	snprintf(log, sizeof(log), "%s/xorg.log", e2e_dir());
	write_settings(settings, dummy_screens, "");
	return process_run("xorg", "/usr/lib/xorg/Xorg", "-displayfd", "1", "-config", settings,
		"-logfile", log, "-novtswitch", "-sharevts", "-nolisten", "tcp", "-noreset", NULL);
}

void screen_arrange(const char *arguments)
{
	char command[512];
	struct process *xrandr;

	/* The driver tells of what was plugged in when it is asked. */
	snprintf(command, sizeof(command), "xrandr %s && xrandr --query >&2", arguments);
	xrandr = process_run("xrandr", "sh", "-c", command, NULL);
	if (process_wait(xrandr))
		e2e_fail("xrandr %s does not work", arguments);
	process_stop(xrandr);
}

void screen_start(int width, int height)
{
	char display[32];

	server = heads ? start_xorg() : start_xvfb(width, height);
	process_keep(server);
	snprintf(display, sizeof(display), ":%s", process_expect(server, ""));
	setenv("DISPLAY", display, 1);
	if (!screen_connect())
		e2e_fail("can't connect to the X server at %s", display);
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
