/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/* What is on the X screen, pixel by pixel, in both ways of presenting. */
#include <stdlib.h>
#include <string.h>

#include "tests/viewer/guest.h"
#include "tests/viewer/shows.h"

struct mode {
	const char *present;
	double scale;
};

static const struct mode surface = {"surface", 1}, renderer = {"renderer", 1},
			 surface2 = {"surface", 2}, renderer2 = {"renderer", 2};

static void start(struct guest *guest, void **state)
{
	const struct mode *mode = *state;

	guest_start(guest, &(struct guest_options){.present = mode->present, .scale = mode->scale});
}

static void finish(struct guest *guest)
{
	guest_forget(guest);
	assert_int_equal(guest_stop(guest), 1); /* the guest went away */
}

static struct guest_layer layer_of(
	uint32_t id, const uint32_t *image, uint32_t width, uint32_t height)
{
	return (struct guest_layer){
		.id = id, .image = image, .image_width = width, .image_height = height};
}

static void full_frame(void **state)
{
	struct guest_window window = {.id = 7, .flags = GUEST_BARE, .width = 320, .height = 200};
	uint32_t *image = guest_image(1, 320, 200);
	struct guest guest;

	start(&guest, state);
	guest_open(&guest, &window, 1);
	shows_exactly(&guest, 7, image, 320, 200);
	finish(&guest);
	free(image);
}

static void decorated_frame(void **state)
{
	struct guest_window window = {
		.id = 7, .flags = GUEST_DECORATED, .width = 320, .height = 200, .title = "t"};
	uint32_t *image = guest_image(1, 320, 200);
	struct guest guest;

	start(&guest, state);
	guest_open(&guest, &window, 1);
	shows_exactly(&guest, 7, image, 320, 200);
	finish(&guest);
	free(image);
}

static void inline_frame(void **state)
{
	struct guest_window window = {.id = 7, .flags = GUEST_BARE, .width = 300, .height = 150};
	uint32_t *image = guest_image(3, 300, 150);
	struct guest_layer layer = layer_of(1, image, 300, 150);
	struct guest guest;

	start(&guest, state);
	layer.encoding = ORIEL_ENCODING_RAW;
	guest_describe(&guest, &window);
	guest_show(&guest, 7, 300, 150, &layer, 1);
	shows_exactly(&guest, 7, image, 300, 150);
	finish(&guest);
	free(image);
}

static void blend_area(uint32_t *to, const uint32_t *from, uint32_t width, struct x_rect r)
{
	for (int y = r.y; y < r.y + r.height; y++)
		memcpy(to + y * width + r.x, from + y * width + r.x, (size_t)r.width * 4);
}

static void partial_damage(void **state)
{
	static const struct x_rect damage[] = {
		{10, 20, 33, 7}, {0, 0, 1, 1}, {319, 199, 1, 1}, {100, 50, 200, 100}};
	struct guest_window window = {.id = 7, .flags = GUEST_BARE, .width = 320, .height = 200};
	uint32_t *before = guest_image(1, 320, 200), *after = guest_image(2, 320, 200);
	struct guest_layer layer = layer_of(7000, after, 320, 200);
	struct guest guest;

	start(&guest, state);
	guest_open(&guest, &window, 1);
	layer.damage = damage;
	layer.n = 4;
	guest_show(&guest, 7, 320, 200, &layer, 1);
	for (int i = 0; i < 4; i++)
		blend_area(before, after, 320, damage[i]);
	shows_exactly(&guest, 7, before, 320, 200);
	finish(&guest);
	free(before);
	free(after);
}

/* Source over, rounded to the nearest. */
static uint32_t over(uint32_t src, uint32_t dst)
{
	uint32_t result = 0, a = src >> 24;

	for (int shift = 0; shift < 24; shift += 8) {
		uint32_t d = dst >> shift & 0xff, s = src >> shift & 0xff;

		result |= (s + (d * (255 - a) + 127) / 255) << shift;
	}
	return result;
}

static uint32_t *translucent(uint32_t width, uint32_t height)
{
	uint32_t *image = malloc((size_t)width * height * 4);

	for (uint32_t i = 0; i < width * height; i++) {
		uint32_t a = i * 255 / (width * height - 1);

		image[i] = a << 24 | a << 16 | (a / 2) << 8 | a / 3;
	}
	return image;
}

