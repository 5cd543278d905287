/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * One window of the guest as one window of the host. The host's window is made when the first
 * whole frame is there, and shown with it: nothing empty is ever seen.
 */
#ifndef ORIEL_HOST_VIEWER_WINDOW_H
#define ORIEL_HOST_VIEWER_WINDOW_H

#include <SDL3/SDL.h>
#include <stdbool.h>
#include <stdint.h>

#include "host/viewer/layers.h"
#include "host/viewer/pace.h"
#include "host/viewer/shortcuts.h"
#include "host/viewer/units.h"
#include "src/wire/messages.h"

struct oriel_app_options;
struct oriel_viewer;
struct oriel_present_ops;

#define ORIEL_DAMAGE_MAX 64

/* Window pixels that differ from what is shown. */
struct oriel_damage_list {
	struct oriel_rect rects[ORIEL_DAMAGE_MAX];
	int n;
	bool all;
};

/* How guest and host agree on size and state. After the host has changed one, answers to it are
 * on the way and may be late: for a while what the guest reports is not taken for a wish. */
struct oriel_window_sync {
	struct oriel_msg_configure sent;
	bool dirty; /* the host's window differs from `sent`, perhaps */
	bool ever_sent;
	uint64_t host_changed_ns; /* 0: never */
	bool settle;              /* look again when the while is over */
	/* The scale it had before it took its screen's, and where it was then; 0: never. */
	double old_scale;
	int old_x, old_y;
	bool asked;   /* the guest's size was asked of the host */
	bool scaling; /* so that it stays while the scale changes */
	int asked_width, asked_height;
	bool tiled;     /* and refused: the place is the host's to give */
	bool tile_told; /* the guest has that state from here */
};

struct oriel_window {
	struct oriel_viewer *viewer;

	/* As the guest describes it. */
	uint32_t id, parent, flags;
	uint8_t kind, state;
	int32_t x, y;
	uint32_t width, height, min_width, min_height, max_width, max_height;
	char *title, *app_id;

	/* As the host shows it. */
	SDL_Window *sdl; /* NULL: not made yet */
	SDL_WindowID sdl_id;
	bool mapping; /* being shown: the window system has been asked */
	bool shown;   /* has been shown; it may be minimised since */
	bool away;    /* put away by the window manager, not minimised */
	bool alpha;
	int32_t shown_x, shown_y; /* popups: offset asked of SDL */
	struct oriel_units units; /* of the screen that it is on */
	struct oriel_window_sync sync;

	/* Content. */
	struct oriel_layers layers;
	uint32_t frame_width, frame_height; /* logical; 0: no frame yet */
	bool frame_resized;                 /* by the frame message at hand */
	uint32_t serial;
	uint64_t received_ns;
	bool ready;   /* a whole frame waits to be shown and acknowledged */
	bool exposed; /* the window system lost what it showed */
	bool refresh_sent;
	uint8_t pointer_mode; /* enum oriel_pointer_mode */
	struct oriel_shortcuts shortcuts;
	bool orphaned; /* frames came while it could not be shown */
	struct oriel_pace pace;
	struct oriel_damage_list damage;

	/* The presenter's. */
	SDL_Surface *surface;
	bool surface_stale; /* of another size than the window */
	bool direct;        /* the surface, or the screen alone, holds the single layer */
	bool behind;        /* the surface holds less than the screen */
	SDL_Renderer *renderer;
};

struct oriel_windows {
	struct oriel_window *items[ORIEL_MAX_WINDOWS];
	int n;
};

struct oriel_window *oriel_window_find(struct oriel_viewer *viewer, uint32_t id);
struct oriel_window *oriel_window_find_sdl(struct oriel_viewer *viewer, SDL_WindowID id);
/* By the window system's number, see platform.h. */
struct oriel_window *oriel_window_find_native(struct oriel_viewer *viewer, uint64_t native);

/* The toplevel that a popup belongs to; the window itself when it is none. */
struct oriel_window *oriel_window_root(struct oriel_window *window);

bool oriel_window_is_popup(const struct oriel_window *window);

/* What holds for the windows of its application; NULL: nothing. */
const struct oriel_app_options *oriel_window_app(struct oriel_window *window);

/* Takes over a description. 0; -EPROTO with the fault in *ret_reason (static); -ENOMEM. */
int oriel_window_update(
	struct oriel_viewer *viewer, const struct oriel_msg_window *msg, const char **ret_reason);

/* Makes the host's window, for content that is seen through or not. 0; -EAGAIN: it has no parent to
 * be shown at yet; -EIO: SDL refused (told). */
int oriel_window_realize(struct oriel_window *window, bool alpha);

/* Starts to show the host's window when it isn't yet. */
void oriel_window_show(struct oriel_window *window);
/* It is shown now. */
void oriel_window_shown(struct oriel_window *window);

/* Frees; NULL is fine. Dialogs of it stay, popups of it lose their host's window. */
void oriel_window_destroy(struct oriel_window *window);
void oriel_windows_destroy(struct oriel_viewer *viewer);

/* Something the guest's window manager asked for. */
void oriel_window_request(struct oriel_window *window, uint8_t kind, uint32_t arg);

/* A frame is on the screen: what waited for it is done. */
void oriel_window_frame_shown(struct oriel_window *window);

/* Whether answers to a change by the host may still be on the way. */
bool oriel_window_is_settling(const struct oriel_window *window);

/* Size of the host's window in its pixels; both 0 without one. */
void oriel_window_pixel_size(const struct oriel_window *window, int *ret_width, int *ret_height);
/* Window pixels per logical unit. */
double oriel_window_scale(const struct oriel_window *window);

void oriel_damage_add(struct oriel_damage_list *list, struct oriel_rect rect);

#endif
