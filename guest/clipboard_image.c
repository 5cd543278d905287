/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "guest/clipboard_image.h"

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <stdlib.h>
#include <string.h>

#include "src/clipboard/fd.h"

#define ENCODED_MAX (256u * 1024 * 1024)
#define SIDE_MAX 32767
#define PIXELS_MAX (128 * 1024 * 1024)

static const char *const bmp_names[] = {
	ORIEL_TYPE_BMP, "image/x-bmp", "image/x-MS-bmp", "image/x-win-bitmap", ORIEL_TYPE_TIFF};

const char *oriel_clipboard_image_source(const struct oriel_types *types, const char *type)
{
	if (strcmp(type, ORIEL_TYPE_BMP) == 0)
		return oriel_types_have(types, ORIEL_TYPE_PNG) ? ORIEL_TYPE_PNG : NULL;
	if (strcmp(type, ORIEL_TYPE_PNG) != 0)
		return NULL;
	for (size_t i = 0; i < sizeof bmp_names / sizeof *bmp_names; i++)
		if (oriel_types_have(types, bmp_names[i]))
			return bmp_names[i];
	return NULL;
}

void oriel_clipboard_image_derive(struct oriel_types *types)
{
	bool png = oriel_clipboard_image_source(types, ORIEL_TYPE_PNG);
	bool bmp = oriel_clipboard_image_source(types, ORIEL_TYPE_BMP);

	if (png)
		oriel_types_add(types, ORIEL_TYPE_PNG);
	if (bmp)
		oriel_types_add(types, ORIEL_TYPE_BMP);
}

/* Decoding and encoding take long: a thread does it. */
struct conversion {
	uv_work_t work;
	struct oriel_flow *flow; /* NULL: nobody wants it any more */
	struct oriel_flow *source;
	const char *format; /* gdk-pixbuf's name */
	void *input;
	size_t input_size;
	gchar *output;
	gsize output_size;
};

static void handle_size(GdkPixbufLoader *loader, int width, int height, void *user)
{
	bool *too_large = user;

	if (width <= SIDE_MAX && height <= SIDE_MAX && (int64_t)width * height <= PIXELS_MAX)
		return;
	*too_large = true;
	gdk_pixbuf_loader_set_size(loader, 1, 1);
}

static GdkPixbuf *decode(const void *data, size_t size)
{
	GdkPixbufLoader *loader = gdk_pixbuf_loader_new();
	GdkPixbuf *pixbuf = NULL;
	bool too_large = false;
	gboolean written;

	g_signal_connect(loader, "size-prepared", G_CALLBACK(handle_size), &too_large);
	written = gdk_pixbuf_loader_write(loader, data, size, NULL);
	if (gdk_pixbuf_loader_close(loader, NULL) && written && !too_large)
		pixbuf = gdk_pixbuf_loader_get_pixbuf(loader);
	if (pixbuf)
		g_object_ref(pixbuf);
	g_object_unref(loader);
	return pixbuf;
}

static void convert(uv_work_t *work)
{
	struct conversion *c = work->data;
	GdkPixbuf *pixbuf = decode(c->input, c->input_size);

	if (!pixbuf)
		return;
	if (!gdk_pixbuf_save_to_buffer(pixbuf, &c->output, &c->output_size, c->format, NULL, NULL))
		c->output = NULL;
	g_object_unref(pixbuf);
}

static void free_conversion(struct conversion *c)
{
	g_free(c->output);
	free(c->input);
	free(c);
}

static void handle_converted(uv_work_t *work, int status)
{
	struct conversion *c = work->data;

	(void)status;
	if (c->flow && c->output)
		oriel_flow_feed(c->flow, c->output, c->output_size);
	else if (c->flow)
		oriel_flow_end(c->flow, "the image that was copied can't be read");
	free_conversion(c);
}

static void handle_room(void *user, struct oriel_flow *flow)
{
	(void)user;
	(void)flow;
}

static void handle_gone(void *user, struct oriel_flow *flow)
{
	struct conversion *c = user;

	(void)flow;
	c->flow = NULL;
	/* Else the thread is at it. */
	if (c->source) {
		oriel_flow_cancel(c->source);
		free_conversion(c);
	}
}

static const struct oriel_flow_producer producer = {.room = handle_room, .gone = handle_gone};

static void handle_collected(void *user, void *data, size_t size, const char *error)
{
	struct conversion *c = user;

	c->source = NULL;
	c->input = data;
	c->input_size = size;
	if (!error && uv_queue_work(c->work.loop, &c->work, convert, handle_converted) == 0)
		return;
	oriel_flow_end(c->flow, error ? error : "out of memory");
	free_conversion(c);
}

struct oriel_flow *oriel_clipboard_image_convert(
	uv_loop_t *loop, const char *type, struct oriel_flow *flow)
{
	struct conversion *c = calloc(1, sizeof *c);

	if (c)
		c->source = oriel_flow_collect(loop, ENCODED_MAX, handle_collected, c);
	if (!c || !c->source) {
		free(c);
		oriel_flow_end(flow, "out of memory");
		return NULL;
	}
	c->work.data = c;
	c->work.loop = loop;
	c->flow = flow;
	c->format = strcmp(type, ORIEL_TYPE_PNG) == 0 ? "png" : "bmp";
	oriel_flow_attach(flow, &producer, c);
	return c->source;
}
