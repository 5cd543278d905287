/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "guest/core.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "guest/client.h"
#include "guest/clipboard.h"
#include "guest/clipboard_x11.h"
#include "guest/frames.h"
#include "guest/icon.h"
#include "guest/input.h"
#include "guest/launch.h"
#include "guest/module.h"
#include "guest/parts.h"
#include "guest/portal.h"
#include "guest/window.h"
#include "src/base/clock.h"
#include "src/base/log.h"

/* While stopping: how often to look, and how often at most, before programs are killed and links
 * cut. */
#define GRACE_MS 50
#define GRACE_STEPS 20

static void close_handles(struct oriel_core *core)
{
	core->stage = ORIEL_CORE_CLOSED;
	oriel_frames_close(core);
	oriel_questions_close(core);
	uv_close((uv_handle_t *)&core->wake, NULL);
	uv_close((uv_handle_t *)&core->turn, NULL);
	uv_close((uv_handle_t *)&core->grace, NULL);
}

static void handle_watchdog(uv_timer_t *timer)
{
	(void)timer;
	/* Mir's shutdown can deadlock in libwayland with live clients. Nothing of ours is left
	 * to lose: the socket is removed, the programs are gone. */
	oriel_warning("Mir does not end; leaving without it");
	_exit(0);
}

/* Peers and programs are gone, or out of time. */
static void end_mir(struct oriel_core *core)
{
	struct oriel_client *client;

	core->stage = ORIEL_CORE_ENDING;
	oriel_clipboard_close(core);
	oriel_portal_close(core);
	oriel_launch_signal_all(core, SIGKILL);
	oriel_launch_close_all(core);
	while ((client = TAILQ_FIRST(&core->clients)))
		oriel_client_destroy(client);
	oriel_windows_finish(core);
	uv_timer_stop(&core->grace);
	if (atomic_load(&core->mir_ended)) {
		close_handles(core);
		return;
	}
	/* Not up yet: its first wake comes here again. */
	if (core->mir)
		oriel_mir_stop(core->mir);
	core->mir = NULL;
	if (core->options.watchdog_ms > 0)
		uv_timer_start(&core->grace, handle_watchdog, core->options.watchdog_ms, 0);
}

static void handle_grace(uv_timer_t *timer)
{
	struct oriel_core *core = timer->data;
	bool busy = core->n_clients > 0 || oriel_launch_signal_all(core, 0) > 0;

	if (!busy || ++core->grace_steps >= GRACE_STEPS)
		end_mir(core);
}

void oriel_core_stop(struct oriel_core *core)
{
	struct oriel_client *client;

	if (core->stage != ORIEL_CORE_RUNNING)
		return;
	core->stage = ORIEL_CORE_LEAVING;
	core->options.stopping(core->options.user);
	while (core->n_waiting > 0) {
		struct oriel_carrier *carrier = core->waiting[--core->n_waiting].carrier;

		carrier->ops->destroy(carrier);
	}
	TAILQ_FOREACH(client, &core->clients, all)
	oriel_client_bye(client, ORIEL_ERROR_SHUTDOWN, "orield is stopping");
	oriel_launch_signal_all(core, SIGTERM);
	uv_timer_start(&core->grace, handle_grace, 0, GRACE_MS);
}

static void handle_wake(uv_async_t *async)
{
	struct oriel_core *core = async->data;

	if (atomic_load(&core->mir_ended)) {
		/* What Mir gave us is gone with it. */
		core->mir = NULL;
		oriel_core_stop(core);
		if (core->stage == ORIEL_CORE_ENDING)
			close_handles(core);
		return;
	}
	if (core->stage == ORIEL_CORE_ENDING) {
		if (!core->mir && !core->started && core->cell)
			oriel_mir_stop(core->cell);
		return;
	}
	core->mir = core->cell;
	oriel_mir_dispatch(core->mir);
	oriel_frames_pump(core);
}

static void handle_turn(uv_check_t *check)
{
	struct oriel_core *core = check->data;

	core->stats.wakeups++;
}

int oriel_core_init(
	struct oriel_core *core, uv_loop_t *loop, const struct oriel_core_options *options)
{
	int r;

	memset(core, 0, sizeof *core);
	core->loop = loop;
	core->options = *options;
	if (options->token_size > sizeof core->token)
		return -EINVAL;
	if (options->token_size > 0)
		memcpy(core->token, options->token, options->token_size);
	TAILQ_INIT(&core->clients);
	TAILQ_INIT(&core->launches);
	TAILQ_INIT(&core->windows);
	TAILQ_INIT(&core->due);
	LIST_INIT(&core->devices);
	if (!core->options.module)
		core->options.module = &oriel_module_kernel;
	if (!core->options.devices)
		core->options.devices = ORIEL_MODULE_FOLDER;
	core->portal.appearance.accent = ORIEL_ACCENT_NONE;
	core->stats.started_ns = oriel_now_ns();
	r = oriel_clipboard_init(core);
	if (r < 0)
		return r;
	r = uv_async_init(loop, &core->wake, handle_wake);
	if (r < 0)
		return r;
	core->wake.data = core;
	uv_timer_init(loop, &core->grace);
	core->grace.data = core;
	uv_check_init(loop, &core->turn);
	core->turn.data = core;
	uv_check_start(&core->turn, handle_turn);
	oriel_frames_init(core);
	oriel_pins_init(core);
	return oriel_questions_init(core);
}

