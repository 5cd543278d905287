/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * How the host's desktop looks (dark or light, contrast, accent colour), for the guest's programs:
 * orield is a backend of xdg-desktop-portal on the user's session bus,
 * org.freedesktop.impl.portal.desktop.oriel, for its interface Settings. Whether the portal asks it
 * is said by portals.conf(5); packaging/portal/ has one for the desktop "Oriel".
 */
#ifndef ORIEL_GUEST_PORTAL_H
#define ORIEL_GUEST_PORTAL_H

#include "src/wire/messages.h"

struct oriel_bus;
struct oriel_core;
struct sd_bus_slot;

struct oriel_portal {
	struct oriel_bus *bus; /* NULL: there is none */
	struct sd_bus_slot *name, *object;
	struct oriel_msg_appearance appearance; /* as the newest viewer tells it */
};

/* Mir is up. Without a bus it is said once, and nothing else changes. */
void oriel_portal_open(struct oriel_core *core);
/* Twice is fine. */
void oriel_portal_close(struct oriel_core *core);

/* A viewer tells; what differs is passed on. */
void oriel_portal_set(struct oriel_core *core, const struct oriel_msg_appearance *appearance);

#endif
