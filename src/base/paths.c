/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "src/base/paths.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Longer than any path that a socket address can hold. */
#define PATH_SIZE 1024

static bool is_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* The XDG rules: a path that is not absolute counts as unset. */
static int choose_runtime_dir(char path[PATH_SIZE])
{
	const char *xdg = getenv("XDG_RUNTIME_DIR");
	unsigned long uid = (unsigned long)geteuid();
	int n;

	snprintf(path, PATH_SIZE, "/run/user/%lu", uid);
	if (xdg && xdg[0] == '/')
		n = snprintf(path, PATH_SIZE, "%s/oriel", xdg);
	else if (is_folder(path))
		n = snprintf(path, PATH_SIZE, "/run/user/%lu/oriel", uid);
	else
		n = snprintf(path, PATH_SIZE, "/tmp/oriel-%lu", uid);
	return n < PATH_SIZE ? 0 : -ENAMETOOLONG;
}

/* Looks at the folder itself, not at what a link points to: others can make links in /tmp. */
static int check_private(const char *path)
{
	struct stat st;

	if (lstat(path, &st) < 0)
		return -errno;
	if (!S_ISDIR(st.st_mode) || st.st_uid != geteuid() || (st.st_mode & 077) != 0)
		return -EACCES;
	return 0;
}

static int copy_path(char *path, size_t size, const char *from)
{
	size_t length = strlen(from);

	if (length >= size)
		return -ENAMETOOLONG;
	memcpy(path, from, length + 1);
	return 0;
}

int oriel_paths_runtime_dir(char *path, size_t size)
{
	char dir[PATH_SIZE];
	int r = choose_runtime_dir(dir);

	if (r < 0)
		return r;
	if (mkdir(dir, 0700) < 0 && errno != EEXIST)
		return -errno;
	r = check_private(dir);
	return r < 0 ? r : copy_path(path, size, dir);
}

int oriel_paths_socket(char *path, size_t size)
{
	const char *chosen = getenv("ORIEL_SOCKET");
	char dir[PATH_SIZE], file[PATH_SIZE + sizeof "/oriel.sock"];
	int r;

	if (chosen && chosen[0])
		return copy_path(path, size, chosen);
	r = oriel_paths_runtime_dir(dir, sizeof dir);
	if (r < 0)
		return r;
	snprintf(file, sizeof file, "%s/oriel.sock", dir);
	return copy_path(path, size, file);
}

static int home_dir(const char *variable, const char *below_home, char *path, size_t size)
{
	const char *xdg = getenv(variable), *home = getenv("HOME");
	char dir[PATH_SIZE];
	int n;

	if (xdg && xdg[0] == '/')
		n = snprintf(dir, sizeof dir, "%s/oriel", xdg);
	else if (home && home[0] == '/')
		n = snprintf(dir, sizeof dir, "%s/%s/oriel", home, below_home);
	else
		return -ENOENT;
	return n < PATH_SIZE ? copy_path(path, size, dir) : -ENAMETOOLONG;
}

int oriel_paths_state_dir(char *path, size_t size)
{
	return home_dir("XDG_STATE_HOME", ".local/state", path, size);
}

int oriel_paths_data_dir(char *path, size_t size)
{
	return home_dir("XDG_DATA_HOME", ".local/share", path, size);
}

int oriel_paths_config_dir(char *path, size_t size)
{
	return home_dir("XDG_CONFIG_HOME", ".config", path, size);
}
