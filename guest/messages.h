/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * What the messages of a peer do. Ranges and enums have been checked by src/wire/; relations
 * between fields, and whether the thing that is meant is there, are checked here.
 */
#ifndef ORIEL_GUEST_MESSAGES_H
#define ORIEL_GUEST_MESSAGES_H

#include "guest/client.h"

void oriel_messages_handle(struct oriel_client *client, const struct oriel_msg *msg);

#endif
