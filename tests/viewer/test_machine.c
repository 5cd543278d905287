/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Pixels through the memory of a virtual machine: rings in a device and clients' buffers in RAM,
 * pixel by pixel in both ways of presenting, and what it costs in copies. What can be wrong about
 * the messages is in test_memory.c.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "src/pixels/region.h"
#include "tests/viewer/machine.h"
#include "tests/viewer/shows.h"

#define MIB (1u << 20)

static const char surface[] = "surface", renderer[] = "renderer";

static struct machine machine;

static void start(struct guest *guest, void **state)
{
	machine_start(&machine);
	guest_start(guest, &(struct guest_options){.present = *state, .memory = machine.folder});
}

static void finish(struct guest *guest)
{
	assert_int_equal(guest_stop(guest), 1); /* the guest went away */
	machine_stop(&machine);
}

static struct guest_layer layer_of(
	uint32_t id, const uint32_t *image, uint32_t width, uint32_t height)
{
	return (struct guest_layer){
		.id = id, .image = image, .image_width = width, .image_height = height};
}

/* A layer whose pixels are in a buffer; image is what they should be. */
static struct guest_layer layer_in(
	const struct machine_buffer *buffer, uint32_t id, const uint32_t *image)
{
	struct guest_layer layer = layer_of(id, image, buffer->msg.width, buffer->msg.height);

	layer.encoding = ORIEL_ENCODING_BUFFER;
	layer.buffer = buffer->msg.id;
	return layer;
}

static void copy_area(uint32_t *to, const uint32_t *from, uint32_t width, struct x_rect r)
{
	for (int y = r.y; y < r.y + r.height; y++)
		memcpy(to + (uint32_t)y * width + r.x, from + (uint32_t)y * width + r.x,
			(size_t)r.width * 4);
}

/* The viewer's counters of now. */
struct counters {
	uint64_t frames, damage, in_ring, in_buffer, copied, uploaded, buffers;
};

static uint32_t stats_asked;

static bool is_answer(const struct oriel_msg *msg, void *id)
{
	return msg->host_stats.id == *(uint32_t *)id;
}

/* Names of counters come as strings that are gone with the message: they keep their order. */
static struct counters ask(struct guest *guest)
{
	struct oriel_msg msg = {.type = ORIEL_MSG_HOST_STATS_GET};
	const struct oriel_msg *answer;
	const struct oriel_wire_counter *c;
	size_t from = guest->n_messages;

	msg.host_stats_get.id = ++stats_asked;
	guest_send(guest, &msg);
	answer = guest_await(guest, ORIEL_MSG_HOST_STATS, is_answer, &stats_asked, &from);
	assert_int_equal(answer->host_stats.n_counters, 8);
	c = answer->host_stats.counters;
	return (struct counters){
		c[0].value, c[1].value, c[2].value, c[3].value, c[5].value, c[6].value, c[7].value};
}

static void tells_of_memory(void **state)
{
	const struct oriel_msg *msg;
	struct guest guest;
	size_t from = 0;

	start(&guest, state);
	/* Before anything else. */
	msg = guest_await(&guest, ORIEL_MSG_MEMORY, NULL, NULL, &from);
	assert_ptr_equal(msg, guest.messages[0]);
	assert_int_equal(msg->memory.n_regions, 2);
	assert_int_equal(msg->memory.regions[0].id, MACHINE_DEVICE_REGION);
	assert_int_equal(msg->memory.regions[0].kind, ORIEL_MEMORY_DEVICE);
	assert_int_equal(msg->memory.regions[0].size, MACHINE_DEVICE);
	assert_memory_equal(guest.token, MACHINE_TOKEN, sizeof guest.token);
	assert_int_equal(msg->memory.regions[1].id, MACHINE_RAM_REGION);
	assert_int_equal(msg->memory.regions[1].kind, ORIEL_MEMORY_RAM);
	assert_int_equal(msg->memory.regions[1].size, MACHINE_RAM);
	assert_int_equal(msg->memory.regions[1].token.size, 0);
	finish(&guest);
}

static bool any(const struct oriel_msg *msg, void *user)
{
	(void)msg;
	(void)user;
	return true;
}

