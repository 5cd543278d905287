/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * local: the orield of this user on this machine, started when there is none. Linux only.
 */
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>

#include "host/target/find.h"
#include "host/target/kinds.h"
#include "host/target/program.h"
#include "src/base/paths.h"

/* orield --detach returns when its socket is there; Mir and Xwayland start well within this. */
#define START_MS 30000

static int parse_local(struct oriel_target *target, const char *rest, char *error, size_t size)
{
	(void)target;
	(void)rest;
	(void)error;
	(void)size;
	return 0;
}

static int find_orield(char *path, size_t path_size, char *error, size_t size)
{
	int r = oriel_find_orield(path, path_size);

	if (r == -EACCES)
		return oriel_target_fail(error, size, r,
			"ORIEL_ORIELD is %s, which is not a program: mend it", path);
	if (r < 0)
		return oriel_target_fail(error, size, r,
			"orield is not there: install it (in a work tree: ./dev build), set "
			"ORIEL_ORIELD, or name a guest with --on");
	return 0;
}

static int start_orield(char *error, size_t size)
{
	char path[PATH_MAX];
	const char *const argv[] = {path, "--detach", NULL};
	struct oriel_program_result result;
	int r = find_orield(path, sizeof path, error, size);

	if (r < 0)
		return r;
	r = oriel_program_run(argv, START_MS, &result);
	if (r < 0)
		return oriel_target_fail(
			error, size, r, "%s can't be started: %s", path, strerror(-r));
	if (result.status < 0)
		return oriel_target_fail(error, size, -ETIMEDOUT,
			"orield was not ready after %d s: run '%s' in a terminal to see why",
			START_MS / 1000, path);
	if (result.status > 128 && !result.error[0])
		return oriel_target_fail(error, size, -ECHILD,
			"orield did not start: signal %d ended it (oriel doctor checks what it "
			"needs)",
			result.status - 128);
	if (result.status > 0)
		return oriel_target_fail(error, size, -ECHILD,
			"orield did not start: %s (oriel doctor checks what it needs)",
			result.error[0] ? result.error : "it did not say why");
	return 0;
}

static bool nobody_listens(int r)
{
	return r == -ENOENT || r == -ECONNREFUSED;
}

static int open_local(struct oriel_target *target, uv_loop_t *loop,
	struct oriel_carrier **ret_carrier, char *error, size_t size)
{
	char path[PATH_MAX];
	int r = oriel_paths_socket(path, sizeof path), started = 0;

	if (r < 0)
		return oriel_target_fail(error, size, r,
			"the folder for the socket is not this user's alone: oriel doctor says "
			"what to do");
	r = oriel_carrier_unix_connect(loop, path, ret_carrier);
	/* Who waits for an orield that went away does not bring it back against the user's will. */
	if (nobody_listens(r) && !target->opened) {
		started = start_orield(error, size);
		/* That took its time, which the timers that start next must not count. */
		uv_update_time(loop);
		/* Another oriel may have started one at the same moment: then ours has failed, but
		 * there is somebody to talk to. */
		r = oriel_carrier_unix_connect(loop, path, ret_carrier);
	}
	if (nobody_listens(r) && started < 0)
		return started;
	return r < 0 ? oriel_target_fail_unix(error, size, r, path) : 0;
}

const struct oriel_target_kind oriel_target_local = {
	.prefix = "local",
	.parse = parse_local,
	.open = open_local,
};
