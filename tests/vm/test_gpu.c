/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * A machine whose programs draw by the host's OpenGL (virgl): what they have drawn comes out of
 * DMA-BUFs that the guest's memory knows nothing of at first.
 */
#include <string.h>

#include "tests/e2e/refview.h"
#include "tests/vm/cases.h"
#include "tests/vm/machine.h"

const char *const machine_options[] = {"--share", "ring", "--gpu", "virgl", NULL};

static void test_pixels(void **state)
{
	static const struct oriel_rect part = {33, 44, 101, 77};
	struct process *app = machine_run("glpattern", "gl", "500x400", NULL);
	const char *renderer = process_expect(app, "renderer");
	struct image *image;

	(void)state;
	e2e_note("%s", renderer);
	if (!strstr(renderer, "virgl"))
		e2e_fail("the guest draws by itself: %s", renderer);
	process_ask(app, "redraw 1");
	screen_expect("gl", image_pattern(500, 400, 0, 0, 1), 0);
	image = image_pattern(500, 400, 0, 0, 1);
	for (uint32_t seed = 2; seed < 6; seed++) {
		process_ask(app, "damage 33,44,101,77 %u", seed);
		image_draw_pattern(image, &part, part.x, part.y, seed);
	}
	screen_expect("gl", image, 0);
}

/* An animation goes on: pictures that differ, and none is blank. */
static void test_simple_egl(void **state)
{
	struct process *app = machine_run("weston-simple-egl", NULL);
	struct image_difference difference;
	struct screen_window window;
	struct image *first, *now = NULL;
	uint64_t deadline = e2e_deadline();

	(void)app;
	(void)state;
	window = screen_wait("*");
	e2e_sleep(1000);
	first = screen_capture(window.window);
	if (!first || image_uniform(first, &(struct oriel_rect){0, 0, first->width, first->height}))
		e2e_fail("weston-simple-egl draws nothing");
	do {
		image_destroy(now);
		now = screen_capture(window.window);
	} while ((!now || image_same(now, first, 0, &difference)) && e2e_poll(deadline));
	if (!now || image_same(now, first, 0, &difference))
		e2e_fail("weston-simple-egl does not move");
	image_destroy(first);
	image_destroy(now);
}

int main(int argc, char *argv[])
{
	static const struct CMUnitTest tests[] = {
		MACHINE_TEST(test_pixels),
		MACHINE_TEST(test_simple_egl),
		MACHINE_TEST(case_gtk4_gl),
		MACHINE_TEST(case_pixels),
		MACHINE_TEST(case_down),
	};

	return machine_main(argc, argv, "vm-gpu", tests, sizeof(tests) / sizeof(*tests));
}
