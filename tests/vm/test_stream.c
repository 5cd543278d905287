/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * A machine that shares no memory with its host: pixels travel with the messages.
 */
#include "tests/vm/cases.h"
#include "tests/vm/machine.h"

const char *const machine_options[] = {"--share", "stream", NULL};

static void test_copies(void **state)
{
	double copies;

	(void)state;
	assert_string_equal(machine_status("share"), "stream");
	copies = case_copies();
	if (copies < 1)
		e2e_fail("%.4f bytes were copied per byte of damage", copies);
}

int main(int argc, char *argv[])
{
	static const struct CMUnitTest tests[] = {
		MACHINE_TEST(test_copies),
		CASES_OF_SHARING,
		MACHINE_TEST(case_down),
	};

	return machine_main(argc, argv, "vm-stream", tests, sizeof(tests) / sizeof(*tests));
}
