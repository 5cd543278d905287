/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * The commands of the pattern client, one line each. NAME is a surface; sizes are WxH,
 * rectangles X,Y,W,H (buffer pixels), SEED is a number.
 *
 *   toplevel NAME SIZE [OPTION...]      title= app_id= parent= decorated=0|1 min=SIZE max=SIZE
 *   popup NAME PARENT SIZE anchor=RECT [OPTION...]    edge= gravity= adjust=flip_x+slide_y...
 *                                       offset=X,Y grab=1 (with the serial of the last press)
 *   subsurface NAME PARENT SIZE X Y [OPTION...]       desync=1
 *       options of all three: seed= scale= alpha=1 single=1 (buffer) fixed=1 (size) fractional=1
 *                                       margin=N
 *                                       dmabuf=DEVICE (/dev/udmabuf or /dev/dri/card0, 1...)
 *                                       late=MS (vgem: content that much after the commit)
 *   redraw NAME SEED                    everything anew
 *   damage NAME RECT SEED               a rectangle anew, and damage just for it
 *   lazy NAME RECT SEED                 a rectangle anew, but damage everywhere
 *   size NAME SIZE | scale NAME N | place NAME X Y (subsurface) | crop NAME RECT SIZE (viewport)
 *   shown NAME                          wait until the last commit has been shown
 *   animate NAME N [full|glyph]         N frames, each after the one before was shown
 *   spin NAME full|glyph|off            the same in the background, for ever
 *   flood NAME N                        N commits that do not wait for frame callbacks
 *   state NAME minimize|maximize|unmaximize|fullscreen|unfullscreen
 *   limits NAME SIZE SIZE | title NAME TEXT | app_id NAME TEXT
 *   move NAME | drag NAME EDGE          interactive, with the serial of the last press
 *   destroy NAME | sync | crash | quit
 *   screens                             NAME:X,Y,WIDTHxHEIGHT@MHZ*SCALE of each, in pixels
 *
 * The answer is one line: "ok", with results, or "error" and why.
 */
#ifndef ORIEL_TESTS_CLIENTS_COMMANDS_H
#define ORIEL_TESTS_CLIENTS_COMMANDS_H

#include "tests/clients/client.h"

/* Runs one command and prints its answer. press: serial of the last button press. */
void command_run(struct client *client, char *line, uint32_t press);

#endif
