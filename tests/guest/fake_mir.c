/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "tests/guest/fake_mir.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/base/clock.h"
#include "src/wire/messages.h"
#include "tests/guest/fake_buffers.h"

struct oriel_mir_frame {
	struct oriel_mir *fake;
	struct fake_window *window;
	struct oriel_mir_frame_info info;
	struct oriel_mir_layer layers[FAKE_LAYERS];
	struct oriel_rect damage[FAKE_LAYERS][16];
	uint32_t *pixels[FAKE_LAYERS]; /* of our own */
	struct fake_buffer *buffers[FAKE_LAYERS];
	bool reading[FAKE_LAYERS];
	bool done, fetched;
};

static void wake(struct oriel_mir *fake)
{
	fake->ops->wake(fake->user);
}

static void note(struct oriel_mir *fake, const char *format, ...)
{
	size_t used = strlen(fake->calls);
	va_list args;

	va_start(args, format);
	vsnprintf(fake->calls + used, sizeof fake->calls - used, format, args);
	va_end(args);
}

/* For the test ----------------------------------------------------------------------------------
 */

void fake_fetch(struct oriel_mir *fake, struct fake_window *window)
{
	if (window->fetching)
		window->fetching->fetched = true;
	window->fetching = NULL;
	window->tell_fetched = true;
	wake(fake);
}

void fake_init(struct oriel_mir *fake, const struct oriel_mir_ops *ops, void *user)
{
	memset(fake, 0, sizeof *fake);
	fake->ops = ops;
	fake->user = user;
	fake->start = true;
	wake(fake);
}

void fake_finish(struct oriel_mir *fake)
{
	for (int i = 0; i < FAKE_WINDOWS; i++)
		for (int j = 0; j < FAKE_LAYERS; j++)
			fake_finish_layer(fake, &fake->windows[i].layers[j]);
}

struct fake_window *fake_open(struct oriel_mir *fake, uint32_t id, uint32_t width, uint32_t height)
{
	struct fake_window *window = &fake->windows[id];

	window->there = true;
	window->description = (struct oriel_mir_window){
		.id = id,
		.kind = ORIEL_KIND_TOPLEVEL,
		.flags = ORIEL_WINDOW_RESIZABLE | ORIEL_WINDOW_FOCUSABLE,
		.content = {10, 20, (int32_t)width, (int32_t)height},
		.title = "title",
		.app_id = "",
	};
	window->n_layers = 1;
	window->layers[0].id = id * 10;
	window->layers[0].format = ORIEL_FORMAT_XRGB8888;
	fake_resize(window, 0, width, height);
	fake_describe(fake, window);
	return window;
}

void fake_describe(struct oriel_mir *fake, struct fake_window *window)
{
	window->described = true;
	wake(fake);
}

void fake_close(struct oriel_mir *fake, struct fake_window *window)
{
	window->gone = true;
	wake(fake);
}

void fake_resize(struct fake_window *window, int i, uint32_t width, uint32_t height)
{
	struct fake_layer *layer = &window->layers[i];

	free(layer->pixels);
	layer->pixels = calloc((size_t)width * height, 4);
	layer->width = width;
	layer->height = height;
	layer->dst = (struct oriel_rect){0, 0, (int32_t)width, (int32_t)height};
	layer->changed = true;
	layer->n_damage = -1;
}

void fake_draw(struct fake_window *window, int i, struct oriel_rect rect, uint32_t colour)
{
	struct fake_layer *layer = &window->layers[i];

	for (int32_t y = rect.y; y < rect.y + rect.height; y++)
		for (int32_t x = rect.x; x < rect.x + rect.width; x++)
			layer->pixels[(size_t)y * layer->width + (size_t)x] = colour;
	layer->changed = true;
	if (layer->n_damage >= 0 && layer->n_damage < 16)
		layer->damage[layer->n_damage++] = rect;
}

uint32_t fake_colour(uint32_t x, uint32_t y, uint32_t seed)
{
	return 0xff000000u | ((x * 7 + y * 131 + seed * 1009) & 0xffffff);
}

