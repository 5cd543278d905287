/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * The broker, with real sockets on both sides; the guest's end of a mux stands for a VM.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "src/carrier/fd.h"
#include "tests/carrier/muxes.h"

struct scene {
	struct muxes muxes; /* the guest's end alone */
	struct oriel_broker *broker;
	char path[128];
	int spare; /* the guest's end of the wire, for the next orield */
	unsigned closes;
	int error;
};

static void handle_closed(void *user, int error, const char *reason)
{
	struct scene *scene = user;

	assert_non_null(reason);
	scene->closes++;
	scene->error = error;
}

static void start_guest(struct scene *scene)
{
	struct oriel_carrier *carrier;

	assert_int_equal(oriel_carrier_unix_adopt(
				 &scene->muxes.harness->loop, oriel_fd_dup(scene->spare), &carrier),
		0);
	muxes_start_guest(&scene->muxes, carrier);
}

static void stop_guest(struct scene *scene)
{
	oriel_mux_destroy(scene->muxes.guest);
	scene->muxes.guest = NULL;
}

static void start(struct scene *scene, struct harness *harness)
{
	struct oriel_carrier *carrier;
	int fds[2];

	*scene = (struct scene){.muxes.harness = harness};
	strcpy(scene->path, harness_path(harness, "link.sock"));
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
	scene->spare = fds[1];
	assert_int_equal(oriel_carrier_unix_adopt(&harness->loop, fds[0], &carrier), 0);
	assert_int_equal(oriel_broker_create(&harness->loop, carrier, scene->path, handle_closed,
				 scene, &scene->broker),
		0);
}

static void finish(struct scene *scene)
{
	oriel_broker_destroy(scene->broker);
	close(scene->spare);
	muxes_stop(&scene->muxes);
}

static void call(struct scene *scene, struct probe *viewer)
{
	struct oriel_carrier *carrier;

	assert_int_equal(
		oriel_carrier_unix_connect(&scene->muxes.harness->loop, scene->path, &carrier), 0);
	probe_start(viewer, carrier);
}

static void turn(struct scene *scene, int times)
{
	while (times-- > 0)
		harness_turn(scene->muxes.harness);
}

static void test_exchange(void **state)
{
	struct scene scene;
	struct probe viewer = {0}, guest = {0};

	start(&scene, *state);
	start_guest(&scene);
	call(&scene, &viewer);
	probe_start(&guest, muxes_accept(&scene.muxes));
	assert_true(oriel_broker_has_guest(scene.broker));
	probe_exchange(*state, &viewer, &guest, 8 << 20);
	probe_write(&guest, "bye", 3, -1);
	RUN_UNTIL(*state, guest.written == 2);
	probe_finish(&guest);
	RUN_UNTIL(*state, viewer.closed);
	assert_int_equal(viewer.error, 0);
	assert_int_equal(viewer.size, (8 << 20) + 3);
	assert_int_equal(guest.closed, 0);
	probe_destroy(&viewer);
	RUN_UNTIL(*state, guest.closed);
	assert_int_equal(guest.error, 0);
	probe_destroy(&guest);
	finish(&scene);
}

static void test_viewer_ends(void **state)
{
	struct scene scene;
	struct probe viewer = {0}, guest = {0};
	unsigned char *data = probe_pattern(3 << 20);

	start(&scene, *state);
	start_guest(&scene);
	call(&scene, &viewer);
	probe_start(&guest, muxes_accept(&scene.muxes));
	/* All that it wrote arrives before its end. */
	probe_write(&viewer, data, 3 << 20, -1);
	RUN_UNTIL(*state, viewer.written);
	probe_destroy(&viewer);
	RUN_UNTIL(*state, guest.closed);
	assert_int_equal(guest.error, 0);
	assert_int_equal(guest.size, 3 << 20);
	assert_memory_equal(guest.bytes, data, 3 << 20);
	probe_destroy(&guest);
	free(data);
	finish(&scene);
}

