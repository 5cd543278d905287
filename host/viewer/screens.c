/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "host/viewer/screens.h"

#include <stdio.h>
#include <string.h>

#include "host/viewer/session.h"
#include "host/viewer/window_host.h"

static double sane(double scale)
{
	return scale >= 0.25 && scale <= 10 ? scale : 1;
}

/* Points are the guest's units on macOS. On X11 all screens share one scale: the option, or what
 * the primary screen's desktop says. */
static double sdl_per_logical(const struct oriel_viewer *viewer)
{
#ifdef __APPLE__
	(void)viewer;
	return 1;
#else
	if (viewer->options->scale > 0)
		return sane(viewer->options->scale);
	return sane(SDL_GetDisplayContentScale(SDL_GetPrimaryDisplay()));
#endif
}

/* Buffer pixels per logical unit. */
static double output_scale(const struct oriel_viewer *viewer, const SDL_DisplayMode *mode)
{
	double density = mode && mode->pixel_density > 0 ? mode->pixel_density : 1;

	if (viewer->options->scale > 0)
		return sane(viewer->options->scale);
	return sane(viewer->units.sdl * density);
}

static void describe(const struct oriel_viewer *viewer, SDL_DisplayID display,
	struct oriel_wire_output *ret, char *name, size_t size)
{
	const SDL_DisplayMode *mode = SDL_GetCurrentDisplayMode(display);
	const struct oriel_units *u = &viewer->units;
	const char *title = SDL_GetDisplayName(display);
	double refresh = mode ? mode->refresh_rate : 0;
	SDL_Rect bounds = {0, 0, 1, 1};

	SDL_GetDisplayBounds(display, &bounds);
	snprintf(name, size, "%s", title ? title : "");
	*ret = (struct oriel_wire_output){
		.id = display,
		.x = SDL_clamp(oriel_units_to_logical(u, bounds.x), -1048576, 1048576),
		.y = SDL_clamp(oriel_units_to_logical(u, bounds.y), -1048576, 1048576),
		.width = oriel_units_size_to_logical(u, bounds.w),
		.height = oriel_units_size_to_logical(u, bounds.h),
		.scale = (uint32_t)(output_scale(viewer, mode) * 120 + 0.5),
		/* Virtual screens say 0, or anything. */
		.refresh = refresh > 0 && refresh <= 1000 ? (uint32_t)(refresh * 1000 + 0.5) : 0,
		.name = name,
	};
}

static bool same(const struct oriel_screens *a, const struct oriel_screens *b)
{
	if (a->n != b->n)
		return false;
	for (uint32_t i = 0; i < a->n; i++) {
		const struct oriel_wire_output *p = &a->outputs[i], *q = &b->outputs[i];

		if (p->id != q->id || p->x != q->x || p->y != q->y || p->width != q->width ||
			p->height != q->height || p->scale != q->scale ||
			p->refresh != q->refresh || strcmp(a->names[i], b->names[i]) != 0)
			return false;
	}
	return true;
}

/* The primary screen first. */
static void add(struct oriel_viewer *viewer, struct oriel_screens *screens, SDL_DisplayID display)
{
	if (screens->n == ORIEL_MAX_OUTPUTS)
		return;
	describe(viewer, display, &screens->outputs[screens->n], screens->names[screens->n],
		sizeof screens->names[0]);
	screens->n++;
}

bool oriel_screens_update(struct oriel_viewer *viewer)
{
	static struct oriel_screens found;
	SDL_DisplayID primary = SDL_GetPrimaryDisplay();
	double scale = viewer->units.sdl;
	SDL_DisplayID *displays;
	bool changed;
	int n = 0;

	viewer->units.sdl = sdl_per_logical(viewer);
	found.n = 0;
	displays = SDL_GetDisplays(&n);
	if (primary)
		add(viewer, &found, primary);
	for (int i = 0; i < n; i++)
		if (displays[i] != primary)
			add(viewer, &found, displays[i]);
	SDL_free(displays);
	changed = !same(&found, &viewer->screens);
	viewer->screens = found;
	for (uint32_t i = 0; i < found.n; i++)
		viewer->screens.outputs[i].name = viewer->screens.names[i];
	if (scale != viewer->units.sdl)
		oriel_windows_rescale(viewer);
	return changed;
}

void oriel_screens_send(struct oriel_viewer *viewer)
{
	struct oriel_msg_outputs *msg = &viewer->out->outputs;

	if (!viewer->screens.n)
		return;
	viewer->out->type = ORIEL_MSG_OUTPUTS;
	msg->n_outputs = viewer->screens.n;
	memcpy(msg->outputs, viewer->screens.outputs, sizeof viewer->screens.outputs);
	oriel_session_send(viewer);
}

bool oriel_screens_event(struct oriel_viewer *viewer, const SDL_Event *event)
{
	if (event->type < SDL_EVENT_DISPLAY_FIRST || event->type > SDL_EVENT_DISPLAY_LAST)
		return false;
	if (oriel_screens_update(viewer))
		oriel_screens_send(viewer);
	return true;
}
