/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "tests/guest/mir/fake_core.h"
#include "src/base/clock.h"
#include <errno.h>
#include <ftw.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cmocka.h>

#define LIMIT_NS 20000000000ull

struct core_thread {
	pthread_t id;
	struct oriel_mir_options options;
	struct core *core;
};

static void handle_wake(void *user)
{
	struct core *core = user;

	eventfd_write(core->wake_fd, 1);
}

static void handle_started(void *user, const char *wayland_display, const char *x11_display)
{
	struct core *core = user;

	core->started = true;
	snprintf(core->wayland_display, sizeof core->wayland_display, "%s", wayland_display);
	snprintf(core->x11_display, sizeof core->x11_display, "%s", x11_display ? x11_display : "");
}

static void handle_window(void *user, const struct oriel_mir_window *now)
{
	struct core *core = user;
	struct core_window *window = core_window(core, now->id);

	if (!window) {
		assert_true(core->n_windows < MAX_WINDOWS);
		window = &core->windows[core->n_windows++];
		memset(window, 0, sizeof *window);
	}
	assert_false(window->gone);
	assert_true(now->parent == 0 || core_window(core, now->parent));
	window->now = *now;
	snprintf(window->title, sizeof window->title, "%s", now->title);
	snprintf(window->app_id, sizeof window->app_id, "%s", now->app_id);
}

static void handle_window_gone(void *user, uint32_t id)
{
	struct core_window *window = core_window(user, id);

	assert_non_null(window);
	assert_false(window->gone);
	window->gone = true;
	oriel_mir_frame_unref(window->held);
	oriel_mir_frame_unref(window->waiting);
	window->held = window->waiting = NULL;
}

static void handle_dirty(void *user, uint32_t id)
{
	struct core_window *window = core_window(user, id);

	assert_non_null(window);
	assert_false(window->dirty);
	window->dirty = true;
}

static void handle_request(void *user, uint32_t window, uint8_t kind, uint32_t arg)
{
	struct core *core = user;

	assert_non_null(core_window(core, window));
	assert_true(core->n_requests < MAX_REQUESTS);
	core->requests[core->n_requests++] = (struct core_request){window, arg, kind};
}

static void handle_cursor(void *user, const struct oriel_mir_cursor *cursor)
{
	struct core *core = user;

	core->cursor = *cursor;
	core->cursor_pixel = cursor->width ? *(const uint32_t *)cursor->pixels : 0;
	core->cursors++;
}

static void handle_text_input(void *user, const struct oriel_mir_text_input *field)
{
	struct core *core = user;

	/* Never from one field to another without a word. */
	assert_true(!field->window || !core->field.window || field->window == core->field.window);
	if (field->window && !core->field.window)
		core->fields++;
	if (field->window)
		assert_non_null(core_window(core, field->window));
	core->field = *field;
	snprintf(core->surrounding, sizeof core->surrounding, "%s", field->surrounding);
}

static void handle_memory_gone(void *user, uint64_t key)
{
	struct core *core = user;

	assert_true(core->n_gone < MAX_GONE);
	core->gone[core->n_gone++] = key;
}

struct core_window *core_window(struct core *core, uint32_t id)
{
	for (int i = 0; i < core->n_windows; i++)
		if (core->windows[i].now.id == id)
			return &core->windows[i];
	return NULL;
}

struct core_window *core_titled(struct core *core, const char *title)
{
	for (int i = core->n_windows - 1; i >= 0; i--)
		if (!core->windows[i].gone && strcmp(core->windows[i].title, title) == 0)
			return &core->windows[i];
	return NULL;
}

struct core_copy *core_copy(struct core *core, uint32_t window, uint32_t layer)
{
	for (int i = 0; i < core->n_copies; i++)
		if (core->copies[i].window == window && core->copies[i].layer == layer)
			return &core->copies[i];
	assert_true(core->n_copies < MAX_COPIES);
	core->copies[core->n_copies] = (struct core_copy){.window = window, .layer = layer};
	return &core->copies[core->n_copies++];
}

static bool is_damaged(const struct oriel_mir_layer *layer, int x, int y)
{
	for (int i = 0; i < layer->n_damage; i++) {
		const struct oriel_rect *r = &layer->damage[i];

		if (x >= r->x && y >= r->y && x < r->x + r->width && y < r->y + r->height)
			return true;
	}
	return layer->n_damage < 0;
}

