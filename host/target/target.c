/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "host/target/target.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/target/kinds.h"

#define CHOICES \
	"unix:PATH, tcp:HOST:PORT, exec:COMMAND, ssh:HOST, qemu:NAME, vsock:CID:PORT or " \
	"vsock-unix:PATH:PORT"

static const struct oriel_target_kind *const kinds[] = {
#ifdef __linux__
	&oriel_target_local,
#endif
	&oriel_target_unix,
	&oriel_target_tcp,
	&oriel_target_exec,
	&oriel_target_ssh,
	&oriel_target_qemu,
	&oriel_target_vsock,
	&oriel_target_vsock_unix,
};

int oriel_target_fail(char *error, size_t size, int code, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(error, size, format, args);
	va_end(args);
	return code;
}

static int fail_unknown(const char *text, char *error, size_t size)
{
	if (!*text)
		return oriel_target_fail(error, size, -EINVAL, "no target is named: use " CHOICES);
	if (strcmp(text, "local") == 0)
		return oriel_target_fail(error, size, -EINVAL,
			"target 'local' needs Linux, and this is not: use " CHOICES);
	if (text[0] == '/' || text[0] == '.')
		return oriel_target_fail(error, size, -EINVAL,
			"unknown target '%s': a socket is written unix:%s", text, text);
#ifdef __linux__
	return oriel_target_fail(
		error, size, -EINVAL, "unknown target '%s': use local, " CHOICES, text);
#else
	return oriel_target_fail(error, size, -EINVAL, "unknown target '%s': use " CHOICES, text);
#endif
}

static const struct oriel_target_kind *find_kind(const char *text)
{
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		const char *prefix = kinds[i]->prefix;
		size_t length = strlen(prefix);

		if (strncmp(text, prefix, length) != 0)
			continue;
		/* A prefix without colon takes nothing after it. */
		if (prefix[length - 1] == ':' || !text[length])
			return kinds[i];
	}
	return NULL;
}

static int parse_place(struct oriel_target *target, char *error, size_t size)
{
	const char *rest = target->name + strlen(target->kind->prefix);

	if (target->kind->parse)
		return target->kind->parse(target, rest, error, size);
	if (!*rest)
		return oriel_target_fail(error, size, -EINVAL,
			"target '%s' is not complete: use " CHOICES, target->name);
	target->place = strdup(rest);
	return target->place ? 0 : oriel_target_fail(error, size, -ENOMEM, "out of memory");
}

int oriel_target_parse(
	const char *text, struct oriel_target **ret_target, char *error, size_t error_size)
{
	const struct oriel_target_kind *kind = find_kind(text);
	struct oriel_target *target;
	int r;

	if (!kind)
		return fail_unknown(text, error, error_size);
	target = calloc(1, sizeof *target);
	if (!target)
		return oriel_target_fail(error, error_size, -ENOMEM, "out of memory");
	target->kind = kind;
	target->name = strdup(text);
	if (target->name)
		r = parse_place(target, error, error_size);
	else
		r = oriel_target_fail(error, error_size, -ENOMEM, "out of memory");
	if (r < 0) {
		oriel_target_destroy(target);
		return r;
	}
	*ret_target = target;
	return 0;
}

int oriel_target_open(struct oriel_target *target, uv_loop_t *loop,
	struct oriel_carrier **ret_carrier, char *error, size_t error_size)
{
	int r = target->kind->open(target, loop, ret_carrier, error, error_size);

	if (r == 0)
		target->opened = true;
	return r;
}

int oriel_target_memory(
	struct oriel_target *target, const struct oriel_region_source **ret_sources, int *ret_n)
{
	if (target->kind->memory)
		return target->kind->memory(target, ret_sources, ret_n);
	*ret_sources = NULL;
	*ret_n = 0;
	return 0;
}

const char *oriel_target_name(const struct oriel_target *target)
{
	return target->name;
}

void oriel_target_destroy(struct oriel_target *target)
{
	if (!target)
		return;
	free(target->name);
	free(target->place);
	free(target->memory);
	free(target);
}