void fake_paint(struct fake_window *window, int i, uint32_t seed)
{
	struct fake_layer *layer = &window->layers[i];

	for (uint32_t y = 0; y < layer->height; y++)
		for (uint32_t x = 0; x < layer->width; x++)
			layer->pixels[(size_t)y * layer->width + x] = fake_colour(x, y, seed);
	layer->changed = true;
	layer->n_damage = -1;
}

void fake_commit(struct oriel_mir *fake, struct fake_window *window)
{
	if (!window->pending)
		window->told_dirty = false;
	window->pending = true;
	wake(fake);
}

struct fake_window *fake_painted(
	struct oriel_mir *fake, uint32_t id, uint32_t width, uint32_t height)
{
	struct fake_window *window = fake_open(fake, id, width, height);

	fake_paint(window, 0, id);
	fake_commit(fake, window);
	return window;
}

void fake_ask(struct oriel_mir *fake, uint32_t window, uint8_t kind, uint32_t arg)
{
	fake->requests[fake->n_requests++] = (struct fake_request){window, arg, kind};
	wake(fake);
}

void fake_cursor(struct oriel_mir *fake, const struct oriel_mir_cursor *cursor)
{
	fake->cursor = *cursor;
	fake->new_cursor = true;
	wake(fake);
}

void fake_text_input(struct oriel_mir *fake, const struct oriel_mir_text_input *field)
{
	fake->field = *field;
	fake->new_field = true;
	wake(fake);
}

/* adapter.h --------------------------------------------------------------------------------------
 */

void oriel_mir_stop(struct oriel_mir *fake)
{
	fake->stopped = true;
}

static void dispatch_window(struct oriel_mir *fake, struct fake_window *window)
{
	if (window->gone) {
		fake->ops->window_gone(fake->user, window->description.id);
		window->gone = window->there = false;
		for (int i = 0; i < FAKE_LAYERS; i++)
			fake_drop_buffers(fake, window, i);
		return;
	}
	if (window->described)
		fake->ops->window(fake->user, &window->description);
	window->described = false;
	if (window->pending && !window->told_dirty) {
		window->told_dirty = true;
		fake->ops->dirty(fake->user, window->description.id);
	}
	if (window->tell_fetched)
		fake->ops->fetched(fake->user, window->description.id);
	window->tell_fetched = false;
}

void oriel_mir_dispatch(struct oriel_mir *fake)
{
	if (fake->start && !fake->started) {
		fake->started = true;
		fake->ops->started(fake->user, "wayland-fake", ":99");
	}
	for (int i = 0; i < FAKE_WINDOWS; i++)
		if (fake->windows[i].there)
			dispatch_window(fake, &fake->windows[i]);
	for (int i = 0; i < fake->n_gone; i++)
		fake->ops->memory_gone(fake->user, fake->gone[i]);
	fake->n_gone = 0;
	for (int i = 0; i < fake->n_requests; i++)
		fake->ops->request(fake->user, fake->requests[i].window, fake->requests[i].kind,
			fake->requests[i].arg);
	fake->n_requests = 0;
	if (fake->new_cursor)
		fake->ops->cursor(fake->user, &fake->cursor);
	fake->new_cursor = false;
	if (fake->new_field)
		fake->ops->text_input(fake->user, &fake->field);
	fake->new_field = false;
}

static void copy_layer(struct oriel_mir_frame *frame, int i, struct fake_layer *layer)
{
	size_t size = (size_t)layer->width * layer->height * 4;

	if (layer->memory != FAKE_PRIVATE)
		frame->buffers[i] = fake_buffer_draw(frame->fake, layer);
	if (!frame->buffers[i]) {
		frame->pixels[i] = malloc(size);
		memcpy(frame->pixels[i], layer->pixels, size);
	}
	memcpy(frame->damage[i], layer->damage, sizeof layer->damage);
	frame->layers[i] = (struct oriel_mir_layer){
		.id = layer->id,
		.format = layer->format,
		.buffer_width = layer->width,
		.buffer_height = layer->height,
		.src_width = layer->width,
		.src_height = layer->height,
		.dst = layer->dst,
		.changed = layer->changed,
		.n_damage = layer->n_damage,
		.damage = frame->damage[i],
	};
	layer->changed = false;
	layer->n_damage = 0;
}

