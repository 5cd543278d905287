/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Surfaces of the pattern client: their pixels, and their roles as toplevels, popups and
 * subsurfaces. Events of a surface are told on standard output, one line each.
 */
#ifndef ORIEL_TESTS_CLIENTS_SURFACE_H
#define ORIEL_TESTS_CLIENTS_SURFACE_H

#include "src/base/rect.h"
#include "tests/clients/client.h"

enum { SURFACE_BUFFERS = 3 };

/* What is drawn when the last frame has been shown. */
enum surface_spin {
	SPIN_OFF,
	SPIN_FULL,  /* all of it with a new seed */
	SPIN_GLYPH, /* a rectangle of 8x16 */
};

struct surface_options {
	int width, height; /* logical, margins included */
	int margin;        /* around the window geometry, on each side */
	int scale;         /* buffer pixels per logical unit */
	bool alpha;        /* the alpha gradient, else opaque */
	bool single;       /* one buffer only */
	bool fixed;        /* keeps its size whatever the compositor says */
	bool fractional;   /* takes the scale that the compositor prefers */
	uint32_t seed;
	char device[64]; /* of DMA-BUFs; "": shared memory */
	int late_ms;     /* a DMA-BUF has its content that much later than its commit; 0: at once */
};

struct surface {
	struct surface *next;
	struct client *client;
	struct surface *parent;
	char name[32];
	struct surface_options options;

	struct wl_surface *surface;
	struct wp_viewport *viewport;
	struct wp_fractional_scale_v1 *fraction;
	struct xdg_surface *xdg;
	struct xdg_toplevel *toplevel;
	struct zxdg_toplevel_decoration_v1 *decoration;
	struct xdg_popup *popup;
	struct wl_subsurface *subsurface;

	uint32_t *content; /* what the newest buffer holds */
	int buffer_width, buffer_height;
	struct buffer *buffers[SURFACE_BUFFERS];
	struct oriel_rect stale[SURFACE_BUFFERS]; /* where a buffer is older than content */

	struct wl_callback *frame; /* of the last commit, until it is done */
	unsigned shown;            /* frames whose callback came */
	enum surface_spin spin;
	unsigned spins;
	int want_width, want_height; /* asked for by a configure event that is not yet obeyed */
	uint32_t configure;          /* serial to acknowledge, when configured */
	int preferred;               /* scale in 1/120; 0: not told yet */
	bool configured;
	bool closed; /* by the compositor: to be destroyed */
};

/* Surfaces that are there, newest first. */
extern struct surface *surfaces;
struct surface *surface_find(const char *name); /* NULL: no such surface */

/* A surface without role or content. */
struct surface *surface_create(struct client *client, const char *name, struct surface *parent,
	const struct surface_options *options);
/* Children first, as the protocol wants it. */
void surface_destroy(struct surface *surface);

/* Draws the pattern of seed into an area (NULL: everything) of the content, buffer pixels. */
void surface_paint(struct surface *surface, const struct oriel_rect *area, uint32_t seed);
/* Sends the content in the next free buffer, with this damage (NULL: everything) and a frame
 * callback. Waits for a free buffer. */
void surface_commit(struct surface *surface, const struct oriel_rect *damage);
/* New logical size or scale; the content is painted anew, not committed. */
void surface_resize(struct surface *surface, int width, int height);
/* Tells the window geometry: the size without margins. */
void surface_set_geometry(struct surface *surface);
/* Draws the next frame of an animation. */
void surface_spin(struct surface *surface);

/* Obeys configure and close events and animates; call after client_wait(). */
void surfaces_update(void);
/* Waits until the frame callback of the last commit has come. Returns false when the surface goes
 * away instead. */
bool surface_wait_shown(struct client *client, const char *name);

/* Roles ------------------------------------------------------------------------------------ */

struct surface_popup {
	struct oriel_rect anchor;
	uint32_t anchor_edge, gravity, adjustment; /* of xdg_positioner */
	int offset_x, offset_y;
	uint32_t grab; /* serial; 0: no grab */
};

/* decorated: 1 by the compositor, 0 by the client, -1 not said. */
void surface_make_toplevel(
	struct surface *surface, const char *title, const char *app_id, int decorated);
void surface_make_popup(struct surface *surface, const struct surface_popup *popup);
void surface_make_subsurface(struct surface *surface, int x, int y, bool synchronised);

#endif
