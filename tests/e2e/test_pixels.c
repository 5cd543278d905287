/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Pixel for pixel: what a client draws is what the host's window shows.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/clock.h"
#include "tests/e2e/e2e.h"

static void test_full_frame(void **state)
{
	struct process *app = session_pattern("toplevel main 320x200 seed=1");
	uint32_t seed;

	(void)state;
	session_attach();
	screen_expect("main", image_pattern(320, 200, 0, 0, 1), 0);
	for (seed = 2; seed < 6; seed++) {
		process_ask(app, "redraw main %u", seed);
		process_ask(app, "shown main");
		screen_expect("main", image_pattern(320, 200, 0, 0, seed), 0);
	}
}

static void test_partial_damage(void **state)
{
	static const struct oriel_rect rects[] = {
		{0, 0, 1, 1},
		{319, 199, 1, 1},
		{10, 20, 30, 40},
		{25, 30, 100, 5},
		{0, 100, 320, 1},
		{160, 0, 1, 200},
		{64, 64, 64, 64},
		{300, 150, 20, 50},
	};
	struct process *app = session_pattern("toplevel main 320x200 seed=1");
	struct image *model = image_pattern(320, 200, 0, 0, 1), *copy;
	uint32_t i;

	(void)state;
	session_attach();
	screen_wait("main");
	for (i = 0; i < sizeof(rects) / sizeof(*rects); i++) {
		const struct oriel_rect *r = &rects[i];

		process_ask(app, "%s main %d,%d,%d,%d %u", i % 2 ? "lazy" : "damage", r->x, r->y,
			r->width, r->height, i + 10);
		image_draw_pattern(model, r, r->x, r->y, i + 10);
		process_ask(app, "shown main");
		copy = image_create(320, 200);
		memcpy(copy->pixels, model->pixels, 320 * 200 * 4);
		screen_expect("main", copy, 0);
	}
	image_destroy(model);
}

/* An app that animates draws as often as the screen, or the user, says, and no more. */
static void test_refresh(void **state)
{
	struct process *app = session_pattern("toplevel main 320x200 seed=1");
	uint64_t start;
	double seconds;

	(void)state;
	session_attach_with("--refresh", "50", NULL);
	screen_wait("main");
	start = oriel_now_ns();
	process_ask(app, "animate main 100");
	seconds = (double)(oriel_now_ns() - start) / 1e9;
	if (seconds < 97 / 50.0)
		e2e_fail("100 frames at 50 a second took %.2f s", seconds);
}

/* Commits that are faster than the viewer: damage of frames that were never sent must not be
 * lost. */
static void test_united_damage(void **state)
{
	struct process *app = session_pattern("toplevel main 500x400 seed=1");
	struct image *model = image_pattern(500, 400, 0, 0, 1), *copy;
	unsigned random = 12345;
	int round, i;

	(void)state;
	session_attach();
	screen_wait("main");
	for (round = 0; round < 10; round++) {
		for (i = 0; i < 30; i++) {
			struct oriel_rect r = {.x = rand_r(&random) % 480,
				.y = rand_r(&random) % 380,
				.width = 1 + rand_r(&random) % 20,
				.height = 1 + rand_r(&random) % 20};
			uint32_t seed = (uint32_t)(round * 100 + i);

			process_ask(app, "damage main %d,%d,%d,%d %u", r.x, r.y, r.width, r.height,
				seed);
			image_draw_pattern(model, &r, r.x, r.y, seed);
		}
		copy = image_create(500, 400);
		memcpy(copy->pixels, model->pixels, 500 * 400 * 4);
		screen_expect("main", copy, 0);
	}
	image_destroy(model);
}

static struct image *with_subsurfaces(uint32_t sync_seed, uint32_t free_seed)
{
	struct image *image = image_pattern(320, 200, 0, 0, 1);

