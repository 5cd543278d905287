/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#ifndef ORIEL_CARRIER_VSOCK_H
#define ORIEL_CARRIER_VSOCK_H

#include "src/carrier/carrier.h"

/* Bytes written at once: with vhost-device-vsock, larger writes of a guest can stall for ever. */
#define ORIEL_VSOCK_CHUNK (16 * 1024)

/* A carrier of a vsock socket that is connected, or connecting. Takes fd, on failure too. */
int oriel_carrier_vsock_adopt(uv_loop_t *loop, int fd, bool connecting, struct oriel_carrier **ret);

#endif
