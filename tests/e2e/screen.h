/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * An X screen of our own with a window manager, seen from outside: what the viewer's windows are
 * and show, and input through XTest. Positions are pixels of the screen. Faults of the server end
 * the test.
 */
#ifndef ORIEL_TESTS_E2E_SCREEN_H
#define ORIEL_TESTS_E2E_SCREEN_H

#include <stdbool.h>
#include <stdint.h>
#include <X11/Xlib.h>

#include "tests/e2e/image.h"

extern Display *screen;

#define SCREEN_A "DUMMY0"
#define SCREEN_B "DUMMY1"

enum { SCREEN_A_HZ = 50, SCREEN_B_WIDTH = 1280, SCREEN_B_HEIGHT = 1024 };
enum { SCREEN_WIDTH = 1600, SCREEN_HEIGHT = 1200, SCREEN_WINDOWS = 128 };

enum screen_manager {
	SCREEN_FLOATS, /* openbox; the default */
	SCREEN_TILES,  /* i3: a window gets the place that is left, whatever size it wants */
};

/* Which window manager screen_start() takes. */
void screen_choose(enum screen_manager manager);
/* Screens that can be plugged and unplugged, by Xorg, which only root can start: SCREEN_A, alone at
 * first, with modes of SCREEN_A_HZ, and SCREEN_B. */
void screen_choose_heads(void);
/* Starts the X server and the window manager, sets DISPLAY, connects. */
void screen_start(int width, int height);
/* Changes the screens by xrandr; arguments are for a shell. */
void screen_arrange(const char *arguments);
/* Has i3 run one of its commands. */
void screen_tell_tiler(const char *command);
/* Connects to the DISPLAY that is there. False: there is none. */
bool screen_connect(void);
void screen_stop(void);

/* A window of a viewer. */
struct screen_window {
	Window window;
	uint32_t id;            /* in the guest: property _ORIEL_WINDOW */
	struct oriel_rect area; /* of the content, on the screen */
	bool mapped;
	bool popup; /* not managed by the window manager */
	char title[128], app_id[128];
};

/* All windows of viewers, top level ones and popups, mapped or not; returns their number. */
int screen_windows(struct screen_window *windows, int max);
int screen_count_mapped(void);
/* The mapped window with this title, the newest of them; an empty title means a popup, "*" a
 * window that is no popup. */
bool screen_find(const char *title, struct screen_window *ret_window);
/* Waits for it, and until it has had the same place and size for 100 ms. */
struct screen_window screen_wait(const char *title);
void screen_wait_gone(const char *title);

/* What a window, or the whole screen, shows. NULL: the window is gone, or not wholly on the
 * screen. */
struct image *screen_capture(Window window);
struct image *screen_capture_root(void);

/* A picture of the window once it has stayed the same for 300 ms. */
struct image *screen_capture_idle(const char *title);

/* Fails the test unless the window comes to show this picture. Takes the picture. */
void screen_expect(const char *title, struct image *expected, int tolerance);

/* Window management, as a pager or the user would do it. */
void screen_activate(Window window); /* also waits until it has focus */
void screen_move(const struct screen_window *window, int x, int y); /* of the content; waits */
void screen_resize(const struct screen_window *window, int width, int height);
void screen_close(Window window);
bool screen_has_state(Window window, const char *state); /* an atom of _NET_WM_STATE */
bool screen_is_iconic(Window window);
void screen_set_state(Window window, bool add, const char *state);
/* The frame that the window manager draws, in pixels: left, right, top, bottom. */
void screen_frame(Window window, long ret_frame[4]);
Window screen_focused(void);

/* Input. */
void screen_key(unsigned code, bool down); /* evdev key code */
void screen_tap(unsigned code);
void screen_type(const char *text); /* letters, digits, space and newline on a US keyboard */
void screen_point(int x, int y);
bool screen_pointer_is(int x, int y);
void screen_button(unsigned button, bool down); /* X button number */
void screen_click(int x, int y);
/* Lets go of all keys and buttons and moves the pointer out of the way. */
void screen_release_all(void);

#endif
