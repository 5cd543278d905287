/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Machines that lack something: pixels go the next best way, and orield says why.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/vm/cases.h"
#include "tests/vm/machine.h"

const char *const machine_options[] = {"--share", "ring", "--share-size", "8M", NULL};

static void expect_told(const char *what)
{
	machine_shell("journalctl --user --no-pager -q -u orield.service | grep -F '%s' >&2", what);
}

/* Whether the viewer has told its user that the device is not used. */
static bool has_told(void)
{
	struct process *app = machine_pattern("toplevel told 320x200 seed=1");
	bool told;
	char *log;

	screen_expect("told", image_pattern(320, 200, 0, 0, 1), 0);
	log = process_log(app);
	told = strstr(log, "does not use its shared-memory device");
	free(log);
	return told;
}

/* Pixels went with the messages; what `oriel stats` shows says so too. */
static void expect_stream(uint64_t encoded_before)
{
	expect_told("no shared-memory device");
	if (!has_told())
		e2e_fail("the viewer does not tell that the device is not used");
	if (machine_counter("ring_device_bytes") != 0)
		e2e_fail("a viewer has a ring in the device");
	if (machine_counter("pixel_bytes_encoded") <= encoded_before)
		e2e_fail("no pixels went inside messages");
}

/* Two windows, either of which alone needs more than there is for one viewer. */
static void test_small_device(void **state)
{
	struct process *app = machine_pattern("toplevel first 1200x900 seed=1");

	(void)state;
	screen_expect("first", image_pattern(1200, 900, 0, 0, 1), 0);
	machine_pattern("toplevel second 1100x900 seed=2");
	screen_expect("second", image_pattern(1100, 900, 0, 0, 2), 0);
	process_ask(app, "redraw first 3");
	screen_expect("first", image_pattern(1200, 900, 0, 0, 3), 0);
}

/* The permissions of the device's node are not those of the udev rule. */
static void test_no_permission(void **state)
{
	uint64_t encoded = machine_counter("pixel_bytes_encoded");

	(void)state;
	machine_shell("sudo chmod 0600 /dev/oriel0");
	case_pixels(NULL);
	expect_stream(encoded);
	machine_teardown(NULL);
	machine_shell("sudo chmod 0660 /dev/oriel0");
	case_pixels(NULL);
	if (has_told())
		e2e_fail("the viewer tells of a device that is used");
	if (machine_counter("ring_device_bytes") == 0)
		e2e_fail("the viewer has no ring in the device");
}

static void test_no_module(void **state)
{
	const char *options[] = {"--share", "ring", "--image", NULL, NULL};

	(void)state;
	machine_down();
	options[3] = machine_change_image(" quiet ", " module_blacklist=oriel_shm quiet ");
	machine_up(options);
	assert_string_equal(machine_shell("lsmod | grep oriel || true"), "");
	case_pixels(NULL);
	expect_stream(0);
}

int main(int argc, char *argv[])
{
	static const struct CMUnitTest tests[] = {
		MACHINE_TEST(test_small_device),
		MACHINE_TEST(test_no_permission),
		MACHINE_TEST(test_no_module),
		MACHINE_TEST(case_down),
	};

	return machine_main(argc, argv, "vm-faults", tests, sizeof(tests) / sizeof(*tests));
}
