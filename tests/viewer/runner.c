/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * viewer-runner FDS MODE SCALE LAYOUT KEYS GRAB MEMORY ROLE [PROGRAM ARGS...]: the viewer on
 * connected sockets: FDS are their numbers with commas between; it waits until it has had them all.
 * MODE as in options.present; LAYOUT "-": the host's; KEYS: an enum oriel_keys; GRAB:
 * "allow": programs that ask get the host's shortcuts, "always": all do, "-": none; MEMORY: the
 * folder of a machine (machine_layout.h), "-": none; ROLE "owner" or "attach".
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/viewer/viewer.h"
#include "src/base/log.h"
#include "tests/viewer/machine_layout.h"

static const char *folder;
static char *fds;

static int open_fd(void *user, uv_loop_t *loop, struct oriel_carrier **ret_carrier)
{
	struct oriel_viewer_options *options = user;
	int fd;

	if (!*fds)
		return -ENOENT;
	fd = (int)strtol(fds, &fds, 10);
	if (*fds == ',')
		fds++;
	options->wait = *fds;
	return oriel_carrier_unix_adopt(loop, fd, ret_carrier);
}

static int get_memory(void *user, const struct oriel_region_source **ret_sources)
{
	static char device[4096], ram[4096];
	static struct oriel_region_source sources[] = {
		{.kind = ORIEL_MEMORY_DEVICE,
			.path = device,
			.size = MACHINE_DEVICE,
			.token = MACHINE_TOKEN},
		{.kind = ORIEL_MEMORY_RAM,
			.path = ram,
			.size = MACHINE_RAM,
			.n_ranges = 2,
			.ranges = {{0, 0, MACHINE_LOW},
				{MACHINE_HIGH_ADDRESS, MACHINE_LOW, MACHINE_HIGH}}},
	};

	(void)user;
	snprintf(device, sizeof device, "%s/%s", folder, MACHINE_DEVICE_FILE);
	snprintf(ram, sizeof ram, "%s/%s", folder, MACHINE_RAM_FILE);
	*ret_sources = sources;
	return 2;
}

int main(int argc, char **argv)
{
	struct oriel_viewer_options options = {.target = "test", .open = open_fd};

	if (argc < 9)
		return 2;
	oriel_log_init("viewer", ORIEL_LOG_DEBUG);
	fds = argv[1];
	options.user = &options;
	options.present = argv[2];
	options.scale = argv[3];
	options.xkb_layout = strcmp(argv[4], "-") == 0 ? NULL : argv[4];
	options.keys = (enum oriel_keys)atoi(argv[5]);
	options.allow_grab = strcmp(argv[6], "allow") == 0;
	options.grab_keys = strcmp(argv[6], "always") == 0;
	if (strcmp(argv[7], "-") != 0) {
		folder = argv[7];
		options.memory = get_memory;
	}
	options.role = strcmp(argv[8], "owner") == 0 ? ORIEL_ROLE_OWNER : ORIEL_ROLE_ATTACH;
	if (argc > 9)
		options.args = (const char *const *)argv + 9;
	return oriel_viewer_run(&options);
}
