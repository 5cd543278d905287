/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * What apps need that no library asks for: without a cursor theme Mir does not start, without
 * Xwayland X11 programs don't, without fonts text is boxes.
 */
#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/cli/doctor.h"
#include "host/target/find.h"

#define DEPTH 6 /* of font folders that are looked through */

typedef bool (*visit_fn)(const char *folder);

static bool exists(const char *folder, const char *name)
{
	char path[PATH_MAX];
	int n = snprintf(path, sizeof path, "%s/%s", folder, name);

	return n > 0 && (size_t)n < sizeof path && access(path, F_OK) == 0;
}

/* Whether visit says yes to a folder inside this one, or to itself. */
static bool search(const char *folder, int depth, visit_fn visit)
{
	DIR *dir;
	struct dirent *entry;
	bool found = visit(folder);

	if (found || depth == 0)
		return found;
	dir = opendir(folder);
	while (dir && !found && (entry = readdir(dir))) {
		char path[PATH_MAX];
		int n = snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
		struct stat st;

		if (entry->d_name[0] != '.' && n > 0 && (size_t)n < sizeof path &&
			stat(path, &st) == 0 && S_ISDIR(st.st_mode))
			found = search(path, depth - 1, visit);
	}
	if (dir)
		closedir(dir);
	return found;
}

/* Searches name in each data folder of the XDG rules, the user's first. */
static bool search_data(const char *name, int depth, visit_fn visit)
{
	const char *home = getenv("HOME"), *data = getenv("XDG_DATA_HOME");
	const char *folders = getenv("XDG_DATA_DIRS");
	char path[PATH_MAX];

	if (data && *data)
		snprintf(path, sizeof path, "%s/%s", data, name);
	else
		snprintf(path, sizeof path, "%s/.local/share/%s", home ? home : "", name);
	if (search(path, depth, visit))
		return true;
	snprintf(path, sizeof path, "%s/.%s", home ? home : "", name);
	if (search(path, depth, visit))
		return true;
	if (!folders || !*folders)
		folders = "/usr/local/share:/usr/share";
	while (*folders) {
		size_t length = strcspn(folders, ":");

		snprintf(path, sizeof path, "%.*s/%s", (int)length, folders, name);
		if (length && search(path, depth, visit))
			return true;
		folders += length + (folders[length] == ':');
	}
	return false;
}

static bool is_cursor_theme(const char *folder)
{
	return exists(folder, "cursors/left_ptr") || exists(folder, "cursors/default");
}

static bool has_font(const char *folder)
{
	static const char *const endings[] = {".ttf", ".otf", ".ttc", ".pfb"};
	DIR *dir = opendir(folder);
	struct dirent *entry;
	bool found = false;

	while (dir && !found && (entry = readdir(dir))) {
		const char *dot = strrchr(entry->d_name, '.');

		for (size_t i = 0; dot && i < sizeof endings / sizeof *endings; i++)
			found |= strcmp(dot, endings[i]) == 0;
	}
	if (dir)
		closedir(dir);
	return found;
}

static void add(struct oriel_report *report, const char *name, bool ok, const char *what,
	const char *deb, const char *rpm)
{
	char mend[128];

	oriel_report_install(deb, rpm, mend, sizeof mend);
	if (ok)
		oriel_report_ok(report, name, "%s", what);
	else
		oriel_report_missing(report, name, mend, "%s", what);
}

/* Mir and Xwayland put the sockets of X displays there. */
static void check_x11_folder(struct oriel_report *report)
{
	static const char folder[] = "/tmp/.X11-unix";

	if (access(folder, W_OK) == 0 || (access(folder, F_OK) < 0 && access("/tmp", W_OK) == 0))
		oriel_report_ok(report, "x11_folder", "folder for X11 sockets, %s", folder);
	else
		oriel_report_missing(report, "x11_folder", "sudo install -d -m 1777 /tmp/.X11-unix",
			"folder for X11 sockets: %s is not writable", folder);
}

void oriel_doctor_session(struct oriel_report *report)
{
	const char *xkb = getenv("XKB_CONFIG_ROOT");
	char path[PATH_MAX];

	add(report, "xwayland", oriel_find_program("Xwayland", path, sizeof path) == 0,
		"Xwayland, for X11 programs", "xwayland", "xorg-x11-server-Xwayland");
	check_x11_folder(report);
	add(report, "cursor_theme", search_data("icons", 1, is_cursor_theme), "a cursor theme",
		"dmz-cursor-theme", "adwaita-cursor-theme");
	add(report, "xkb", exists(xkb && *xkb ? xkb : "/usr/share/X11/xkb", "rules/evdev"),
		"keyboard layouts", "xkb-data", "xkeyboard-config");
	add(report, "fonts", search_data("fonts", DEPTH, has_font), "fonts", "fonts-dejavu-core",
		"dejavu-sans-fonts");
}