	image_draw_pattern(image, &(struct oriel_rect){20, 30, 100, 80}, 0, 0, sync_seed);
	image_draw_pattern(image, &(struct oriel_rect){90, 70, 64, 48}, 0, 0, free_seed);
	return image;
}

static void test_subsurfaces(void **state)
{
	struct process *app = session_pattern("toplevel main 320x200 seed=1");

	(void)state;
	session_attach();
	process_ask(app, "shown main");
	process_ask(app, "subsurface sync main 100x80 20 30 seed=2");
	process_ask(app, "subsurface free main 64x48 90 70 seed=3 desync=1");
	screen_expect("main", with_subsurfaces(2, 3), 0);

	process_ask(app, "redraw free 4");
	screen_expect("main", with_subsurfaces(2, 4), 0);
	/* A synchronised one waits for its parent. */
	process_ask(app, "redraw sync 5");
	process_ask(app, "redraw main 1");
	screen_expect("main", with_subsurfaces(5, 4), 0);

	process_ask(app, "destroy free");
	process_ask(app, "place sync 200 100");
	{
		struct image *image = image_pattern(320, 200, 0, 0, 1);

		image_draw_pattern(image, &(struct oriel_rect){200, 100, 100, 80}, 0, 0, 5);
		screen_expect("main", image, 0);
	}
}

static void test_alpha(void **state)
{
	struct process *app = session_pattern("toplevel main 320x200 seed=1");
	struct image *image = image_pattern(320, 200, 0, 0, 1);

	(void)state;
	session_attach();
	process_ask(app, "shown main");
	process_ask(app, "subsurface glass main 300x90 10 50 alpha=1 seed=7");
	image_draw_alpha(image, &(struct oriel_rect){10, 50, 300, 90}, 0, 0, 7);
	screen_expect("main", image, 1);

	/* New content under the glass. */
	process_ask(app, "redraw main 3");
	image = image_pattern(320, 200, 0, 0, 3);
	image_draw_alpha(image, &(struct oriel_rect){10, 50, 300, 90}, 0, 0, 7);
	screen_expect("main", image, 1);
	/* A part of the glass, with the next commit of what it belongs to. */
	process_ask(app, "damage glass 100,10,50,30 9");
	process_ask(app, "damage main 0,0,1,1 3");
	image = image_pattern(320, 200, 0, 0, 3);
	image_draw_alpha(image, &(struct oriel_rect){10, 50, 300, 90}, 0, 0, 7);
	image_draw_pattern(image, &(struct oriel_rect){110, 60, 50, 30}, 110, 60, 3);
	image_draw_alpha(image, &(struct oriel_rect){110, 60, 50, 30}, 100, 10, 9);
	screen_expect("main", image, 1);
}

static void test_scale_2(void **state)
{
	struct process *app;
	struct image *image;

	(void)state;
	session_attach_with("--scale", "2", NULL);
	app = session_pattern("toplevel main 200x150 scale=2 seed=1");
	screen_expect("main", image_pattern(400, 300, 0, 0, 1), 0);
	process_ask(app, "damage main 33,55,101,77 2");
	image = image_pattern(400, 300, 0, 0, 1);
	image_draw_pattern(image, &(struct oriel_rect){33, 55, 101, 77}, 33, 55, 2);
	screen_expect("main", image, 0);
	process_ask(app, "subsurface sub main 50x40 10 20 scale=2 seed=3");
	image = image_pattern(400, 300, 0, 0, 1);
	image_draw_pattern(image, &(struct oriel_rect){33, 55, 101, 77}, 33, 55, 2);
	image_draw_pattern(image, &(struct oriel_rect){20, 40, 100, 80}, 0, 0, 3);
	screen_expect("main", image, 0);
}

