/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "host/vm/place.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "src/base/paths.h"

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

bool oriel_vm_name_valid(const char *untrusted_name)
{
	size_t length = strspn(untrusted_name, LETTERS "-_.");

	return length > 0 && length <= ORIEL_VM_NAME && !untrusted_name[length] &&
	       strchr(LETTERS, untrusted_name[0]);
}

static int join(char *path, size_t size, const char *folder, const char *name)
{
	int n = snprintf(path, size, "%s/vm/%s", folder, name);

	return n < 0 || (size_t)n >= size ? -ENAMETOOLONG : 0;
}

int oriel_vm_place_init(struct oriel_vm_place *place, const char *untrusted_name)
{
	struct oriel_vm_place found;
	char folder[ORIEL_VM_PATH];
	int r;

	if (!oriel_vm_name_valid(untrusted_name))
		return -EINVAL;
	strcpy(found.name, untrusted_name);
	r = oriel_paths_state_dir(folder, sizeof folder);
	if (r == 0)
		r = join(found.state, sizeof found.state, folder, found.name);
	if (r == 0)
		r = oriel_paths_runtime_dir(folder, sizeof folder);
	if (r == 0)
		r = join(found.run, sizeof found.run, folder, found.name);
	if (r == 0 && strlen(found.run) + sizeof "/serial.sock" > ORIEL_VM_SOCKET)
		r = -ENAMETOOLONG;
	if (r == 0)
		*place = found;
	return r;
}

int oriel_vm_make_folders(const char *path)
{
	char folder[ORIEL_VM_PATH];
	int n = snprintf(folder, sizeof folder, "%s", path);

	if (n < 0 || (size_t)n >= sizeof folder)
		return -ENAMETOOLONG;
	for (char *c = folder + 1; *c; c++) {
		if (*c != '/')
			continue;
		*c = '\0';
		if (mkdir(folder, 0700) < 0 && errno != EEXIST)
			return -errno;
		*c = '/';
	}
	return mkdir(folder, 0700) < 0 && errno != EEXIST ? -errno : 0;
}

int oriel_vm_place_create(const struct oriel_vm_place *place)
{
	int r = oriel_vm_make_folders(place->state);

	return r < 0 ? r : oriel_vm_make_folders(place->run);
}

void oriel_vm_state_file(const struct oriel_vm_place *place, const char *name, char *path)
{
	snprintf(path, ORIEL_VM_PATH, "%s/%s", place->state, name);
}

void oriel_vm_run_file(const struct oriel_vm_place *place, const char *name, char *path)
{
	snprintf(path, ORIEL_VM_PATH, "%s/%s", place->run, name);
}

int oriel_vm_state_top(char *path)
{
	char folder[ORIEL_VM_PATH];
	int r = oriel_paths_state_dir(folder, sizeof folder), n;

	if (r < 0)
		return r;
	n = snprintf(path, ORIEL_VM_PATH, "%s/vm", folder);
	return n < 0 || n >= ORIEL_VM_PATH ? -ENAMETOOLONG : 0;
}
