/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * exec:COMMAND and ssh:HOST: standard input and output of a program. It shares our terminal, so
 * ssh can ask there for a password or about an unknown host key.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "host/target/kinds.h"

static int open_exec(struct oriel_target *target, uv_loop_t *loop,
	struct oriel_carrier **ret_carrier, char *error, size_t size)
{
	const char *const argv[] = {"sh", "-c", target->place, NULL};
	int r = oriel_carrier_command(loop, argv, ret_carrier);

	if (r < 0)
		return oriel_target_fail(
			error, size, r, "can't run '%s': %s", target->place, strerror(-r));
	return 0;
}

static int parse_ssh(struct oriel_target *target, const char *rest, char *error, size_t size)
{
	int r = oriel_target_split(rest, &target->place, &target->port);

	if (r == -ENOMEM)
		return oriel_target_fail(error, size, r, "out of memory");
	/* ssh would read a leading dash as an option, which can run any command. */
	if (r < 0 || target->place[0] == '-')
		return oriel_target_fail(error, size, -EINVAL,
			"target '%s' is not ssh:HOST, ssh:USER@HOST or ssh:HOST:PORT",
			target->name);
	return 0;
}

static int open_ssh(struct oriel_target *target, uv_loop_t *loop,
	struct oriel_carrier **ret_carrier, char *error, size_t size)
{
	const char *argv[] = {"ssh", "-T", NULL, NULL, NULL, NULL, NULL, NULL, NULL};
	char port[16];
	int n = 2, r;

	if (target->port) {
		snprintf(port, sizeof port, "%u", target->port);
		argv[n++] = "-p";
		argv[n++] = port;
	}
	argv[n++] = "--";
	argv[n++] = target->place;
	argv[n++] = "orield";
	argv[n++] = "--stdio";
	r = oriel_carrier_command(loop, argv, ret_carrier);
	if (r == -ENOENT)
		return oriel_target_fail(
			error, size, r, "ssh is not there: install an OpenSSH client");
	if (r < 0)
		return oriel_target_fail(error, size, r, "can't run ssh: %s", strerror(-r));
	return 0;
}

const struct oriel_target_kind oriel_target_exec = {
	.prefix = "exec:",
	.open = open_exec,
};

const struct oriel_target_kind oriel_target_ssh = {
	.prefix = "ssh:",
	.parse = parse_ssh,
	.open = open_ssh,
};