static void two_layers(void **state)
{
	const struct mode *mode = *state;
	struct guest_window window = {.id = 7, .flags = GUEST_BARE, .width = 320, .height = 200};
	uint32_t *wanted = guest_image(1, 320, 200), *bottom = guest_image(1, 320, 200);
	uint32_t *top = translucent(100, 80);
	struct guest_layer layers[2] = {layer_of(1, bottom, 320, 200), layer_of(2, top, 100, 80)};
	struct guest guest;

	/* The GPU rounds by its own rules: there the layer is opaque or nothing. */
	if (strcmp(mode->present, "renderer") == 0)
		for (int i = 0; i < 100 * 80; i++)
			top[i] = i % 3 ? 0xff102030u : 0;
	layers[1].format = ORIEL_FORMAT_ARGB8888;
	layers[1].x = 30;
	layers[1].y = 150; /* sticks out below */
	for (int y = 0; y < 50; y++)
		for (int x = 0; x < 100; x++)
			wanted[(150 + y) * 320 + 30 + x] =
				over(top[y * 100 + x], wanted[(150 + y) * 320 + 30 + x]);
	start(&guest, state);
	guest_describe(&guest, &window);
	guest_show(&guest, 7, 320, 200, layers, 2);
	shows_exactly(&guest, 7, wanted, 320, 200);
	/* Damage below a layer is seen through it. */
	layers[0].n = 1;
	layers[0].damage = (struct x_rect[]){{40, 160, 20, 20}};
	layers[1].n = -1;
	guest_show(&guest, 7, 320, 200, layers, 2);
	shows_exactly(&guest, 7, wanted, 320, 200);
	finish(&guest);
	free(wanted);
	free(bottom);
	free(top);
}

/* A subsurface comes and goes: the single layer's content lived in the window surface only. */
static void layer_comes_and_goes(void **state)
{
	struct guest_window window = {.id = 7, .flags = GUEST_BARE, .width = 320, .height = 200};
	uint32_t *image = guest_image(1, 320, 200), *wanted = guest_image(1, 320, 200);
	uint32_t *top = guest_image(9, 50, 50);
	struct guest_layer layers[2] = {layer_of(7000, image, 320, 200), layer_of(2, top, 50, 50)};
	struct guest guest;

	layers[1].x = layers[1].y = 20;
	for (int y = 0; y < 50; y++)
		memcpy(wanted + (20 + y) * 320 + 20, top + y * 50, 200);
	start(&guest, state);
	guest_open(&guest, &window, 1);
	layers[0].n = -1;
	for (int i = 0; i < 3; i++) {
		layers[1].n = 0;
		guest_show(&guest, 7, 320, 200, layers, 2);
		shows_exactly(&guest, 7, wanted, 320, 200);
		guest_show(&guest, 7, 320, 200, layers, 1);
		shows_exactly(&guest, 7, image, 320, 200);
	}
	assert_false(guest_has(&guest, ORIEL_MSG_REFRESH, NULL, NULL, 50));
	finish(&guest);
	free(image);
	free(wanted);
	free(top);
}

/* A window whose shadow is cut off: content starts left of and above the window. */
static void cropped(void **state)
{
	struct guest_window window = {.id = 7, .flags = GUEST_BARE, .width = 200, .height = 100};
	uint32_t *image = guest_image(5, 240, 140), *wanted = guest_image(0, 200, 100);
	struct guest_layer layer = layer_of(1, image, 240, 140);
	struct guest guest;

	layer.x = -15;
	layer.y = -25;
	for (int y = 0; y < 100; y++)
		memcpy(wanted + y * 200, image + (y + 25) * 240 + 15, 800);
	start(&guest, state);
	guest_describe(&guest, &window);
	guest_show(&guest, 7, 200, 100, &layer, 1);
	shows_exactly(&guest, 7, wanted, 200, 100);
	finish(&guest);
	free(image);
	free(wanted);
}

