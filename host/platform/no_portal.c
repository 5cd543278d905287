/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/* Without D-Bus there is what SDL knows: dark or light. */
#include "host/platform/platform.h"
#include "src/wire/messages.h"

void oriel_platform_appearance(struct oriel_platform_appearance *ret_appearance)
{
	*ret_appearance =
		(struct oriel_platform_appearance){.color_scheme = -1, .accent = ORIEL_ACCENT_NONE};
}

void oriel_platform_appearance_open(uv_loop_t *loop, void (*changed)(void *user), void *user)
{
	(void)loop;
	(void)changed;
	(void)user;
}

void oriel_platform_appearance_close(void)
{
}
