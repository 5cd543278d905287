/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "tests/guest/world.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "guest/launch.h"
#include "tests/guest/fake_module.h"

static void handle_tick(uv_timer_t *timer)
{
	(void)timer;
}

static void handle_started(void *user)
{
	((struct world *)user)->started = true;
}

static void handle_stopping(void *user)
{
	((struct world *)user)->stopping = true;
}

static struct world *create(const struct oriel_module *module, const char *devices)
{
	struct world *world = calloc(1, sizeof *world);
	struct oriel_core_options options = {
		.started = handle_started,
		.stopping = handle_stopping,
		.user = world,
		.module = module,
		.devices = devices,
	};

	signal(SIGPIPE, SIG_IGN);
	assert_int_equal(uv_loop_init(&world->loop), 0);
	uv_timer_init(&world->loop, &world->tick);
	uv_timer_start(&world->tick, handle_tick, 5, 5);
	assert_int_equal(oriel_core_init(&world->core, &world->loop, &options), 0);
	world->core.cell = &world->mir;
	fake_init(&world->mir, &oriel_core_mir_ops, &world->core);
	world_until(world, world->started);
	return world;
}

struct world *world_create(void)
{
	return create(NULL, NULL);
}

struct world *world_create_vm(void)
{
	return create(&fake_module_ops, fake_module.folder);
}

bool world_was_told(const struct world *world, enum oriel_core_told what)
{
	return world->core.told & 1u << what;
}

void world_destroy(struct world *world)
{
	oriel_core_stop(&world->core);
	assert_true(world->stopping);
	world_until(world, world->mir.stopped);
	assert_int_equal(world->mir.frames, 0);
	assert_int_equal(world->mir.mapped, 0);
	assert_int_equal(world->core.n_windows, 0);
	assert_true(LIST_EMPTY(&world->core.devices));
	assert_int_equal(world->core.pins.users, 0);
	assert_int_equal(world->core.pins.n, 0);
	assert_true(world->core.pins.bytes == 0);
	oriel_core_mir_ended(&world->core);
	uv_close((uv_handle_t *)&world->tick, NULL);
	uv_run(&world->loop, UV_RUN_DEFAULT);
	oriel_core_finish(&world->core);
	assert_int_equal(uv_loop_close(&world->loop), 0);
	fake_finish(&world->mir);
	free(world);
}

pid_t world_last_pid(const struct world *world)
{
	return TAILQ_LAST(&world->core.launches, oriel_launch_list)->process.pid;
}