/* A client that follows the scale is shown pixel by pixel, whatever its size. */
static void test_fractional_scales(void **state)
{
	static const struct {
		const char *text;
		double scale;
	} scales[] = {{"1", 1}, {"1.25", 1.25}, {"1.5", 1.5}, {"1.75", 1.75}, {"2", 2}};
	static const int sizes[][2] = {{320, 200}, {401, 303}, {217, 199}};
	size_t i, k;

	(void)state;
	for (i = 0; i < sizeof(scales) / sizeof(*scales); i++) {
		struct process *app;

		session_attach_with("--scale", scales[i].text, NULL);
		app = session_pattern("toplevel main 300x200 fractional=1 seed=1");
		screen_wait("main");
		for (k = 0; k < sizeof(sizes) / sizeof(*sizes); k++) {
			struct screen_window window;
			int width = (int)(sizes[k][0] * scales[i].scale + 0.5);
			int height = (int)(sizes[k][1] * scales[i].scale + 0.5);

			e2e_sleep(1000);
			process_ask(app, "size main %dx%d", sizes[k][0], sizes[k][1]);
			screen_expect("main", image_pattern(width, height, 0, 0, 1), 0);
			window = screen_wait("main");
			screen_resize(&window, width + 101, height + 67);
			screen_expect("main", image_pattern(width + 101, height + 67, 0, 0, 1), 0);
		}
		process_stop(app);
		process_stop(viewer);
		viewer = NULL;
	}
}

static void test_resize(void **state)
{
	static const int sizes[][2] = {{400, 300}, {123, 97}, {640, 480}, {321, 201}};
	struct process *app = session_pattern("toplevel main 320x200 seed=1");
	size_t i;

	(void)state;
	session_attach();
	for (i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		struct screen_window window = screen_wait("main");

		screen_resize(&window, sizes[i][0], sizes[i][1]);
		screen_expect("main", image_pattern(sizes[i][0], sizes[i][1], 0, 0, 1), 0);
	}
	/* By the client itself, when nothing is under way: Mir takes a size that comes with the
	 * answer to a configure for that answer, until the next commit. */
	e2e_sleep(1000);
	process_ask(app, "size main 250x150");
	screen_expect("main", image_pattern(250, 150, 0, 0, 1), 0);
	e2e_sleep(1000);
	process_ask(app, "size main 350x250");
	screen_expect("main", image_pattern(350, 250, 0, 0, 1), 0);
}

static void test_reconnect(void **state)
{
	struct process *app = session_pattern("toplevel main 700x500 seed=1");
	struct image *image;
	uint64_t start;

	(void)state;
	session_attach();
	screen_expect("main", image_pattern(700, 500, 0, 0, 1), 0);
	process_kill(viewer);
	viewer = NULL;
	screen_wait_gone("main");
	process_ask(app, "damage main 100,100,50,50 2");
	process_ask(app, "subsurface sub main 64x64 300 300 seed=3");
	image = image_pattern(700, 500, 0, 0, 1);
	image_draw_pattern(image, &(struct oriel_rect){100, 100, 50, 50}, 100, 100, 2);
	image_draw_pattern(image, &(struct oriel_rect){300, 300, 64, 64}, 0, 0, 3);
	start = oriel_now_ns();
	session_attach();
	screen_expect("main", image, 0);
	e2e_note("content back %.0f ms after the start of oriel attach",
		(double)(oriel_now_ns() - start) / 1e6);
}

static void test_decoration(void **state)
{
	struct process *app = session_pattern("toplevel framed 300x200 decorated=1 seed=1");
	struct screen_window window;
	long frame[4];

	(void)state;
	session_attach();
	process_ask(app, "toplevel bare 300x200 decorated=0 seed=2");
	process_ask(app, "toplevel shadow 340x240 decorated=0 margin=20 seed=3");
	screen_expect("framed", image_pattern(300, 200, 0, 0, 1), 0);
	screen_expect("bare", image_pattern(300, 200, 0, 0, 2), 0);
	/* What is outside of the window geometry is not shown. */
	screen_expect("shadow", image_pattern(300, 200, 20, 20, 3), 0);
	window = screen_wait("framed");
	screen_frame(window.window, frame);
	if (!frame[2])
		e2e_fail("the decorated window has no frame");
	window = screen_wait("bare");
	screen_frame(window.window, frame);
	if (frame[0] || frame[1] || frame[2] || frame[3])
		e2e_fail("the undecorated window has a frame: %ld,%ld,%ld,%ld", frame[0], frame[1],
			frame[2], frame[3]);
}

