/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "host/cli/vm_name.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/log.h"

#define DEFAULT_VM "qemu:default"
#define PREFIX "qemu:"
#define TIMEOUT_MAX 86400

const char *oriel_cli_vm_text(const struct oriel_cli_args *args)
{
	const char *target = getenv("ORIEL_TARGET");

	if (args->vm)
		return args->vm;
	if (target && strncmp(target, PREFIX, strlen(PREFIX)) == 0)
		return target;
	return DEFAULT_VM;
}

static int fail_place(const char *text, int code)
{
	if (code == -ENAMETOOLONG)
		oriel_error("the paths of %s get too long for sockets: set XDG_RUNTIME_DIR to a "
			    "shorter one",
			text);
	else if (code == -EACCES)
		oriel_error("the folder for sockets is not this user's alone: oriel doctor says "
			    "what to do");
	else
		oriel_error("no folders for %s: %s: set HOME and XDG_RUNTIME_DIR", text,
			strerror(-code));
	return ORIEL_CLI_FAILED;
}

int oriel_cli_vm_place(const struct oriel_cli_args *args, struct oriel_vm_place *ret_place)
{
	const char *text = oriel_cli_vm_text(args);
	int r;

	if (strncmp(text, PREFIX, strlen(PREFIX)) != 0) {
		if (oriel_vm_name_valid(text))
			return oriel_cli_usage_error(
				"a machine is written qemu:NAME, so: qemu:%s", text);
		return oriel_cli_usage_error("'%s' is not qemu:NAME", text);
	}
	r = oriel_vm_place_init(ret_place, text + strlen(PREFIX));
	if (r == -EINVAL)
		return oriel_cli_usage_error(
			"'%s' is not qemu:NAME, where NAME is up to %d letters, "
			"digits, -, _ or .",
			text, ORIEL_VM_NAME);
	return r < 0 ? fail_place(text, r) : 0;
}

int oriel_cli_timeout(
	const struct oriel_cli_args *args, unsigned fallback_s, unsigned *ret_milliseconds)
{
	double seconds = fallback_s;
	char *end;

	if (args->timeout) {
		seconds = strtod(args->timeout, &end);
		/* Written so that nan fails too. */
		if (end == args->timeout || *end || !(seconds >= 0 && seconds <= TIMEOUT_MAX))
			return oriel_cli_usage_error("--timeout takes seconds, 0 to %d, not '%s'",
				TIMEOUT_MAX, args->timeout);
	}
	*ret_milliseconds = (unsigned)(seconds * 1000);
	return 0;
}
