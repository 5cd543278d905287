/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Scales that the user has chosen, and how screens of several scales lie side by side. Pure
 * functions.
 */
#ifndef ORIEL_HOST_VIEWER_SCALES_H
#define ORIEL_HOST_VIEWER_SCALES_H

#include <stdbool.h>

#include "host/viewer/units.h"
#include "src/base/rect.h"

/* A list is "SCALE", "SCREEN=SCALE", or several of them with commas between; a scale is 0.25 to 10.
 * Whether it is well formed. */
bool oriel_scales_check(const char *list);

/* The scale of the screen of that name, or that of all screens; 0: the list says nothing of it, or
 * is NULL. */
double oriel_scales_find(const char *list, const char *name);

/* Places screens on the guest's desktop, the first one at its place divided by its scale: those
 * that touch on the host touch there, too, and none overlap. areas are in SDL units; of units, sdl
 * is set by the caller, the rest here. */
void oriel_scales_arrange(const struct oriel_rect *areas, struct oriel_units *units, int n);

#endif
