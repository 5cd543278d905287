/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "host/viewer/icon.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "host/viewer/image.h"
#include "host/viewer/state.h"

static struct oriel_icon *find(struct oriel_viewer *viewer, const char *app_id)
{
	for (int i = 0; i < ORIEL_ICONS_MAX; i++)
		if (viewer->icons.items[i].app_id &&
			strcmp(viewer->icons.items[i].app_id, app_id) == 0)
			return &viewer->icons.items[i];
	return NULL;
}

static void clear(struct oriel_icon *icon)
{
	free(icon->app_id);
	SDL_DestroySurface(icon->surface);
	*icon = (struct oriel_icon){0};
}

static struct oriel_icon *make_room(struct oriel_viewer *viewer)
{
	struct oriel_icon *icon = &viewer->icons.items[viewer->icons.next++ % ORIEL_ICONS_MAX];

	clear(icon);
	return icon;
}

int oriel_icon_set(
	struct oriel_viewer *viewer, const struct oriel_msg_icon *msg, const char **ret_reason)
{
	struct oriel_icon *icon;

	if (msg->pixels.size != msg->width * msg->height * 4) {
		*ret_reason = "the image has not as many pixels as it says";
		return -EPROTO;
	}
	icon = find(viewer, msg->app_id);
	if (icon)
		clear(icon);
	else
		icon = make_room(viewer);
	icon->app_id = strdup(msg->app_id);
	icon->surface =
		oriel_image_surface(msg->pixels.data, msg->width, msg->height, ORIEL_IMAGE_ICON);
	for (int i = 0; i < viewer->windows.n; i++)
		oriel_icon_apply(viewer->windows.items[i]);
	return 0;
}

void oriel_icon_apply(struct oriel_window *window)
{
	const struct oriel_icon *icon = find(window->viewer, window->app_id);

	if (icon && icon->surface && window->sdl && !oriel_window_is_popup(window))
		SDL_SetWindowIcon(window->sdl, icon->surface);
}

void oriel_icons_finish(struct oriel_viewer *viewer)
{
	for (int i = 0; i < ORIEL_ICONS_MAX; i++)
		clear(&viewer->icons.items[i]);
}
