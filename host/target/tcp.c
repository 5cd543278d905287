/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * tcp:HOST:PORT: loopback only, as nothing on the way is encrypted; ssh: is for other machines.
 */
#include <errno.h>
#include <string.h>

#include "host/target/kinds.h"

static int parse_tcp(struct oriel_target *target, const char *rest, char *error, size_t size)
{
	static const char *const loopback[] = {"127.0.0.1", "::1", "localhost"};
	int r = oriel_target_split(rest, &target->place, &target->port);

	if (r == -ENOMEM)
		return oriel_target_fail(error, size, r, "out of memory");
	if (r < 0 || target->port == 0)
		return oriel_target_fail(error, size, -EINVAL,
			"target '%s' is not tcp:HOST:PORT, as in tcp:127.0.0.1:7000", target->name);
	for (size_t i = 0; i < sizeof loopback / sizeof *loopback; i++)
		if (strcmp(target->place, loopback[i]) == 0)
			return 0;
	return oriel_target_fail(error, size, -EINVAL,
		"tcp reaches this machine only (127.0.0.1, [::1] or localhost): use ssh:%s",
		target->place);
}

static int open_tcp(struct oriel_target *target, uv_loop_t *loop,
	struct oriel_carrier **ret_carrier, char *error, size_t size)
{
	int r = oriel_carrier_tcp_connect(loop, target->place, target->port, ret_carrier);

	if (r < 0)
		return oriel_target_fail(error, size, r, "can't connect to %s port %u: %s",
			target->place, target->port, strerror(-r));
	return 0;
}

const struct oriel_target_kind oriel_target_tcp = {
	.prefix = "tcp:",
	.parse = parse_tcp,
	.open = open_tcp,
};
