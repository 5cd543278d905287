/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "tests/carrier/harness.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

size_t harness_count_fds(void)
{
	DIR *folder = opendir("/dev/fd");
	size_t count = 0;

	assert_non_null(folder);
	while (readdir(folder))
		count++;
	closedir(folder);
	return count;
}

static void handle_beat(uv_timer_t *timer)
{
	(void)timer;
}

int harness_setup(void **state)
{
	struct harness *harness = calloc(1, sizeof(*harness));
	uv_loop_t first;

	assert_non_null(harness);
	/* libuv opens some descriptors with the process's first loop, for ever. */
	assert_int_equal(uv_loop_init(&first), 0);
	assert_int_equal(uv_loop_close(&first), 0);
	harness->fds = harness_count_fds();
	assert_int_equal(uv_loop_init(&harness->loop), 0);
	uv_timer_init(&harness->loop, &harness->beat);
	uv_timer_start(&harness->beat, handle_beat, 5, 5);
	strcpy(harness->folder, "/tmp/oriel-test-XXXXXX");
	assert_non_null(mkdtemp(harness->folder));
	*state = harness;
	return 0;
}

int harness_teardown(void **state)
{
	struct harness *harness = *state;

	uv_close((uv_handle_t *)&harness->beat, NULL);
	uv_run(&harness->loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&harness->loop), 0);
	assert_int_equal(harness_count_fds(), harness->fds);
	/* Whatever made a file removes it, so an empty folder is part of the check. */
	assert_int_equal(rmdir(harness->folder), 0);
	free(harness);
	return 0;
}

void harness_turn(struct harness *harness)
{
	uv_run(&harness->loop, UV_RUN_ONCE);
}

const char *harness_path(struct harness *harness, const char *name)
{
	static char path[256];

	snprintf(path, sizeof(path), "%s/%s", harness->folder, name);
	return path;
}
