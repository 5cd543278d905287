/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/* SDL's window of a guest window: making, showing, changing and destroying it. */
#include "host/viewer/window_host.h"

#include <errno.h>

#include "host/platform/platform.h"
#include "host/viewer/popups.h"
#include "host/viewer/present.h"
#include "host/viewer/session.h"
#include "host/viewer/shortcuts.h"
#include "src/base/log.h"

double oriel_window_scale(const struct oriel_window *window)
{
	float density = window->sdl ? SDL_GetWindowPixelDensity(window->sdl) : 1;

	return window->units.sdl * (density > 0 ? density : 1);
}

void oriel_window_pixel_size(const struct oriel_window *window, int *ret_width, int *ret_height)
{
	*ret_width = *ret_height = 0;
	if (window->sdl)
		SDL_GetWindowSizeInPixels(window->sdl, ret_width, ret_height);
}

static bool has_host_window(const struct oriel_window *window)
{
	return window && window->sdl && window->shown;
}

/* Popups without a parent (drag icons, menus of X11 programs) hang on any toplevel, by their place
 * on the desktop. */
static struct oriel_window *any_toplevel(struct oriel_viewer *viewer)
{
	struct oriel_window *under = oriel_window_find(viewer, viewer->input.pointer_window);

	if (under && has_host_window(oriel_window_root(under)))
		return oriel_window_root(under);
	for (int i = 0; i < viewer->windows.n; i++)
		if (!oriel_window_is_popup(viewer->windows.items[i]) &&
			has_host_window(viewer->windows.items[i]))
			return viewer->windows.items[i];
	return NULL;
}

static SDL_Window *popup_parent(struct oriel_window *window, int *ret_x, int *ret_y)
{
	struct oriel_window *parent = oriel_window_find(window->viewer, window->parent);
	int x, y, parent_x, parent_y;

	if (!window->parent)
		parent = any_toplevel(window->viewer);
	if (!has_host_window(parent))
		return NULL;
	window->units = parent->units;
	if (window->parent) {
		x = oriel_units_to_sdl(&window->units, window->x);
		y = oriel_units_to_sdl(&window->units, window->y);
	} else {
		SDL_GetWindowPosition(parent->sdl, &parent_x, &parent_y);
		x = oriel_units_x_to_sdl(&window->units, window->x) - parent_x;
		y = oriel_units_y_to_sdl(&window->units, window->y) - parent_y;
	}
	*ret_x = x;
	*ret_y = y;
	return parent->sdl;
}

static int set_popup(struct oriel_window *window, SDL_PropertiesID p)
{
	SDL_Window *parent = popup_parent(window, &window->shown_x, &window->shown_y);

	if (!parent)
		return -EAGAIN;
	SDL_SetPointerProperty(p, SDL_PROP_WINDOW_CREATE_PARENT_POINTER, parent);
	SDL_SetNumberProperty(p, SDL_PROP_WINDOW_CREATE_X_NUMBER, window->shown_x);
	SDL_SetNumberProperty(p, SDL_PROP_WINDOW_CREATE_Y_NUMBER, window->shown_y);
	SDL_SetBooleanProperty(p,
		window->kind == ORIEL_KIND_POPUP ? SDL_PROP_WINDOW_CREATE_MENU_BOOLEAN
						 : SDL_PROP_WINDOW_CREATE_TOOLTIP_BOOLEAN,
		true);
	return 0;
}

static void set_toplevel(struct oriel_window *window, SDL_PropertiesID p)
{
	/* Where it comes to be is the window manager's to say. */
	window->units = window->viewer->units;
	SDL_SetBooleanProperty(p, SDL_PROP_WINDOW_CREATE_RESIZABLE_BOOLEAN,
		window->flags & ORIEL_WINDOW_RESIZABLE);
	SDL_SetBooleanProperty(p, SDL_PROP_WINDOW_CREATE_BORDERLESS_BOOLEAN,
		!(window->flags & ORIEL_WINDOW_DECORATED));
}

