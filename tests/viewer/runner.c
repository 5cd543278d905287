/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * viewer-runner FD MODE SCALE LAYOUT ROLE [PROGRAM ARGS...]: the viewer on a connected socket.
 * MODE as in options.present; LAYOUT "-": the host's; ROLE "owner" or "attach".
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "host/viewer/viewer.h"
#include "src/base/log.h"

static int open_fd(void *user, uv_loop_t *loop, struct oriel_carrier **ret_carrier)
{
	int *fd = user, taken = *fd;

	*fd = -1;
	if (taken < 0)
		return -ENOENT;
	return oriel_carrier_unix_adopt(loop, taken, ret_carrier);
}

int main(int argc, char **argv)
{
	struct oriel_viewer_options options = {.target = "test", .open = open_fd};
	int fd;

	if (argc < 6)
		return 2;
	oriel_log_init("viewer", ORIEL_LOG_DEBUG);
	fd = atoi(argv[1]);
	options.user = &fd;
	options.present = argv[2];
	options.scale = atof(argv[3]);
	options.xkb_layout = strcmp(argv[4], "-") == 0 ? NULL : argv[4];
	options.role = strcmp(argv[5], "owner") == 0 ? ORIEL_ROLE_OWNER : ORIEL_ROLE_ATTACH;
	if (argc > 6)
		options.args = (const char *const *)argv + 6;
	return oriel_viewer_run(&options);
}