static void test_waits_for_guest(void **state)
{
	struct scene scene;
	struct probe viewers[3] = {{0}}, guest = {0};

	start(&scene, *state);
	for (int i = 0; i < 3; i++) {
		call(&scene, &viewers[i]);
		probe_write(&viewers[i], "hello", 5, -1);
	}
	turn(&scene, 20);
	assert_false(oriel_broker_has_guest(scene.broker));
	/* One loses patience. */
	probe_destroy(&viewers[0]);
	turn(&scene, 20);
	start_guest(&scene);
	for (int i = 1; i < 3; i++) {
		guest = (struct probe){0};
		probe_start(&guest, muxes_accept(&scene.muxes));
		RUN_UNTIL(*state, guest.size == 5);
		probe_destroy(&guest);
		RUN_UNTIL(*state, viewers[i].closed);
		probe_destroy(&viewers[i]);
	}
	turn(&scene, 20);
	assert_int_equal(scene.muxes.n_accepted, 0);
	finish(&scene);
}

static void test_guest_starts_anew(void **state)
{
	struct scene scene;
	struct probe viewer = {0}, guest = {0};

	start(&scene, *state);
	for (int i = 0; i < 5; i++) {
		viewer = guest = (struct probe){0};
		start_guest(&scene);
		call(&scene, &viewer);
		probe_start(&guest, muxes_accept(&scene.muxes));
		probe_exchange(*state, &viewer, &guest, 1000 * (size_t)i + 1);
		probe_destroy(&guest);
		stop_guest(&scene);
		RUN_UNTIL(*state, viewer.closed);
		probe_destroy(&viewer);
	}
	assert_int_equal(scene.closes, 0);
	finish(&scene);
}

/* The guest dies without a word, as in a reset: its links end when it is back. */
static void test_guest_dies(void **state)
{
	struct scene scene;
	struct probe viewer = {0}, guest = {0};

	start(&scene, *state);
	start_guest(&scene);
	call(&scene, &viewer);
	probe_start(&guest, muxes_accept(&scene.muxes));
	probe_exchange(*state, &viewer, &guest, 10);
	stop_guest(&scene); /* before the channel: the mux can't tell the other end */
	turn(&scene, 10);
	assert_int_equal(viewer.closed, 0);
	start_guest(&scene);
	RUN_UNTIL(*state, viewer.closed && guest.closed);
	probe_destroy(&guest);
	probe_destroy(&viewer);
	finish(&scene);
}

/* The same, but the machine has told of it: nobody waits for another to come. */
static void test_guest_left(void **state)
{
	struct scene scene;
	struct probe viewer = {0}, guest = {0};

	start(&scene, *state);
	oriel_broker_guest_left(scene.broker);
	for (int i = 0; i < 3; i++) {
		viewer = guest = (struct probe){0};
		start_guest(&scene);
		call(&scene, &viewer);
		probe_start(&guest, muxes_accept(&scene.muxes));
		probe_exchange(*state, &viewer, &guest, 10);
		stop_guest(&scene);
		oriel_broker_guest_left(scene.broker);
		oriel_broker_guest_left(scene.broker);
		RUN_UNTIL(*state, viewer.closed);
		assert_false(oriel_broker_has_guest(scene.broker));
		probe_destroy(&guest);
		probe_destroy(&viewer);
	}
	finish(&scene);
}

/* It is told before the last words of who left are read, or after the next one has come. */
static void test_guest_left_early_and_late(void **state)
{
	struct scene scene;
	struct probe viewer = {0}, guest = {0};
	unsigned char *data = probe_pattern(100000);

	start(&scene, *state);
	start_guest(&scene);
	call(&scene, &viewer);
	probe_start(&guest, muxes_accept(&scene.muxes));
	probe_write(&guest, data, 100000, -1);
	oriel_broker_guest_left(scene.broker);
	RUN_UNTIL(*state, viewer.size == 100000);
	assert_memory_equal(viewer.bytes, data, 100000);
	probe_destroy(&guest);
	stop_guest(&scene);
	start_guest(&scene);
	RUN_UNTIL(*state, viewer.closed);
	probe_destroy(&viewer);

	viewer = guest = (struct probe){0};
	call(&scene, &viewer);
	probe_start(&guest, muxes_accept(&scene.muxes));
	uv_sleep(300);
	probe_exchange(*state, &viewer, &guest, 10);
	probe_destroy(&viewer);
	RUN_UNTIL(*state, guest.closed);
	probe_destroy(&guest);
	free(data);
	finish(&scene);
}

