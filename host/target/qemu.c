/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * qemu:NAME: a virtual machine that oriel up has started. Starts none: that takes its time, and
 * says what it does.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "host/target/kinds.h"
#include "host/vm/status.h"

static int parse_qemu(struct oriel_target *target, const char *rest, char *error, size_t size)
{
	if (!oriel_vm_name_valid(rest))
		return oriel_target_fail(error, size, -EINVAL,
			"target '%s' is not qemu:NAME, where NAME is up to %d letters, digits, -, "
			"_ "
			"or .",
			target->name, ORIEL_VM_NAME);
	target->place = strdup(rest);
	return target->place ? 0 : oriel_target_fail(error, size, -ENOMEM, "out of memory");
}

static int fail_place(struct oriel_target *target, int code, char *error, size_t size)
{
	return oriel_target_fail(error, size, code,
		"the folders of %s can't be used: %s: oriel doctor says what to do", target->name,
		strerror(-code));
}

static int open_qemu(struct oriel_target *target, uv_loop_t *loop,
	struct oriel_carrier **ret_carrier, char *error, size_t size)
{
	struct oriel_vm_place place;
	char path[ORIEL_VM_PATH];
	int r = oriel_vm_place_init(&place, target->place);

	if (r < 0)
		return fail_place(target, r, error, size);
	oriel_vm_run_file(&place, "link.sock", path);
	r = oriel_carrier_unix_connect(loop, path, ret_carrier);
	if (r == -ENOENT || r == -ECONNREFUSED)
		return oriel_target_fail(
			error, size, r, "%s is not up: oriel up %s", target->name, target->name);
	return r < 0 ? oriel_target_fail_unix(error, size, r, path) : 0;
}

static int memory_qemu(
	struct oriel_target *target, const struct oriel_region_source **ret_sources, int *ret_n)
{
	struct oriel_vm_status *status = calloc(1, sizeof *status);
	struct oriel_vm_place place;
	int r = status ? oriel_vm_place_init(&place, target->place) : -ENOMEM;

	if (r == 0)
		r = oriel_vm_status_read(&place, status);
	if (r < 0) {
		free(status);
		return r;
	}
	free(target->memory);
	target->memory = status;
	*ret_sources = status->sources;
	*ret_n = status->n_sources;
	return 0;
}

const struct oriel_target_kind oriel_target_qemu = {
	.prefix = "qemu:",
	.parse = parse_qemu,
	.open = open_qemu,
	.memory = memory_qemu,
};