/* A guest of before, and one on a machine whose memory others may write to. */
static void tells_nothing(void **state)
{
	struct guest guest;
	char path[128];

	(void)state;
	guest_start(&guest, NULL);
	guest.seen = 0;
	assert_false(guest_has(&guest, ORIEL_MSG_MEMORY, any, NULL, 0));
	assert_int_equal(guest_stop(&guest), 1);
	machine_start(&machine);
	for (int i = 0; i < 2; i++) {
		snprintf(path, sizeof path, "%s/%s", machine.folder,
			i ? MACHINE_DEVICE_FILE : MACHINE_RAM_FILE);
		assert_int_equal(chmod(path, 0666), 0);
	}
	guest_start(&guest, &(struct guest_options){.memory = machine.folder});
	guest.seen = 0;
	assert_false(guest_has(&guest, ORIEL_MSG_MEMORY, any, NULL, 0));
	assert_int_equal(
		oriel_link_features(guest.link) & (ORIEL_FEATURE_MEMORY | ORIEL_FEATURE_BUFFERS),
		0);
	finish(&guest);
}

/* In a device of 256 MiB, at its beginning, at its end, and in the place of an earlier ring. */
static void ring_in_device(void **state)
{
	static const struct x_rect damage[] = {
		{10, 20, 33, 7}, {0, 0, 1, 1}, {319, 199, 1, 1}, {50, 50, 200, 100}};
	struct guest_window window = {.id = 7, .flags = GUEST_BARE, .width = 320, .height = 200};
	uint32_t *images[] = {guest_image(1, 320, 200), guest_image(2, 320, 200)};
	struct guest_layer layer = layer_of(7000, images[1], 320, 200);
	struct guest guest;

	start(&guest, state);
	machine_ring(&machine, &guest, ORIEL_REGION_HEAD, 4 * MIB);
	guest_open(&guest, &window, 1);
	shows_exactly(&guest, 7, images[0], 320, 200);
	machine_ring(&machine, &guest, MACHINE_DEVICE - 2 * MIB, 2 * MIB);
	layer.damage = damage;
	layer.n = 4;
	guest_show(&guest, 7, 320, 200, &layer, 1);
	for (int i = 0; i < 4; i++)
		copy_area(images[0], images[1], 320, damage[i]);
	shows_exactly(&guest, 7, images[0], 320, 200);
	for (int i = 0; i < 20; i++) {
		layer.n = 0;
		layer.image = images[i % 2];
		guest_show(&guest, 7, 320, 200, &layer, 1);
	}
	shows_exactly(&guest, 7, images[1], 320, 200);
	finish(&guest);
	free(images[0]);
	free(images[1]);
}

static struct machine_buffer *make_buffer(struct guest *guest, uint32_t id, uint32_t width,
	uint32_t height, uint32_t start_bytes, uint32_t stride, const uint32_t *image)
{
	struct machine_buffer *buffer =
		machine_buffer(&machine, id, width, height, start_bytes, stride);

	machine_draw(&machine, buffer, image);
	machine_register(guest, buffer);
	return buffer;
}

/* In pages all over RAM, from odd starts and with odd strides: rows and pixels in two pages. */
static void whole_buffers(void **state)
{
	static const struct {
		uint32_t width, height, start, stride;
	} layouts[] = {
		{320, 200, 0, 1280},
		{320, 200, 64, 1280 + 256},
		{333, 77, 4095, 1333},
		{333, 77, 1, 1332 + 3},
		{1500, 40, 12345, 6001},
		{20, 300, 4094, 80},
	};
	struct guest guest;

	start(&guest, state);
	assert_true(machine_probe(&machine, &guest));
	for (uint32_t i = 0; i < sizeof layouts / sizeof *layouts; i++) {
		uint32_t w = layouts[i].width, h = layouts[i].height;
		uint32_t *image = guest_image(i, w, h);
		struct machine_buffer *buffer = make_buffer(
			&guest, 100 - i, w, h, layouts[i].start, layouts[i].stride, image);
		struct guest_window window = {
			.id = i + 1, .flags = GUEST_BARE, .width = w, .height = h};
		struct guest_layer layer = layer_in(buffer, i + 1, image);

		guest_describe(&guest, &window);
		guest_show(&guest, i + 1, w, h, &layer, 1);
		shows_exactly(&guest, i + 1, image, (int)w, (int)h);
		guest_gone(&guest, i + 1);
		machine_buffer_free(buffer);
		free(image);
	}
	assert_int_equal(ask(&guest).buffers, sizeof layouts / sizeof *layouts);
	finish(&guest);
}

