/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * A machine whose RAM the host can read: pixels stay in the buffers of the programs.
 */
#include "tests/vm/cases.h"
#include "tests/vm/machine.h"

const char *const machine_options[] = {"--share", "ram", NULL};

static void test_copies(void **state)
{
	double copies;

	(void)state;
	assert_string_equal(machine_status("share"), "ram");
	copies = case_copies();
	if (copies != 0)
		e2e_fail("%.4f bytes were copied per byte of damage, not 0", copies);
}

int main(int argc, char *argv[])
{
	static const struct CMUnitTest tests[] = {
		MACHINE_TEST(test_copies),
		CASES_OF_SHARING,
		MACHINE_TEST(case_down),
	};

	return machine_main(argc, argv, "vm-ram", tests, sizeof(tests) / sizeof(*tests));
}
