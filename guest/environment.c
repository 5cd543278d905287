/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "guest/environment.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void oriel_environment_mark(const struct oriel_core *core, uint64_t number, char *mark, size_t size)
{
	snprintf(mark, size, "%d.%llx.%llu", (int)getpid(),
		(unsigned long long)core->stats.started_ns, (unsigned long long)number);
}

struct list {
	char **entries;
	size_t n, max; /* max: without the NULL */
	bool failed;
};

static char **find(const struct list *list, const char *name, size_t length)
{
	for (size_t i = 0; i < list->n; i++)
		if (strncmp(list->entries[i], name, length) == 0 && list->entries[i][length] == '=')
			return &list->entries[i];
	return NULL;
}

static void unset(struct list *list, const char *name)
{
	char **entry = find(list, name, strlen(name));

	if (!entry)
		return;
	free(*entry);
	*entry = list->entries[--list->n];
	list->entries[list->n] = NULL;
}

/* Takes entry, NAME=value; what is no such thing is dropped. */
static void put(struct list *list, char *entry)
{
	const char *equals = entry ? strchr(entry, '=') : NULL;
	char **before;

	if (!entry)
		list->failed = true;
	if (!equals || equals == entry) {
		free(entry);
		return;
	}
	before = find(list, entry, (size_t)(equals - entry));
	if (before) {
		free(*before);
		*before = entry;
	} else if (list->n < list->max) {
		list->entries[list->n++] = entry;
	} else {
		free(entry);
		list->failed = true;
	}
}

static void set(struct list *list, const char *name, const char *value)
{
	char *entry;

	if (asprintf(&entry, "%s=%s", name, value) < 0)
		entry = NULL;
	put(list, entry);
}

/* Without a bus of the user there is none: one that is started for a single program would keep
 * programs from finding each other, and stand between us and the program's signals and status. */
static void set_bus(struct list *list)
{
	const char *runtime = getenv("XDG_RUNTIME_DIR");
	char path[256], address[300];

	if (find(list, "DBUS_SESSION_BUS_ADDRESS", strlen("DBUS_SESSION_BUS_ADDRESS")) || !runtime)
		return;
	snprintf(path, sizeof path, "%s/bus", runtime);
	if (access(path, R_OK | W_OK) < 0)
		return;
	snprintf(address, sizeof address, "unix:path=%s", path);
	set(list, "DBUS_SESSION_BUS_ADDRESS", address);
}

static void set_session(struct list *list, const struct oriel_core *core, uint64_t number)
{
	/* Of the session that orield itself was started from. */
	static const char *const foreign[] = {"DISPLAY", "XAUTHORITY", "WAYLAND_SOCKET",
		"GDK_BACKEND", "SDL_VIDEODRIVER", "WINDOWID", "DESKTOP_STARTUP_ID",
		"XDG_ACTIVATION_TOKEN", "NOTIFY_SOCKET"};
	char mark[64];

	for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++)
		unset(list, foreign[i]);
	oriel_environment_mark(core, number, mark, sizeof mark);
	set(list, "ORIEL_LAUNCH", mark);
	set(list, "WAYLAND_DISPLAY", core->wayland_display);
	if (core->x11_display)
		set(list, "DISPLAY", core->x11_display);
	set(list, "XDG_SESSION_TYPE", "wayland");
	set(list, "QT_QPA_PLATFORM", core->x11_display ? "wayland;xcb" : "wayland");
	set(list, "MOZ_ENABLE_WAYLAND", "1");
	set_bus(list);
}

char **oriel_environment_create(const struct oriel_core *core, uint64_t number,
	const struct oriel_wire_text *added, uint32_t n_added)
{
	struct list list = {.max = 16 + n_added};

	while (environ[list.n])
		list.n++;
	list.max += list.n;
	list.n = 0;
	list.entries = calloc(list.max + 1, sizeof *list.entries);
	if (!list.entries)
		return NULL;
	for (char **entry = environ; *entry; entry++)
		put(&list, strdup(*entry));
	set_session(&list, core, number);
	for (uint32_t i = 0; i < n_added; i++)
		put(&list, strdup(added[i].value));
	if (list.failed) {
		oriel_environment_destroy(list.entries);
		return NULL;
	}
	return list.entries;
}

void oriel_environment_destroy(char **environment)
{
	for (char **entry = environment; entry && *entry; entry++)
		free(*entry);
	free(environment);
}
