/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * How often the client of a window may draw. Frames are shown as they come; the acknowledgement,
 * which lets the client draw the next, waits until the screen could show that: window surfaces on
 * X11 and textures without vsync do not wait for the screen by themselves, and an app that animates
 * would draw thousands of frames a second. A frame after a pause is acknowledged at once.
 */
#ifndef ORIEL_HOST_VIEWER_PACE_H
#define ORIEL_HOST_VIEWER_PACE_H

#include <stdint.h>

struct oriel_window;

struct oriel_pace {
	uint64_t tick_ns; /* when the newest acknowledgement was due */
	uint64_t due_ns;  /* when the next one is, for a frame that has been shown; 0: none waits */
	uint64_t latency_us; /* from receipt of that frame until it was shown */
};

/* The window's frame has been shown: acknowledges it, now or at the screen's next refresh. */
void oriel_pace_acknowledge(struct oriel_window *window);

#endif
