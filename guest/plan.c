/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "guest/plan.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "guest/client.h"
#include "guest/question.h"
#include "src/base/log.h"
#include "src/pixels/damage.h"

/* Rectangles of one layer: more cost more than the pixels between them. */
#define LAYER_RECTS 64
/* Damage of so many percent of a layer is taken for "everything", and looked into. */
#define MOST 90

/* Layers ------------------------------------------------------------------------------------- */

static bool fits(const struct oriel_mir_layer *layer)
{
	const struct oriel_rect *dst = &layer->dst;

	return layer->buffer_width >= 1 && layer->buffer_width <= ORIEL_MAX_SIDE &&
	       layer->buffer_height >= 1 && layer->buffer_height <= ORIEL_MAX_SIDE &&
	       dst->width >= 1 && dst->width <= ORIEL_MAX_SIDE && dst->height >= 1 &&
	       dst->height <= ORIEL_MAX_SIDE && dst->x >= -ORIEL_MAX_SIDE &&
	       dst->x <= ORIEL_MAX_SIDE && dst->y >= -ORIEL_MAX_SIDE && dst->y <= ORIEL_MAX_SIDE &&
	       layer->src_x >= 0 && layer->src_y >= 0 && layer->src_width > 0 &&
	       layer->src_height > 0;
}

/* At least the smallest that the wire has: a part of a pixel is still shown. */
static oriel_fixed extent(double length)
{
	oriel_fixed f = oriel_fixed_from_double(length);

	return f < 1 ? 1 : f;
}

static void add_layer(struct oriel_plan *plan, const struct oriel_mir_layer *layer, int source)
{
	plan->source[plan->n_layers] = source;
	plan->loans[plan->n_layers] = NULL;
	plan->layers[plan->n_layers++] = (struct oriel_wire_layer){
		.id = layer->id,
		.format = layer->format,
		.transform = layer->transform,
		.buffer_width = layer->buffer_width,
		.buffer_height = layer->buffer_height,
		.src_x = oriel_fixed_from_double(layer->src_x),
		.src_y = oriel_fixed_from_double(layer->src_y),
		.src_width = extent(layer->src_width),
		.src_height = extent(layer->src_height),
		.x = layer->dst.x,
		.y = layer->dst.y,
		.width = (uint32_t)layer->dst.width,
		.height = (uint32_t)layer->dst.height,
	};
}

static void plan_layers(struct oriel_plan *plan, const struct oriel_mir_frame_info *info)
{
	for (int i = 0; i < info->n_layers && plan->n_layers < ORIEL_MAX_LAYERS; i++)
		if (fits(&info->layers[i]))
			add_layer(plan, &info->layers[i], i);
	if ((int)plan->n_layers < info->n_layers)
		oriel_debug("%d of %d surfaces of a window are too many or too large to be shown",
			info->n_layers - (int)plan->n_layers, info->n_layers);
}

/* Rectangles ---------------------------------------------------------------------------------- */

static bool is_known(const struct oriel_frames *frames, const struct oriel_mir_layer *layer)
{
	for (int i = 0; i < frames->n_known; i++) {
		const struct oriel_known_layer *known = &frames->known[i];

		if (known->id == layer->id)
			return known->width == layer->buffer_width &&
			       known->height == layer->buffer_height &&
			       known->format == layer->format;
	}
	return false;
}

static void add_rects(
	struct oriel_plan *plan, uint16_t layer, const struct oriel_rect *rects, int n)
{
	for (int i = 0; i < n && plan->n < ORIEL_MAX_RECTS; i++) {
		if (rects[i].width <= 0 || rects[i].height <= 0)
			continue;
		plan->rects[plan->n].layer = layer;
		plan->rects[plan->n++].rect = rects[i];
		if (!plan->loans[layer])
			plan->left += (uint64_t)rects[i].width * (uint64_t)rects[i].height * 4;
	}
}

/* The layer of frame that has the same content as layer had, -1: none. */
static int find_before(struct oriel_mir_frame *frame, const struct oriel_mir_layer *layer)
{
	const struct oriel_mir_frame_info *info = oriel_mir_frame_info(frame);

	for (int i = 0; i < info->n_layers; i++) {
		const struct oriel_mir_layer *before = &info->layers[i];

		if (before->id == layer->id)
			return before->buffer_width == layer->buffer_width &&
					       before->buffer_height == layer->buffer_height &&
					       before->format == layer->format
				       ? i
				       : -1;
	}
	return -1;
}