int oriel_mir_frame_claim(struct oriel_mir *fake, uint32_t id, struct oriel_mir_frame **ret_frame)
{
	struct fake_window *window = &fake->windows[id];
	struct oriel_mir_frame *frame;

	if (!window->there)
		return -ENOENT;
	if (!window->pending && window->claims == 0)
		return -EAGAIN;
	frame = calloc(1, sizeof *frame);
	frame->fake = fake;
	frame->window = window;
	frame->fetched = !window->slow;
	frame->info = (struct oriel_mir_frame_info){
		.width = (uint32_t)window->description.content.width,
		.height = (uint32_t)window->description.content.height,
		.commit_ns = oriel_now_ns(),
		.may_settle = !window->several_buffers,
		.n_layers = window->n_layers,
		.layers = frame->layers,
	};
	for (int i = 0; i < window->n_layers; i++)
		copy_layer(frame, i, &window->layers[i]);
	window->pending = false;
	window->claims++;
	fake->frames++;
	*ret_frame = frame;
	return 0;
}

const struct oriel_mir_frame_info *oriel_mir_frame_info(const struct oriel_mir_frame *frame)
{
	return &frame->info;
}

const void *oriel_mir_frame_pixels(struct oriel_mir_frame *frame, int layer, size_t *ret_stride)
{
	struct fake_buffer *buffer = frame->buffers[layer];

	if (!frame->reading[layer])
		frame->fake->mapped++;
	frame->reading[layer] = true;
	*ret_stride = (size_t)frame->layers[layer].buffer_width * 4;
	if (!buffer)
		return frame->pixels[layer];
	*ret_stride += FAKE_GAP;
	return buffer->map + FAKE_START;
}

void oriel_mir_frame_pixels_done(struct oriel_mir_frame *frame, int layer)
{
	if (frame->reading[layer])
		frame->fake->mapped--;
	frame->reading[layer] = false;
}

int oriel_mir_frame_memory(
	const struct oriel_mir_frame *frame, int layer, struct oriel_mir_memory *ret_memory)
{
	const struct fake_buffer *buffer = frame->buffers[layer];
	bool dmabuf;

	if (!buffer)
		return -ENOENT;
	dmabuf = frame->window->layers[layer].memory == FAKE_DMABUF;
	*ret_memory = (struct oriel_mir_memory){
		.key = buffer->key,
		.map = dmabuf ? NULL : buffer->map,
		.map_size = dmabuf ? 0 : buffer->map_size,
		.dmabuf = dmabuf ? buffer->fd : -1,
		.start = FAKE_START,
		.stride = (size_t)frame->layers[layer].buffer_width * 4 + FAKE_GAP,
	};
	return 0;
}

int oriel_mir_frame_fetch(struct oriel_mir_frame *frame, int layer, const struct oriel_rect *part)
{
	struct fake_window *window = frame->window;

	(void)layer;
	window->fetches++;
	window->fetched = *part;
	if (frame->fetched)
		return 0;
	window->fetching = frame;
	return -EINPROGRESS;
}

void oriel_mir_frame_done(struct oriel_mir_frame *frame)
{
	if (frame->done)
		return;
	frame->done = true;
	frame->window->dones++;
	if (frame->window->redraw && frame->window->there)
		fake_commit(frame->fake, frame->window);
}

void oriel_mir_frame_settle(struct oriel_mir_frame *frame)
{
	frame->window->settles++;
}

void oriel_mir_frame_unref(struct oriel_mir_frame *frame)
{
	if (!frame)
		return;
	oriel_mir_frame_done(frame);
	frame->fake->frames--;
	if (frame->window->fetching == frame)
		frame->window->fetching = NULL;
	for (int i = 0; i < frame->info.n_layers; i++) {
		free(frame->pixels[i]);
		if (frame->buffers[i])
			fake_buffer_give_back(frame->fake, frame->buffers[i]);
	}
	free(frame);
}

void oriel_mir_set_outputs(struct oriel_mir *fake, const struct oriel_mir_output *outputs, int n)
{
	fake->outputs_set++;
	note(fake, "outputs %d %dx%d@%.2f;", n, outputs[0].area.width, outputs[0].area.height,
		outputs[0].scale);
}