static void scrolled(void **state)
{
	struct guest_window window = {.id = 7, .flags = GUEST_BARE, .width = 320, .height = 200};
	uint32_t *image = guest_image(1, 320, 200);
	struct oriel_msg msg = {.type = ORIEL_MSG_FRAME};
	struct guest guest;

	start(&guest, state);
	guest_open(&guest, &window, 1);
	msg.frame = (struct oriel_msg_frame){.window = 7,
		.serial = ++guest.serial,
		.final = 1,
		.width = 320,
		.height = 200,
		.ring_position = oriel_ring_position(guest.ring),
		.n_layers = 1,
		.n_rects = 1};
	msg.frame.layers[0] = (struct oriel_wire_layer){.id = 7000,
		.buffer_width = 320,
		.buffer_height = 200,
		.src_width = 320 * 256,
		.src_height = 200 * 256,
		.width = 320,
		.height = 200};
	/* Up by 10 rows: source and target overlap. */
	msg.frame.rects[0] = (struct oriel_wire_rect){
		.encoding = ORIEL_ENCODING_COPY, .width = 320, .height = 190, .length = 10};
	guest_send(&guest, &msg);
	guest_expect(&guest, ORIEL_MSG_PRESENTED, NULL, NULL);
	memmove(image, image + 10 * 320, 320 * 190 * 4);
	shows_exactly(&guest, 7, image, 320, 200);
	finish(&guest);
	free(image);
}

/* One logical unit is two pixels: content drawn for that is shown as it is. */
static void scale_two(void **state)
{
	struct guest_window window = {.id = 7, .flags = GUEST_BARE, .width = 160, .height = 100};
	uint32_t *image = guest_image(4, 320, 200);
	struct guest_layer layer = layer_of(1, image, 320, 200);
	struct guest guest;

	layer.width = 160;
	layer.height = 100;
	start(&guest, state);
	guest_describe(&guest, &window);
	guest_show(&guest, 7, 160, 100, &layer, 1);
	shows_exactly(&guest, 7, image, 320, 200);
	finish(&guest);
	free(image);
}

/* Content of an app that knows no scale: every pixel becomes four. */
static void magnified(void **state)
{
	struct guest_window window = {.id = 7, .flags = GUEST_BARE, .width = 160, .height = 100};
	uint32_t *image = guest_image(4, 160, 100), *wanted = malloc(320 * 200 * 4);
	struct guest_layer layer = layer_of(1, image, 160, 100);
	struct guest guest;

	for (int y = 0; y < 200; y++)
		for (int x = 0; x < 320; x++)
			wanted[y * 320 + x] = image[y / 2 * 160 + x / 2];
	start(&guest, state);
	guest_describe(&guest, &window);
	guest_show(&guest, 7, 160, 100, &layer, 1);
	shows_exactly(&guest, 7, wanted, 320, 200);
	finish(&guest);
	free(image);
	free(wanted);
}

/* A content turned by 90 degrees counter-clockwise is turned back. */
static void turned(void **state)
{
	struct guest_window window = {.id = 7, .flags = GUEST_BARE, .width = 200, .height = 100};
	uint32_t *wanted = guest_image(6, 200, 100), *image = malloc(200 * 100 * 4);
	struct guest_layer layer = layer_of(1, image, 100, 200);
	struct guest guest;

	for (int y = 0; y < 200; y++)
		for (int x = 0; x < 100; x++)
			image[y * 100 + x] = wanted[x * 200 + (199 - y)];
	layer.transform = 1;
	layer.width = 200;
	layer.height = 100;
	start(&guest, state);
	guest_describe(&guest, &window);
	guest_show(&guest, 7, 200, 100, &layer, 1);
	shows_exactly(&guest, 7, wanted, 200, 100);
	finish(&guest);
	free(image);
	free(wanted);
}

static bool has_size(const struct oriel_msg *msg, void *user)
{
	const struct x_rect *r = user;

	return msg->configure.width == (uint32_t)r->width &&
	       msg->configure.height == (uint32_t)r->height;
}

/* The user makes a window larger: the old content stays at its top left, the guest is told, and its
 * new content fills it. */
static void resized_by_host(void **state)
{
	struct guest_window window = {.id = 7, .flags = GUEST_BARE, .width = 320, .height = 200};
	uint32_t *image = guest_image(1, 320, 200), *larger = guest_image(2, 400, 260);
	struct guest_layer layer = layer_of(7000, larger, 400, 260);
	struct x_rect place = {100, 100, 400, 260};
	uint32_t *wanted = calloc(400 * 260, 4);
	struct guest guest;

	start(&guest, state);
	guest_open(&guest, &window, 1);
	x_move_resize(&screen, x_find(&screen, 7), place);
	guest_expect(&guest, ORIEL_MSG_CONFIGURE, has_size, &place);
	for (int y = 0; y < 200; y++)
		memcpy(wanted + y * 400, image + y * 320, 320 * 4);
	shows_exactly(&guest, 7, wanted, 400, 260);
	window.width = 400;
	window.height = 260;
	guest_describe(&guest, &window);
	guest_show(&guest, 7, 400, 260, &layer, 1);
	shows_exactly(&guest, 7, larger, 400, 260);
	finish(&guest);
	free(image);
	free(larger);
	free(wanted);
}

