/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * An X screen for a test: an Xvfb of its own with a window manager, what is on it, and a hand on
 * its mouse and keyboard. Positions are root pixels. A failure ends the test.
 */
#ifndef ORIEL_TESTS_VIEWER_X_H
#define ORIEL_TESTS_VIEWER_X_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <X11/Xlib.h>

/* How long something may take that has to happen; only a failing test waits for it. */
#define X_PATIENCE_MS 20000

struct x_screen {
	char name[16]; /* ":99" */
	Display *display;
	pid_t server, manager; /* manager 0: none */
};

struct x_image {
	int width, height;
	uint32_t *pixels; /* 0x00rrggbb, rows packed */
};

struct x_rect {
	int x, y, width, height;
};

/* 1600x1200. Sets DISPLAY. */
void x_start(struct x_screen *screen, bool with_manager);
void x_stop(struct x_screen *screen);

/* The screen of a program's tests, with a window manager: setup and teardown of the group. */
extern struct x_screen screen;
int x_start_screen(void **state);
int x_stop_screen(void **state);

/* The window that shows the guest's window id (property _ORIEL_WINDOW); None: it isn't there or is
 * not to be seen. */
Window x_find(struct x_screen *screen, uint32_t id);
/* The number of such windows. */
int x_count(struct x_screen *screen);

struct x_rect x_place(struct x_screen *screen, Window window);
/* What is drawn in the window. */
struct x_image x_capture(struct x_screen *screen, Window window);
/* What is to be seen in a part of the screen. */
struct x_image x_capture_screen(struct x_screen *screen, struct x_rect rect);
void x_image_free(struct x_image *image);

/* Messages to the window manager about a window. */
void x_ask_state(
	struct x_screen *screen, Window window, bool add, const char *state, const char *state2);
void x_ask_close(struct x_screen *screen, Window window);
void x_ask_activate(struct x_screen *screen, Window window);
void x_iconify(struct x_screen *screen, Window window);
bool x_has_state(struct x_screen *screen, Window window, const char *state);
void x_move_resize(struct x_screen *screen, Window window, struct x_rect rect);
/* Text of a property; "" without one. */
void x_text(struct x_screen *screen, Window window, const char *property, char *text, int size);
Window x_property_window(struct x_screen *screen, Window window, const char *property);

/* A plain window of another program. */
Window x_stranger(struct x_screen *screen, struct x_rect rect);

/* Mouse and keyboard. Codes are X's: keycodes are evdev plus 8, button 1 is left. */
void x_move(struct x_screen *screen, int x, int y);
void x_button(struct x_screen *screen, unsigned button, bool down);
void x_click(struct x_screen *screen, unsigned button);
void x_key(struct x_screen *screen, unsigned keycode, bool down);

#endif
