/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include <stdlib.h>
#include <string.h>

#include "src/pixels/damage.h"
#include "tests/viewer/guest.h"

uint32_t guest_pattern(uint32_t seed, uint32_t x, uint32_t y)
{
	uint32_t v = (x * 2654435761u) ^ (y * 2246822519u) ^ (seed * 3266489917u);

	return 0xff000000u | (v >> 7 & 0xffffff);
}

uint32_t *guest_image(uint32_t seed, uint32_t width, uint32_t height)
{
	uint32_t *image = malloc((size_t)width * height * 4);

	assert_non_null(image);
	for (uint32_t y = 0; y < height; y++)
		for (uint32_t x = 0; x < width; x++)
			image[y * width + x] = guest_pattern(seed, x, y);
	return image;
}

void guest_describe(struct guest *guest, const struct guest_window *w)
{
	struct oriel_msg msg = {.type = ORIEL_MSG_WINDOW};

	msg.window = (struct oriel_msg_window){
		.window = w->id,
		.parent = w->parent,
		.kind = w->kind,
		.state = w->state,
		.flags = w->flags,
		.x = w->x,
		.y = w->y,
		.width = w->width,
		.height = w->height,
		.min_width = w->min_width,
		.min_height = w->min_height,
		.max_width = w->max_width,
		.max_height = w->max_height,
		.title = w->title,
		.app_id = w->app_id,
	};
	guest_send(guest, &msg);
}

void guest_gone(struct guest *guest, uint32_t window)
{
	struct oriel_msg msg = {.type = ORIEL_MSG_WINDOW_GONE};

	msg.window_gone.window = window;
	guest_send(guest, &msg);
}

static void describe_layer(struct oriel_wire_layer *wire, const struct guest_layer *l)
{
	*wire = (struct oriel_wire_layer){
		.id = l->id,
		.format = l->format,
		.transform = l->transform,
		.buffer_width = l->image_width,
		.buffer_height = l->image_height,
		.src_x = oriel_fixed_from_double(l->src_x),
		.src_y = oriel_fixed_from_double(l->src_y),
		.src_width =
			oriel_fixed_from_double(l->src_width > 0 ? l->src_width : l->image_width),
		.src_height = oriel_fixed_from_double(
			l->src_height > 0 ? l->src_height : l->image_height),
		.x = l->x,
		.y = l->y,
		.width = l->width ? l->width : l->image_width,
		.height = l->height ? l->height : l->image_height,
	};
}

/* Puts the pixels of a rectangle into the ring or the message; in a buffer they are already. */
static void add_rect(struct guest *guest, struct oriel_msg_frame *frame,
	const struct guest_layer *l, uint16_t index, struct x_rect r, char *data)
{
	struct oriel_wire_rect *wire = &frame->rects[frame->n_rects++];
	struct oriel_rect rect = {r.x, r.y, r.width, r.height};
	uint32_t size = (uint32_t)(r.width * r.height * 4), offset = frame->data.size;
	void *place = data + offset;

	if (l->encoding == ORIEL_ENCODING_RING) {
		assert_int_equal(oriel_ring_reserve(guest->ring, size, &offset, &place), 0);
	} else if (l->encoding == ORIEL_ENCODING_BUFFER) {
		offset = l->buffer;
		size = 0;
	}
	if (l->encoding == ORIEL_ENCODING_RAW)
		frame->data.size += size;
	assert_true(frame->data.size <= ORIEL_MAX_INLINE);
	if (size)
		oriel_pixels_pack(place, l->image, (size_t)l->image_width * 4, &rect);
	*wire = (struct oriel_wire_rect){
		.layer = index,
		.encoding = l->encoding,
		.x = (uint32_t)r.x,
		.y = (uint32_t)r.y,
		.width = (uint32_t)r.width,
		.height = (uint32_t)r.height,
		.offset = offset,
		.length = size,
	};
}

uint32_t guest_frame(struct guest *guest, uint32_t window, uint32_t width, uint32_t height,
	const struct guest_layer *layers, int n)
{
	struct oriel_msg msg = {.type = ORIEL_MSG_FRAME};
	char *data = malloc(ORIEL_MAX_INLINE);

	assert_non_null(data);
	msg.frame = (struct oriel_msg_frame){.window = window,
		.serial = ++guest->serial,
		.final = 1,
		.width = width,
		.height = height,
		.n_layers = (uint32_t)n};
	msg.frame.data.data = data;
	for (int i = 0; i < n; i++) {
		const struct guest_layer *l = &layers[i];
		struct x_rect all = {0, 0, (int)l->image_width, (int)l->image_height};

		describe_layer(&msg.frame.layers[i], l);
		if (l->n == 0)
			add_rect(guest, &msg.frame, l, (uint16_t)i, all, data);
		for (int k = 0; k < l->n; k++)
			add_rect(guest, &msg.frame, l, (uint16_t)i, l->damage[k], data);
	}
	msg.frame.ring_position = guest->ring ? oriel_ring_position(guest->ring) : 0;
	guest_send(guest, &msg);
	free(data);
	return msg.frame.serial;
}

static bool is_serial(const struct oriel_msg *msg, void *serial)
{
	return msg->presented.serial == *(uint32_t *)serial;
}

void guest_show(struct guest *guest, uint32_t window, uint32_t width, uint32_t height,
	const struct guest_layer *layers, int n)
{
	uint32_t serial = guest_frame(guest, window, width, height, layers, n);
	size_t from = 0;
	const struct oriel_msg *msg =
		guest_await(guest, ORIEL_MSG_PRESENTED, is_serial, &serial, &from);

	assert_int_equal(msg->presented.window, window);
	if (guest->ring)
		assert_int_equal(oriel_ring_release(guest->ring, msg->presented.ring_position), 0);
}

void guest_open(struct guest *guest, const struct guest_window *window, uint32_t seed)
{
	struct guest_layer layer = {
		.id = window->id * 1000,
		.image = guest_image(seed, window->width, window->height),
		.image_width = window->width,
		.image_height = window->height,
	};

	guest_describe(guest, window);
	guest_show(guest, window->id, window->width, window->height, &layer, 1);
	free((void *)layer.image);
}
