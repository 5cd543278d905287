/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "tests/e2e/reference.h"

#include <signal.h>
#include <stdio.h>

#include "tests/e2e/e2e.h"
#include "tests/e2e/refview.h"

static void save(const struct image *image, const char *what)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/e2e-%s-%s.png", e2e_out(), e2e_name(), what);
	image_save(image, path);
}

bool reference_check(struct process *app, const char *title)
{
	struct screen_window shown = screen_wait(title);
	struct image_difference difference;
	struct refview_window *window;
	struct refview *view;
	struct image *got, *expected;

	/* Time to draw itself: what comes later would be compared all the same. */
	e2e_sleep(1500);
	process_signal(app, SIGSTOP);
	got = screen_capture_idle(title);
	if (image_uniform(got, &(struct oriel_rect){0, 0, got->width, got->height})) {
		save(got, "got");
		e2e_fail("the window '%s' is blank", shown.title);
	}
	process_stop(viewer);
	viewer = NULL;
	view = refview_connect(ORIEL_ROLE_ATTACH);
	window = refview_wait(view, shown.title);
	expected = refview_compose(view, window);
	if (!expected) {
		e2e_note("%s: %dx%d, has scaled parts", shown.title, got->width, got->height);
		image_destroy(got);
		refview_destroy(view);
		return false;
	}
	if (!image_same(got, expected, 1, &difference)) {
		save(got, "got");
		save(expected, "expected");
		e2e_fail("the window '%s' is %dx%d, expected %dx%d; %zu pixels differ, first at "
			 "%d,%d: %08x instead of %08x",
			shown.title, got->width, got->height, expected->width, expected->height,
			difference.pixels, difference.x, difference.y, difference.got,
			difference.expected);
	}
	e2e_note("%s: %dx%d, largest difference of a channel %d", shown.title, got->width,
		got->height, difference.largest);
	image_destroy(got);
	image_destroy(expected);
	refview_destroy(view);
	return true;
}
