/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/* Where there is no gdk-pixbuf. */
#include "guest/clipboard_image.h"

void oriel_clipboard_image_derive(struct oriel_types *types)
{
	(void)types;
}

const char *oriel_clipboard_image_source(const struct oriel_types *types, const char *type)
{
	(void)types;
	(void)type;
	return NULL;
}

struct oriel_flow *oriel_clipboard_image_convert(
	uv_loop_t *loop, const char *type, struct oriel_flow *flow)
{
	(void)loop;
	(void)type;
	oriel_flow_end(flow, "orield was built without gdk-pixbuf: images are not converted");
	return NULL;
}
