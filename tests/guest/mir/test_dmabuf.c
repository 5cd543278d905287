/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/* DMA-BUFs, as far as a machine without any can tell: what is offered, and what is refused. */
#include "guest/mir/adapter_test.h"
#include "tests/guest/mir/fixture.h"
#include "tests/guest/mir/gpu.h"
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define XRGB 0x34325258u
#define ARGB 0x34325241u
#define NV12 0x3231564eu
#define ERROR(name) ZWP_LINUX_BUFFER_PARAMS_V1_ERROR_##name

enum { WIDTH = 32, HEIGHT = 16, STRIDE = 4 * WIDTH, BYTES = STRIDE * HEIGHT };

/* What is offered ----------------------------------------------------------------------------- */

struct format {
	uint32_t format, padding;
	uint64_t modifier;
};

struct feedback {
	int table, n_formats, n_indices, tranches, done;
	struct format formats[8];
	uint16_t indices[8];
	uint32_t flags;
	dev_t main_device, target_device;
};

static void handle_done(void *data, struct zwp_linux_dmabuf_feedback_v1 *feedback)
{
	(void)feedback;
	((struct feedback *)data)->done++;
}

static void handle_table(
	void *data, struct zwp_linux_dmabuf_feedback_v1 *feedback, int32_t fd, uint32_t size)
{
	struct feedback *f = data;

	(void)feedback;
	f->table = fd;
	f->n_formats = (int)(size / sizeof *f->formats);
	assert_true(size <= sizeof f->formats && size % sizeof *f->formats == 0);
	void *map = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
	assert_ptr_not_equal(map, MAP_FAILED);
	memcpy(f->formats, map, size);
	munmap(map, size);
}

static void handle_main_device(
	void *data, struct zwp_linux_dmabuf_feedback_v1 *feedback, struct wl_array *device)
{
	(void)feedback;
	assert_int_equal(device->size, sizeof(dev_t));
	memcpy(&((struct feedback *)data)->main_device, device->data, sizeof(dev_t));
}

static void handle_tranche_done(void *data, struct zwp_linux_dmabuf_feedback_v1 *feedback)
{
	(void)feedback;
	((struct feedback *)data)->tranches++;
}

static void handle_target_device(
	void *data, struct zwp_linux_dmabuf_feedback_v1 *feedback, struct wl_array *device)
{
	(void)feedback;
	assert_int_equal(device->size, sizeof(dev_t));
	memcpy(&((struct feedback *)data)->target_device, device->data, sizeof(dev_t));
}

static void handle_indices(
	void *data, struct zwp_linux_dmabuf_feedback_v1 *feedback, struct wl_array *indices)
{
	struct feedback *f = data;

	(void)feedback;
	assert_true(indices->size <= sizeof f->indices);
	memcpy(f->indices, indices->data, indices->size);
	f->n_indices = (int)(indices->size / sizeof *f->indices);
}

static void handle_flags(void *data, struct zwp_linux_dmabuf_feedback_v1 *feedback, uint32_t flags)
{
	(void)feedback;
	((struct feedback *)data)->flags = flags;
}

static const struct zwp_linux_dmabuf_feedback_v1_listener feedback_listener = {handle_done,
	handle_table, handle_main_device, handle_tranche_done, handle_target_device, handle_indices,
	handle_flags};

static void check_feedback(struct zwp_linux_dmabuf_feedback_v1 *feedback)
{
	struct feedback f = {0};
	struct stat zero;

	zwp_linux_dmabuf_feedback_v1_add_listener(feedback, &feedback_listener, &f);
	client_sync(&client, &core);
	assert_int_equal(f.done, 1);
	assert_int_equal(f.tranches, 1);
	assert_int_equal(f.flags, 0);
	/* The render node, not the card, nor what is no device. */
	assert_int_equal(stat("/dev/zero", &zero), 0);
	assert_int_equal(f.main_device, zero.st_rdev);
	assert_int_equal(f.target_device, zero.st_rdev);
	assert_int_equal(f.n_formats, 2);
	assert_int_equal(f.n_indices, 2);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(f.indices[i], i);
		assert_int_equal(f.formats[i].format, i ? ARGB : XRGB);
		assert_int_equal(f.formats[i].modifier, 0); /* linear */
	}
	/* Everybody gets this file. */
	assert_ptr_equal(mmap(NULL, 1, PROT_WRITE, MAP_SHARED, f.table, 0), MAP_FAILED);
	assert_int_equal(ftruncate(f.table, 0), -1);
	close(f.table);
	zwp_linux_dmabuf_feedback_v1_destroy(feedback);
}

