/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * The guest's end of a serial port; a pseudo terminal stands for the port.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "src/base/log.h"
#include "src/carrier/serial.h"
#include "tests/carrier/muxes.h"

struct scene {
	struct muxes muxes; /* the host's end alone; accepted: what the listener gave */
	struct oriel_listener *listener;
	char port[128]; /* a link to the terminal, whose name differs each time */
};

/* The host's end of a new terminal, which the port's path leads to. */
static int open_terminal(struct scene *scene)
{
	int fd = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	struct termios termios;
	char *name;

	assert_true(fd >= 0);
	assert_int_equal(grantpt(fd), 0);
	assert_int_equal(unlockpt(fd), 0);
	name = ptsname(fd);
	assert_non_null(name);
	unlink(scene->port);
	assert_int_equal(symlink(name, scene->port), 0);
	assert_int_equal(tcgetattr(fd, &termios), 0);
	cfmakeraw(&termios);
	assert_int_equal(tcsetattr(fd, TCSANOW, &termios), 0);
	return fd;
}

static void handle_accept(void *user, struct oriel_carrier *carrier, const char *peer)
{
	struct scene *scene = user;

	assert_non_null(strstr(peer, "the host, through "));
	scene->muxes.accepted[scene->muxes.n_accepted++] = carrier;
}

static void start_host(struct scene *scene, int fd)
{
	struct oriel_carrier *carrier;

	assert_true(fd >= 0);
	assert_int_equal(oriel_carrier_serial_adopt(&scene->muxes.harness->loop, fd, &carrier), 0);
	muxes_start_host(&scene->muxes, carrier);
}

static void stop_host(struct scene *scene)
{
	oriel_mux_destroy(scene->muxes.host);
	scene->muxes.host = NULL;
}

/* Everything but the listener. */
static void prepare(struct scene *scene, struct harness *harness)
{
	*scene = (struct scene){.muxes.harness = harness};
	oriel_log_init("test-serial", ORIEL_LOG_ERROR);
	snprintf(scene->port, sizeof(scene->port), "%s/port", harness->folder);
}

static void listen_there(struct scene *scene)
{
	assert_int_equal(oriel_listener_serial(&scene->muxes.harness->loop, scene->port,
				 handle_accept, scene, &scene->listener),
		0);
}

static void finish(struct scene *scene)
{
	oriel_listener_destroy(scene->listener);
	muxes_stop(&scene->muxes);
	unlink(scene->port);
}

static void test_exchange(void **state)
{
	struct scene scene;
	struct probe host[3] = {{0}}, guest[3] = {{0}};

	prepare(&scene, *state);
	start_host(&scene, open_terminal(&scene));
	listen_there(&scene);
	for (int i = 0; i < 3; i++)
		muxes_open(&scene.muxes, &host[i], &guest[i]);
	assert_string_equal(guest[0].carrier->ops->name, "channel");
	for (int i = 0; i < 3; i++)
		probe_exchange(*state, &host[i], &guest[i], 300000);
	for (int i = 0; i < 3; i++) {
		probe_destroy(&host[i]);
		RUN_UNTIL(*state, guest[i].closed);
		assert_int_equal(guest[i].error, 0);
		probe_destroy(&guest[i]);
	}
	finish(&scene);
}

/* The broker is started again and again, with the port open all the time. */
static void test_host_starts_anew(void **state)
{
	struct scene scene;

	prepare(&scene, *state);
	int terminal = open_terminal(&scene);
	listen_there(&scene);
	for (int i = 0; i < 5; i++) {
		struct probe host = {0}, guest = {0};

		start_host(&scene, fcntl(terminal, F_DUPFD_CLOEXEC, 0));
		muxes_open(&scene.muxes, &host, &guest);
		probe_exchange(*state, &host, &guest, 20000);
		stop_host(&scene);
		RUN_UNTIL(*state, host.closed);
		probe_destroy(&host);
		/* This one hears of it when the next has come. */
		start_host(&scene, fcntl(terminal, F_DUPFD_CLOEXEC, 0));
		RUN_UNTIL(*state, guest.closed);
		assert_int_equal(guest.error, -ECONNRESET);
		probe_destroy(&guest);
		stop_host(&scene);
	}
	close(terminal);
	finish(&scene);
}

