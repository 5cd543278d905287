/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * What a viewer says of the memory of this virtual machine that it can read.
 */
#ifndef ORIEL_GUEST_MEMORY_H
#define ORIEL_GUEST_MEMORY_H

#include "guest/client.h"

/* memory: of each kind the first region that is of use is used. */
void oriel_memory_handle(struct oriel_client *client, const struct oriel_msg_memory *msg);

#endif