static void test_feedback(void **state)
{
	(void)state;
	assert_int_equal(zwp_linux_dmabuf_v1_get_version(client.dmabuf), 4);
	check_feedback(zwp_linux_dmabuf_v1_get_default_feedback(client.dmabuf));
	check_feedback(zwp_linux_dmabuf_v1_get_surface_feedback(client.dmabuf, top.surface));
}

struct old_formats {
	uint32_t version;
	struct zwp_linux_dmabuf_v1 *dmabuf;
	int n_formats, n_modifiers;
	uint32_t modifiers[8];
};

static void handle_format(void *data, struct zwp_linux_dmabuf_v1 *dmabuf, uint32_t format)
{
	(void)dmabuf;
	(void)format;
	((struct old_formats *)data)->n_formats++;
}

static void handle_modifier(void *data, struct zwp_linux_dmabuf_v1 *dmabuf, uint32_t format,
	uint32_t high, uint32_t low)
{
	struct old_formats *old = data;

	(void)dmabuf;
	assert_true(high == 0 && low == 0);
	assert_true(old->n_modifiers < 8);
	old->modifiers[old->n_modifiers++] = format;
}

static const struct zwp_linux_dmabuf_v1_listener dmabuf_listener = {handle_format, handle_modifier};

static void handle_global(void *data, struct wl_registry *registry, uint32_t name,
	const char *interface, uint32_t version)
{
	struct old_formats *old = data;

	(void)version;
	if (strcmp(interface, "zwp_linux_dmabuf_v1") != 0)
		return;
	old->dmabuf =
		wl_registry_bind(registry, name, &zwp_linux_dmabuf_v1_interface, old->version);
	zwp_linux_dmabuf_v1_add_listener(old->dmabuf, &dmabuf_listener, old);
}

static void handle_global_remove(void *data, struct wl_registry *registry, uint32_t name)
{
	(void)data;
	(void)registry;
	(void)name;
}

static const struct wl_registry_listener registry_listener = {handle_global, handle_global_remove};

static struct old_formats bind_version(uint32_t version)
{
	struct old_formats old = {.version = version};
	struct wl_registry *registry = wl_display_get_registry(client.display);

	wl_registry_add_listener(registry, &registry_listener, &old);
	client_sync(&client, &core);
	client_sync(&client, &core);
	wl_registry_destroy(registry);
	return old;
}

static void test_old_versions(void **state)
{
	(void)state;
	struct old_formats old = bind_version(3);

	assert_int_equal(old.n_formats, 0);
	assert_int_equal(old.n_modifiers, 2);
	assert_int_equal(old.modifiers[0], XRGB);
	assert_int_equal(old.modifiers[1], ARGB);
	zwp_linux_dmabuf_v1_destroy(old.dmabuf);
	/* They can't say "linear", and a layout that nobody names could be any. */
	old = bind_version(1);
	assert_non_null(old.dmabuf);
	assert_int_equal(old.n_formats + old.n_modifiers, 0);
	zwp_linux_dmabuf_v1_destroy(old.dmabuf);
}

static void test_no_gpu(void **state)
{
	(void)state;
	core_stop(&core);
	oriel_mir_test_gpu("/nowhere", true);
	core_start(&core, false);
	open_window(state);
	assert_null(client.dmabuf);
	close_window(state);
	core_stop(&core);
	oriel_mir_test_gpu(gpu_folder, true);
	core_start(&core, false);
}

/* What is refused ----------------------------------------------------------------------------- */

/* One plane of a request, and what it says of the whole. Zeroes are replaced by what is right. */
struct attempt {
	const char *what;
	int n_planes;
	uint32_t plane, offset, stride, modifier_high, modifier_low, format, flags;
	int width, height;
	uint32_t version; /* 0: 4 */
	bool immediately;
	int error; /* -1: no error, but the buffer fails; -2: there is a buffer */
};

struct answer {
	int failed, created;
	struct wl_buffer *buffer;
};

static void handle_created(
	void *data, struct zwp_linux_buffer_params_v1 *params, struct wl_buffer *buffer)
{
	struct answer *answer = data;

	(void)params;
	answer->created++;
	answer->buffer = buffer;
}

static void handle_failed(void *data, struct zwp_linux_buffer_params_v1 *params)
{
	(void)params;
	((struct answer *)data)->failed++;
}

static const struct zwp_linux_buffer_params_v1_listener params_listener = {
	handle_created, handle_failed};

