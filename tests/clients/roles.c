/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "tests/clients/surface.h"

#include <stdio.h>

static void handle_configure(void *data, struct xdg_surface *xdg, uint32_t serial)
{
	struct surface *surface = data;

	(void)xdg;
	surface->configure = serial;
}

static const struct xdg_surface_listener xdg_listener = {.configure = handle_configure};

static void print_states(struct wl_array *states)
{
	static const char *const names[] = {
		[XDG_TOPLEVEL_STATE_MAXIMIZED] = "maximized",
		[XDG_TOPLEVEL_STATE_FULLSCREEN] = "fullscreen",
		[XDG_TOPLEVEL_STATE_RESIZING] = "resizing",
		[XDG_TOPLEVEL_STATE_ACTIVATED] = "activated",
	};
	uint32_t *state;

	wl_array_for_each(state, states)
	{
		if (*state < sizeof(names) / sizeof(*names) && names[*state])
			printf(" %s", names[*state]);
	}
	putchar('\n');
}

static void handle_toplevel_configure(void *data, struct xdg_toplevel *toplevel, int32_t width,
	int32_t height, struct wl_array *states)
{
	struct surface *surface = data;
	int margins = 2 * surface->options.margin;

	(void)toplevel;
	surface->want_width = width > 0 ? width + margins : surface->options.width;
	surface->want_height = height > 0 ? height + margins : surface->options.height;
	printf("event configure %s %d %d", surface->name, width, height);
	print_states(states);
}

static void handle_close(void *data, struct xdg_toplevel *toplevel)
{
	struct surface *surface = data;

	(void)toplevel;
	surface->closed = true;
	printf("event close %s\n", surface->name);
}

static void handle_bounds(void *data, struct xdg_toplevel *toplevel, int32_t width, int32_t height)
{
	(void)data;
	(void)toplevel;
	(void)width;
	(void)height;
}

static void handle_capabilities(
	void *data, struct xdg_toplevel *toplevel, struct wl_array *capabilities)
{
	(void)data;
	(void)toplevel;
	(void)capabilities;
}

static const struct xdg_toplevel_listener toplevel_listener = {
	.configure = handle_toplevel_configure,
	.close = handle_close,
	.configure_bounds = handle_bounds,
	.wm_capabilities = handle_capabilities,
};

static void handle_decoration(
	void *data, struct zxdg_toplevel_decoration_v1 *decoration, uint32_t mode)
{
	struct surface *surface = data;

	(void)decoration;
	printf("event decoration %s %s\n", surface->name,
		mode == ZXDG_TOPLEVEL_DECORATION_V1_MODE_SERVER_SIDE ? "server" : "client");
}

static const struct zxdg_toplevel_decoration_v1_listener decoration_listener = {
	.configure = handle_decoration};

static void make_xdg(struct surface *surface)
{
	surface->xdg = xdg_wm_base_get_xdg_surface(surface->client->shell, surface->surface);
	xdg_surface_add_listener(surface->xdg, &xdg_listener, surface);
	surface->want_width = surface->options.width;
	surface->want_height = surface->options.height;
}

void surface_make_toplevel(
	struct surface *surface, const char *title, const char *app_id, int decorated)
{
	struct client *client = surface->client;

	make_xdg(surface);
	surface->toplevel = xdg_surface_get_toplevel(surface->xdg);
	xdg_toplevel_add_listener(surface->toplevel, &toplevel_listener, surface);
	xdg_toplevel_set_title(surface->toplevel, title);
	xdg_toplevel_set_app_id(surface->toplevel, app_id);
	if (surface->parent && surface->parent->toplevel)
		xdg_toplevel_set_parent(surface->toplevel, surface->parent->toplevel);
	if (decorated >= 0 && client->decorations) {
		surface->decoration = zxdg_decoration_manager_v1_get_toplevel_decoration(
			client->decorations, surface->toplevel);
		zxdg_toplevel_decoration_v1_add_listener(
			surface->decoration, &decoration_listener, surface);
		zxdg_toplevel_decoration_v1_set_mode(surface->decoration,
			decorated ? ZXDG_TOPLEVEL_DECORATION_V1_MODE_SERVER_SIDE
				  : ZXDG_TOPLEVEL_DECORATION_V1_MODE_CLIENT_SIDE);
	}
	surface_set_geometry(surface);
	wl_surface_commit(surface->surface);
}

static void handle_popup_configure(
	void *data, struct xdg_popup *popup, int32_t x, int32_t y, int32_t width, int32_t height)
{
	struct surface *surface = data;

	(void)popup;
	surface->want_width = width;
	surface->want_height = height;
	printf("event popup %s %d %d %d %d\n", surface->name, x, y, width, height);
}

static void handle_popup_done(void *data, struct xdg_popup *popup)
{
	struct surface *surface = data;

	(void)popup;
	surface->closed = true;
	printf("event dismissed %s\n", surface->name);
}

static void handle_repositioned(void *data, struct xdg_popup *popup, uint32_t token)
{
	(void)data;
	(void)popup;
	(void)token;
}

static const struct xdg_popup_listener popup_listener = {
	.configure = handle_popup_configure,
	.popup_done = handle_popup_done,
	.repositioned = handle_repositioned,
};

void surface_make_popup(struct surface *surface, const struct surface_popup *popup)
{
	struct client *client = surface->client;
	struct xdg_positioner *positioner = xdg_wm_base_create_positioner(client->shell);

	xdg_positioner_set_size(positioner, surface->options.width, surface->options.height);
	xdg_positioner_set_anchor_rect(positioner, popup->anchor.x, popup->anchor.y,
		popup->anchor.width, popup->anchor.height);
	xdg_positioner_set_anchor(positioner, popup->anchor_edge);
	xdg_positioner_set_gravity(positioner, popup->gravity);
	xdg_positioner_set_constraint_adjustment(positioner, popup->adjustment);
	xdg_positioner_set_offset(positioner, popup->offset_x, popup->offset_y);
	make_xdg(surface);
	surface->popup = xdg_surface_get_popup(surface->xdg, surface->parent->xdg, positioner);
	xdg_popup_add_listener(surface->popup, &popup_listener, surface);
	xdg_positioner_destroy(positioner);
	if (popup->grab)
		xdg_popup_grab(surface->popup, client->seat, popup->grab);
	surface_set_geometry(surface);
	wl_surface_commit(surface->surface);
}

void surface_make_subsurface(struct surface *surface, int x, int y, bool synchronised)
{
	surface->subsurface = wl_subcompositor_get_subsurface(
		surface->client->subcompositor, surface->surface, surface->parent->surface);
	wl_subsurface_set_position(surface->subsurface, x, y);
	if (!synchronised)
		wl_subsurface_set_desync(surface->subsurface);
	surface_commit(surface, NULL);
	/* Its place, and the content when synchronised, come with the parent's commit. */
	surface_commit(surface->parent, NULL);
}
