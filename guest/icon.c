/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * GTK could look icons up in themes, but a daemon wants no GTK: the few folders where
 * applications put their own icons are looked at here.
 */
#include "guest/icon.h"

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <gio/gdesktopappinfo.h>
#include <stdlib.h>
#include <string.h>

#include "guest/window.h"

#define SIDE 128

struct oriel_icon {
	struct oriel_icon *next;
	struct oriel_core *core;
	uv_work_t work;
	int index;    /* in oriel_client.icons_sent */
	bool looking; /* the worker has it */
	char *app_id;
	uint32_t width, height; /* 0: there is none */
	uint8_t *pixels;
};

/* Worker ----------------------------------------------------------------------------------------
 */

/* Premultiplied B, G, R, A from what gdk-pixbuf gives. */
static uint8_t *convert(const GdkPixbuf *pixbuf, uint32_t width, uint32_t height)
{
	const guint8 *from = gdk_pixbuf_read_pixels(pixbuf);
	size_t stride = (size_t)gdk_pixbuf_get_rowstride(pixbuf);
	size_t n = (size_t)gdk_pixbuf_get_n_channels(pixbuf);
	uint8_t *pixels = malloc((size_t)width * height * 4), *to = pixels;

	for (uint32_t y = 0; pixels && y < height; y++)
		for (uint32_t x = 0; x < width; x++, to += 4) {
			const guint8 *p = from + y * stride + x * n;
			unsigned alpha = n == 4 ? p[3] : 255;

			to[0] = (uint8_t)((p[2] * alpha + 127) / 255);
			to[1] = (uint8_t)((p[1] * alpha + 127) / 255);
			to[2] = (uint8_t)((p[0] * alpha + 127) / 255);
			to[3] = (uint8_t)alpha;
		}
	return pixels;
}

static bool load(struct oriel_icon *icon, const char *path)
{
	GdkPixbuf *pixbuf = gdk_pixbuf_new_from_file_at_size(path, SIDE, SIDE, NULL);
	uint32_t width, height;

	if (!pixbuf)
		return false;
	width = (uint32_t)gdk_pixbuf_get_width(pixbuf);
	height = (uint32_t)gdk_pixbuf_get_height(pixbuf);
	if (width <= ORIEL_MAX_ICON_SIDE && height <= ORIEL_MAX_ICON_SIDE)
		icon->pixels = convert(pixbuf, width, height);
	if (icon->pixels) {
		icon->width = width;
		icon->height = height;
	}
	g_object_unref(pixbuf);
	return icon->pixels != NULL;
}

static bool load_from(struct oriel_icon *icon, const char *data_dir, const char *name)
{
	static const char *const patterns[] = {
		"%s/icons/hicolor/scalable/apps/%s.svg",
		"%s/icons/hicolor/128x128/apps/%s.png",
		"%s/icons/hicolor/256x256/apps/%s.png",
		"%s/icons/hicolor/512x512/apps/%s.png",
		"%s/icons/hicolor/64x64/apps/%s.png",
		"%s/icons/hicolor/48x48/apps/%s.png",
		"%s/icons/Adwaita/scalable/apps/%s.svg",
		"%s/pixmaps/%s.svg",
		"%s/pixmaps/%s.png",
		"%s/pixmaps/%s.xpm",
	};
	char path[1024];

	for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
		int length = snprintf(path, sizeof path, patterns[i], data_dir, name);

		if (length < (int)sizeof path && g_file_test(path, G_FILE_TEST_IS_REGULAR) &&
			load(icon, path))
			return true;
	}
	return false;
}

static bool load_name(struct oriel_icon *icon, const char *name)
{
	const gchar *const *dirs = g_get_system_data_dirs();

	if (load_from(icon, g_get_user_data_dir(), name))
		return true;
	for (; *dirs; dirs++)
		if (load_from(icon, *dirs, name))
			return true;
	return false;
}