void oriel_core_tell_once(
	struct oriel_core *core, enum oriel_core_told what, const char *format, ...)
{
	va_list args;

	if (core->told & 1u << what)
		return;
	core->told |= 1u << what;
	va_start(args, format);
	oriel_vlog(ORIEL_LOG_WARNING, format, args);
	va_end(args);
}

void oriel_core_accept(
	struct oriel_core *core, struct oriel_carrier *carrier, const char *name, bool ask_token)
{
	struct oriel_waiting *waiting;

	if (core->started && core->stage == ORIEL_CORE_RUNNING) {
		oriel_client_create(core, carrier, name, ask_token);
		return;
	}
	/* Its hello stays in the carrier until there are screens to talk about. */
	if (core->stage != ORIEL_CORE_RUNNING || core->n_waiting == ORIEL_CORE_WAITING) {
		carrier->ops->destroy(carrier);
		return;
	}
	waiting = &core->waiting[core->n_waiting++];
	waiting->carrier = carrier;
	waiting->ask_token = ask_token;
	snprintf(waiting->name, sizeof waiting->name, "%s", name);
}

void oriel_core_mir_ended(struct oriel_core *core)
{
	atomic_store(&core->mir_ended, true);
	uv_async_send(&core->wake);
}

void oriel_core_finish(struct oriel_core *core)
{
	oriel_clipboard_finish(core);
	oriel_icon_finish(core);
	oriel_input_finish(core);
	oriel_text_finish(core);
	oriel_parts_finish(core);
	free(core->outputs.data);
	free(core->keymap.data);
	free(core->wayland_display);
	free(core->x11_display);
}

/* Mir --------------------------------------------------------------------------------------- */

static void mir_wake(void *user)
{
	struct oriel_core *core = user;

	uv_async_send(&core->wake);
}

static void mir_started(void *user, const char *wayland_display, const char *x11_display)
{
	struct oriel_core *core = user;

	core->wayland_display = strdup(wayland_display);
	core->x11_display = x11_display ? strdup(x11_display) : NULL;
	core->started = true;
	oriel_info("ready: WAYLAND_DISPLAY=%s%s%s", wayland_display,
		x11_display ? " DISPLAY=" : ", no X11", x11_display ? x11_display : "");
	if (core->stage != ORIEL_CORE_RUNNING)
		return;
	core->options.started(core->options.user);
	oriel_portal_open(core);
	for (int i = 0; i < core->n_waiting; i++)
		oriel_client_create(core, core->waiting[i].carrier, core->waiting[i].name,
			core->waiting[i].ask_token);
	core->n_waiting = 0;
}

static void mir_window(void *user, const struct oriel_mir_window *window)
{
	oriel_window_update(user, window);
}

static void mir_window_gone(void *user, uint32_t id)
{
	oriel_window_gone(user, id);
}

static void mir_dirty(void *user, uint32_t id)
{
	struct oriel_window *window = oriel_window_find(user, id);

	if (window)
		oriel_frames_dirty(window);
}

static void mir_fetched(void *user, uint32_t id)
{
	struct oriel_window *window = oriel_window_find(user, id);

	if (window)
		oriel_frames_fetched(window);
}

static void mir_memory_gone(void *user, uint64_t key)
{
	oriel_pins_gone(user, key);
}

static void mir_request(void *user, uint32_t id, uint8_t kind, uint32_t arg)
{
	struct oriel_window *window = oriel_window_find(user, id);
	struct oriel_msg msg = {
		.type = ORIEL_MSG_REQUEST,
		.request = {.window = id, .kind = kind, .arg = arg},
	};

	if (window && window->announced)
		oriel_client_send(window->owner, &msg);
}

static void mir_cursor(void *user, const struct oriel_mir_cursor *cursor)
{
	oriel_input_cursor(user, cursor);
}

static void mir_selection(void *user, uint8_t selection, const char *const *types, int n)
{
	oriel_clipboard_copied(user, selection, types, n);
}

static void mir_selection_send(void *user, uint8_t selection, const char *type, int fd)
{
	oriel_clipboard_pasted(user, selection, type, fd);
}

static void mir_x11_started(void *user)
{
	oriel_clipboard_x11_started(user);
}

static void mir_text_input(void *user, const struct oriel_mir_text_input *field)
{
	oriel_text_field(user, field);
}

const struct oriel_mir_ops oriel_core_mir_ops = {
	.wake = mir_wake,
	.started = mir_started,
	.window = mir_window,
	.window_gone = mir_window_gone,
	.dirty = mir_dirty,
	.request = mir_request,
	.cursor = mir_cursor,
	.selection = mir_selection,
	.selection_send = mir_selection_send,
	.x11_started = mir_x11_started,
	.fetched = mir_fetched,
	.memory_gone = mir_memory_gone,
	.text_input = mir_text_input,
};
