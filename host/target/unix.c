/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * unix:PATH: a socket that an orield listens on.
 */
#include <errno.h>
#include <string.h>

#include "host/target/kinds.h"

int oriel_target_fail_unix(char *error, size_t size, int code, const char *path)
{
	switch (code) {
	case -ENOENT:
	case -ECONNREFUSED:
		return oriel_target_fail(error, size, code,
			"nobody listens on %s: start orield in the guest, or mend the path", path);
	case -EACCES:
	case -EPERM:
		return oriel_target_fail(error, size, code,
			"no permission to use the socket %s: only the user who started its orield "
			"may",
			path);
	case -ENAMETOOLONG:
		return oriel_target_fail(error, size, code,
			"the path of the socket is too long: use a shorter one than %s", path);
	case -ENOTSOCK:
		return oriel_target_fail(error, size, code,
			"%s is not a socket: use the path that orield was given", path);
	default:
		return oriel_target_fail(
			error, size, code, "can't connect to %s: %s", path, strerror(-code));
	}
}

static int open_unix(struct oriel_target *target, uv_loop_t *loop,
	struct oriel_carrier **ret_carrier, char *error, size_t size)
{
	int r = oriel_carrier_unix_connect(loop, target->place, ret_carrier);

	return r < 0 ? oriel_target_fail_unix(error, size, r, target->place) : 0;
}

const struct oriel_target_kind oriel_target_unix = {
	.prefix = "unix:",
	.open = open_unix,
};
