/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "host/viewer/appearance.h"

#include "host/platform/platform.h"
#include "host/viewer/session.h"

static uint8_t system_theme(void)
{
	switch (SDL_GetSystemTheme()) {
	case SDL_SYSTEM_THEME_DARK:
		return ORIEL_COLOR_SCHEME_DARK;
	case SDL_SYSTEM_THEME_LIGHT:
		return ORIEL_COLOR_SCHEME_LIGHT;
	default:
		return ORIEL_COLOR_SCHEME_NONE;
	}
}

static void handle_changed(void *user)
{
	struct oriel_viewer *viewer = user;

	viewer->appearance.stale = true;
}

void oriel_appearance_open(struct oriel_viewer *viewer)
{
	oriel_platform_appearance_open(&viewer->loop.uv, handle_changed, viewer);
}

void oriel_appearance_send(struct oriel_viewer *viewer, bool always)
{
	const struct oriel_msg_appearance *sent = &viewer->appearance.sent;
	struct oriel_platform_appearance host;
	struct oriel_msg_appearance msg;

	viewer->appearance.stale = false;
	oriel_platform_appearance(&host);
	msg = (struct oriel_msg_appearance){
		.color_scheme = host.color_scheme < 0 ? system_theme() : (uint8_t)host.color_scheme,
		.contrast = host.contrast,
		.accent = host.accent,
	};
	if (!always && msg.color_scheme == sent->color_scheme && msg.contrast == sent->contrast &&
		msg.accent == sent->accent)
		return;
	viewer->appearance.sent = msg;
	viewer->out->type = ORIEL_MSG_APPEARANCE;
	viewer->out->appearance = msg;
	oriel_session_send(viewer);
}