static const struct x_rect parts[] = {{10, 20, 33, 7}, {0, 0, 1, 1}, {319, 199, 1, 1},
	{100, 50, 200, 100}, {0, 150, 320, 1}, {5, 60, 1, 140}};

/* A client with two buffers that draws into the one that is not shown. */
static void damage_in_buffers(void **state)
{
	struct guest_window window = {.id = 7, .flags = GUEST_BARE, .width = 320, .height = 200};
	uint32_t *shown = guest_image(0, 320, 200);
	struct machine_buffer *buffers[2];
	struct guest guest;

	start(&guest, state);
	assert_true(machine_probe(&machine, &guest));
	guest_open(&guest, &window, 0); /* through the ring */
	for (uint32_t i = 0; i < 2; i++)
		buffers[i] = make_buffer(&guest, i + 1, 320, 200, 16, 1280 + 12, shown);
	for (uint32_t i = 0; i < 8; i++) {
		uint32_t *image = guest_image(i + 10, 320, 200);
		struct guest_layer layer = layer_in(buffers[i % 2], 7000, image);

		machine_draw(&machine, buffers[i % 2], image);
		layer.damage = parts + i % 3;
		layer.n = 3;
		guest_show(&guest, 7, 320, 200, &layer, 1);
		for (int k = 0; k < 3; k++)
			copy_area(shown, image, 320, layer.damage[k]);
		if (i % 3 == 1)
			shows_exactly(&guest, 7, shown, 320, 200);
		free(image);
	}
	shows_exactly(&guest, 7, shown, 320, 200);
	machine_buffer_free(buffers[0]);
	machine_buffer_free(buffers[1]);
	finish(&guest);
	free(shown);
}

/* Layers from a buffer, the ring and the message in one window, and one that is seen through. */
static void mixed_layers(void **state)
{
	struct guest_window window = {.id = 7, .flags = GUEST_BARE, .width = 320, .height = 200};
	uint32_t *wanted = guest_image(1, 320, 200), *bottom = guest_image(1, 320, 200);
	uint32_t *tops[] = {guest_image(2, 50, 40), guest_image(3, 50, 40), guest_image(4, 50, 40)};
	static const uint8_t encodings[] = {
		ORIEL_ENCODING_BUFFER, ORIEL_ENCODING_RING, ORIEL_ENCODING_RAW};
	struct guest_layer layers[4];
	struct machine_buffer *buffers[2];
	struct guest guest;

	start(&guest, state);
	assert_true(machine_probe(&machine, &guest));
	for (int i = 0; i < 50 * 40; i += 3)
		tops[0][i] = 0; /* a hole; else opaque */
	buffers[0] = make_buffer(&guest, 1, 320, 200, 0, 1280, bottom);
	buffers[1] = make_buffer(&guest, 2, 50, 40, 3, 203, tops[0]);
	layers[0] = layer_in(buffers[0], 1, bottom);
	for (int i = 0; i < 3; i++) {
		layers[i + 1] = layer_of((uint32_t)i + 2, tops[i], 50, 40);
		layers[i + 1].encoding = encodings[i];
		layers[i + 1].buffer = 2;
		layers[i + 1].format = i ? ORIEL_FORMAT_XRGB8888 : ORIEL_FORMAT_ARGB8888;
		layers[i + 1].x = 10 + 100 * i;
		layers[i + 1].y = 20;
		for (int y = 0; y < 40; y++)
			for (int x = 0; x < 50; x++)
				if (tops[i][y * 50 + x])
					wanted[(20 + y) * 320 + 10 + 100 * i + x] =
						tops[i][y * 50 + x];
	}
	guest_describe(&guest, &window);
	guest_show(&guest, 7, 320, 200, layers, 4);
	shows_exactly(&guest, 7, wanted, 320, 200);
	machine_buffer_free(buffers[0]);
	machine_buffer_free(buffers[1]);
	finish(&guest);
	free(wanted);
	free(bottom);
	for (int i = 0; i < 3; i++)
		free(tops[i]);
}

