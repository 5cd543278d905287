/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * What the viewer needs of the host's window system and SDL does not offer: one implementation
 * per system (x11*.c on Linux, mac.c on macOS), chosen when it is built. Main thread only.
 *
 * On X11 each window of a guest carries, for window managers' rules and for tests:
 *   WM_CLASS        instance and class are the guest's application id ("oriel" when it has none)
 *   _ORIEL_WINDOW   CARDINAL/32, the id of the window in the guest
 */
#ifndef ORIEL_HOST_PLATFORM_PLATFORM_H
#define ORIEL_HOST_PLATFORM_PLATFORM_H

#include <SDL3/SDL.h>
#include <stdbool.h>
#include <stdint.h>

#include "src/base/rect.h"
#include "src/clipboard/flow.h"
#include "src/clipboard/types.h"

/* Called while SDL collects events, so they may only take notes or push SDL events. Each one
 * optional. */
struct oriel_platform_events {
	/* The pointer moved outside of the window that holds the button grab; x, y are relative to
	 * that window, in its pixels, and may be negative. Returns whether SDL may forget it. */
	bool (*motion_outside)(void *user, uint64_t native_window, double x, double y);
	/* The pointer is in a window now, perhaps at rest; x, y as above. */
	void (*entered)(void *user, uint64_t native_window, double x, double y);
	/* A window has keyboard focus now, or has lost it; see oriel_platform_tells_focus(). */
	void (*focus)(void *user, uint64_t native_window, bool gained);
	/* The window manager shows a window, or has put it away: another workspace, a tab that is
	 * not in front. Told of changes only; windows start as shown. */
	void (*put_away)(void *user, uint64_t native_window, bool away);
	/* A button was pressed outside of all our windows during oriel_platform_grab(). */
	void (*press_outside)(void *user);
	/* The keyboard layout is another one. */
	void (*keymap_changed)(void *user);
};

struct oriel_platform_keymap {
	char rules[256], model[256], layout[256], variant[256], options[256];
	uint32_t repeat_rate;  /* characters per second; 0: no repeat */
	uint32_t repeat_delay; /* ms */
};

struct oriel_platform_appearance {
	int color_scheme; /* enum oriel_color_scheme; -1: as SDL_GetSystemTheme() has it */
	bool contrast;    /* high */
	uint32_t accent;  /* 0xRRGGBB, or ORIEL_ACCENT_NONE */
};

/* Before SDL_Init(): hints that this system wants. */
void oriel_platform_prepare(void);

/* After SDL_Init(SDL_INIT_VIDEO), with any window. events and user are borrowed until finish. */
void oriel_platform_init(SDL_Window *any, const struct oriel_platform_events *events, void *user);
/* Before SDL_Quit(). */
void oriel_platform_finish(void);

/* Whether focus() is called, and right where SDL's own focus events are not. */
bool oriel_platform_tells_focus(void);

/* The window system's own number of a window; 0: none. */
uint64_t oriel_platform_native(SDL_Window *window);

/* What the user calls a screen (X11: its connector, as in HDMI-1). False: it has no such name. */
bool oriel_platform_screen_name(SDL_DisplayID display, char *ret_name, size_t size);

/* Whether windows can show what is behind them now. */
bool oriel_platform_has_alpha(void);

/* The next window SDL creates can (true) or can't be seen through. */
void oriel_platform_choose_alpha(bool alpha);

/* Marks a window before it is shown, see above. */
void oriel_platform_tag(SDL_Window *window, uint32_t id, const char *app_id);

/* Asks for a hidden or minimised window to be shown. SDL_EVENT_WINDOW_SHOWN comes when it is;
 * unlike SDL_ShowWindow() this never waits for the window manager. */
void oriel_platform_show(SDL_Window *window);

/* Hand a move or resize that follows the pressed button to the window manager. edges: bits of enum
 * oriel_edge. Returns false when no button is down or the window system can't. */
bool oriel_platform_begin_move(SDL_Window *window);
bool oriel_platform_begin_resize(SDL_Window *window, uint32_t edges);

/* Whether the user is in a window of a guest now, of this process or another, or nowhere: then a
 * guest's program may bring its window to the front. Who works in a program of the host is not
 * disturbed. */
bool oriel_platform_may_raise(void);

/* Asks the window manager to show the window menu at the pointer. */
void oriel_platform_window_menu(SDL_Window *window);

/* Until ungrab, presses outside of our windows come as press_outside and go nowhere else. Returns
 * false when that can't be had. A second grab moves to the other window. */
bool oriel_platform_grab(SDL_Window *window);
void oriel_platform_ungrab(void);

/* The file that the guest's ring is in, so that the window system reads pixels from it by itself.
 * fd becomes the callee's; start and size are our mapping of it from its beginning on, borrowed
 * until detach. False: not to be had here, pixels have to be copied. */
bool oriel_platform_ring_attach(int fd, const void *start, size_t size);
void oriel_platform_ring_detach(void);

/* Shows packed rows of pixels that lie in the ring: they are for rect, in the window's pixels, and
 * part, inside of rect, is shown. For windows without alpha. False: they do not lie there, or
 * nothing is attached. */
bool oriel_platform_ring_put(SDL_Window *window, const struct oriel_rect *rect,
	const struct oriel_rect *part, const void *pixels);

/* Returns when everything that was put has been read: before the guest is told so. */
void oriel_platform_ring_wait(void);

/* The clipboard, and the primary selection where the system has one; selection is an enum
 * oriel_selection. Called from the loop or from oriel_platform_clipboard_event(), both required. */
struct oriel_platform_clipboard_events {
	/* Another program has copied something (types as programs name them), or has nothing any
	 * more (n 0). Not called for what we offer. */
	void (*changed)(void *user, uint8_t selection, const struct oriel_types *types);
	/* What we offer is wanted in this type (of text: any of its names): produce into flow. */
	void (*wanted)(void *user, uint8_t selection, const char *type, struct oriel_flow *flow);
};

/* After init; finish comes after close. All is borrowed until close. */
void oriel_platform_clipboard_open(
	uv_loop_t *loop, const struct oriel_platform_clipboard_events *events, void *user);
void oriel_platform_clipboard_close(void);
/* Owns it; n 0: not any longer. Never takes focus. */
void oriel_platform_clipboard_offer(uint8_t selection, const struct oriel_types *types);
/* Produces what another program has, of a type it told or ORIEL_TYPE_TEXT. */
void oriel_platform_clipboard_read(uint8_t selection, const char *type, struct oriel_flow *flow);
/* Every SDL_EVENT_CLIPBOARD_UPDATE. */
void oriel_platform_clipboard_event(const SDL_ClipboardEvent *event);

/* How the desktop looks, as far as it is known by now. */
void oriel_platform_appearance(struct oriel_platform_appearance *ret_appearance);
/* Looks after it until close: changed is called from the loop when it is another one, or known
 * for the first time. Never waits. */
void oriel_platform_appearance_open(uv_loop_t *loop, void (*changed)(void *user), void *user);
void oriel_platform_appearance_close(void);

/* The host's keyboard. What is not known is "". */
void oriel_platform_keymap(struct oriel_platform_keymap *ret_keymap);

#endif