/* Reading a DMA-BUF, which may lie beyond a slow bus, costs more than sending it. */
static bool is_dmabuf(const struct oriel_mir_frame *frame, int layer)
{
	struct oriel_mir_memory memory;

	return oriel_mir_frame_memory(frame, layer, &memory) == 0 && memory.dmabuf >= 0;
}

/* What differs inside area, by comparing with the frame before; -1: can't be compared. */
static int compare(struct oriel_mir_frame *previous, struct oriel_mir_frame *frame, int source,
	const struct oriel_rect *area, struct oriel_rect *out, int max)
{
	const struct oriel_mir_layer *layer = &oriel_mir_frame_info(frame)->layers[source];
	int before = find_before(previous, layer);
	size_t stride_before, stride;
	const void *pixels_before, *pixels;
	int n = -1;

	if (before < 0 || is_dmabuf(previous, before) || is_dmabuf(frame, source))
		return -1;
	pixels_before = oriel_mir_frame_pixels(previous, before, &stride_before);
	pixels = oriel_mir_frame_pixels(frame, source, &stride);
	if (pixels_before && pixels)
		n = oriel_damage_compare(pixels_before, stride_before, pixels, stride, area,
			layer->format == ORIEL_FORMAT_XRGB8888, out, max);
	oriel_mir_frame_pixels_done(previous, before);
	oriel_mir_frame_pixels_done(frame, source);
	return n;
}

/* The part of a rectangle that is inside the buffer. */
static struct oriel_rect inside(const struct oriel_rect *rect, const struct oriel_rect *buffer)
{
	int64_t right = (int64_t)rect->x + rect->width, bottom = (int64_t)rect->y + rect->height;
	struct oriel_rect r = {
		.x = rect->x > 0 ? rect->x : 0,
		.y = rect->y > 0 ? rect->y : 0,
	};

	right = right < buffer->width ? right : buffer->width;
	bottom = bottom < buffer->height ? bottom : buffer->height;
	r.width = right > r.x ? (int32_t)right - r.x : 0;
	r.height = bottom > r.y ? (int32_t)bottom - r.y : 0;
	return r;
}

/* Told damage as a few rectangles; n_damage < 0 gives the whole buffer. */
static int told(const struct oriel_mir_layer *layer, const struct oriel_rect *buffer,
	struct oriel_rect *out, int max)
{
	int n = layer->n_damage;

	if (n < 0) {
		out[0] = *buffer;
		return 1;
	}
	n = oriel_damage_simplify(layer->damage, n, out, max);
	for (int i = 0; i < n; i++)
		out[i] = inside(&out[i], buffer);
	return n;
}

/* Lets the owner read the layer by itself, when it can. */
static void lend(struct oriel_plan *plan, uint16_t index, struct oriel_client *client,
	const struct oriel_mir_frame *frame, const struct oriel_mir_layer *layer)
{
	struct oriel_mir_memory memory;

	if (client->loans.state == ORIEL_LOANS_FOUND &&
		oriel_mir_frame_memory(frame, plan->source[index], &memory) == 0)
		plan->loans[index] = oriel_loan_take(client, &memory, layer);
}

static void plan_rects(struct oriel_plan *plan, uint16_t index, struct oriel_window *window,
	struct oriel_mir_frame *previous, struct oriel_mir_frame *frame)
{
	const struct oriel_mir_layer *layer =
		&oriel_mir_frame_info(frame)->layers[plan->source[index]];
	struct oriel_stats *stats = &window->core->stats;
	struct oriel_rect buffer = {
		.width = (int32_t)layer->buffer_width, .height = (int32_t)layer->buffer_height};
	struct oriel_rect rects[LAYER_RECTS], differ[LAYER_RECTS];
	size_t all = oriel_damage_area(&buffer, 1), area;
	int max = ORIEL_MAX_RECTS / (int)plan->n_layers, n;

