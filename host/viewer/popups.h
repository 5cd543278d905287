/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/* Popups that grab: a press outside of the guest's menu dismisses it, as a native menu's does. */
#ifndef ORIEL_HOST_VIEWER_POPUPS_H
#define ORIEL_HOST_VIEWER_POPUPS_H

#include "host/viewer/state.h"

/* Popups have come or gone: takes or gives back the pointer. */
void oriel_popups_update(struct oriel_viewer *viewer);

/* Asks the guest to close all grabbing popups, topmost first. */
void oriel_popups_dismiss(struct oriel_viewer *viewer);

/* A button is pressed over this window (NULL: none of ours). Returns whether that dismissed popups
 * and is not for the guest. A press over the menu's own toplevel goes to the guest, which closes
 * the menu itself. */
bool oriel_popups_press(struct oriel_viewer *viewer, struct oriel_window *window);

/* Keyboard focus went to this toplevel (NULL: none of ours). */
void oriel_popups_focus(struct oriel_viewer *viewer, struct oriel_window *root);

#endif
