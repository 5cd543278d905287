/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#ifndef ORIEL_CARRIER_TCP_H
#define ORIEL_CARRIER_TCP_H

#include "src/carrier/carrier.h"

/* A carrier of a TCP socket that is connected, or connecting. Takes fd, on failure too. */
int oriel_carrier_tcp_adopt(uv_loop_t *loop, int fd, bool connecting, struct oriel_carrier **ret);

#endif
