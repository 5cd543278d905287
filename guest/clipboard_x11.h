/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Selections of X11 programs, by a connection to Xwayland: all types, both selections, to and from
 * Wayland programs and the host. Mir would bring the clipboard's text by itself, and is kept from
 * it: see src/clipboard/x11_watch.c.
 */
#ifndef ORIEL_GUEST_CLIPBOARD_X11_H
#define ORIEL_GUEST_CLIPBOARD_X11_H

#include "guest/core.h"

/* Xwayland was started: connects, in the background. */
void oriel_clipboard_x11_started(struct oriel_core *core);
void oriel_clipboard_x11_close(struct oriel_core *core);

#endif