static void test_listener_starts_anew(void **state)
{
	struct scene scene;

	prepare(&scene, *state);
	start_host(&scene, open_terminal(&scene));
	/* Else the host's end of a terminal hangs up with the guest's; that of a port does not. */
	int spare = open(scene.port, O_RDWR | O_NOCTTY | O_CLOEXEC);
	assert_true(spare >= 0);
	for (int i = 0; i < 5; i++) {
		struct probe host = {0}, guest = {0};

		listen_there(&scene);
		muxes_open(&scene.muxes, &host, &guest);
		probe_exchange(*state, &host, &guest, 20000);
		/* It ends as orield does: nobody new, last words, and out. */
		oriel_listener_destroy(scene.listener);
		scene.listener = NULL;
		guest.written = 0;
		probe_write(&guest, "bye", 3, -1);
		RUN_UNTIL(*state, guest.written);
		probe_destroy(&guest);
		RUN_UNTIL(*state, host.closed);
		assert_int_equal(host.size, 20003);
		probe_destroy(&host);
		RUN_UNTIL(*state, !oriel_mux_is_up(scene.muxes.host));
	}
	close(spare);
	finish(&scene);
}

static double cpu_seconds(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
	       (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

/* The port goes away, nothing spins meanwhile, and it comes back. */
static void test_port_goes_and_comes_back(void **state)
{
	struct harness *harness = *state;
	struct scene scene;
	struct probe host = {0}, guest = {0};

	prepare(&scene, harness);
	start_host(&scene, open_terminal(&scene));
	listen_there(&scene);
	muxes_open(&scene.muxes, &host, &guest);
	probe_exchange(harness, &host, &guest, 1000);
	stop_host(&scene);
	RUN_UNTIL(harness, guest.closed);
	probe_destroy(&guest);
	probe_destroy(&host);
	double before = cpu_seconds();
	uint64_t until = uv_hrtime() + UINT64_C(500000000);
	while (uv_hrtime() < until)
		harness_turn(harness);
	assert_true(cpu_seconds() - before < 0.25);
	guest = host = (struct probe){0};
	start_host(&scene, open_terminal(&scene));
	muxes_open(&scene.muxes, &host, &guest);
	probe_exchange(harness, &host, &guest, 1000);
	probe_destroy(&guest);
	probe_destroy(&host);
	finish(&scene);
}

static void test_no_port(void **state)
{
	struct harness *harness = *state;
	struct oriel_listener *listener = NULL;

	assert_int_equal(oriel_listener_serial(
				 &harness->loop, "org.oriel.none", handle_accept, NULL, &listener),
		-ENOENT);
	assert_int_equal(
		oriel_listener_serial(&harness->loop, "", handle_accept, NULL, &listener), -ENOENT);
	assert_int_equal(oriel_listener_serial(&harness->loop, "/nonexistent/port", handle_accept,
				 NULL, &listener),
		-ENOENT);
	/* What can't be waited for. */
	assert_int_equal(
		oriel_listener_serial(&harness->loop, "/dev/null", handle_accept, NULL, &listener),
		-EPERM);
	assert_null(listener);
}

static void make(const char *root, const char *path, const char *text)
{
	char full[256], *slash;

	snprintf(full, sizeof(full), "%s/%s", root, path);
	for (slash = full + strlen(root) + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		mkdir(full, 0700);
		*slash = '/';
	}
	FILE *file = fopen(full, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static void test_find(void **state)
{
	struct harness *harness = *state;
	char path[256], expected[256], command[160];
	const char *root = harness->folder;

	make(root, "sys/class/virtio-ports/vport1p1/name", "org.qemu.agent\n");
	make(root, "sys/class/virtio-ports/vport2p1/name", "org.oriel.0\n");
	make(root, "sys/class/virtio-ports/vport2p2/other", "org.oriel.1\n");
	assert_int_equal(oriel_serial_find(root, "org.oriel.0", path, sizeof(path)), 0);
	snprintf(expected, sizeof(expected), "%s/dev/vport2p1", root);
	assert_string_equal(path, expected);
	assert_int_equal(oriel_serial_find(root, "org.oriel", path, sizeof(path)), -ENOENT);
	assert_int_equal(oriel_serial_find(root, "org.oriel.1", path, sizeof(path)), -ENOENT);
	assert_int_equal(oriel_serial_find(root, "", path, sizeof(path)), -ENOENT);
	assert_int_equal(oriel_serial_find(root, "org.oriel.0", path, 20), -ENAMETOOLONG);
	make(root, "dev/virtio-ports/org.oriel.0", "");
	assert_int_equal(oriel_serial_find(root, "org.oriel.0", path, sizeof(path)), 0);
	snprintf(expected, sizeof(expected), "%s/dev/virtio-ports/org.oriel.0", root);
	assert_string_equal(path, expected);
	assert_int_equal(oriel_serial_find(root, "/dev/ttyS1", path, sizeof(path)), 0);
	assert_string_equal(path, "/dev/ttyS1");
	snprintf(command, sizeof(command), "rm -r %s/sys %s/dev", root, root);
	assert_int_equal(system(command), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(test_exchange),
		HARNESS_TEST(test_host_starts_anew),
		HARNESS_TEST(test_listener_starts_anew),
		HARNESS_TEST(test_port_goes_and_comes_back),
		HARNESS_TEST(test_no_port),
		HARNESS_TEST(test_find),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
