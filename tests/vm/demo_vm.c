/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "tests/e2e/demo.h"

#include <stdlib.h>

#include "tests/vm/machine.h"

const char *const machine_options[] = {NULL};

const struct demo_app demo_apps[DEMO_APPS] = {
	[DEMO_TERMINAL] = DEMO_TERMINAL_APP,
	[DEMO_WIDGETS] = DEMO_WIDGETS_APP,
	[DEMO_X11] = {"xterm, an X11 program", 50, 640, 0, 0,
		{"oriel", "run", "--", "xterm", "-T", "X11", "-e", "sh", "-c",
			"uname -a; uptime; exec sleep 3600", NULL}},
};

void demo_start(void)
{
	/* A machine whose processor is emulated takes its time. */
	setenv("E2E_DEADLINE", "300", 0);
	machine_begin();
}

void demo_stop(void)
{
	machine_down();
}