/* Made smaller and large again by the host, while the guest keeps its size: what was cut off is
 * asked for and comes back. */
static void refreshed(void **state)
{
	struct guest_window window = {.id = 7, .flags = GUEST_BARE, .width = 320, .height = 200};
	uint32_t *image = guest_image(1, 320, 200), id = 7;
	struct guest_layer layer = layer_of(7000, image, 320, 200);
	struct x_rect small = {100, 100, 200, 120}, large = {100, 100, 320, 200};
	struct guest guest;

	start(&guest, state);
	guest_open(&guest, &window, 1);
	x_move_resize(&screen, x_find(&screen, 7), small);
	guest_expect(&guest, ORIEL_MSG_CONFIGURE, has_size, &small);
	x_move_resize(&screen, x_find(&screen, 7), large);
	guest_expect(&guest, ORIEL_MSG_CONFIGURE, has_size, &large);
	guest_expect(&guest, ORIEL_MSG_REFRESH, guest_is_window, &id);
	guest_show(&guest, 7, 320, 200, &layer, 1);
	shows_exactly(&guest, 7, image, 320, 200);
	finish(&guest);
	free(image);
}

static void resized_by_guest(void **state)
{
	struct guest_window window = {.id = 7, .flags = GUEST_BARE, .width = 320, .height = 200};
	uint32_t *image = guest_image(2, 250, 270);
	struct guest_layer layer = layer_of(7000, image, 250, 270);
	struct guest guest;

	start(&guest, state);
	guest_open(&guest, &window, 1);
	guest_pump(&guest, 600); /* no change by the host is being answered */
	window.width = 250;
	window.height = 270;
	guest_describe(&guest, &window);
	guest_show(&guest, 7, 250, 270, &layer, 1);
	shows_exactly(&guest, 7, image, 250, 270);
	finish(&guest);
	free(image);
}

/* Covered by another window and uncovered again: no second copy is kept, and none is asked for. */
static void exposed(void **state)
{
	struct guest_window window = {.id = 7, .flags = GUEST_BARE, .width = 320, .height = 200};
	uint32_t *image = guest_image(1, 320, 200);
	struct guest guest;
	Window cover;

	start(&guest, state);
	guest_open(&guest, &window, 1);
	cover = x_stranger(&screen, (struct x_rect){0, 0, 1600, 1200});
	guest_pump(&guest, 50);
	XDestroyWindow(screen.display, cover);
	XSync(screen.display, False);
	shows_exactly(&guest, 7, image, 320, 200);
	assert_false(guest_has(&guest, ORIEL_MSG_REFRESH, NULL, NULL, 50));
	finish(&guest);
	free(image);
}

#define IN(test, mode) \
	{.name = #test " (" #mode ")", \
		.test_func = test, \
		.initial_state = (void *)&mode, \
		.teardown_func = guest_teardown}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN(full_frame, surface),
		IN(full_frame, renderer),
		IN(decorated_frame, surface),
		IN(decorated_frame, renderer),
		IN(inline_frame, surface),
		IN(inline_frame, renderer),
		IN(partial_damage, surface),
		IN(partial_damage, renderer),
		IN(two_layers, surface),
		IN(two_layers, renderer),
		IN(layer_comes_and_goes, surface),
		IN(layer_comes_and_goes, renderer),
		IN(cropped, surface),
		IN(cropped, renderer),
		IN(scrolled, surface),
		IN(scrolled, renderer),
		IN(scale_two, surface2),
		IN(scale_two, renderer2),
		IN(magnified, surface2),
		IN(magnified, renderer2),
		IN(turned, surface),
		IN(turned, renderer),
		IN(resized_by_host, surface),
		IN(resized_by_host, renderer),
		IN(refreshed, surface),
		IN(resized_by_guest, surface),
		IN(resized_by_guest, renderer),
		IN(exposed, surface),
		IN(exposed, renderer),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, x_start_screen, x_stop_screen);
}
