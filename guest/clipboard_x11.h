/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Selections of X11 programs, by a connection to Xwayland. Mir brings only the text of the
 * clipboard from and to them; this brings the other types and the primary selection too, and all of
 * it to the host. One gap stays: of what an X11 program has in the clipboard, Wayland programs in
 * the guest get Mir's text only, because what we would set ourselves takes the selection from that
 * program.
 */
#ifndef ORIEL_GUEST_CLIPBOARD_X11_H
#define ORIEL_GUEST_CLIPBOARD_X11_H

#include "guest/core.h"

/* Xwayland was started: connects, in the background. */
void oriel_clipboard_x11_started(struct oriel_core *core);
void oriel_clipboard_x11_close(struct oriel_core *core);

#endif
