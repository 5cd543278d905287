/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "guest/parts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "guest/client.h"
#include "src/pixels/damage.h"

/* Of the ring's size: with less room than this, waiting for acknowledgements is better than
 * sending slivers. */
#define ROOM_SHARE 8

struct oriel_inline {
	uint8_t packed[ORIEL_PARTS_INLINE];
	uint8_t data[ORIEL_PARTS_INLINE];
};

/* One frame message in the making. */
struct part {
	struct oriel_window *window;
	struct oriel_client *client;
	struct oriel_plan *plan;
	struct oriel_msg_frame *frame;
	uint8_t *packed, *data; /* without a ring */
	uint32_t raw;           /* bytes of pixels in it before encoding */
	uint8_t encoding;
};

bool oriel_parts_room(const struct oriel_client *client, uint64_t left)
{
	uint64_t enough;

	if (client->failed || !client->has_outputs || oriel_link_congested(client->link))
		return false;
	if (!client->use_ring)
		return true;
	if (!client->ring)
		return false;
	enough = oriel_ring_size(client->ring) / ROOM_SHARE;
	return oriel_ring_available(client->ring) >= (left < enough ? left : enough);
}

/* The rows of a rectangle that fit into room bytes. */
static int32_t rows_for(const struct oriel_rect *rect, size_t room)
{
	size_t rows = room / ((size_t)rect->width * 4);

	return rows < (size_t)rect->height ? (int32_t)rows : rect->height;
}

static void pack(const struct part *part, const struct oriel_plan_rect *from,
	const struct oriel_rect *rect, void *out)
{
	size_t stride;
	struct oriel_mir_frame *frame = part->window->frames.current;
	const void *pixels =
		oriel_mir_frame_pixels(frame, part->plan->source[from->layer], &stride);

	if (pixels)
		oriel_pixels_pack(out, pixels, stride, rect);
	else
		memset(out, 0, (size_t)rect->width * (size_t)rect->height * 4);
}

static int place_in_ring(struct part *part, const struct oriel_plan_rect *from,
	const struct oriel_rect *rect, struct oriel_wire_rect *to)
{
	void *data;
	uint32_t size = (uint32_t)rect->width * (uint32_t)rect->height * 4;
	int r = oriel_ring_reserve(part->client->ring, size, &to->offset, &data);

	if (r < 0)
		return r;
	to->encoding = ORIEL_ENCODING_RING;
	to->length = size;
	pack(part, from, rect, data);
	return 0;
}

static int place_inline(struct part *part, const struct oriel_plan_rect *from,
	const struct oriel_rect *rect, struct oriel_wire_rect *to)
{
	uint32_t size = (uint32_t)rect->width * (uint32_t)rect->height * 4;
	uint32_t used = part->frame->data.size;
	size_t encoded;
	int r;

	pack(part, from, rect, part->packed);
	r = oriel_codec_encode(part->client->codec, part->encoding, part->packed, size,
		part->data + used, ORIEL_PARTS_INLINE - used, &encoded, &to->encoding);
	if (r < 0)
		return r;
	to->offset = used;
	to->length = (uint32_t)encoded;
	part->frame->data.size += (uint32_t)encoded;
	part->window->core->stats.pixel_bytes_encoded += encoded;
	return 0;
}

/* Moves rows of the plan's next rectangle into the part. 0, or -EAGAIN: no room for a row. */
static int add_rect(struct part *part)
{
	struct oriel_plan *plan = part->plan;
	struct oriel_plan_rect *from = &plan->rects[plan->next];
	struct oriel_rect rect = from->rect;
	struct oriel_wire_rect *to = &part->frame->rects[part->frame->n_rects];
	bool ring = part->client->use_ring;
	uint32_t bytes;
	int r;

	rect.height = rows_for(&rect,
		ring ? oriel_ring_available(part->client->ring) : ORIEL_PARTS_INLINE - part->raw);
	if (rect.height == 0)
		return -EAGAIN;
	*to = (struct oriel_wire_rect){
		.layer = from->layer,
		.x = (uint32_t)rect.x,
		.y = (uint32_t)rect.y,
		.width = (uint32_t)rect.width,
		.height = (uint32_t)rect.height,
	};
	r = ring ? place_in_ring(part, from, &rect, to) : place_inline(part, from, &rect, to);
	if (r < 0)
		return r;
	bytes = (uint32_t)rect.width * (uint32_t)rect.height * 4;
	part->frame->n_rects++;
	part->raw += bytes;
	plan->left -= bytes;
	from->rect.y += rect.height;
	from->rect.height -= rect.height;
	if (from->rect.height == 0)
		plan->next++;
	return 0;
}

static void fill_head(struct part *part)
{
	const struct oriel_window *window = part->window;
	const struct oriel_mir_frame_info *info = oriel_mir_frame_info(window->frames.current);
	struct oriel_msg_frame *frame = part->frame;

	frame->window = window->mir.id;
	frame->serial = window->frames.serial;
	frame->width = info->width < 1 ? 1 : info->width;
	frame->height = info->height < 1 ? 1 : info->height;
	if (frame->width > ORIEL_MAX_SIDE)
		frame->width = ORIEL_MAX_SIDE;
	if (frame->height > ORIEL_MAX_SIDE)
		frame->height = ORIEL_MAX_SIDE;
	frame->commit_ns = info->commit_ns;
	frame->n_layers = part->plan->n_layers;
	for (uint32_t i = 0; i < frame->n_layers; i++)
		frame->layers[i] = part->plan->layers[i];
}

static void count(const struct part *part)
{
	struct oriel_stats *stats = &part->window->core->stats;

	stats->frame_parts_sent++;
	stats->pixel_bytes_copied += part->raw;
	stats->sent_pixels += part->raw / 4;
	part->window->n_bytes += part->raw;
	part->window->frames.sent_bytes += part->frame->data.size;
}

static int prepare_inline(struct part *part)
{
	struct oriel_core *core = part->client->core;

	if (!core->inline_buffer)
		core->inline_buffer = malloc(sizeof *core->inline_buffer);
	if (!core->inline_buffer)
		return -ENOMEM;
	part->packed = core->inline_buffer->packed;
	part->data = core->inline_buffer->data;
	part->frame->data.data = part->data;
	part->encoding = oriel_codec_choose(
		oriel_link_features(part->client->link), part->client->bytes_per_second);
	return 0;
}

int oriel_parts_send(struct oriel_window *window)
{
	struct oriel_client *client = window->owner;
	struct oriel_plan *plan = window->frames.plan;
	struct oriel_msg msg = {.type = ORIEL_MSG_FRAME};
	struct part part = {.window = window, .client = client, .plan = plan, .frame = &msg.frame};
	int r = client->use_ring ? 0 : prepare_inline(&part);

	if (r < 0)
		return r;
	fill_head(&part);
	while (r == 0 && plan->next < plan->n && part.frame->n_rects < ORIEL_MAX_RECTS)
		r = add_rect(&part);
	if (part.frame->n_rects == 0 && plan->next < plan->n)
		return r;
	part.frame->final = plan->next == plan->n;
	part.frame->ring_position = client->use_ring ? oriel_ring_position(client->ring) : 0;
	r = oriel_client_send(client, &msg);
	if (r < 0)
		return r;
	count(&part);
	return part.frame->final;
}

void oriel_parts_finish(struct oriel_core *core)
{
	free(core->inline_buffer);
	core->inline_buffer = NULL;
}
