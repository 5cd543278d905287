/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Icons of applications: from application id to desktop entry to picture. Looked for by a worker
 * thread, once per application; sent once per peer.
 */
#ifndef ORIEL_GUEST_ICON_H
#define ORIEL_GUEST_ICON_H

#include "guest/client.h"

/* Sends the icon of app_id to client, now or when it has been found. */
void oriel_icon_send(struct oriel_client *client, const char *app_id);

/* After the loop has ended. */
void oriel_icon_finish(struct oriel_core *core);

#endif