static int create_sdl(struct oriel_window *window, bool alpha)
{
	SDL_PropertiesID p = SDL_CreateProperties();
	const struct oriel_units *units = &window->units;
	uint32_t width = window->frame_width, height = window->frame_height;
	int r = 0;

	SDL_SetBooleanProperty(p, SDL_PROP_WINDOW_CREATE_HIDDEN_BOOLEAN, true);
	SDL_SetBooleanProperty(p, SDL_PROP_WINDOW_CREATE_HIGH_PIXEL_DENSITY_BOOLEAN, true);
	SDL_SetBooleanProperty(p, SDL_PROP_WINDOW_CREATE_TRANSPARENT_BOOLEAN, alpha);
	SDL_SetStringProperty(p, SDL_PROP_WINDOW_CREATE_TITLE_STRING, window->title);
	if (oriel_window_is_popup(window))
		r = set_popup(window, p);
	else
		set_toplevel(window, p);
	SDL_SetNumberProperty(
		p, SDL_PROP_WINDOW_CREATE_WIDTH_NUMBER, oriel_units_size_to_sdl(units, width));
	SDL_SetNumberProperty(
		p, SDL_PROP_WINDOW_CREATE_HEIGHT_NUMBER, oriel_units_size_to_sdl(units, height));
	if (r == 0) {
		oriel_platform_choose_alpha(alpha);
		window->sdl = SDL_CreateWindowWithProperties(p);
		oriel_platform_choose_alpha(false);
		if (!window->sdl) {
			oriel_error("no window: %s", SDL_GetError());
			r = -EIO;
		} else if (!oriel_window_is_popup(window)) {
			oriel_shortcuts_apply(window);
			oriel_input_apply_pointer_mode(window);
		}
	}
	SDL_DestroyProperties(p);
	return r;
}

void oriel_window_set_limits(struct oriel_window *window)
{
	const struct oriel_units *u = &window->units;

	SDL_SetWindowResizable(window->sdl, window->flags & ORIEL_WINDOW_RESIZABLE);
	/* Without a maximum first: SDL refuses a minimum above the old one. */
	SDL_SetWindowMaximumSize(window->sdl, 0, 0);
	SDL_SetWindowMinimumSize(window->sdl,
		window->min_width ? oriel_units_size_to_sdl(u, window->min_width) : 0,
		window->min_height ? oriel_units_size_to_sdl(u, window->min_height) : 0);
	SDL_SetWindowMaximumSize(window->sdl,
		window->max_width ? oriel_units_size_to_sdl(u, window->max_width) : 0,
		window->max_height ? oriel_units_size_to_sdl(u, window->max_height) : 0);
}

/* A dialog stays above its parent; the parent may not be there yet, or not any more. */
static void set_parent(struct oriel_window *window)
{
	struct oriel_window *parent = oriel_window_find(window->viewer, window->parent);
	SDL_Window *wanted;
	bool modal;

	if (oriel_window_is_popup(window))
		return;
	if (parent)
		parent = oriel_window_root(parent);
	wanted = parent && parent != window ? parent->sdl : NULL;
	modal = wanted && window->flags & ORIEL_WINDOW_MODAL;
	/* SDL changes the parent of windows that are not modal only, and with the modal state the
	 * X server forgets the parent. */
	if (SDL_GetWindowFlags(window->sdl) & SDL_WINDOW_MODAL &&
		(!modal || SDL_GetWindowParent(window->sdl) != wanted)) {
		SDL_SetWindowModal(window->sdl, false);
		SDL_SetWindowParent(window->sdl, NULL);
	}
	SDL_SetWindowParent(window->sdl, wanted);
	if (modal)
		SDL_SetWindowModal(window->sdl, true);
}

int oriel_window_realize(struct oriel_window *window, bool alpha)
{
	int r;

	alpha = alpha && oriel_platform_has_alpha();
	r = create_sdl(window, alpha);
	if (r < 0)
		return r;
	window->sdl_id = SDL_GetWindowID(window->sdl);
	window->alpha = alpha;
	window->shown = window->mapping = false;
	window->damage.all = true;
	r = window->viewer->present->attach(window);
	if (r < 0) {
		SDL_DestroyWindow(window->sdl);
		window->sdl = NULL;
		return r;
	}
	/* After that: a renderer may make SDL replace the window below it. */
	oriel_platform_tag(window->sdl, window->id, window->app_id);
	if (!oriel_window_is_popup(window)) {
		oriel_window_set_limits(window);
		set_parent(window);
		oriel_icon_apply(window);
	}
	return 0;
}

/* Windows that waited for this one to hang on. */
static void adopt_orphans(struct oriel_window *parent)
{
	struct oriel_viewer *viewer = parent->viewer;

	for (int i = 0; i < viewer->windows.n; i++) {
		struct oriel_window *w = viewer->windows.items[i];

		if (w->sdl && w->parent == parent->id)
			set_parent(w);
		if (w->sdl || !w->orphaned || (w->parent && w->parent != parent->id))
			continue;
		w->orphaned = false;
		viewer->out->type = ORIEL_MSG_REFRESH;
		viewer->out->refresh = (struct oriel_msg_refresh){.window = w->id};
		oriel_session_send(viewer);
	}
}

