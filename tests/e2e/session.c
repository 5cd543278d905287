/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "tests/e2e/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/e2e/e2e.h"
#include "tests/e2e/refview.h"

struct process *orield, *viewer;
static char runtime_dir[80], home[80], wayland[64], display[64];
static char socket_path[sizeof(((struct sockaddr_un *)NULL)->sun_path)];

const char *session_socket(void)
{
	return socket_path;
}

const char *session_socket_target(void)
{
	static char target[sizeof(socket_path) + 8];

	snprintf(target, sizeof(target), "unix:%s", socket_path);
	return target;
}

/* The displays for clients, as orield tells them when it is ready. */
static bool is_ready(void)
{
	char *log = process_log(orield), *at = strstr(log, "ready: WAYLAND_DISPLAY=");

	display[0] = 0;
	if (at)
		sscanf(at, "ready: WAYLAND_DISPLAY=%63s DISPLAY=%63s", wayland, display);
	free(log);
	return at;
}

void session_use(const char *socket)
{
	snprintf(socket_path, sizeof(socket_path), "%s", socket);
}

void session_start_orield(void)
{
	process_stop(orield);
	orield = process_run("orield", "orield", NULL);
	E2E_UNTIL(is_ready() || !process_running(orield), "orield does not get ready");
	if (!process_running(orield))
		e2e_fail("orield ended at once");
}

/* Where the desktop's schemas are installed, GTK has one button on its windows instead of three. */
static void write_gtk_settings(void)
{
	static const char *const folders[] = {".config", "glib-2.0", "settings"};
	char path[160];
	FILE *file;
	int i, n = snprintf(path, sizeof(path), "%s", home);

	for (i = 0; i < 3; i++) {
		n += snprintf(path + n, sizeof(path) - (size_t)n, "/%s", folders[i]);
		mkdir(path, 0700);
	}
	snprintf(path + n, sizeof(path) - (size_t)n, "/keyfile");
	file = fopen(path, "w");
	if (!file)
		e2e_fail("can't write %s", path);
	fputs("[org/gnome/desktop/wm/preferences]\n"
	      "button-layout='menu:minimize,maximize,close'\n",
		file);
	fclose(file);
}

void session_start(void)
{
	static unsigned count;

	count++;
	snprintf(runtime_dir, sizeof(runtime_dir), "%s/run%u", e2e_dir(), count);
	snprintf(home, sizeof(home), "%s/home%u", e2e_dir(), count);
	snprintf(socket_path, sizeof(socket_path), "%s/oriel.sock", runtime_dir);
	if (mkdir(runtime_dir, 0700) || mkdir(home, 0700))
		e2e_fail("can't make %s", runtime_dir);
	setenv("XDG_RUNTIME_DIR", runtime_dir, 1);
	setenv("ORIEL_SOCKET", socket_path, 1);
	setenv("HOME", home, 1);
	write_gtk_settings();
	session_start_orield();
}

void session_stop(void)
{
	process_stop(viewer);
	process_stop(orield);
	viewer = orield = NULL;
}

void session_attach(void)
{
	viewer = process_run("oriel", "oriel", "attach", NULL);
}

void session_attach_with(const char *option, ...)
{
	const char *argv[32] = {"oriel", "attach"};
	int n = 2;
	va_list args;

	va_start(args, option);
	for (; option && n < 31; option = va_arg(args, const char *))
		argv[n++] = option;
	va_end(args);
	argv[n] = NULL;
	viewer = process_start("oriel", argv);
}

static struct process *start_client(const char *name, va_list args)
{
	const char *argv[32] = {name};
	int n = 1;

	while (n < 31 && (argv[n] = va_arg(args, const char *)))
		n++;
	argv[n] = NULL;
	return process_start(name, argv);
}

/* Starts a program with one display of the guest in its environment instead of the host's. */
static struct process *start_in_guest(
	const char *name, const char *variable, const char *value, va_list args)
{
	char *host_display = strdup(getenv("DISPLAY"));
	struct process *process;

	unsetenv("DISPLAY");
	setenv(variable, value, 1);
	process = start_client(name, args);
	unsetenv(variable);
	setenv("DISPLAY", host_display, 1);
	free(host_display);
	return process;
}

struct process *session_client(const char *name, ...)
{
	struct process *process;
	va_list args;

	va_start(args, name);
	process = start_in_guest(name, "WAYLAND_DISPLAY", wayland, args);
	va_end(args);
	return process;
}

struct process *session_x_client(const char *name, ...)
{
	struct process *process;
	va_list args;

	if (!display[0])
		e2e_fail("orield has no Xwayland");
	va_start(args, name);
	process = start_in_guest(name, "DISPLAY", display, args);
	va_end(args);
	return process;
}

struct process *session_pattern(const char *command)
{
	struct process *process = session_client("pattern", NULL);

	process_ask(process, "%s", command);
	return process;
}

uint64_t session_counter(const char *name)
{
	struct refview *view = refview_connect(ORIEL_ROLE_CONTROL);
	uint64_t value = 0;

	if (!refview_counter(view, name, &value))
		e2e_fail("orield has no counter '%s'", name);
	refview_destroy(view);
	return value;
}
