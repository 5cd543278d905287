/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "guest/parts.h"

#include <errno.h>
#include <stdlib.h>

#include "guest/client.h"
#include "guest/copy.h"

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
	struct oriel_ring *ring; /* NULL: pixels go inside the message */
	struct oriel_copies *copies;
	uint8_t *packed, *data; /* without a ring */
	uint32_t raw;           /* bytes of copied pixels in it before encoding */
	bool lost;              /* the device that the ring is in is gone */
	uint64_t lent;          /* bytes of pixels that are read by the host */
	uint8_t encoding;
};

bool oriel_parts_room(const struct oriel_client *client, uint64_t left)
{
	if (client->failed || !client->has_outputs || oriel_link_congested(client->link))
		return false;
	return oriel_rings_room(client, left);
}

/* The rows of a rectangle that fit into room bytes. */
static int32_t rows_for(const struct oriel_rect *rect, size_t room)
{
	size_t rows = room / ((size_t)rect->width * 4);

	return rows < (size_t)rect->height ? (int32_t)rows : rect->height;
}

static uint32_t bytes_of(const struct oriel_rect *rect)
{
	return (uint32_t)rect->width * (uint32_t)rect->height * 4;
}

static int place_in_ring(struct part *part, uint16_t layer, const struct oriel_rect *rect,
	struct oriel_wire_rect *to)
{
	void *data;
	uint32_t size = bytes_of(rect);
	int r = oriel_ring_reserve(part->ring, size, &to->offset, &data);

	if (r < 0)
		return r;
	to->encoding = ORIEL_ENCODING_RING;
	to->length = size;
	oriel_copies_add(part->copies, layer, rect, data);
	return 0;
}

static int place_inline(struct part *part, uint16_t layer, const struct oriel_rect *rect,
	struct oriel_wire_rect *to)
{
	uint32_t used = part->frame->data.size;
	size_t encoded;
	int r;

	/* Not to a device: it is done at once. */
	oriel_copies_add(part->copies, layer, rect, part->packed);
	r = oriel_codec_encode(part->client->codec, part->encoding, part->packed, bytes_of(rect),
		part->data + used, ORIEL_PARTS_INLINE - used, &encoded, &to->encoding);
	if (r < 0)
		return r;
	to->offset = used;
	to->length = (uint32_t)encoded;
	part->frame->data.size += (uint32_t)encoded;
	part->window->core->stats.pixel_bytes_encoded += encoded;
	return 0;
}

/* Rows that there is room for; they become less. */
static int place_copy(
	struct part *part, uint16_t layer, struct oriel_rect *rect, struct oriel_wire_rect *to)
{
	size_t room =
		part->ring ? oriel_ring_available(part->ring) : ORIEL_PARTS_INLINE - part->raw;
	int r;

	rect->height = rows_for(rect, room);
	if (rect->height == 0)
		return -EAGAIN;
	r = part->ring ? place_in_ring(part, layer, rect, to) : place_inline(part, layer, rect, to);
	if (r < 0)
		return r;
	part->raw += bytes_of(rect);
	part->plan->left -= bytes_of(rect);
	return 0;
}

static void place_loan(struct part *part, const struct oriel_loan *loan,
	const struct oriel_rect *rect, struct oriel_wire_rect *to)
{
	to->encoding = ORIEL_ENCODING_BUFFER;
	to->offset = loan->id;
	part->lent += bytes_of(rect);
}

/* Moves rows of the plan's next rectangle into the part. 0, or -EAGAIN: no room for a row. */
static int add_rect(struct part *part)
{
	struct oriel_plan *plan = part->plan;
	struct oriel_plan_rect *from = &plan->rects[plan->next];
	struct oriel_rect rect = from->rect;
	struct oriel_wire_rect *to = &part->frame->rects[part->frame->n_rects];
	int r = 0;

	*to = (struct oriel_wire_rect){.layer = from->layer};
	if (plan->loans[from->layer])
		place_loan(part, plan->loans[from->layer], &rect, to);
	else
		r = place_copy(part, from->layer, &rect, to);
	if (r < 0)
		return r;
	to->x = (uint32_t)rect.x;
	to->y = (uint32_t)rect.y;
	to->width = (uint32_t)rect.width;
	to->height = (uint32_t)rect.height;
	part->frame->n_rects++;
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
	stats->pixel_bytes_copied += part->copies->by_cpu;
	stats->pixel_bytes_module += part->copies->by_module;
	stats->pixel_bytes_registered += part->lent;
	stats->sent_pixels += (part->raw + part->lent) / 4;
	part->window->n_bytes += part->raw + part->lent;
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

/* Puts into the message what there is room for. 0; -EAGAIN: for nothing. */
static int fill(struct part *part)
{
	struct oriel_plan *plan = part->plan;
	int r = 0;

	fill_head(part);
	oriel_copies_begin(part->copies, part->window);
	while (r == 0 && plan->next < plan->n && part->frame->n_rects < ORIEL_MAX_RECTS)
		r = add_rect(part);
	part->lost = !oriel_copies_end(part->copies);
	if (part->frame->n_rects == 0 && plan->next < plan->n)
		return r;
	part->frame->final = plan->next == plan->n;
	part->frame->ring_position = part->ring ? oriel_ring_position(part->ring) : 0;
	return 0;
}

int oriel_parts_send(struct oriel_window *window)
{
	struct oriel_client *client = window->owner;
	struct oriel_msg *msg = &client->core->out;
	struct oriel_copies copies; /* large: written where it is used */
	struct part part = {
		.window = window,
		.client = client,
		.plan = window->frames.plan,
		.frame = &msg->frame,
		.ring = client->rings.ring,
		.copies = &copies,
	};
	int r;

	/* The lists are large: only their items are written, and read. */
	msg->type = ORIEL_MSG_FRAME;
	msg->frame.n_layers = msg->frame.n_rects = 0;
	msg->frame.data = (struct oriel_bytes){0};
	r = part.ring ? 0 : prepare_inline(&part);
	if (r == 0)
		r = fill(&part);
	if (r < 0)
		return r;
	r = oriel_client_send(client, msg);
	/* What was to be in the ring is not there. */
	if (part.lost)
		oriel_rings_lose(client->core, copies.device);
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