/* Several windows at once; ids of buffers are used again for others. */
static void many_windows(void **state)
{
	uint32_t *images[6];
	struct guest guest;

	start(&guest, state);
	assert_true(machine_probe(&machine, &guest));
	for (uint32_t round = 0; round < 2; round++) {
		struct machine_buffer *buffers[6];

		for (uint32_t i = 0; i < 6; i++) {
			uint32_t w = 100 + 17 * i, h = 90 - 11 * i;
			struct guest_window window = {
				.id = i + 1, .flags = GUEST_BARE, .width = w, .height = h};
			struct guest_layer layer;

			images[i] = guest_image(round * 6 + i, w, h);
			buffers[i] = make_buffer(
				&guest, (i * 5) % 6 + 1, w, h, i, w * 4 + i * 100, images[i]);
			layer = layer_in(buffers[i], i + 1, images[i]);
			guest_describe(&guest, &window);
			guest_show(&guest, i + 1, w, h, &layer, 1);
		}
		for (uint32_t i = 0; i < 6; i++) {
			struct oriel_msg gone = {.type = ORIEL_MSG_BUFFER_GONE};

			shows_exactly(
				&guest, i + 1, images[i], 100 + 17 * (int)i, 90 - 11 * (int)i);
			gone.buffer_gone.id = buffers[i]->msg.id;
			guest_send(&guest, &gone);
			machine_buffer_free(buffers[i]);
			free(images[i]);
		}
	}
	assert_int_equal(ask(&guest).buffers, 0);
	finish(&guest);
}

/* What a frame costs: the X server takes large parts from the ring by itself, and gathering from
 * RAM is one copy. */
static void counts_copies(void **state)
{
	const uint64_t all = 320 * 200 * 4;
	bool is_surface = strcmp(*state, "surface") == 0;
	struct guest_window window = {.id = 7, .flags = GUEST_BARE, .width = 320, .height = 200};
	uint32_t *image = guest_image(1, 320, 200);
	struct guest_layer in_ring = layer_of(7000, image, 320, 200), in_ram;
	struct machine_buffer *buffer;
	struct counters before, after;
	struct guest guest;

	start(&guest, state);
	machine_ring(&machine, &guest, 8192, 4 * MIB);
	assert_true(machine_probe(&machine, &guest));
	guest_open(&guest, &window, 1);
	shows_exactly(&guest, 7, image, 320, 200);
	before = ask(&guest);
	for (int i = 0; i < 10; i++)
		guest_show(&guest, 7, 320, 200, &in_ring, 1);
	after = ask(&guest);
	assert_int_equal(after.frames - before.frames, 10);
	assert_int_equal(after.damage - before.damage, 10 * all);
	assert_int_equal(after.in_ring - before.in_ring, 10 * all);
	assert_int_equal(after.copied - before.copied, 0);
	assert_int_equal(after.uploaded - before.uploaded, 10 * all);
	buffer = make_buffer(&guest, 1, 320, 200, 0, 1280, image);
	in_ram = layer_in(buffer, 7000, image);
	guest_show(&guest, 7, 320, 200, &in_ram, 1);
	guest_show(&guest, 7, 320, 200, &in_ram, 1);
	before = ask(&guest);
	for (int i = 0; i < 10; i++)
		guest_show(&guest, 7, 320, 200, &in_ram, 1);
	after = ask(&guest);
	assert_int_equal(after.damage - before.damage, 10 * all);
	assert_int_equal(after.in_buffer - before.in_buffer, 10 * all);
	assert_int_equal(after.in_ring, before.in_ring);
	assert_int_equal(after.copied - before.copied, 10 * all);
	assert_int_equal(after.uploaded - before.uploaded, 10 * all);
	/* Small parts go by way of the window surface. */
	in_ring.damage = parts;
	in_ring.n = 1;
	before = ask(&guest);
	guest_show(&guest, 7, 320, 200, &in_ring, 1);
	after = ask(&guest);
	assert_int_equal(after.damage - before.damage, 33 * 7 * 4);
	assert_int_equal(after.copied - before.copied, is_surface ? 33 * 7 * 4 : 0);
	assert_int_equal(after.uploaded - before.uploaded, 33 * 7 * 4);
	machine_buffer_free(buffer);
	finish(&guest);
	free(image);
}

