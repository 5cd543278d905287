/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * vsock:CID:PORT and vsock-unix:PATH:PORT: a virtual machine of this computer whose orield runs
 * with
 * --vsock PORT. Who may use either is the host's to say: permissions of /dev/vsock or of the
 * socket.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "host/target/kinds.h"

/* 0 hypervisor, 1 this machine, 2 the host: no CID of a virtual machine. */
#define MIN_CID 3

/* A whole number from min on; the largest of 32 bits stands for "any". */
static int parse_number(const char *text, unsigned min, unsigned *ret_number)
{
	unsigned long long number;
	char *end;

	/* strtoull would take blanks and signs. */
	if (*text < '0' || *text > '9')
		return -EINVAL;
	errno = 0;
	number = strtoull(text, &end, 10);
	if (*end || errno || number < min || number >= UINT32_MAX)
		return -EINVAL;
	*ret_number = (unsigned)number;
	return 0;
}

/* Splits at the last colon: paths may hold some too. */
static int split(struct oriel_target *target, const char *rest)
{
	const char *colon = strrchr(rest, ':');

	if (!colon || colon == rest || parse_number(colon + 1, 1, &target->port) < 0)
		return -EINVAL;
	target->place = strndup(rest, (size_t)(colon - rest));
	return target->place ? 0 : -ENOMEM;
}

static int parse_vsock(struct oriel_target *target, const char *rest, char *error, size_t size)
{
	unsigned cid;
	int r = split(target, rest);

	if (r == -ENOMEM)
		return oriel_target_fail(error, size, r, "out of memory");
	if (r < 0 || parse_number(target->place, MIN_CID, &cid) < 0)
		return oriel_target_fail(error, size, -EINVAL,
			"target '%s' is not vsock:CID:PORT, as in vsock:3:6767", target->name);
	return 0;
}

static int open_vsock(struct oriel_target *target, uv_loop_t *loop,
	struct oriel_carrier **ret_carrier, char *error, size_t size)
{
	unsigned cid = (unsigned)strtoul(target->place, NULL, 10);
	int r = oriel_carrier_vsock_connect(loop, cid, target->port, ret_carrier);

	if (r == -ENOTSUP)
		return oriel_target_fail(error, size, r,
			"vsock needs Linux, and this is not: use qemu:NAME or "
			"vsock-unix:PATH:PORT");
	if (r == -ENODEV)
		return oriel_target_fail(error, size, r,
			"this computer has no vsock for virtual machines: load the module "
			"vhost_vsock");
	if (r < 0)
		return oriel_target_fail(error, size, r,
			"can't connect to vsock port %u of CID %u: %s", target->port, cid,
			strerror(-r));
	return 0;
}

static int parse_vsock_unix(struct oriel_target *target, const char *rest, char *error, size_t size)
{
	int r = split(target, rest);

	if (r == -ENOMEM)
		return oriel_target_fail(error, size, r, "out of memory");
	if (r < 0)
		return oriel_target_fail(error, size, -EINVAL,
			"target '%s' is not vsock-unix:PATH:PORT, as in "
			"vsock-unix:/run/vm.vsock:6767",
			target->name);
	return 0;
}

static int open_vsock_unix(struct oriel_target *target, uv_loop_t *loop,
	struct oriel_carrier **ret_carrier, char *error, size_t size)
{
	int r = oriel_carrier_vsock_unix_connect(loop, target->place, target->port, ret_carrier);

	if (r == -ENOENT)
		return oriel_target_fail(error, size, r,
			"no virtual machine listens on %s: start it, or mend the path",
			target->place);
	if (r == -EACCES || r == -EPERM)
		return oriel_target_fail(error, size, r,
			"no permission to use the socket %s: only the user who started its "
			"virtual machine may",
			target->place);
	return r < 0 ? oriel_target_fail_unix(error, size, r, target->place) : 0;
}

const struct oriel_target_kind oriel_target_vsock = {
	.prefix = "vsock:",
	.parse = parse_vsock,
	.open = open_vsock,
};

const struct oriel_target_kind oriel_target_vsock_unix = {
	.prefix = "vsock-unix:",
	.parse = parse_vsock_unix,
	.open = open_vsock_unix,
};
