/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "host/target/find.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <uv.h>

static bool is_program(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, X_OK) == 0;
}

static int join(char *path, size_t size, const char *folder, size_t length, const char *name)
{
	int n = snprintf(path, size, "%.*s/%s", (int)length, folder, name);

	return n < 0 || (size_t)n >= size ? -ENAMETOOLONG : 0;
}

int oriel_find_program(const char *name, char *path, size_t size)
{
	const char *folder = getenv("PATH");

	while (folder && *folder) {
		size_t length = strcspn(folder, ":");
		int r = length ? join(path, size, folder, length, name) : -ENOENT;

		if (r == 0 && is_program(path))
			return 0;
		folder += length;
		folder += *folder == ':';
	}
	return -ENOENT;
}

/* In the folder of this program, or at the place next to it that the build has. */
static int find_sibling(char *path, size_t size)
{
	static const char *const places[] = {"orield", "../guest/orield"};
	char own[PATH_MAX];
	size_t own_size = sizeof own;
	char *slash;

	if (uv_exepath(own, &own_size) < 0)
		return -ENOENT;
	slash = strrchr(own, '/');
	if (!slash)
		return -ENOENT;
	for (size_t i = 0; i < sizeof places / sizeof *places; i++)
		if (join(path, size, own, (size_t)(slash - own), places[i]) == 0 &&
			is_program(path))
			return 0;
	return -ENOENT;
}

int oriel_find_orield(char *path, size_t size)
{
	const char *given = getenv("ORIEL_ORIELD");

	if (given && *given) {
		int n = snprintf(path, size, "%s", given);

		if (n < 0 || (size_t)n >= size)
			return -ENAMETOOLONG;
		return is_program(path) ? 0 : -EACCES;
	}
	if (find_sibling(path, size) == 0)
		return 0;
	return oriel_find_program("orield", path, size);
}
