/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * orield as a backend of xdg-desktop-portal, asked on a session bus of the test's.
 */
#include "tests/guest/world.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/bus/bus.h"

#define NAME "org.freedesktop.impl.portal.desktop.oriel"
#define OBJECT "/org/freedesktop/portal/desktop"
#define INTERFACE "org.freedesktop.impl.portal.Settings"
#define NAMESPACE "org.freedesktop.appearance"

static pid_t daemon_pid;

/* A program of the guest. */
struct asker {
	struct world *world;
	struct oriel_bus *bus;
	bool answered, lost;
	char answer[256]; /* values, or the name of the error */
	char changes[256];
};

static int start_daemon(void **state)
{
	char address[256] = "";
	int out[2];
	ssize_t n;

	(void)state;
	assert_int_equal(pipe(out), 0);
	daemon_pid = fork();
	if (daemon_pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		dup2(out[1], 1);
		execlp("dbus-daemon", "dbus-daemon", "--session", "--nofork", "--print-address",
			NULL);
		_exit(99);
	}
	close(out[1]);
	n = read(out[0], address, sizeof address - 1);
	assert_true(n > 0);
	address[strcspn(address, "\n")] = '\0';
	setenv("DBUS_SESSION_BUS_ADDRESS", address, 1);
	close(out[0]);
	return 0;
}

static int stop_daemon(void **state)
{
	(void)state;
	kill(daemon_pid, SIGKILL);
	waitpid(daemon_pid, NULL, 0);
	return 0;
}

/* Writes all values of a message, one after the other. */
static void print(sd_bus_message *m, char *text, size_t size)
{
	char type;
	const char *inner;
	size_t used = strlen(text);

	while (sd_bus_message_peek_type(m, &type, &inner) > 0) {
		union {
			const char *s;
			uint32_t u;
			double d;
		} value;

		if (inner) {
			assert_true(sd_bus_message_enter_container(m, type, inner) > 0);
			print(m, text, size);
			assert_true(sd_bus_message_exit_container(m) > 0);
			used = strlen(text);
			continue;
		}
		assert_true(sd_bus_message_read_basic(m, type, &value) > 0);
		if (type == 's')
			used += (size_t)snprintf(text + used, size - used, "%s ", value.s);
		else if (type == 'u')
			used += (size_t)snprintf(text + used, size - used, "%u ", value.u);
		else
			used += (size_t)snprintf(text + used, size - used, "%.2f ", value.d);
		assert_true(used < size);
	}
}

static int handle_answer(sd_bus_message *reply, void *user, sd_bus_error *error)
{
	struct asker *asker = user;

	(void)error;
	asker->answered = true;
	asker->answer[0] = '\0';
	if (sd_bus_message_is_method_error(reply, NULL))
		snprintf(asker->answer, sizeof asker->answer, "%s",
			sd_bus_message_get_error(reply)->name);
	else
		print(reply, asker->answer, sizeof asker->answer);
	return 1;
}

static int handle_change(sd_bus_message *signal, void *user, sd_bus_error *error)
{
	struct asker *asker = user;

	(void)error;
	print(signal, asker->changes, sizeof asker->changes);
	return 0;
}

static void handle_lost(void *user, int error)
{
	(void)error;
	((struct asker *)user)->lost = true;
}

/* Asks, and compares the answer. */
#define ASK(asker, expected, interface, method, ...) \
	do { \
		(asker)->answered = false; \
		assert_true( \
			sd_bus_call_method_async(oriel_bus_sd((asker)->bus), NULL, NAME, OBJECT, \
				interface, method, handle_answer, asker, __VA_ARGS__) >= 0); \
		oriel_bus_flush((asker)->bus); \
		world_until((asker)->world, (asker)->answered); \
		assert_string_equal((asker)->answer, expected); \
	} while (0)
#define READ(asker, key, expected) ASK(asker, expected, INTERFACE, "Read", "ss", NAMESPACE, key)

static void start_asker(struct asker *asker, struct world *world)
{
	*asker = (struct asker){.world = world};
	assert_int_equal(oriel_bus_open(&world->loop, handle_lost, asker, &asker->bus), 0);
	sd_bus_match_signal_async(oriel_bus_sd(asker->bus), NULL, NULL, OBJECT, INTERFACE,
		"SettingChanged", handle_change, NULL, asker);
	/* orield has its name soon, not at once. */
	do {
		asker->answered = false;
		sd_bus_call_method_async(oriel_bus_sd(asker->bus), NULL, "org.freedesktop.DBus",
			"/", "org.freedesktop.DBus", "GetNameOwner", handle_answer, asker, "s",
			NAME);
		oriel_bus_flush(asker->bus);
		world_until(world, asker->answered);
	} while (asker->answer[0] != ':');
}

static void tell(struct peer *peer, uint8_t scheme, uint8_t contrast, uint32_t accent)
{
	struct oriel_msg msg = {.type = ORIEL_MSG_APPEARANCE,
		.appearance = {.color_scheme = scheme, .contrast = contrast, .accent = accent}};

	peer_send(peer, &msg);
	peer_sync(peer);
}