void oriel_window_show(struct oriel_window *window)
{
	if (window->shown || window->mapping)
		return;
	window->mapping = true;
	oriel_platform_show(window->sdl);
}

void oriel_window_shown(struct oriel_window *window)
{
	if (window->shown || !window->mapping)
		return;
	window->mapping = false;
	window->shown = true;
	window->sync.dirty = true;
	/* Window managers take the modal state and others of windows that they know only. */
	set_parent(window);
	if (!oriel_window_is_popup(window) && window->state != ORIEL_STATE_NORMAL)
		oriel_window_set_state(window, window->state);
	oriel_popups_update(window->viewer);
	adopt_orphans(window);
}

void oriel_window_unrealize(struct oriel_window *window)
{
	struct oriel_viewer *viewer = window->viewer;

	/* SDL would destroy children behind our back. */
	for (int i = 0; i < viewer->windows.n; i++) {
		struct oriel_window *child = viewer->windows.items[i];

		if (!window->sdl || !child->sdl || child == window ||
			SDL_GetWindowParent(child->sdl) != window->sdl)
			continue;
		if (oriel_window_is_popup(child)) {
			oriel_window_unrealize(child);
			child->orphaned = true;
		} else {
			SDL_SetWindowModal(child->sdl, false);
			SDL_SetWindowParent(child->sdl, NULL);
		}
	}
	oriel_layers_finish(&window->layers, viewer->present->forget, window);
	if (!window->sdl)
		return;
	oriel_present_acknowledge(window);
	oriel_input_forget(viewer, window);
	viewer->present->detach(window);
	SDL_DestroyWindow(window->sdl);
	window->sdl = NULL;
	window->sdl_id = 0;
	window->shown = window->mapping = window->exposed = window->refresh_sent = false;
	window->away = false;
	window->damage = (struct oriel_damage_list){0};
	window->sync = (struct oriel_window_sync){0};
}

static void move_popup(struct oriel_window *window)
{
	int x, y;

	if (!oriel_window_is_popup(window) || !popup_parent(window, &x, &y) ||
		(x == window->shown_x && y == window->shown_y))
		return;
	window->shown_x = x;
	window->shown_y = y;
	SDL_SetWindowPosition(window->sdl, x, y);
}

/* Popups have another kind of host's window: it is made anew, with the next whole content. */
static void change_kind(struct oriel_window *window)
{
	struct oriel_viewer *viewer = window->viewer;

	oriel_window_unrealize(window);
	oriel_popups_update(viewer);
	viewer->out->type = ORIEL_MSG_REFRESH;
	viewer->out->refresh = (struct oriel_msg_refresh){.window = window->id};
	oriel_session_send(viewer);
}

void oriel_window_host_apply(struct oriel_window *window, unsigned changes)
{
	if (changes & ORIEL_CHANGED_KIND) {
		change_kind(window);
		return;
	}
	if (changes & ORIEL_CHANGED_TITLE)
		SDL_SetWindowTitle(window->sdl, window->title);
	if (changes & ORIEL_CHANGED_APP) {
		oriel_platform_tag(window->sdl, window->id, window->app_id);
		oriel_icon_apply(window);
		oriel_shortcuts_apply(window);
	}
	if (changes & ORIEL_CHANGED_PARENT)
		set_parent(window);
	if (oriel_window_is_popup(window)) {
		if (changes & (ORIEL_CHANGED_PLACE | ORIEL_CHANGED_PARENT))
			move_popup(window);
	} else {
		if (changes & ORIEL_CHANGED_FRAME)
			SDL_SetWindowBordered(window->sdl, window->flags & ORIEL_WINDOW_DECORATED);
		if (changes & ORIEL_CHANGED_LIMITS)
			oriel_window_set_limits(window);
	}
	if (changes & ORIEL_CHANGED_GRAB)
		oriel_popups_update(window->viewer);
	/* What was reported before the guest knew of the host's last change is no wish. */
	if (oriel_window_is_settling(window) && !oriel_window_is_popup(window)) {
		window->sync.settle = true;
		oriel_viewer_settle_later(window->viewer);
		return;
	}
	if (changes & ORIEL_CHANGED_SIZE)
		oriel_window_resize(window);
	if (changes & ORIEL_CHANGED_STATE && !oriel_window_is_popup(window))
		oriel_window_set_state(window, window->state);
}