static int file_of(int size)
{
	int fd = memfd_create("oriel-test", MFD_CLOEXEC);

	assert_true(fd >= 0 && ftruncate(fd, size) == 0);
	return fd;
}

static struct answer try(const struct attempt *a)
{
	struct zwp_linux_dmabuf_v1 *dmabuf =
		a->version ? bind_version(a->version).dmabuf : client.dmabuf;
	struct zwp_linux_buffer_params_v1 *params = zwp_linux_dmabuf_v1_create_params(dmabuf);
	int width = a->width ? a->width : WIDTH, height = a->height ? a->height : HEIGHT;
	uint32_t format = a->format ? a->format : XRGB;
	struct answer answer = {0};
	int fd = file_of(BYTES);

	zwp_linux_buffer_params_v1_add_listener(params, &params_listener, &answer);
	for (int i = 0; i < (a->n_planes ? a->n_planes : 1); i++)
		zwp_linux_buffer_params_v1_add(params, fd, a->plane + (uint32_t)i, a->offset,
			a->stride ? a->stride : STRIDE, a->modifier_high, a->modifier_low);
	if (a->immediately)
		answer.buffer = zwp_linux_buffer_params_v1_create_immed(
			params, width, height, format, a->flags);
	else
		zwp_linux_buffer_params_v1_create(params, width, height, format, a->flags);
	close(fd);
	wl_display_flush(client.display);
	for (int i = 0; i < 3 && !client.error; i++) {
		core_run(&core, 10);
		if (answer.failed || answer.created)
			break;
	}
	zwp_linux_buffer_params_v1_destroy(params);
	return answer;
}

static void check_attempt(const struct attempt *a)
{
	const struct wl_interface *interface = NULL;
	struct answer answer = try(a);
	bool is_error = a->error >= 0;

	if (is_error != (client.error == EPROTO) || (a->error == -1) != (answer.failed == 1) ||
		(!a->immediately && (a->error == -2) != (answer.created == 1)))
		fail_msg("%s: error %d, failed %d, created %d", a->what, client.error,
			answer.failed, answer.created);
	if (is_error)
		assert_int_equal(
			wl_display_get_protocol_error(client.display, &interface, NULL), a->error);
	if (is_error)
		assert_string_equal(interface->name, "zwp_linux_buffer_params_v1");
}

static const struct attempt attempts[] = {
	{.what = "right", .error = -2},
	{.what = "right, at once", .immediately = true, .error = -2},
	{.what = "right, version 3", .version = 3, .error = -2},
	{.what = "alpha", .format = ARGB, .error = -2},
	{.what = "smaller than the file", .width = 3, .height = 3, .error = -2},
	{.what = "plane out of range", .plane = 4, .error = ERROR(PLANE_IDX)},
	{.what = "far out of range", .plane = UINT32_MAX, .error = ERROR(PLANE_IDX)},
	{.what = "no first plane", .plane = 1, .error = ERROR(INCOMPLETE)},
	{.what = "two planes", .n_planes = 2, .error = ERROR(INCOMPLETE)},
	{.what = "two planes of NV12",
		.n_planes = 2,
		.format = NV12,
		.error = ERROR(INVALID_FORMAT)},
	{.what = "NV12, version 3", .n_planes = 2, .format = NV12, .version = 3, .error = -1},
	{.what = "NV12, version 3, at once",
		.n_planes = 2,
		.format = NV12,
		.version = 3,
		.immediately = true,
		.error = ERROR(INVALID_FORMAT)},
	{.what = "tiled",
		.modifier_high = 0x01000000,
		.modifier_low = 1,
		.error = ERROR(INVALID_FORMAT)},
	{.what = "unnamed layout",
		.modifier_high = 0x00ffffff,
		.modifier_low = UINT32_MAX,
		.error = ERROR(INVALID_FORMAT)},
	{.what = "width below 0", .width = -1, .error = ERROR(INVALID_DIMENSIONS)},
	{.what = "height below 0", .height = INT32_MIN, .error = ERROR(INVALID_DIMENSIONS)},
	{.what = "stride of another width", .stride = STRIDE - 4, .error = ERROR(OUT_OF_BOUNDS)},
	{.what = "widest", .width = INT32_MAX, .error = ERROR(OUT_OF_BOUNDS)},
	{.what = "one row too many", .height = HEIGHT + 1, .error = ERROR(OUT_OF_BOUNDS)},
	{.what = "highest", .height = INT32_MAX, .error = ERROR(OUT_OF_BOUNDS)},
	{.what = "behind the end", .offset = 4, .error = ERROR(OUT_OF_BOUNDS)},
	{.what = "far behind", .offset = UINT32_MAX, .error = ERROR(OUT_OF_BOUNDS)},
	{.what = "overflow",
		.offset = UINT32_MAX,
		.stride = UINT32_MAX,
		.height = INT32_MAX,
		.error = ERROR(OUT_OF_BOUNDS)},
	{.what = "stride too large",
		.stride = UINT32_MAX,
		.height = 1,
		.error = ERROR(OUT_OF_BOUNDS)},
	{.what = "upside down", .flags = 1, .error = -1},
	{.what = "upside down, at once",
		.flags = 1,
		.immediately = true,
		.error = ERROR(INVALID_WL_BUFFER)},
	{.what = "interlaced", .flags = 2, .error = -1},
	{.what = "flags from the future", .flags = 1u << 31, .error = -1},
	{.what = "odd offset", .offset = 2, .height = HEIGHT - 1, .error = -1},
	{.what = "odd stride", .stride = STRIDE + 1, .height = HEIGHT - 1, .error = -1},
};