int oriel_mir_set_keymap(struct oriel_mir *fake, const char *model, const char *layout,
	const char *variant, const char *options, uint32_t rate, uint32_t delay)
{
	(void)model;
	(void)options;
	if (strcmp(layout, "nonsense") == 0)
		return -EINVAL;
	fake->keymaps_set++;
	note(fake, "keymap %s/%s %u %u;", layout, variant, rate, delay);
	return 0;
}

void oriel_mir_configure(struct oriel_mir *fake, uint32_t window, const struct oriel_rect *content,
	uint8_t state, bool hidden)
{
	note(fake, "configure %u %d,%d %dx%d %u %d;", window, content->x, content->y,
		content->width, content->height, state, hidden);
}

void oriel_mir_close(struct oriel_mir *fake, uint32_t window)
{
	note(fake, "close %u;", window);
}

void oriel_mir_shortcuts(struct oriel_mir *fake, uint32_t window, bool given)
{
	note(fake, "shortcuts %u %d;", window, given);
}

void oriel_mir_focus(
	struct oriel_mir *fake, uint32_t window, const uint32_t *keys, int n_keys, uint32_t locked)
{
	(void)keys;
	note(fake, "focus %u %d %u;", window, n_keys, locked);
}

void oriel_mir_key(struct oriel_mir *fake, uint32_t time, uint32_t code, bool down)
{
	(void)time;
	note(fake, "key %u %d;", code, down);
}

void oriel_mir_motion(struct oriel_mir *fake, uint32_t time, uint32_t window, double x, double y,
	double dx, double dy)
{
	(void)time;
	(void)dx;
	(void)dy;
	note(fake, "motion %u %.2f,%.2f;", window, x, y);
}

void oriel_mir_leave(struct oriel_mir *fake, uint32_t time)
{
	(void)time;
	note(fake, "leave;");
}

void oriel_mir_button(struct oriel_mir *fake, uint32_t time, uint32_t code, bool down)
{
	(void)time;
	note(fake, "button %u %d;", code, down);
}

void oriel_mir_axis(struct oriel_mir *fake, uint32_t time, uint8_t source, double dx, double dy,
	int32_t x120, int32_t y120, bool stop)
{
	(void)time;
	note(fake, "axis %u %.2f,%.2f %d,%d %d;", source, dx, dy, x120, y120, stop);
}

void oriel_mir_touch(struct oriel_mir *fake, uint32_t time, uint32_t window, uint32_t point,
	uint8_t action, double x, double y)
{
	(void)time;
	note(fake, "touch %u %u %u %.2f,%.2f;", window, point, action, x, y);
}

/* Selections -------------------------------------------------------------------------------------
 */

void oriel_mir_selection_offer(
	struct oriel_mir *fake, uint8_t selection, const char *const *types, int n)
{
	char *offer = fake->offer[selection];
	size_t size = sizeof fake->offer[selection], at = 0;

	fake->offers[selection]++;
	offer[0] = '\0';
	for (int i = 0; i < n && at < size; i++)
		at += (size_t)snprintf(offer + at, size - at, "%s%s", i ? " " : "", types[i]);
}

void oriel_mir_selection_read(struct oriel_mir *fake, uint8_t selection, const char *type, int fd)
{
	(void)selection;
	snprintf(fake->reading, sizeof fake->reading, "%s", type);
	fake->reading_fd = fd;
}

void fake_copy(struct oriel_mir *fake, uint8_t selection, const char *const *types)
{
	int n = 0;

	while (types[n])
		n++;
	fake->ops->selection(fake->user, selection, types, n);
}

int fake_paste(struct oriel_mir *fake, uint8_t selection, const char *type)
{
	int fds[2];

	if (pipe(fds) < 0)
		abort();
	fake->ops->selection_send(fake->user, selection, type, fds[1]);
	return fds[0];
}

void oriel_mir_text(struct oriel_mir *fake, const struct oriel_mir_text *text)
{
	note(fake, "text -%u -%u '%s' '%s' %d-%d;", text->delete_before, text->delete_after,
		text->commit, text->preedit, text->cursor_begin, text->cursor_end);
}
