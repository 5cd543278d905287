/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * A port that is a file: virtio-serial, or a terminal. Linux. Any thread.
 */
#ifndef ORIEL_CARRIER_SERIAL_H
#define ORIEL_CARRIER_SERIAL_H

#include "src/carrier/carrier.h"

/* The path of the virtio-serial port of this name, or a copy of name if it has a '/'. root goes
 * before /dev and /sys: "" but in tests. 0; -ENOENT; -ENAMETOOLONG. */
int oriel_serial_find(const char *root, const char *name, char *path, size_t size);

/* Opens it, without ever waiting, as raw bytes. A descriptor or -errno. */
int oriel_serial_open(const char *path);

/* A carrier of an open port; passes no descriptors. Its end is that of the other side, which may
 * come back: the port stays usable. Takes fd, on failure too. */
int oriel_carrier_serial_adopt(uv_loop_t *loop, int fd, struct oriel_carrier **ret);

#endif