static void finish(struct world *world, struct asker *asker)
{
	oriel_bus_close(asker->bus);
	world_until(world, world->core.n_clients == 0);
	world_destroy(world);
}

static void test_values(void **state)
{
	struct world *world = world_create();
	struct peer *peer = peer_viewer(world, ORIEL_ROLE_ATTACH, true);
	struct asker asker;

	(void)state;
	start_asker(&asker, world);
	READ(&asker, "color-scheme", "0 ");
	READ(&asker, "contrast", "0 ");
	READ(&asker, "accent-color", "-1.00 -1.00 -1.00 ");
	tell(peer, ORIEL_COLOR_SCHEME_DARK, 1, 0xff8000);
	READ(&asker, "color-scheme", "1 ");
	READ(&asker, "contrast", "1 ");
	READ(&asker, "accent-color", "1.00 0.50 0.00 ");
	READ(&asker, "colour-scheme", "org.freedesktop.portal.Error.NotFound");
	ASK(&asker, "org.freedesktop.portal.Error.NotFound", INTERFACE, "Read", "ss", "org.gnome",
		"color-scheme");
	ASK(&asker, "1 ", "org.freedesktop.DBus.Properties", "Get", "ss", INTERFACE, "version");
	/* What was told last holds, also when who told it is gone. */
	peer_destroy(peer);
	world_until(world, world->core.n_clients == 0);
	READ(&asker, "color-scheme", "1 ");
	finish(world, &asker);
}

static void test_patterns(void **state)
{
	static const char all[] = NAMESPACE " color-scheme 0 contrast 0 accent-color -1.00 -1.00 "
					    "-1.00 ";
	struct world *world = world_create();
	struct asker asker;

	(void)state;
	start_asker(&asker, world);
	ASK(&asker, all, INTERFACE, "ReadAll", "as", 0);
	ASK(&asker, all, INTERFACE, "ReadAll", "as", 1, "");
	ASK(&asker, all, INTERFACE, "ReadAll", "as", 2, "org.gnome.*", NAMESPACE);
	ASK(&asker, all, INTERFACE, "ReadAll", "as", 1, "org.freedesktop.*");
	ASK(&asker, all, INTERFACE, "ReadAll", "as", 1, "*");
	ASK(&asker, "", INTERFACE, "ReadAll", "as", 2, "org.gnome.*", NAMESPACE ".more");
	finish(world, &asker);
}

/* Programs hear of what is another value, and of nothing else; the newest viewer counts. */
static void test_changes(void **state)
{
	struct world *world = world_create();
	struct peer *first = peer_viewer(world, ORIEL_ROLE_ATTACH, true);
	struct peer *second = peer_viewer(world, ORIEL_ROLE_ATTACH, true);
	struct asker asker;

	(void)state;
	start_asker(&asker, world);
	tell(first, ORIEL_COLOR_SCHEME_LIGHT, 0, ORIEL_ACCENT_NONE);
	tell(first, ORIEL_COLOR_SCHEME_LIGHT, 0, ORIEL_ACCENT_NONE);
	tell(second, ORIEL_COLOR_SCHEME_DARK, 0, 0x0000ff);
	tell(second, ORIEL_COLOR_SCHEME_DARK, 1, ORIEL_ACCENT_NONE);
	READ(&asker, "color-scheme", "1 ");
	assert_string_equal(asker.changes,
		NAMESPACE " color-scheme 2 " NAMESPACE " color-scheme 1 " NAMESPACE
			  " accent-color 0.00 0.00 1.00 " NAMESPACE " contrast 1 " NAMESPACE
			  " accent-color -1.00 -1.00 -1.00 ");
	peer_destroy(first);
	peer_destroy(second);
	finish(world, &asker);
}

/* The bus ends under it. */
static void test_bus_gone(void **state)
{
	struct world *world = world_create();
	struct peer *peer = peer_viewer(world, ORIEL_ROLE_ATTACH, true);
	struct asker asker;

	start_asker(&asker, world);
	assert_non_null(world->core.portal.bus);
	stop_daemon(state);
	world_until(world, asker.lost && !world->core.portal.bus);
	tell(peer, ORIEL_COLOR_SCHEME_DARK, 0, 0);
	peer_destroy(peer);
	finish(world, &asker);
	start_daemon(state);
}

static void test_no_bus(void **state)
{
	struct world *world;
	struct peer *peer;

	(void)state;
	setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere/bus", 1);
	world = world_create();
	peer = peer_viewer(world, ORIEL_ROLE_ATTACH, true);
	tell(peer, ORIEL_COLOR_SCHEME_DARK, 0, 0);
	world_until(world, !world->core.portal.bus);
	peer_destroy(peer);
	world_until(world, world->core.n_clients == 0);
	world_destroy(world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_patterns),
		cmocka_unit_test(test_changes),
		cmocka_unit_test(test_bus_gone),
		cmocka_unit_test(test_no_bus),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, start_daemon, stop_daemon);
}