static void load_gicon(struct oriel_icon *icon, GIcon *gicon)
{
	if (G_IS_FILE_ICON(gicon)) {
		char *path = g_file_get_path(g_file_icon_get_file(G_FILE_ICON(gicon)));

		if (path)
			load(icon, path);
		g_free(path);
	} else if (G_IS_THEMED_ICON(gicon)) {
		const gchar *const *names = g_themed_icon_get_names(G_THEMED_ICON(gicon));

		while (*names && !load_name(icon, *names))
			names++;
	}
}

/* The desktop entry of an application: that of its name, as it is or in lower case. */
static GDesktopAppInfo *find_entry(const char *app_id)
{
	char *lower = g_ascii_strdown(app_id, -1);
	char *names[] = {
		g_strconcat(app_id, ".desktop", NULL), g_strconcat(lower, ".desktop", NULL)};
	GDesktopAppInfo *entry = NULL;

	for (int i = 0; i < 2; i++) {
		if (!entry)
			entry = g_desktop_app_info_new(names[i]);
		g_free(names[i]);
	}
	g_free(lower);
	return entry;
}

static void look_for(uv_work_t *work)
{
	struct oriel_icon *icon = work->data;
	GDesktopAppInfo *entry = find_entry(icon->app_id);
	GIcon *gicon = entry ? g_app_info_get_icon(G_APP_INFO(entry)) : NULL;

	if (gicon)
		load_gicon(icon, gicon);
	if (!icon->pixels)
		load_name(icon, icon->app_id);
	if (entry)
		g_object_unref(entry);
}

/* Core thread -----------------------------------------------------------------------------------
 */

static bool is_wanted(const struct oriel_client *client, const struct oriel_icon *icon)
{
	const struct oriel_window *window;

	TAILQ_FOREACH(window, &client->core->windows, all)
	if (window->owner == client && strcmp(window->mir.app_id, icon->app_id) == 0)
		return true;
	return false;
}

static void send_icon(struct oriel_client *client, const struct oriel_icon *icon)
{
	uint8_t *sent = &client->icons_sent[icon->index / 8], bit = (uint8_t)(1 << icon->index % 8);
	struct oriel_msg msg = {.type = ORIEL_MSG_ICON};

	if (icon->looking || !icon->pixels || (*sent & bit))
		return;
	*sent |= bit;
	msg.icon.app_id = icon->app_id;
	msg.icon.width = icon->width;
	msg.icon.height = icon->height;
	msg.icon.pixels = (struct oriel_bytes){icon->pixels, icon->width * icon->height * 4};
	oriel_client_send(client, &msg);
}

static void handle_found(uv_work_t *work, int status)
{
	struct oriel_icon *icon = work->data;
	struct oriel_client *client;

	icon->looking = false;
	if (status < 0)
		return;
	TAILQ_FOREACH(client, &icon->core->clients, all)
	if (oriel_client_is_viewer(client) && is_wanted(client, icon))
		send_icon(client, icon);
}

static struct oriel_icon *find(struct oriel_core *core, const char *app_id)
{
	struct oriel_icon *icon;
	int n = 0;

	for (icon = core->icons; icon; icon = icon->next, n++)
		if (strcmp(icon->app_id, app_id) == 0)
			return icon;
	if (n == ORIEL_ICONS)
		return NULL;
	icon = calloc(1, sizeof *icon);
	if (!icon)
		return NULL;
	icon->core = core;
	icon->index = n;
	icon->app_id = strdup(app_id);
	icon->work.data = icon;
	if (!icon->app_id || uv_queue_work(core->loop, &icon->work, look_for, handle_found) < 0) {
		free(icon->app_id);
		free(icon);
		return NULL;
	}
	icon->looking = true;
	icon->next = core->icons;
	core->icons = icon;
	return icon;
}

void oriel_icon_send(struct oriel_client *client, const char *app_id)
{
	struct oriel_icon *icon;

	/* A name with a slash would leave the folders that icons are looked for in. */
	if (!app_id[0] || strchr(app_id, '/'))
		return;
	icon = find(client->core, app_id);
	if (icon)
		send_icon(client, icon);
}

void oriel_icon_finish(struct oriel_core *core)
{
	struct oriel_icon *icon;

	while ((icon = core->icons)) {
		core->icons = icon->next;
		free(icon->app_id);
		free(icon->pixels);
		free(icon);
	}
}