/* A client whose first frames came by the ring, so that the screen alone has them, is asked for
 * everything once; from then on its buffers do. */
static void from_ring_to_buffer(void **state)
{
	struct guest_window window = {.id = 7, .flags = GUEST_BARE, .width = 320, .height = 200};
	uint32_t *image = guest_image(1, 320, 200), *shown = guest_image(1, 320, 200), id = 7;
	uint32_t *next = guest_image(2, 320, 200);
	struct guest_layer layer = layer_of(7000, image, 320, 200);
	struct machine_buffer *buffer;
	struct guest guest;

	start(&guest, state);
	assert_true(machine_probe(&machine, &guest));
	guest_open(&guest, &window, 1);
	guest_show(&guest, 7, 320, 200, &layer, 1);
	buffer = make_buffer(&guest, 1, 320, 200, 0, 1280, next);
	layer = layer_in(buffer, 7000, next);
	layer.damage = parts;
	layer.n = 1;
	guest_show(&guest, 7, 320, 200, &layer, 1);
	if (strcmp(*state, "surface") == 0) {
		guest_expect(&guest, ORIEL_MSG_REFRESH, guest_is_window, &id);
		layer.n = 0;
		guest_show(&guest, 7, 320, 200, &layer, 1);
		memcpy(shown, next, 320 * 200 * 4);
	} else {
		copy_area(shown, next, 320, parts[0]);
	}
	shows_exactly(&guest, 7, shown, 320, 200);
	machine_buffer_free(buffer);
	finish(&guest);
	free(image);
	free(shown);
	free(next);
}

/* The machine is started anew: its files are others, and nothing of before counts. */
static void another_machine(void **state)
{
	struct guest_window window = {.id = 7, .flags = GUEST_BARE, .width = 320, .height = 200};
	uint32_t *images[] = {guest_image(1, 320, 200), guest_image(2, 320, 200)};
	struct guest_options options = {.present = *state};
	struct guest_layer layer;
	struct machine_buffer *buffer;
	struct guest guest, next;
	size_t from = 0;
	int fd;

	machine_start(&machine);
	options.memory = machine.folder;
	options.next = &fd;
	guest_start(&guest, &options);
	for (int i = 0; i < 2; i++) {
		struct guest *now = i ? &next : &guest;

		guest_await(now, ORIEL_MSG_MEMORY, NULL, NULL, &from);
		assert_int_equal(from, 1);
		assert_int_equal(ask(now).buffers, 0);
		assert_true(machine_probe(&machine, now));
		machine_ring(&machine, now, 4096, MIB);
		guest_open(now, &window, 3);
		buffer = make_buffer(now, 1, 320, 200, 0, 1280, images[i]);
		layer = layer_in(buffer, 7000, images[i]);
		guest_show(now, 7, 320, 200, &layer, 1);
		shows_exactly(now, 7, images[i], 320, 200);
		machine_buffer_free(buffer);
		if (i)
			break;
		oriel_link_close(guest.link, ORIEL_ERROR_SHUTDOWN, "the machine stops");
		for (int k = 0; !guest.closed && k < X_PATIENCE_MS / 10; k++)
			guest_pump(&guest, 10);
		machine_renew(&machine);
		guest_next(&next, &guest, fd, &options);
		from = 0;
	}
	finish(&next);
	free(images[0]);
	free(images[1]);
}

static void expect_refusal(struct guest *guest, const struct oriel_msg *msg, const char *reason)
{
	guest_send(guest, msg);
	for (int i = 0; !guest->closed; i++) {
		assert_true(i < X_PATIENCE_MS / 10);
		guest_pump(guest, 10);
	}
	assert_int_equal(guest->code, ORIEL_ERROR_PROTOCOL);
	if (!strstr(guest->reason, reason))
		fail_msg("'%s' does not say '%s'", guest->reason, reason);
	assert_int_equal(guest_wait_end(guest), 1);
	machine_stop(&machine);
}

