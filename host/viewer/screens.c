/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "host/viewer/screens.h"

#include <stdio.h>
#include <string.h>

#include "host/platform/platform.h"
#include "host/viewer/scales.h"
#include "host/viewer/session.h"
#include "host/viewer/window_host.h"

static double sane(double scale)
{
	return scale >= 0.25 && scale <= 10 ? scale : 1;
}

static void set_name(struct oriel_screens *screens, uint32_t i)
{
	SDL_DisplayID display = screens->outputs[i].id;
	size_t size = sizeof screens->names[i];
	const char *name = SDL_GetDisplayName(display);

	if (!oriel_platform_screen_name(display, screens->names[i], size))
		snprintf(screens->names[i], size, "%s", name ? name : "");
}

/* Points are the guest's units on macOS. On X11 all screens share one scale, what the primary
 * screen's desktop says, unless the user knows better. */
static double sdl_per_logical(const struct oriel_viewer *viewer, const char *name)
{
#ifdef __APPLE__
	(void)viewer;
	(void)name;
	return 1;
#else
	double chosen = oriel_scales_find(viewer->options->scale, name);

	return chosen > 0 ? chosen : sane(SDL_GetDisplayContentScale(SDL_GetPrimaryDisplay()));
#endif
}

/* Buffer pixels per logical unit. */
static double output_scale(const struct oriel_viewer *viewer, const char *name,
	const SDL_DisplayMode *mode, const struct oriel_units *units)
{
	double chosen = oriel_scales_find(viewer->options->scale, name);
	double density = mode && mode->pixel_density > 0 ? mode->pixel_density : 1;

	return chosen > 0 ? chosen : sane(units->sdl * density);
}

static void describe(const struct oriel_viewer *viewer, struct oriel_screens *screens, uint32_t i,
	const struct oriel_rect *area)
{
	const struct oriel_units *u = &screens->units[i];
	struct oriel_wire_output *output = &screens->outputs[i];
	const SDL_DisplayMode *mode = SDL_GetCurrentDisplayMode(output->id);
	double refresh = mode ? mode->refresh_rate : 0;

	*output = (struct oriel_wire_output){
		.id = output->id,
		.x = SDL_clamp(oriel_units_x_to_logical(u, area->x), -1048576, 1048576),
		.y = SDL_clamp(oriel_units_y_to_logical(u, area->y), -1048576, 1048576),
		.width = oriel_units_size_to_logical(u, area->width),
		.height = oriel_units_size_to_logical(u, area->height),
		.scale = (uint32_t)(output_scale(viewer, screens->names[i], mode, u) * 120 + 0.5),
		/* Virtual screens say 0, or anything. */
		.refresh = refresh > 0 && refresh <= 1000 ? (uint32_t)(refresh * 1000 + 0.5) : 0,
		.name = screens->names[i],
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
static void find_displays(struct oriel_screens *screens)
{
	SDL_DisplayID primary = SDL_GetPrimaryDisplay(), *displays;
	int n = 0;

	displays = SDL_GetDisplays(&n);
	if (primary)
		screens->outputs[screens->n++].id = primary;
	for (int i = 0; i < n && screens->n < ORIEL_MAX_OUTPUTS; i++)
		if (displays[i] != primary)
			screens->outputs[screens->n++].id = displays[i];
	SDL_free(displays);
}

static void look(const struct oriel_viewer *viewer, struct oriel_screens *screens)
{
	struct oriel_rect areas[ORIEL_MAX_OUTPUTS];

	find_displays(screens);
	for (uint32_t i = 0; i < screens->n; i++) {
		SDL_Rect bounds = {0, 0, 1, 1};

		SDL_GetDisplayBounds(screens->outputs[i].id, &bounds);
		areas[i] = (struct oriel_rect){bounds.x, bounds.y, bounds.w, bounds.h};
		set_name(screens, i);
		screens->units[i].sdl = sdl_per_logical(viewer, screens->names[i]);
	}
	oriel_scales_arrange(areas, screens->units, (int)screens->n);
	for (uint32_t i = 0; i < screens->n; i++)
		describe(viewer, screens, i, &areas[i]);
}

bool oriel_screens_update(struct oriel_viewer *viewer)
{
	static struct oriel_screens found;
	bool changed;

	found = (struct oriel_screens){0};
	look(viewer, &found);
	changed = !same(&found, &viewer->screens);
	viewer->screens = found;
	for (uint32_t i = 0; i < found.n; i++)
		viewer->screens.outputs[i].name = viewer->screens.names[i];
	if (found.n)
		viewer->units = found.units[0];
	/* Windows may be on another screen now without having moved. */
	for (int i = 0; changed && i < viewer->windows.n; i++)
		viewer->windows.items[i]->sync.dirty = true;
	return changed;
}

const struct oriel_units *oriel_screens_units(const struct oriel_viewer *viewer, SDL_Window *window)
{
	SDL_DisplayID display = SDL_GetDisplayForWindow(window);

	for (uint32_t i = 0; i < viewer->screens.n; i++)
		if (viewer->screens.outputs[i].id == display)
			return &viewer->screens.units[i];
	return &viewer->units;
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