	if (!previous || !is_known(&window->frames, layer)) {
		lend(plan, index, window->owner, frame, layer);
		add_rects(plan, index, &buffer, 1);
		return;
	}
	if (!layer->changed)
		return;
	max = max < LAYER_RECTS ? max : LAYER_RECTS;
	n = told(layer, &buffer, rects, max);
	area = oriel_damage_area(rects, n);
	if (layer->n_damage >= 0)
		stats->damage_pixels += area;
	if (area > 0)
		lend(plan, index, window->owner, frame, layer);
	/* What is not copied is not looked into either: that would cost as much as a copy. */
	if (area * 100 >= all * MOST && !plan->loans[index]) {
		int r = compare(previous, frame, plan->source[index], &buffer, differ, max);

		stats->compare_pixels += r < 0 ? 0 : all;
		if (r >= 0) {
			add_rects(plan, index, differ, r);
			return;
		}
	}
	add_rects(plan, index, rects, n);
}

static void remember(struct oriel_window *window, const struct oriel_plan *plan)
{
	struct oriel_frames *frames = &window->frames;

	frames->n_known = (int)plan->n_layers;
	for (uint32_t i = 0; i < plan->n_layers; i++)
		frames->known[i] = (struct oriel_known_layer){
			.id = plan->layers[i].id,
			.width = plan->layers[i].buffer_width,
			.height = plan->layers[i].buffer_height,
			.format = plan->layers[i].format,
		};
}

struct oriel_plan *oriel_plan_create(struct oriel_window *window, struct oriel_mir_frame *previous,
	struct oriel_mir_frame *frame)
{
	struct oriel_plan *plan = malloc(sizeof *plan);

	if (!plan)
		return NULL;
	/* The lists are large: their items are written one by one. */
	plan->n_layers = 0;
	plan->n = plan->next = 0;
	plan->left = 0;
	plan_layers(plan, oriel_mir_frame_info(frame));
	for (uint32_t i = 0; i < plan->n_layers; i++)
		plan_rects(plan, (uint16_t)i, window, previous, frame);
	for (int i = 0; i < plan->n; i++)
		window->core->stats.damage_bytes +=
			4 * (uint64_t)oriel_damage_area(&plan->rects[i].rect, 1);
	remember(window, plan);
	return plan;
}

/* Reading ---------------------------------------------------------------------------------------
 */

/* The smallest rectangle around all of a layer that is left; empty: nothing is. */
static struct oriel_rect bounds(const struct oriel_plan *plan, uint16_t layer)
{
	int32_t left = INT32_MAX, top = INT32_MAX, right = 0, bottom = 0;

	for (int i = plan->next; i < plan->n; i++) {
		const struct oriel_rect *r = &plan->rects[i].rect;

		if (plan->rects[i].layer != layer)
			continue;
		left = r->x < left ? r->x : left;
		top = r->y < top ? r->y : top;
		right = r->x + r->width > right ? r->x + r->width : right;
		bottom = r->y + r->height > bottom ? r->y + r->height : bottom;
	}
	if (right == 0)
		return (struct oriel_rect){0};
	return (struct oriel_rect){left, top, right - left, bottom - top};
}

int oriel_plan_fetch(struct oriel_window *window, const struct oriel_plan *plan)
{
	int result = 0;

	for (uint32_t i = 0; i < plan->n_layers; i++) {
		struct oriel_rect rect = bounds(plan, (uint16_t)i);
		int r = 0;

		if (rect.width > 0)
			r = oriel_mir_frame_fetch(window->frames.current, plan->source[i], &rect);
		if (r == -EINPROGRESS)
			result = r;
		else if (r < 0)
			oriel_core_tell_once(window->core, ORIEL_TOLD_NO_FETCH,
				"what the GPU has drawn can't be read (%s): a window shows old "
				"content",
				strerror(-r));
	}
	return result;
}

/* End -------------------------------------------------------------------------------------------
 */

bool oriel_plan_lends(const struct oriel_plan *plan)
{
	for (uint32_t i = 0; i < plan->n_layers; i++)
		if (plan->loans[i])
			return true;
	return false;
}

void oriel_plan_destroy(struct oriel_plan *plan)
{
	for (uint32_t i = 0; plan && i < plan->n_layers; i++)
		if (plan->loans[i])
			oriel_loan_return(plan->loans[i]);
	free(plan);
}

void oriel_plan_abandon(struct oriel_plan *plan)
{
	uint32_t question = 0;

	for (uint32_t i = 0; i < plan->n_layers; i++) {
		if (!plan->loans[i])
			continue;
		if (question == 0)
			question = oriel_question_ask(plan->loans[i]->client);
		/* One that can't be asked any more is about to go, and its loans with it. */
		oriel_loan_abandon(plan->loans[i], question);
	}
	free(plan);
}
