/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Images on the clipboard in a type that the owner does not have: BMP and TIFF become PNG, PNG
 * becomes BMP. Without gdk-pixbuf nothing is converted.
 */
#ifndef ORIEL_GUEST_CLIPBOARD_IMAGE_H
#define ORIEL_GUEST_CLIPBOARD_IMAGE_H

#include "src/clipboard/flow.h"
#include "src/clipboard/types.h"

/* Adds the types that can be made of those that are there. */
void oriel_clipboard_image_derive(struct oriel_types *types);

/* Of which of types that type is made; NULL: of none. */
const char *oriel_clipboard_image_source(const struct oriel_types *types, const char *type);

/* A flow for the source's content, that produces it as type into flow. NULL: no memory, flow has
 * ended. */
struct oriel_flow *oriel_clipboard_image_convert(
	uv_loop_t *loop, const char *type, struct oriel_flow *flow);

#endif
