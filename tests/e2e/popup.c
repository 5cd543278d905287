/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "tests/e2e/popup.h"

#include "tests/e2e/e2e.h"

bool popup_find(int width, int height, struct screen_window *ret_window)
{
	struct screen_window windows[SCREEN_WINDOWS];
	int i, n = screen_windows(windows, SCREEN_WINDOWS);

	for (i = 0; i < n; i++)
		if (windows[i].popup && windows[i].mapped && windows[i].area.width == width &&
			windows[i].area.height == height) {
			*ret_window = windows[i];
			return true;
		}
	return false;
}

struct screen_window popup_expect(int width, int height, uint32_t seed)
{
	struct image *expected = image_pattern(width, height, 0, 0, seed), *got = NULL;
	struct image_difference difference = {0};
	uint64_t deadline = e2e_deadline();
	struct screen_window window = {0};
	bool found, same = false;

	while (!same) {
		found = popup_find(width, height, &window);
		got = found ? screen_capture(window.window) : NULL;
		same = got && image_same(got, expected, 0, &difference);
		image_destroy(got);
		if (!e2e_poll(deadline))
			e2e_fail(found ? "the popup %dx%d shows something else"
				       : "there is no popup %dx%d",
				width, height);
	}
	image_destroy(expected);
	return window;
}

void popup_expect_place(const struct screen_window *popup, int x, int y)
{
	if (popup->area.x != x || popup->area.y != y)
		e2e_fail("the popup is at %d,%d instead of %d,%d", popup->area.x, popup->area.y, x,
			y);
}

void popup_expect_gone(int width, int height)
{
	struct screen_window window;

	E2E_UNTIL(!popup_find(width, height, &window), "the popup %dx%d stays", width, height);
}
