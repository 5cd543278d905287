/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * A machine with a shared-memory device: pixels travel through a ring in it.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/clock.h"
#include "tests/vm/cases.h"
#include "tests/vm/machine.h"

const char *const machine_options[] = {"--share", "ring", NULL};

static void test_start(void **state)
{
	(void)state;
	assert_string_equal(machine_status("state"), "running");
	assert_string_equal(machine_status("share"), "ring");
	assert_string_equal(machine_shell("uname -s; id -un"), "Linux\noriel\n");
	assert_string_equal(machine_shell("stat -c '%%a %%G' /dev/oriel0 /dev/oriel_ram"),
		"660 oriel\n660 oriel-ram\n");
	assert_string_equal(machine_shell("systemctl --failed --plain --no-legend"), "");
	e2e_note("%s", strtok((char *)(uintptr_t)machine_shell("systemd-analyze"), "\n"));
}

static void test_copies(void **state)
{
	double copies;

	(void)state;
	copies = case_copies();
	if (copies != 1)
		e2e_fail("%.4f bytes were copied per byte of damage, not 1.0", copies);
}

/* A viewer that is stopped takes nothing out of its ring. */
static void test_full_ring(void **state)
{
	struct process *busy = machine_pattern("toplevel busy 1200x900 seed=1");
	struct process *other;
	uint64_t presented;

	(void)state;
	screen_wait("busy");
	process_ask(busy, "spin busy full");
	e2e_sleep(1000);
	process_signal(busy, SIGSTOP);
	e2e_sleep(2000);
	presented = machine_counter("frames_presented");
	e2e_sleep(1000);
	assert_true(machine_counter("frames_presented") <= presented + 1);

	other = machine_pattern("toplevel other 320x200 seed=3");
	screen_expect("other", image_pattern(320, 200, 0, 0, 3), 0);
	process_ask(other, "animate other 20");

	presented = machine_counter("frames_presented");
	process_signal(busy, SIGCONT);
	E2E_UNTIL(machine_counter("frames_presented") > presented + 10,
		"frames stay away after the viewer goes on");
	process_ask(busy, "spin busy off");
	process_ask(busy, "redraw busy 5");
	screen_expect("busy", image_pattern(1200, 900, 0, 0, 5), 0);
}

/* Its port is closed, which QEMU tells of: nobody waits for the next orield, or for silence to be
 * long enough. */
static void test_killed_orield(void **state)
{
	struct process *app;
	double seconds;
	uint64_t start;
	int status;

	(void)state;
	machine_shell("d=~/.config/systemd/user/orield.service.d && mkdir -p $d && "
		      "printf '[Service]\\nRestartSec=12\\n' >$d/late.conf && "
		      "systemctl --user daemon-reload");
	app = machine_pattern("toplevel main 320x200 seed=1");
	screen_expect("main", image_pattern(320, 200, 0, 0, 1), 0);
	start = oriel_now_ns();
	machine_try(&status, "pkill -KILL -x orield");
	screen_wait_gone("main");
	seconds = (double)(oriel_now_ns() - start) / 1e9;
	e2e_note("its window was gone after %.1f s", seconds);
	if (seconds > 10)
		e2e_fail("the window of a killed orield stayed for %.1f s", seconds);
	assert_int_equal(process_wait(app), 1);
	machine_wait();
	case_pixels(NULL);
}

static void wait_for_reboot(const char *before)
{
	uint64_t deadline = e2e_deadline();
	const char *now;
	int status;

	do
		now = machine_try(&status, "cat /proc/sys/kernel/random/boot_id");
	while ((status || !strcmp(now, before)) && e2e_poll(deadline));
	if (status || !strcmp(now, before))
		e2e_fail("the guest does not come back after a reboot");
}

static void test_reboot(void **state)
{
	char before[64];
	int status;

	(void)state;
	snprintf(
		before, sizeof(before), "%s", machine_shell("cat /proc/sys/kernel/random/boot_id"));
	machine_try(&status, "sudo systemctl reboot");
	wait_for_reboot(before);
	assert_string_equal(machine_status("state"), "running");
	case_pixels(NULL);
}

static void test_crash(void **state)
{
	(void)state;
	machine_shell("echo kept >kept && sync");
	machine_crash();
	assert_string_equal(machine_status("state"), "crashed");
	machine_start();
	assert_string_equal(machine_shell("cat kept"), "kept\n");
	case_pixels(NULL);
}

int main(int argc, char *argv[])
{
	static const struct CMUnitTest tests[] = {
		MACHINE_TEST(test_start),
		CASES_OF_SHARING,
		MACHINE_TEST(case_xterm),
		MACHINE_TEST(case_typing),
		MACHINE_TEST(case_exit),
		MACHINE_TEST(test_copies),
		MACHINE_TEST(test_full_ring),
		MACHINE_TEST(test_killed_orield),
		MACHINE_TEST(test_reboot),
		MACHINE_TEST(test_crash),
		MACHINE_TEST(case_down),
	};

	return machine_main(argc, argv, "vm-ring", tests, sizeof(tests) / sizeof(*tests));
}
