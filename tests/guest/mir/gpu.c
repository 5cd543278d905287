/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "tests/guest/mir/gpu.h"
#include "guest/mir/adapter_test.h"
#include "tests/guest/mir/fixture.h"
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

char gpu_folder[] = "/tmp/oriel-gpu-XXXXXX";

static void make_gpu(void)
{
	char path[64];

	assert_non_null(mkdtemp(gpu_folder));
	snprintf(path, sizeof path, "%s/card0", gpu_folder);
	assert_int_equal(symlink("/dev/null", path), 0);
	snprintf(path, sizeof path, "%s/renderD200", gpu_folder);
	assert_int_equal(symlink("/dev/zero", path), 0);
	snprintf(path, sizeof path, "%s/renderD128", gpu_folder);
	close(open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600)); /* no device */
}

static void remove_gpu(void)
{
	static const char *const names[] = {"card0", "renderD200", "renderD128"};
	char path[64];

	for (int i = 0; i < 3; i++) {
		snprintf(path, sizeof path, "%s/%s", gpu_folder, names[i]);
		unlink(path);
	}
	rmdir(gpu_folder);
}

int start_with_gpu(void **state)
{
	make_gpu();
	oriel_mir_test_gpu(gpu_folder, true);
	return start_mir(state);
}

int stop_with_gpu(void **state)
{
	int r = stop_mir(state);

	oriel_mir_test_gpu(NULL, false);
	remove_gpu();
	return r;
}
