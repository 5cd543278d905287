/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "tests/e2e/demo.h"

#include "tests/e2e/e2e.h"

const struct demo_app demo_apps[DEMO_APPS] = {
	[DEMO_TERMINAL] = DEMO_TERMINAL_APP,
	[DEMO_WIDGETS] = DEMO_WIDGETS_APP,
	[DEMO_X11] = {"xclock, an X11 program", 50, 640, 320, 320,
		{"oriel", "run", "xclock", "-update", "1", NULL}},
};

void demo_start(void)
{
	session_start();
}

void demo_stop(void)
{
	session_stop();
}
