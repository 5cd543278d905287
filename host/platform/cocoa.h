/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * What the viewer needs of Cocoa and SDL does not offer: plain C over the Objective-C runtime, so
 * that neither Apple's headers nor a second language are needed. Main thread only, after
 * SDL_Init(SDL_INIT_VIDEO). A window is SDL's SDL_PROP_WINDOW_COCOA_WINDOW_POINTER, borrowed.
 *
 * It links, and has never run on a Mac: see docs/macos.md.
 */
#ifndef ORIEL_HOST_PLATFORM_COCOA_H
#define ORIEL_HOST_PLATFORM_COCOA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How the process shows up on the desktop; the numbers are NSApplicationActivationPolicy's. */
enum oriel_cocoa_policy {
	ORIEL_COCOA_REGULAR = 0,    /* in the Dock, in Cmd-Tab, with a menu bar */
	ORIEL_COCOA_ACCESSORY = 1,  /* windows only */
	ORIEL_COCOA_PROHIBITED = 2, /* nothing, not even windows */
};

/* Whether AppKit took the policy. */
bool oriel_cocoa_set_policy(enum oriel_cocoa_policy policy);

/* Makes an image the Dock icon: B, G, R, A bytes, premultiplied, stride bytes from row to row.
 * The pixels are copied. False when they can't be an image, or there is no memory. */
bool oriel_cocoa_set_dock_icon(const void *pixels, int width, int height, size_t stride);

/* Lets a window follow the pointer till the left button is let go. False when it is not down. The
 * call may last as long as the move: SDL's event watches run meanwhile, its event loop does not. */
bool oriel_cocoa_begin_move(void *nswindow);

/* Takes the shortcuts (Cmd-Q, Cmd-W, Cmd-H...) off the items of the menu bar, so that their keys
 * reach the guest. The items stay and work by click. */
void oriel_cocoa_strip_shortcuts(void);

/* The accent colour of the system settings, 0xRRGGBB in sRGB. False: there is none. */
bool oriel_cocoa_accent(uint32_t *ret_rgb);
/* Whether the user asks for high contrast. */
bool oriel_cocoa_contrast(void);
/* Has changed called, from the run loop of the main thread, when the system's colours are others.
 * NULL ends that. */
void oriel_cocoa_watch_colors(void (*changed)(void *user), void *user);

/* Switches the shadow that macOS draws round a window: off for those that draw their own. */
void oriel_cocoa_set_shadow(void *nswindow, bool shadow);

#endif