static void test_viewport(void **state)
{
	struct process *app = session_pattern("toplevel main 320x200 fixed=1 seed=1");

	(void)state;
	session_attach();
	process_ask(app, "shown main");
	process_ask(app, "crop main 40,30,200,100 200x100");
	screen_expect("main", image_pattern(200, 100, 40, 30, 1), 0);
	process_ask(app, "damage main 0,0,320,200 2");
	screen_expect("main", image_pattern(200, 100, 40, 30, 2), 0);
}

static void test_single_buffer(void **state)
{
	struct process *app = session_pattern("toplevel main 320x200 single=1 seed=1");

	(void)state;
	session_attach();
	e2e_note("single buffer: %s", process_ask(app, "animate main 20"));
	screen_expect("main", image_pattern(320, 200, 0, 0, 21), 0);
	e2e_note("single buffer: %s", process_ask(app, "flood main 20"));
	screen_expect("main", image_pattern(320, 200, 0, 0, 41), 0);
}

static void test_animation(void **state)
{
	struct process *app = session_pattern("toplevel main 1500x1100 seed=1");

	(void)state;
	session_attach();
	e2e_note("1500x1100: %s", process_ask(app, "animate main 60"));
	screen_expect("main", image_pattern(1500, 1100, 0, 0, 61), 0);
	process_ask(app, "flood main 30");
	screen_expect("main", image_pattern(1500, 1100, 0, 0, 91), 0);
}

static void test_x11(void **state)
{
	struct screen_window window;

	(void)state;
	session_attach();
	session_x_client("xpattern", "320x200", "5", "xpattern", NULL);
	screen_expect("xpattern", image_pattern(320, 200, 0, 0, 5), 0);
	window = screen_wait("xpattern");
	screen_resize(&window, 400, 250);
	screen_expect("xpattern", image_pattern(400, 250, 0, 0, 5), 0);
}

/* Without shared memory: the pixels travel inside the messages. */
static void test_stream(void **state)
{
	struct process *app = session_pattern("toplevel main 900x700 seed=1");
	struct image *image = image_pattern(900, 700, 0, 0, 2);

	(void)state;
	session_attach_with("--on", "exec:orield --stdio", NULL);
	screen_expect("main", image_pattern(900, 700, 0, 0, 1), 0);
	process_ask(app, "redraw main 2");
	process_ask(app, "damage main 100,100,333,222 3");
	image_draw_pattern(image, &(struct oriel_rect){100, 100, 333, 222}, 100, 100, 3);
	screen_expect("main", image, 0);
}

int main(int argc, char *argv[])
{
	static const struct CMUnitTest tests[] = {
		E2E_TEST(test_full_frame),
		E2E_TEST(test_refresh),
		E2E_TEST(test_partial_damage),
		E2E_TEST(test_united_damage),
		E2E_TEST(test_subsurfaces),
		E2E_TEST(test_alpha),
		E2E_TEST(test_scale_2),
		E2E_TEST(test_fractional_scales),
		E2E_TEST(test_resize),
		E2E_TEST(test_reconnect),
		E2E_TEST(test_decoration),
		E2E_TEST(test_viewport),
		E2E_TEST(test_single_buffer),
		E2E_TEST(test_animation),
		E2E_TEST(test_x11),
		E2E_TEST(test_stream),
	};

	return e2e_main(argc, argv, "pixels", tests, sizeof(tests) / sizeof(*tests));
}
