/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Who shows which window, and what it is told of them.
 */
#include "tests/guest/world.h"

#include <stdio.h>
#include <string.h>

#include "guest/launch.h"

static void set_parent(
	struct world *world, struct fake_window *window, uint8_t kind, uint32_t parent)
{
	window->description.kind = kind;
	window->description.parent = parent;
	window->description.offset_x = 3;
	window->description.offset_y = 4;
	fake_describe(&world->mir, window);
}

/* Attached viewers: the first has all, the second follows when it goes. */
static void test_attach(void **state)
{
	struct world *world = world_create();
	struct peer *first, *second;

	(void)state;
	fake_painted(&world->mir, 1, 40, 30);
	first = peer_viewer(world, ORIEL_ROLE_ATTACH, true);
	second = peer_viewer(world, ORIEL_ROLE_ATTACH, true);
	fake_painted(&world->mir, 2, 40, 30);
	world_until(world, first->frames == 2);
	peer_sync(second);
	assert_int_equal(second->windows, 0);
	peer_destroy(first);
	world_until(world, second->frames == 2);
	assert_true(peer_shows(second, 1) && peer_shows(second, 2));
	peer_destroy(second);
	world_destroy(world);
}

static pid_t only_child_of(pid_t pid)
{
	char path[64];
	int child = 0;
	FILE *file;

	snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)pid, (int)pid);
	file = fopen(path, "r");
	if (!file)
		return 0;
	if (fscanf(file, "%d", &child) != 1)
		child = 0;
	fclose(file);
	return child;
}

static bool runs(pid_t pid, const char *name)
{
	char path[64], text[64] = "";
	FILE *file;

	snprintf(path, sizeof path, "/proc/%d/comm", (int)pid);
	file = fopen(path, "r");
	if (!file)
		return false;
	if (!fgets(text, sizeof text, file))
		text[0] = '\0';
	fclose(file);
	return strncmp(text, name, strlen(name)) == 0;
}

/* The windows of a program go to the viewer that started it, and to nobody else, till it goes. */
static void test_owner(void **state)
{
	struct world *world = world_create();
	struct peer *attach = peer_viewer(world, ORIEL_ROLE_ATTACH, true);
	struct peer *owner = peer_viewer(world, ORIEL_ROLE_OWNER, true);
	struct fake_window *window;

	(void)state;
	peer_launch(owner, 77, "sleep", "1000", NULL);
	world_until(world, world->core.n_launches == 1);
	window = fake_open(&world->mir, 1, 40, 30);
	window->description.pid = world_last_pid(world);
	fake_commit(&world->mir, window);
	fake_painted(&world->mir, 2, 40, 30);
	world_until(world, owner->frames == 1 && attach->frames == 1);
	assert_true(peer_shows(owner, 1) && peer_shows(attach, 2));
	assert_int_equal(owner->windows, 1);
	assert_int_equal(attach->windows, 1);
	assert_int_equal(owner->window.launch, 77);
	assert_int_equal(attach->window.launch, 0);
	/* A dialog of it, whose process is not known, goes where its parent is. */
	set_parent(world, fake_painted(&world->mir, 3, 40, 30), ORIEL_KIND_TOPLEVEL, 1);
	world_until(world, peer_shows(owner, 3));
	peer_destroy(owner);
	world_until(world, peer_shows(attach, 1) && peer_shows(attach, 3));
	assert_int_equal(oriel_launch_signal_all(&world->core, 0), 1);
	peer_destroy(attach);
	world_destroy(world);
}

/* A child that has lost the mark in its environment is known by its parent. */
static void test_grandchild(void **state)
{
	struct world *world = world_create();
	struct peer *owner = peer_viewer(world, ORIEL_ROLE_OWNER, true);
	struct fake_window *window;
	pid_t child;

	(void)state;
	peer_launch(owner, 5, "sh", "-c", "env -i sleep 1000 & wait", NULL);
	world_until(world, world->core.n_launches == 1);
	world_until(world, runs(only_child_of(world_last_pid(world)), "sleep"));
	child = only_child_of(world_last_pid(world));
	window = fake_open(&world->mir, 1, 40, 30);
	window->description.pid = child;
	fake_commit(&world->mir, window);
	world_until(world, owner->frames == 1);
	assert_int_equal(owner->window.launch, 5);
	peer_destroy(owner);
	world_destroy(world);
}

/* Popups are told of after their parent, whatever comes first. */
static void test_popup_first(void **state)
{
	struct world *world = world_create();
	struct peer *peer = peer_viewer(world, ORIEL_ROLE_ATTACH, true);
	struct fake_window *popup = fake_painted(&world->mir, 1, 40, 30);

	(void)state;
	set_parent(world, popup, ORIEL_KIND_POPUP, 2);
	peer_sync(peer);
	assert_int_equal(peer->windows, 0);
	fake_painted(&world->mir, 2, 40, 30);
	world_until(world, peer_shows(peer, 1) && peer->frames == 2);
	assert_int_equal(peer->window.parent, 2);
	assert_int_equal(peer->window.x, 3);
	assert_int_equal(peer->window.y, 4);
	peer_destroy(peer);
	world_destroy(world);
}

/* Whatever a client calls itself and however large it says it is, the viewer can be told. */
static void test_odd_windows(void **state)
{
	static char title[5000];
	struct world *world = world_create();
	struct peer *peer = peer_viewer(world, ORIEL_ROLE_ATTACH, true);
	struct fake_window *window = fake_painted(&world->mir, 1, 40, 30);

	(void)state;
	memset(title, '\xe4', sizeof title - 1);
	window->description.title = title;
	window->description.content = (struct oriel_rect){-9000000, 9000000, 70000, 70000};
	window->description.min_width = UINT32_MAX;
	fake_describe(&world->mir, window);
	world_until(world, peer->frames == 1);
	peer_sync(peer);
	assert_false(peer->closed);
	assert_int_equal(peer->window.width, ORIEL_MAX_SIDE);
	assert_int_equal(peer->window.x, -1048576);
	assert_int_equal(peer->window.min_width, ORIEL_MAX_SIDE);
	peer_destroy(peer);
	world_destroy(world);
}

static void test_window_limit(void **state)
{
	struct world *world = world_create();
	struct peer *peer = peer_connect(world, ORIEL_ROLE_CONTROL, false);

	(void)state;
	for (uint32_t i = 1; i <= ORIEL_MAX_WINDOWS + 5; i++)
		fake_open(&world->mir, i, 1, 1);
	peer_sync(peer);
	assert_int_equal(world->core.n_windows, ORIEL_MAX_WINDOWS);
	assert_int_equal(world->core.stats.windows_refused, 5);
	assert_int_equal(peer->windows, 0);
	peer_destroy(peer);
	world_destroy(world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_attach),
		cmocka_unit_test(test_owner),
		cmocka_unit_test(test_grandchild),
		cmocka_unit_test(test_popup_first),
		cmocka_unit_test(test_odd_windows),
		cmocka_unit_test(test_window_limit),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
