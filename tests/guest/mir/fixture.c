/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "tests/guest/mir/fixture.h"
#include <linux/input-event-codes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

struct core core;
struct client client;
struct surface top;

int start_mir(void **state)
{
	(void)state;
	core_start(&core, false);
	return 0;
}

int stop_mir(void **state)
{
	(void)state;
	core_stop(&core);
	return 0;
}

void settle(void)
{
	client_sync(&client, &core);
	core_run(&core, 40);
	client_sync(&client, &core);
}

struct core_window *top_window(void)
{
	struct core_window *window = core_titled(&core, "top");

	assert_non_null(window);
	return window;
}

uint32_t top_id(void)
{
	return core_wait_titled(&core, "top")->now.id;
}

void configure(int x, int y, int width, int height, uint8_t state)
{
	struct oriel_rect content = {x, y, width, height};

	oriel_mir_configure(core.mir, top_id(), &content, state, false);
	settle();
}

void obey(struct surface *s)
{
	free(s->pixels);
	s->width = s->configured_width;
	s->height = s->configured_height;
	s->pixels = calloc((size_t)s->width * s->height, 4);
	surface_draw(s, 0, 0, s->width, s->height);
	surface_attach(s);
	surface_commit(s);
	settle();
}

int open_window(void **state)
{
	(void)state;
	client_connect(&client, &core);
	seat_listen(&client, &core);
	surface_init(&top, &client, TOP_WIDTH, TOP_HEIGHT);
	surface_toplevel(&top, &core, "top");
	configure(100, 100, TOP_WIDTH, TOP_HEIGHT, ORIEL_STATE_NORMAL);
	oriel_mir_focus(core.mir, top_id(), NULL, 0, 0);
	surface_attach(&top);
	surface_commit_wait(&top, &core);
	settle();
	core.n_requests = 0;
	core_reset_damage(&core);
	return 0;
}

bool all_gone(struct core *c, void *data)
{
	(void)data;
	for (int i = 0; i < c->n_windows; i++)
		if (!c->windows[i].gone)
			return false;
	return true;
}

int close_window(void **state)
{
	(void)state;
	core.pump = NULL;
	core.claim = core.acknowledge = true;
	free(top.pixels);
	client_disconnect(&client);
	core_wait(&core, all_gone, NULL);
	for (int i = 0; i < core.n_copies; i++)
		free(core.copies[i].pixels);
	core.n_copies = core.n_windows = 0;
	return 0;
}

void press(double x, double y)
{
	oriel_mir_motion(core.mir, 0, top_id(), x, y, 0, 0);
	oriel_mir_button(core.mir, 0, BTN_LEFT, true);
	settle();
}

void release(void)
{
	oriel_mir_button(core.mir, 0, BTN_LEFT, false);
	settle();
}

void assert_exact(void)
{
	assert_int_equal(core.damage.missed, 0);
	assert_int_equal(core.damage.whole, 0);
	assert_int_equal(core.damage.wide, 0);
	assert_true(core.damage.exact > 0);
	core_reset_damage(&core);
}

struct oriel_mir_layer layer_of(int i)
{
	const struct oriel_mir_frame *frame = top_window()->held;

	assert_non_null(frame);
	assert_true(i < oriel_mir_frame_info(frame)->n_layers);
	return oriel_mir_frame_info(frame)->layers[i];
}

const uint32_t *shown(int layer)
{
	return core_copy(&core, top_id(), layer_of(layer).id)->pixels;
}