/* Compares the layer with what was shown before and judges the damage by it. */
static void judge(struct core *core, struct core_copy *copy, const struct oriel_mir_layer *layer,
	const char *pixels, size_t stride)
{
	bool same_size = copy->pixels && copy->width == layer->buffer_width &&
			 copy->height == layer->buffer_height;
	unsigned changed = 0, damaged = 0;

	if (!same_size) {
		free(copy->pixels);
		copy->width = layer->buffer_width;
		copy->height = layer->buffer_height;
		copy->pixels = calloc(copy->width * copy->height, sizeof *copy->pixels);
		assert_true(layer->n_damage < 0);
	}
	for (unsigned y = 0; y < copy->height; y++)
		for (unsigned x = 0; x < copy->width; x++) {
			uint32_t now = ((const uint32_t *)(pixels + y * stride))[x];
			uint32_t *before = &copy->pixels[y * copy->width + x];
			bool in_damage = is_damaged(layer, x, y);

			if (core->only_damage && !in_damage)
				continue;
			damaged += in_damage;
			changed += now != *before;
			if (now != *before && !in_damage)
				core->damage.missed++;
			*before = now;
		}
	if (layer->n_damage < 0)
		core->damage.whole++;
	else if (damaged > changed + changed / 4 + 64)
		core->damage.wide++;
	else
		core->damage.exact++;
}

static void check_layer(const struct oriel_mir_layer *layer)
{
	assert_true(layer->id && layer->buffer_width && layer->buffer_height);
	assert_true(layer->src_x >= 0 && layer->src_y >= 0);
	assert_true(layer->src_x + layer->src_width <= layer->buffer_width + 0.01);
	assert_true(layer->src_y + layer->src_height <= layer->buffer_height + 0.01);
	for (int i = 0; i < layer->n_damage; i++) {
		const struct oriel_rect *r = &layer->damage[i];

		assert_true(r->x >= 0 && r->y >= 0 && r->width > 0 && r->height > 0);
		assert_true(r->x + r->width <= (int)layer->buffer_width);
		assert_true(r->y + r->height <= (int)layer->buffer_height);
	}
}

/* Whether what has changed of a layer can be read. */
static bool is_layer_fetched(struct core *core, struct oriel_mir_frame *frame, int i,
	const struct oriel_mir_layer *layer)
{
	struct oriel_rect all = {0, 0, (int)layer->buffer_width, (int)layer->buffer_height};
	bool parts = core->only_damage && layer->n_damage >= 0;
	bool here = true;

	for (int k = 0; k < (parts ? layer->n_damage : 1); k++) {
		int r = oriel_mir_frame_fetch(frame, i, parts ? &layer->damage[k] : &all);

		assert_true(r == 0 || r == -EINPROGRESS);
		here &= r == 0;
	}
	return here;
}

static bool is_fetched(struct core *core, struct oriel_mir_frame *frame)
{
	const struct oriel_mir_frame_info *info = oriel_mir_frame_info(frame);
	bool here = true;

	for (int i = 0; i < info->n_layers; i++)
		if (info->layers[i].changed)
			here &= is_layer_fetched(core, frame, i, &info->layers[i]);
	return here;
}

static void look_at(struct core *core, struct core_window *window, struct oriel_mir_frame *frame)
{
	const struct oriel_mir_frame_info *info = oriel_mir_frame_info(frame);

	for (int i = 0; i < info->n_layers; i++) {
		const struct oriel_mir_layer *layer = &info->layers[i];
		size_t stride;

		check_layer(layer);
		if (!layer->changed)
			continue;
		const char *pixels = oriel_mir_frame_pixels(frame, i, &stride);
		judge(core, core_copy(core, window->now.id, layer->id), layer, pixels, stride);
		oriel_mir_frame_pixels_done(frame, i);
	}
}

/* Looks at a claimed frame once all of it can be read. */
static void finish_claim(struct core *core, struct core_window *window)
{
	struct oriel_mir_frame *frame = window->waiting;

	if (!is_fetched(core, frame))
		return;
	window->waiting = NULL;
	window->frames++;
	look_at(core, window, frame);
	oriel_mir_frame_unref(window->held);
	window->held = frame;
	if (core->acknowledge)
		oriel_mir_frame_done(frame);
}

static void handle_fetched(void *user, uint32_t id)
{
	struct core *core = user;
	struct core_window *window = core_window(core, id);

	assert_true(window && !window->gone);
	core->fetched++;
	if (window->waiting)
		finish_claim(core, window);
}

int core_claim(struct core *core, struct core_window *window)
{
	int r = oriel_mir_frame_claim(core->mir, window->now.id, &window->waiting);

	window->dirty = false;
	if (r < 0)
		return r;
	finish_claim(core, window);
	return 0;
}

static const struct oriel_mir_ops ops = {
	.wake = handle_wake,
	.started = handle_started,
	.window = handle_window,
	.window_gone = handle_window_gone,
	.dirty = handle_dirty,
	.request = handle_request,
	.cursor = handle_cursor,
	.fetched = handle_fetched,
	.memory_gone = handle_memory_gone,
	.text_input = handle_text_input,
};