static void ring_in_the_head(void **state)
{
	struct oriel_msg msg = {.type = ORIEL_MSG_RING_AT};
	struct guest guest;

	start(&guest, state);
	msg.ring_at =
		(struct oriel_msg_ring_at){.id = 2, .region = MACHINE_DEVICE_REGION, .size = 8192};
	expect_refusal(&guest, &msg, "ring_at: a place that is not for rings");
}

static void probe_of_nothing(void **state)
{
	struct oriel_msg msg = {.type = ORIEL_MSG_RAM_PROBE};
	static const uint8_t bytes[32];
	const struct oriel_msg *answer;
	struct guest guest;

	start(&guest, state);
	/* In the hole: an honest answer, and no buffers then. */
	msg.ram_probe = (struct oriel_msg_ram_probe){.region = MACHINE_RAM_REGION,
		.address = MACHINE_LOW,
		.bytes = {bytes, sizeof bytes}};
	guest_send(&guest, &msg);
	answer = guest_expect(&guest, ORIEL_MSG_RAM_PROBED, NULL, NULL);
	assert_int_equal(answer->ram_probed.found, 0);
	msg = (struct oriel_msg){.type = ORIEL_MSG_BUFFER};
	msg.buffer = (struct oriel_msg_buffer){.id = 1,
		.region = MACHINE_RAM_REGION,
		.width = 1,
		.height = 1,
		.stride = 4,
		.n_extents = 1,
		.extents = {{0, 4}}};
	expect_refusal(&guest, &msg, "buffer: the RAM was not probed");
}

static void buffer_that_is_gone(void **state)
{
	struct guest_window window = {.id = 7, .flags = GUEST_BARE, .width = 64, .height = 64};
	struct oriel_msg msg = {.type = ORIEL_MSG_BUFFER_GONE};
	uint32_t *image = guest_image(1, 64, 64);
	struct machine_buffer *buffer;
	struct guest_layer layer;
	struct guest guest;

	start(&guest, state);
	assert_true(machine_probe(&machine, &guest));
	buffer = make_buffer(&guest, 1, 64, 64, 0, 256, image);
	layer = layer_in(buffer, 1, image);
	guest_describe(&guest, &window);
	guest_show(&guest, 7, 64, 64, &layer, 1);
	msg.buffer_gone.id = 1;
	guest_send(&guest, &msg);
	guest_frame(&guest, 7, 64, 64, &layer, 1);
	msg = (struct oriel_msg){.type = ORIEL_MSG_PING};
	expect_refusal(&guest, &msg, "frame: pixels in a buffer that is not there");
	machine_buffer_free(buffer);
	free(image);
}

/* After a test that has failed too. */
static int clean_up(void **state)
{
	machine_stop(&machine);
	return guest_teardown(state);
}

#define IN(test, mode) \
	{.name = #test " (" #mode ")", \
		.test_func = test, \
		.initial_state = (void *)(uintptr_t)mode, \
		.teardown_func = clean_up}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN(tells_of_memory, surface),
		IN(tells_nothing, surface),
		IN(ring_in_device, surface),
		IN(ring_in_device, renderer),
		IN(whole_buffers, surface),
		IN(whole_buffers, renderer),
		IN(damage_in_buffers, surface),
		IN(damage_in_buffers, renderer),
		IN(mixed_layers, surface),
		IN(mixed_layers, renderer),
		IN(many_windows, surface),
		IN(many_windows, renderer),
		IN(counts_copies, surface),
		IN(counts_copies, renderer),
		IN(from_ring_to_buffer, surface),
		IN(from_ring_to_buffer, renderer),
		IN(another_machine, surface),
		IN(another_machine, renderer),
		IN(ring_in_the_head, surface),
		IN(probe_of_nothing, surface),
		IN(buffer_that_is_gone, surface),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, x_start_screen, x_stop_screen);
}
