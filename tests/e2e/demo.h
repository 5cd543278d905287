/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * The guest whose programs the demo shows: there is one of this machine (demo_local.c) and one of
 * a virtual machine (tests/vm/demo_vm.c), each in a program of its own.
 */
#ifndef ORIEL_TESTS_E2E_DEMO_H
#define ORIEL_TESTS_E2E_DEMO_H

struct demo_app {
	const char *what;
	int x, y, width, height; /* of the content; width 0: as the program likes it */
	const char *argv[16];
};

enum { DEMO_TERMINAL, DEMO_WIDGETS, DEMO_X11, DEMO_APPS };

/* What every guest shows. */
#define DEMO_TERMINAL_APP \
	{ \
		"foot, a Wayland terminal", 50, 80, 0, 0, \
		{ \
			"oriel", "run", "foot", "-T", "Terminal", "-f", \
				"DejaVu Sans Mono:size=11", "-W", "56x18", "sh", "-c", \
				"PS1='$ ' exec sh -i", NULL \
		} \
	}
#define DEMO_WIDGETS_APP \
	{ \
		"gtk4-widget-factory, a GTK 4 program", 640, 80, 1360, 880, \
		{ \
			"oriel", "run", "gtk4-widget-factory", NULL \
		} \
	}

extern const struct demo_app demo_apps[DEMO_APPS];

/* Starts what `oriel run` of the list needs, and ends it. Faults end the demo. */
void demo_start(void);
void demo_stop(void);

#endif
