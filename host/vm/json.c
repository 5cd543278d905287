/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "host/vm/json.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/vm/place.h"

int oriel_vm_json_parse(const void *text, size_t size, struct json_object **ret_object)
{
	struct json_tokener *tokener;
	struct json_object *object;
	size_t rest;

	if (size > ORIEL_VM_JSON_MAX)
		return -EFBIG;
	tokener = json_tokener_new();
	if (!tokener)
		return -ENOMEM;
	object = json_tokener_parse_ex(tokener, text, (int)size);
	rest = json_tokener_get_parse_end(tokener);
	json_tokener_free(tokener);
	for (; rest < size; rest++)
		if (!strchr(" \t\r\n", ((const char *)text)[rest]) ||
			((const char *)text)[rest] == '\0')
			break;
	if (!json_object_is_type(object, json_type_object) || rest < size) {
		json_object_put(object);
		return -EBADMSG;
	}
	*ret_object = object;
	return 0;
}

static int read_all(FILE *file, struct json_object **ret_object)
{
	char *text = malloc(ORIEL_VM_JSON_MAX + 1);
	size_t size;
	int r;

	if (!text)
		return -ENOMEM;
	size = fread(text, 1, ORIEL_VM_JSON_MAX + 1, file);
	r = ferror(file) ? -EIO : oriel_vm_json_parse(text, size, ret_object);
	free(text);
	return r;
}

int oriel_vm_json_read(const char *path, struct json_object **ret_object)
{
	FILE *file = fopen(path, "re");
	int r;

	if (!file)
		return -errno;
	r = read_all(file, ret_object);
	fclose(file);
	return r;
}

static int write_text(const char *path, const char *text)
{
	size_t size = strlen(text);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600), r = 0;
	ssize_t n;

	if (fd < 0)
		return -errno;
	n = write(fd, text, size);
	if (n < 0)
		r = -errno;
	else if ((size_t)n != size)
		r = -ENOSPC;
	if (close(fd) < 0 && r == 0)
		r = -errno;
	return r;
}

/* A full disk has no room for a second file, but the blocks of the first are there. */
static int overwrite(const char *path, const char *text)
{
	size_t size = strlen(text);
	int fd = open(path, O_WRONLY | O_CLOEXEC), r = 0;
	ssize_t n;

	if (fd < 0)
		return -errno;
	n = pwrite(fd, text, size, 0);
	if (n < 0 || (n == (ssize_t)size && ftruncate(fd, (off_t)size) < 0))
		r = -errno;
	else if ((size_t)n != size)
		r = -ENOSPC;
	close(fd);
	return r;
}

int oriel_vm_json_write(const char *path, struct json_object *takes)
{
	const char *text = takes ? json_object_to_json_string_ext(takes,
					   JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE)
				 : NULL;
	char draft[ORIEL_VM_PATH + 8];
	int r = text ? 0 : -ENOMEM;

	snprintf(draft, sizeof draft, "%s.new", path);
	if (r == 0)
		r = write_text(draft, text);
	if (r == 0 && rename(draft, path) < 0)
		r = -errno;
	if (r < 0)
		unlink(draft);
	if (r == -ENOSPC)
		r = overwrite(path, text);
	json_object_put(takes);
	return r;
}

const char *oriel_vm_json_text(struct json_object *object, const char *key)
{
	struct json_object *value;
	const char *text;

	if (!json_object_object_get_ex(object, key, &value) ||
		!json_object_is_type(value, json_type_string))
		return NULL;
	text = json_object_get_string(value);
	return strlen(text) == (size_t)json_object_get_string_len(value) ? text : NULL;
}

uint64_t oriel_vm_json_number(struct json_object *object, const char *key, uint64_t fallback)
{
	struct json_object *value;

	if (!json_object_object_get_ex(object, key, &value) ||
		!json_object_is_type(value, json_type_int) || json_object_get_int64(value) < 0)
		return fallback;
	return json_object_get_uint64(value);
}

bool oriel_vm_json_copy(struct json_object *object, const char *key, char *text, size_t size)
{
	const char *value = oriel_vm_json_text(object, key);
	bool fits = value && strlen(value) < size;

	snprintf(text, size, "%s", fits ? value : "");
	return fits;
}