/* A viewer that reads nothing gets no more than its buffers; another is served. */
static void test_stopped_viewer(void **state)
{
	struct scene scene;
	struct probe stopped = {0}, viewer = {0}, guests[2] = {{0}};
	unsigned char *data = probe_pattern(4 << 20);

	start(&scene, *state);
	start_guest(&scene);
	call(&scene, &stopped);
	probe_start(&guests[0], muxes_accept(&scene.muxes));
	call(&scene, &viewer);
	probe_start(&guests[1], muxes_accept(&scene.muxes));
	probe_pause(&stopped, true);
	probe_write(&guests[0], data, 4 << 20, -1);
	probe_exchange(*state, &viewer, &guests[1], 1 << 20);
	turn(&scene, 50);
	assert_int_equal(guests[0].written, 0);
	probe_pause(&stopped, false);
	RUN_UNTIL(*state, stopped.size == 4 << 20 && guests[0].written);
	assert_memory_equal(stopped.bytes, data, 4 << 20);
	probe_destroy(&stopped);
	probe_destroy(&viewer);
	RUN_UNTIL(*state, guests[0].closed && guests[1].closed);
	probe_destroy(&guests[0]);
	probe_destroy(&guests[1]);
	free(data);
	finish(&scene);
}

/* The other way: a guest that takes nothing stops the viewer's writing, not the broker. */
static void test_stopped_guest(void **state)
{
	struct scene scene;
	struct probe viewer = {0}, guest = {0};
	unsigned char *data = probe_pattern(4 << 20);

	start(&scene, *state);
	start_guest(&scene);
	call(&scene, &viewer);
	probe_start(&guest, muxes_accept(&scene.muxes));
	probe_pause(&guest, true);
	probe_write(&viewer, data, 4 << 20, -1);
	turn(&scene, 100);
	assert_int_equal(viewer.written, 0);
	probe_pause(&guest, false);
	RUN_UNTIL(*state, guest.size == 4 << 20 && viewer.written);
	assert_memory_equal(guest.bytes, data, 4 << 20);
	probe_destroy(&viewer);
	RUN_UNTIL(*state, guest.closed);
	probe_destroy(&guest);
	free(data);
	finish(&scene);
}

static void test_too_many(void **state)
{
	static struct probe viewers[ORIEL_MUX_CHANNELS + 1];
	struct scene scene;
	struct probe guest = {0};

	memset(viewers, 0, sizeof(viewers));
	start(&scene, *state);
	start_guest(&scene);
	for (int i = 0; i < ORIEL_MUX_CHANNELS; i++) {
		call(&scene, &viewers[i]);
		/* No more than the socket's backlog at once. */
		RUN_UNTIL(*state, scene.muxes.n_accepted == (size_t)i + 1);
	}
	call(&scene, &viewers[ORIEL_MUX_CHANNELS]);
	RUN_UNTIL(*state, viewers[ORIEL_MUX_CHANNELS].closed);
	probe_destroy(&viewers[ORIEL_MUX_CHANNELS]);
	/* When one leaves there is room again. */
	probe_start(&guest, muxes_accept(&scene.muxes));
	probe_destroy(&viewers[0]);
	RUN_UNTIL(*state, guest.closed);
	probe_destroy(&guest);
	turn(&scene, 20);
	viewers[0] = (struct probe){0};
	call(&scene, &viewers[0]);
	RUN_UNTIL(*state, scene.muxes.n_accepted == ORIEL_MUX_CHANNELS);
	for (int i = 0; i < ORIEL_MUX_CHANNELS; i++)
		probe_destroy(&viewers[i]);
	finish(&scene);
}

