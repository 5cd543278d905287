/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/* Starting and stopping. */
#include "tests/guest/mir/seat.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

static struct core core;

static int count_fds(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int n = 0;

	while (readdir(dir))
		n++;
	closedir(dir);
	return n;
}

static void test_start_and_stop(void **state)
{
	(void)state;
	core_start(&core, false);
	assert_string_equal(core.wayland_display, "oriel-test");
	assert_string_equal(core.x11_display, "");
	core_stop(&core);
	int before = count_fds();
	for (int i = 0; i < 3; i++) {
		core_start(&core, false);
		core_stop(&core);
	}
	/* Some are closed by threads that end a little later. */
	for (int i = 0; i < 500 && count_fds() > before; i++)
		nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
	assert_true(count_fds() <= before);
}

static void test_chosen_name(void **state)
{
	(void)state;
	memset(&core, 0, sizeof core);
	assert_int_equal(core_try_start(&core,
				 &(struct oriel_mir_options){
					 .platform_path = ORIEL_PLATFORM_DIR,
				 }),
		0);
	assert_int_equal(strncmp(core.wayland_display, "wayland-", 8), 0);
	core_stop(&core);
}

static void test_socket_taken(void **state)
{
	(void)state;
	char path[128];

	memset(&core, 0, sizeof core);
	strcpy(core.runtime_dir, "/tmp/oriel-test-XXXXXX");
	assert_non_null(mkdtemp(core.runtime_dir));
	snprintf(path, sizeof path, "%s/taken.lock", core.runtime_dir);
	int fd = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0600);
	assert_int_equal(flock(fd, LOCK_EX), 0);
	assert_int_equal(core_try_start(&core,
				 &(struct oriel_mir_options){
					 .platform_path = ORIEL_PLATFORM_DIR,
					 .wayland_display = "taken",
					 .log_detail = -3,
				 }),
		-EADDRINUSE);
	core_stop(&core);
	close(fd);
}

static void test_no_platform(void **state)
{
	(void)state;
	memset(&core, 0, sizeof core);
	assert_int_equal(core_try_start(&core,
				 &(struct oriel_mir_options){
					 .platform_path = "/nowhere",
					 .log_detail = -3,
				 }),
		-EIO);
	core_stop(&core);
}

static bool has_handle(struct core *c, void *data)
{
	(void)data;
	return __atomic_load_n(&c->mir, __ATOMIC_ACQUIRE) || c->ended;
}

static void test_stop_at_once(void **state)
{
	(void)state;
	for (int delay_us = 0; delay_us < 50000; delay_us += 10000) {
		struct core early = {0};

		core_start_only(&early);
		core_wait(&early, has_handle, NULL);
		usleep(delay_us);
		oriel_mir_stop(early.mir);
		core_stop(&early);
		assert_int_equal(early.result, 0);
	}
}

/* What used to hang: several clients, after pointer movement. */
static void test_stop_with_clients(void **state)
{
	(void)state;
	struct client clients[3];
	struct surface surfaces[3];

	core_start(&core, false);
	for (int i = 0; i < 3; i++) {
		char title[] = {(char)('a' + i), '\0'};

		client_connect(&clients[i], &core);
		seat_listen(&clients[i], &core);
		surface_init(&surfaces[i], &clients[i], 100, 100);
		surface_toplevel(&surfaces[i], &core, title);
		struct core_window *window = core_titled(&core, title);
		oriel_mir_focus(core.mir, window->now.id, NULL, 0, 0);
		for (int k = 0; k < 20; k++)
			oriel_mir_motion(core.mir, 0, window->now.id, k, k, 1, 1);
		client_sync(&clients[i], &core);
	}
	core.pump = NULL;
	core_stop(&core);
	for (int i = 0; i < 3; i++) {
		free(surfaces[i].pixels);
		client_disconnect(&clients[i]);
	}
}

static bool ended(struct core *c, void *data)
{
	(void)data;
	return __atomic_load_n(&c->ended, __ATOMIC_ACQUIRE);
}

static void test_sigterm(void **state)
{
	(void)state;
	core_start(&core, false);
	kill(getpid(), SIGTERM);
	core_wait(&core, ended, NULL);
	assert_int_equal(core.result, 0);
	/* The core may not have noticed yet. */
	struct oriel_mir_frame *frame;
	struct oriel_rect content = {0};
	oriel_mir_dispatch(core.mir);
	assert_int_equal(oriel_mir_frame_claim(core.mir, 1, &frame), -ENOENT);
	oriel_mir_focus(core.mir, 1, NULL, 0, 0);
	oriel_mir_key(core.mir, 0, 30, true);
	oriel_mir_motion(core.mir, 0, 1, 0, 0, 0, 0);
	oriel_mir_configure(core.mir, 1, &content, 0, false);
	oriel_mir_close(core.mir, 1);
	oriel_mir_set_keymap(core.mir, NULL, "de", NULL, NULL, 0, 0);
	core_stop(&core);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_start_and_stop),
		cmocka_unit_test(test_chosen_name),
		cmocka_unit_test(test_socket_taken),
		cmocka_unit_test(test_no_platform),
		cmocka_unit_test(test_stop_at_once),
		cmocka_unit_test(test_stop_with_clients),
		cmocka_unit_test(test_sigterm),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
