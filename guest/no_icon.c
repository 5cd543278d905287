/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * In place of icon.c where gdk-pixbuf or GIO is missing: windows have no icons.
 */
#include "guest/icon.h"

void oriel_icon_send(struct oriel_client *client, const char *app_id)
{
	(void)client;
	(void)app_id;
}

void oriel_icon_finish(struct oriel_core *core)
{
	(void)core;
}