static void test_attempts(void **state)
{
	for (size_t i = 0; i < sizeof attempts / sizeof *attempts; i++) {
		if (i > 0)
			open_window(state);
		check_attempt(&attempts[i]);
		if (i + 1 < sizeof attempts / sizeof *attempts)
			close_window(state);
	}
}

static void test_used_twice(void **state)
{
	(void)state;
	struct zwp_linux_buffer_params_v1 *params =
		zwp_linux_dmabuf_v1_create_params(client.dmabuf);
	int fd = file_of(BYTES);

	zwp_linux_buffer_params_v1_add(params, fd, 0, 0, STRIDE, 0, 0);
	zwp_linux_buffer_params_v1_create(params, WIDTH, HEIGHT, XRGB, 0);
	zwp_linux_buffer_params_v1_add(params, fd, 1, 0, STRIDE, 0, 0);
	wl_display_flush(client.display);
	close(fd);
	core_run(&core, 30);
	assert_int_equal(client.error, EPROTO);
	assert_int_equal(
		wl_display_get_protocol_error(client.display, NULL, NULL), ERROR(ALREADY_USED));
}

static void test_set_twice(void **state)
{
	(void)state;
	struct zwp_linux_buffer_params_v1 *params =
		zwp_linux_dmabuf_v1_create_params(client.dmabuf);
	int fd = file_of(BYTES);

	for (int i = 0; i < 2; i++)
		zwp_linux_buffer_params_v1_add(params, fd, 3, 0, STRIDE, 0, 0);
	wl_display_flush(client.display);
	close(fd);
	core_run(&core, 30);
	assert_int_equal(
		wl_display_get_protocol_error(client.display, NULL, NULL), ERROR(PLANE_SET));
}

/* Only DMA-BUFs are taken: whoever looks at other files could be blocked or cut short. */
static void test_other_files(void **state)
{
	struct attempt later = {.what = "memfd", .error = -1};
	struct attempt at_once = {
		.what = "memfd, at once", .immediately = true, .error = ERROR(INVALID_WL_BUFFER)};

	core_stop(&core);
	oriel_mir_test_gpu(gpu_folder, false);
	core_start(&core, false);
	open_window(state);
	check_attempt(&later);
	check_attempt(&at_once);
	close_window(state);
	core_stop(&core);
	oriel_mir_test_gpu(gpu_folder, true);
	core_start(&core, false);
}

static void test_pipe(void **state)
{
	(void)state;
	struct zwp_linux_buffer_params_v1 *params =
		zwp_linux_dmabuf_v1_create_params(client.dmabuf);
	struct answer answer = {0};
	int ends[2];

	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	zwp_linux_buffer_params_v1_add_listener(params, &params_listener, &answer);
	zwp_linux_buffer_params_v1_add(params, ends[0], 0, 0, STRIDE, 0, 0);
	zwp_linux_buffer_params_v1_create(params, WIDTH, HEIGHT, XRGB, 0);
	client_sync(&client, &core);
	assert_int_equal(answer.failed, 1);
	close(ends[0]);
	close(ends[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WINDOW_TEST(test_feedback),
		WINDOW_TEST(test_old_versions),
		cmocka_unit_test(test_no_gpu),
		WINDOW_TEST(test_attempts),
		WINDOW_TEST(test_used_twice),
		WINDOW_TEST(test_set_twice),
		cmocka_unit_test(test_other_files),
		WINDOW_TEST(test_pipe),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, start_with_gpu, stop_with_gpu);
}