static void *run_mir(void *data)
{
	struct core_thread *thread = data;
	struct core *core = thread->core;

	core->result = oriel_mir_run(&thread->options, &ops, core, &core->mir);
	__atomic_store_n(&core->ended, true, __ATOMIC_RELEASE);
	eventfd_write(core->wake_fd, 1);
	return NULL;
}

static void serve(struct core *core, int timeout_ms)
{
	struct pollfd poll_fd = {.fd = core->wake_fd, .events = POLLIN};
	eventfd_t count;

	poll(&poll_fd, 1, timeout_ms);
	if (poll_fd.revents & POLLIN)
		eventfd_read(core->wake_fd, &count);
	struct oriel_mir *mir = __atomic_load_n(&core->mir, __ATOMIC_ACQUIRE);
	if (mir)
		oriel_mir_dispatch(mir);
	for (int i = 0; core->claim && i < core->n_windows; i++)
		if (core->windows[i].dirty && !core->windows[i].gone && !core->windows[i].waiting)
			core_claim(core, &core->windows[i]);
	if (core->pump)
		core->pump(core->pump_data);
}

void core_wait_for(struct core *core, bool (*condition)(struct core *core, void *data), void *data,
	const char *what)
{
	uint64_t limit = oriel_now_ns() + LIMIT_NS;

	while (!condition(core, data)) {
		if (oriel_now_ns() > limit)
			fail_msg("waited in vain for %s", what);
		serve(core, 5);
	}
}

void core_run(struct core *core, unsigned ms)
{
	uint64_t limit = oriel_now_ns() + ms * 1000000ull;

	while (oriel_now_ns() < limit)
		serve(core, 5);
}

static bool titled(struct core *core, void *title)
{
	return core_titled(core, title);
}

struct core_window *core_wait_titled(struct core *core, const char *title)
{
	core_wait(core, titled, (void *)title);
	return core_titled(core, title);
}

void core_reset_damage(struct core *core)
{
	memset(&core->damage, 0, sizeof core->damage);
}

static bool started_or_ended(struct core *core, void *data)
{
	(void)data;
	return core->started || __atomic_load_n(&core->ended, __ATOMIC_ACQUIRE);
}

static void start_thread(struct core *core, const struct oriel_mir_options *options)
{
	if (!core->runtime_dir[0]) {
		strcpy(core->runtime_dir, "/tmp/oriel-test-XXXXXX");
		assert_non_null(mkdtemp(core->runtime_dir));
	}
	setenv("XDG_RUNTIME_DIR", core->runtime_dir, 1);
	unsetenv("WAYLAND_DISPLAY");
	core->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	core->claim = core->acknowledge = true;
	core->thread = calloc(1, sizeof *core->thread);
	core->thread->core = core;
	core->thread->options = *options;
	assert_int_equal(pthread_create(&core->thread->id, NULL, run_mir, core->thread), 0);
}

int core_try_start(struct core *core, const struct oriel_mir_options *options)
{
	start_thread(core, options);
	core_wait(core, started_or_ended, NULL);
	return core->started ? 0 : core->result;
}

void core_start_only(struct core *core)
{
	start_thread(core, &(struct oriel_mir_options){.platform_path = ORIEL_PLATFORM_DIR});
}

void core_start(struct core *core, bool x11)
{
	memset(core, 0, sizeof *core);
	assert_int_equal(core_try_start(core,
				 &(struct oriel_mir_options){
					 .platform_path = ORIEL_PLATFORM_DIR,
					 .wayland_display = "oriel-test",
					 .x11 = x11,
				 }),
		0);
}

static int remove_entry(const char *path, const struct stat *s, int type, struct FTW *ftw)
{
	(void)s;
	(void)type;
	(void)ftw;
	return remove(path);
}

static bool ended(struct core *core, void *data)
{
	(void)data;
	return __atomic_load_n(&core->ended, __ATOMIC_ACQUIRE);
}

void core_stop(struct core *core)
{
	if (core->started)
		oriel_mir_stop(core->mir);
	core_wait(core, ended, NULL);
	pthread_join(core->thread->id, NULL);
	if (core->started)
		assert_int_equal(core->result, 0);
	for (int i = 0; i < core->n_windows; i++) {
		oriel_mir_frame_unref(core->windows[i].held);
		oriel_mir_frame_unref(core->windows[i].waiting);
	}
	for (int i = 0; i < core->n_copies; i++)
		free(core->copies[i].pixels);
	free(core->thread);
	close(core->wake_fd);
	nftw(core->runtime_dir, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}