static void test_descriptor_is_refused(void **state)
{
	struct scene scene;
	struct probe viewer = {0}, guest = {0};
	int fd = probe_make_file("ring");

	start(&scene, *state);
	start_guest(&scene);
	call(&scene, &viewer);
	probe_start(&guest, muxes_accept(&scene.muxes));
	probe_write(&viewer, "x", 1, fd);
	close(fd);
	RUN_UNTIL(*state, viewer.closed && guest.closed);
	assert_int_equal(guest.error, -ECONNRESET);
	assert_string_equal(guest.reason, "no descriptors pass into a virtual machine");
	probe_destroy(&viewer);
	probe_destroy(&guest);
	finish(&scene);
}

static void test_vm_goes_away(void **state)
{
	struct scene scene;
	struct probe viewer = {0}, guest = {0};
	struct oriel_carrier *carrier = NULL;

	start(&scene, *state);
	start_guest(&scene);
	call(&scene, &viewer);
	probe_start(&guest, muxes_accept(&scene.muxes));
	probe_exchange(*state, &viewer, &guest, 10);
	probe_destroy(&guest);
	stop_guest(&scene);
	close(scene.spare);
	scene.spare = -1;
	RUN_UNTIL(*state, scene.closes && viewer.closed);
	assert_int_equal(scene.closes, 1);
	assert_int_equal(
		oriel_carrier_unix_connect(&scene.muxes.harness->loop, scene.path, &carrier),
		-ENOENT);
	probe_destroy(&viewer);
	oriel_broker_destroy(scene.broker);
	muxes_stop(&scene.muxes);
}

static void destroy_on_close(void *user, int error, const char *reason)
{
	struct scene *scene = user;

	(void)error;
	(void)reason;
	oriel_broker_destroy(scene->broker);
	scene->broker = NULL;
}

static void test_destroyed_in_closed(void **state)
{
	struct harness *harness = *state;
	struct scene scene = {.muxes.harness = harness};
	struct oriel_carrier *carrier;
	struct probe viewer = {0};
	int fds[2];

	strcpy(scene.path, harness_path(harness, "link.sock"));
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
	assert_int_equal(oriel_carrier_unix_adopt(&harness->loop, fds[0], &carrier), 0);
	assert_int_equal(oriel_broker_create(&harness->loop, carrier, scene.path, destroy_on_close,
				 &scene, &scene.broker),
		0);
	call(&scene, &viewer);
	turn(&scene, 5);
	close(fds[1]);
	RUN_UNTIL(harness, !scene.broker && viewer.closed);
	probe_destroy(&viewer);
	oriel_broker_destroy(NULL);
}

static void test_place_is_taken(void **state)
{
	struct harness *harness = *state;
	struct oriel_broker *second = NULL;
	struct oriel_carrier *ends[2];
	struct scene scene;

	start(&scene, harness);
	assert_int_equal(oriel_carrier_pair(&harness->loop, NULL, ends), 0);
	assert_int_equal(oriel_broker_create(&harness->loop, ends[0], scene.path, handle_closed,
				 &scene, &second),
		-EADDRINUSE);
	assert_null(second);
	ends[1]->ops->destroy(ends[1]);
	finish(&scene);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(test_exchange),
		HARNESS_TEST(test_viewer_ends),
		HARNESS_TEST(test_waits_for_guest),
		HARNESS_TEST(test_guest_starts_anew),
		HARNESS_TEST(test_guest_dies),
		HARNESS_TEST(test_guest_left),
		HARNESS_TEST(test_guest_left_early_and_late),
		HARNESS_TEST(test_stopped_viewer),
		HARNESS_TEST(test_stopped_guest),
		HARNESS_TEST(test_too_many),
		HARNESS_TEST(test_descriptor_is_refused),
		HARNESS_TEST(test_vm_goes_away),
		HARNESS_TEST(test_destroyed_in_closed),
		HARNESS_TEST(test_place_is_taken),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
