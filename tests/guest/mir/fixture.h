/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/* One Mir for a group of tests; for each test a client with one window, titled "top". */
#ifndef ORIEL_TESTS_FIXTURE_H
#define ORIEL_TESTS_FIXTURE_H

#include "tests/guest/mir/seat.h"

#define TOP_WIDTH 240
#define TOP_HEIGHT 160

extern struct core core;
extern struct client client;
extern struct surface top;

int start_mir(void **state);
int stop_mir(void **state);
/* The window is at 100, 100, has the focus, and no requests nor damage are left over. */
int open_window(void **state);
int close_window(void **state);

/* Until client and server have nothing more to say. */
void settle(void);
bool all_gone(struct core *core, void *data);
uint32_t top_id(void);
struct core_window *top_window(void);
/* Tells Mir where the host has the window. */
void configure(int x, int y, int width, int height, uint8_t state);
/* Draws at the size that the host has set. */
void obey(struct surface *s);
/* The left button at a place of the window. */
void press(double x, double y);
void release(void);

/* A layer of the newest frame of the window, and what a viewer shows of it. */
struct oriel_mir_layer layer_of(int i);
const uint32_t *shown(int layer);
/* The damage since the last reset was exact, in at least one layer, and complete. */
void assert_exact(void);

#define WINDOW_TEST(name) cmocka_unit_test_setup_teardown(name, open_window, close_window)

#endif
