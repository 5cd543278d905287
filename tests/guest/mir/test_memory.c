/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/* The clients' memory as it is described for pinning: wl_shm. */
#include "tests/guest/mir/fixture.h"
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

enum { WIDTH = 60, HEIGHT = 40, STRIDE = 4 * WIDTH, BYTES = STRIDE * HEIGHT, POOL = 65536 };

static struct wl_shm_pool *pool;
static char *pool_map;

static int open_pool(void **state)
{
	int fd = memfd_create("oriel-test", MFD_CLOEXEC);

	open_window(state);
	assert_true(fd >= 0 && ftruncate(fd, 4 * POOL) == 0);
	pool_map = mmap(NULL, POOL, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	assert_ptr_not_equal(pool_map, MAP_FAILED);
	pool = wl_shm_create_pool(client.shm, fd, POOL);
	close(fd);
	core.n_gone = 0;
	return 0;
}

static int close_pool(void **state)
{
	munmap(pool_map, POOL);
	return close_window(state);
}

static struct wl_buffer *buffer_at(int offset)
{
	return wl_shm_pool_create_buffer(
		pool, offset, WIDTH, HEIGHT, STRIDE, WL_SHM_FORMAT_XRGB8888);
}

static struct oriel_mir_memory memory_of(struct wl_buffer *buffer)
{
	struct oriel_mir_memory memory;

	wl_surface_attach(top.surface, buffer, 0, 0);
	wl_surface_damage(top.surface, 0, 0, WIDTH, HEIGHT);
	surface_commit_wait(&top, &core);
	assert_int_equal(oriel_mir_frame_memory(top_window()->held, 0, &memory), 0);
	return memory;
}

static bool is_gone(struct core *c, void *data)
{
	for (int i = 0; i < c->n_gone; i++)
		if (c->gone[i] == *(uint64_t *)data)
			return true;
	return false;
}

static void test_described(void **state)
{
	(void)state;
	struct wl_buffer *buffer = buffer_at(5000);
	struct oriel_mir_memory memory = memory_of(buffer);
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	assert_true(memory.key > 0);
	assert_int_equal(memory.dmabuf, -1);
	assert_int_equal((uintptr_t)memory.map % page, 0);
	assert_int_equal(memory.start, 5000 % page);
	assert_int_equal(memory.stride, STRIDE);
	assert_int_equal(memory.map_size, memory.start + BYTES);
	strcpy(pool_map + 5000, "seen");
	assert_string_equal((const char *)memory.map + memory.start, "seen");
	/* Pinning pages of the client's wants them writable. */
	((char *)(uintptr_t)memory.map)[memory.start] = 'S';
	assert_string_equal(pool_map + 5000, "Seen");
	wl_buffer_destroy(buffer);
}

/* Buffers by turns: each has its key, and keeps it. */
static void test_keys(void **state)
{
	(void)state;
	struct wl_buffer *buffers[3];
	uint64_t keys[3];

	for (int i = 0; i < 3; i++)
		buffers[i] = buffer_at(i * 16384);
	for (int i = 0; i < 3; i++)
		keys[i] = memory_of(buffers[i]).key;
	assert_true(keys[0] != keys[1] && keys[1] != keys[2] && keys[0] != keys[2]);
	for (int i = 0; i < 12; i++)
		assert_int_equal(memory_of(buffers[i % 3]).key, keys[i % 3]);
	assert_int_equal(core.n_gone, 0);
	wl_buffer_destroy(buffers[0]);
	core_wait(&core, is_gone, &keys[0]);
	/* The last one is shown: its memory stays until it is replaced. */
	wl_buffer_destroy(buffers[1]);
	wl_buffer_destroy(buffers[2]);
	core_wait(&core, is_gone, &keys[1]);
	settle();
	assert_false(is_gone(&core, &keys[2]));
	surface_attach(&top);
	surface_commit(&top);
	core_wait(&core, is_gone, &keys[2]);
	assert_int_equal(core.n_gone, 3);
}

/* Mir maps the pool anew, and what was pinned of the old mapping may be let go. */
static void test_resized_pool(void **state)
{
	(void)state;
	struct wl_buffer *buffer = buffer_at(0);
	struct oriel_mir_memory first = memory_of(buffer), second;

	wl_shm_pool_resize(pool, 4 * POOL);
	second = memory_of(buffer);
	assert_ptr_not_equal(first.map, second.map);
	assert_int_not_equal(first.key, second.key);
	core_wait(&core, is_gone, &first.key);
	assert_int_equal(memory_of(buffer).key, second.key);
	wl_buffer_destroy(buffer);
}

/* After settling the client has its buffer back and draws into it: nobody may look at it. */
static void test_settled(void **state)
{
	(void)state;
	struct oriel_mir_memory memory;
	struct surface single;

	surface_init(&single, &client, 50, 50);
	single.keep_buffer = true;
	surface_toplevel(&single, &core, "single");
	settle();
	struct oriel_mir_frame *frame = core_titled(&core, "single")->held;
	assert_int_equal(oriel_mir_frame_memory(frame, 0, &memory), 0);
	oriel_mir_frame_settle(frame);
	assert_int_equal(oriel_mir_frame_memory(frame, 0, &memory), -ENOENT);
	assert_int_equal(core.n_gone, 0);
	surface_finish(&single);
	core_wait(&core, is_gone, &memory.key);
}

/* Keys that nobody has asked for are nobody's business. */
static void test_untold(void **state)
{
	(void)state;
	for (int i = 0; i < 5; i++) {
		surface_attach(&top);
		surface_commit_wait(&top, &core);
	}
	settle();
	assert_int_equal(core.n_gone, 0);
}

/* What has gone reads as zeroes here, and is nothing to pin. */
static void test_harmed(void **state)
{
	(void)state;
	struct oriel_mir_memory memory;
	size_t stride;
	int fd;

	core.claim = core.acknowledge = false;
	surface_attach_fd(&top, &fd);
	surface_commit(&top);
	client_sync(&client, &core);
	core_run(&core, 40);
	assert_int_equal(core_claim(&core, top_window()), 0);
	struct oriel_mir_frame *frame = top_window()->held;
	assert_int_equal(oriel_mir_frame_memory(frame, 0, &memory), 0);
	assert_int_equal(ftruncate(fd, 0), 0);
	const uint32_t *pixels = oriel_mir_frame_pixels(frame, 0, &stride);
	assert_int_equal(pixels[0], 0);
	assert_int_equal(oriel_mir_frame_memory(frame, 0, &memory), -ENOENT);
	close(fd);
}

static void test_client_dies(void **state)
{
	(void)state;
	uint64_t key = memory_of(buffer_at(0)).key;

	core.pump = NULL;
	wl_display_disconnect(client.display);
	core_wait(&core, is_gone, &key);
	client.display = wl_display_connect(core.wayland_display); /* for the end of the test */
}

#define POOL_TEST(name) cmocka_unit_test_setup_teardown(name, open_pool, close_pool)

int main(void)
{
	const struct CMUnitTest tests[] = {
		POOL_TEST(test_described),
		POOL_TEST(test_keys),
		POOL_TEST(test_resized_pool),
		POOL_TEST(test_settled),
		POOL_TEST(test_untold),
		POOL_TEST(test_harmed),
		POOL_TEST(test_client_dies),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, start_mir, stop_mir);
}
