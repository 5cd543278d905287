/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * WLCS, Mir's conformance suite, loads this to test Mir with the adapter: a whole server in its
 * process, and a viewer that looks at every frame and acknowledges it at once.
 *
 * ORIEL_PLATFORM_DIR: folder of the platform module. ORIEL_WLCS_POLICY=own: windows are managed
 * by Mir; else by the host, that is not at all.
 */
#include "guest/mir/adapter_test.h"
#include "src/wire/messages.h"
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>
#include <wayland-client.h>
#include <wlcs/display_server.h>
#include <wlcs/pointer.h>
#include <wlcs/touch.h>

#define MAX_CLIENTS 64
#define MAX_DIRTY 256
#define WAIT_SECONDS 5

#define MAX_SEEN 256

static const struct oriel_rect screen = {0, 0, 1600, 1600};

struct server {
	struct WlcsDisplayServer base;
	int argc;
	const char **argv;
	pthread_t mir_thread, core_thread;
	pthread_mutex_t lock; /* whoever holds it is the core thread */
	pthread_cond_t changed;
	struct oriel_mir *mir;
	int wake_fd;
	bool started, stopping, own_policy;
	struct seen {
		uint32_t id;
		struct oriel_rect content; /* when not maximised */
	} seen[MAX_SEEN];
	int n_seen;
	struct server_client {
		int fd;
		const void *client;
	} clients[MAX_CLIENTS];
	int n_clients;
	uint32_t dirty[MAX_DIRTY];
	int n_dirty;
};

/* The viewer ------------------------------------------------------------------------------ */

static void handle_wake(void *user)
{
	struct server *server = user;

	eventfd_write(server->wake_fd, 1);
}

static void handle_started(void *user, const char *wayland_display, const char *x11_display)
{
	struct server *server = user;

	(void)wayland_display;
	(void)x11_display;
	server->started = true;
}

/* As a host does: new windows come to the front with focus. */
static void handle_window(void *user, const struct oriel_mir_window *window)
{
	struct server *server = user;

	if (server->own_policy || window->kind != ORIEL_KIND_TOPLEVEL)
		return;
	for (int i = 0; i < server->n_seen; i++)
		if (server->seen[i].id == window->id) {
			if (window->state == ORIEL_STATE_NORMAL)
				server->seen[i].content = window->content;
			return;
		}
	if (server->n_seen == MAX_SEEN)
		return;
	server->seen[server->n_seen++] = (struct seen){window->id, window->content};
	oriel_mir_focus(server->mir, window->id, NULL, 0, 0);
}

static void handle_window_gone(void *user, uint32_t window)
{
	struct server *server = user;

	for (int i = 0; i < server->n_seen; i++)
		if (server->seen[i].id == window)
			server->seen[i--] = server->seen[--server->n_seen];
	if (server->n_seen)
		oriel_mir_focus(server->mir, server->seen[server->n_seen - 1].id, NULL, 0, 0);
}

static void handle_dirty(void *user, uint32_t window)
{
	struct server *server = user;

	if (server->n_dirty < MAX_DIRTY)
		server->dirty[server->n_dirty++] = window;
}

static void handle_request(void *user, uint32_t window, uint8_t kind, uint32_t arg)
{
	struct server *server = user;
	struct oriel_rect content = {0, 0, 0, 0};

	if (kind == ORIEL_REQUEST_ACTIVATE)
		oriel_mir_focus(server->mir, window, NULL, 0, 0);
	if (kind != ORIEL_REQUEST_STATE)
		return;
	for (int i = 0; i < server->n_seen; i++)
		if (server->seen[i].id == window)
			content = server->seen[i].content;
	if (arg == ORIEL_STATE_MAXIMIZED || arg == ORIEL_STATE_FULLSCREEN)
		content = screen;
	oriel_mir_configure(server->mir, window, &content, arg, false);
}

static void handle_cursor(void *user, const struct oriel_mir_cursor *cursor)
{
	(void)user;
	(void)cursor;
}

static const struct oriel_mir_ops ops = {
	.wake = handle_wake,
	.started = handle_started,
	.window = handle_window,
	.window_gone = handle_window_gone,
	.dirty = handle_dirty,
	.request = handle_request,
	.cursor = handle_cursor,
};

/* Reading is part of it: WLCS harms its pools and looks what becomes of the server. */
static void look_at(struct oriel_mir_frame *frame)
{
	const struct oriel_mir_frame_info *info = oriel_mir_frame_info(frame);

	for (int i = 0; i < info->n_layers; i++) {
		size_t stride;
		const unsigned char *pixels = oriel_mir_frame_pixels(frame, i, &stride);

		for (size_t byte = 0; byte < stride * info->layers[i].buffer_height; byte += 64)
			(void)*(const volatile unsigned char *)&pixels[byte];
	}
}

static void show(struct server *server)
{
	for (int i = 0; i < server->n_dirty; i++) {
		struct oriel_mir_frame *frame;

		if (oriel_mir_frame_claim(server->mir, server->dirty[i], &frame) < 0)
			continue;
		look_at(frame);
		oriel_mir_frame_unref(frame);
	}
	server->n_dirty = 0;
}

static void *run_core(void *data)
{
	struct server *server = data;
	struct pollfd fd = {.fd = server->wake_fd, .events = POLLIN};
	eventfd_t count;

	for (;;) {
		poll(&fd, 1, -1);
		eventfd_read(server->wake_fd, &count);
		pthread_mutex_lock(&server->lock);
		if (server->mir)
			oriel_mir_dispatch(server->mir);
		show(server);
		pthread_cond_broadcast(&server->changed);
		bool stopping = server->stopping;
		pthread_mutex_unlock(&server->lock);
		if (stopping)
			return NULL;
	}
}

static void *run_mir(void *data)
{
	struct server *server = data;
	const char *policy = getenv("ORIEL_WLCS_POLICY");
	char display[32];
	static const struct oriel_mir_output output = {
		.id = 1, .area = {0, 0, 1600, 1600}, .scale = 1};

	server->own_policy = policy && strcmp(policy, "own") == 0;
	struct oriel_mir_options options = {
		.n_outputs = 1,
		.outputs = &output,
		.wayland_display = display,
		.platform_path = getenv("ORIEL_PLATFORM_DIR"),
		.own_policy = server->own_policy,
		.argc = server->argc,
		.argv = server->argv,
	};

	snprintf(display, sizeof display, "wlcs-%d", getpid());
	if (oriel_mir_run(&options, &ops, server, &server->mir) < 0)
		abort();
	return NULL;
}

/* Waits for `condition`, a function of the server, with the lock held. */
static bool wait_for(struct server *server, bool (*condition)(struct server *, void *), void *data)
{
	struct timespec limit;

	clock_gettime(CLOCK_REALTIME, &limit);
	limit.tv_sec += WAIT_SECONDS;
	while (!condition(server, data))
		if (pthread_cond_timedwait(&server->changed, &server->lock, &limit) != 0)
			return condition(server, data);
	return true;
}

static bool is_started(struct server *server, void *data)
{
	(void)data;
	return server->started;
}

/* What WLCS calls ------------------------------------------------------------------------- */

static void start(struct WlcsDisplayServer *base)
{
	struct server *server = (struct server *)base;

	pthread_create(&server->mir_thread, NULL, run_mir, server);
	pthread_create(&server->core_thread, NULL, run_core, server);
	pthread_mutex_lock(&server->lock);
	if (!wait_for(server, is_started, NULL))
		abort();
	pthread_mutex_unlock(&server->lock);
}

static void stop(struct WlcsDisplayServer *base)
{
	struct server *server = (struct server *)base;

	oriel_mir_stop(server->mir);
	pthread_join(server->mir_thread, NULL);
	pthread_mutex_lock(&server->lock);
	server->stopping = true;
	pthread_mutex_unlock(&server->lock);
	eventfd_write(server->wake_fd, 1);
	pthread_join(server->core_thread, NULL);
}

static int create_client_socket(struct WlcsDisplayServer *base)
{
	struct server *server = (struct server *)base;
	struct server_client new;

	new.fd = oriel_mir_test_connect(server->mir, &new.client);
	pthread_mutex_lock(&server->lock);
	if (server->n_clients == MAX_CLIENTS)
		abort();
	server->clients[server->n_clients++] = new;
	pthread_mutex_unlock(&server->lock);
	return new.fd;
}

struct wanted {
	const void *client;
	uint32_t surface, window;
};

static bool is_there(struct server *server, void *data)
{
	struct wanted *wanted = data;

	wanted->window = oriel_mir_test_window(server->mir, wanted->client, wanted->surface);
	return wanted->window != 0;
}

static void position_window(struct WlcsDisplayServer *base, struct wl_display *display,
	struct wl_surface *surface, int x, int y)
{
	struct server *server = (struct server *)base;
	struct wanted wanted = {.surface = wl_proxy_get_id((struct wl_proxy *)surface)};
	struct oriel_rect content = {x, y, 0, 0};

	pthread_mutex_lock(&server->lock);
	for (int i = 0; i < server->n_clients; i++)
		if (server->clients[i].fd == wl_display_get_fd(display))
			wanted.client = server->clients[i].client;
	if (wait_for(server, is_there, &wanted))
		oriel_mir_configure(
			server->mir, wanted.window, &content, ORIEL_STATE_NORMAL, false);
	pthread_mutex_unlock(&server->lock);
}

struct pointer {
	struct WlcsPointer base;
	struct server *server;
};

static void done(struct server *server)
{
	oriel_mir_test_sync(server->mir);
	pthread_mutex_unlock(&server->lock);
}

static struct server *pointer_server(struct WlcsPointer *pointer)
{
	struct server *server = ((struct pointer *)pointer)->server;

	pthread_mutex_lock(&server->lock);
	return server;
}

static void move_absolute(struct WlcsPointer *pointer, wl_fixed_t x, wl_fixed_t y)
{
	struct server *server = pointer_server(pointer);

	oriel_mir_test_motion(server->mir, wl_fixed_to_double(x), wl_fixed_to_double(y));
	done(server);
}

static void move_relative(struct WlcsPointer *pointer, wl_fixed_t dx, wl_fixed_t dy)
{
	struct server *server = pointer_server(pointer);

	oriel_mir_test_relative_motion(server->mir, wl_fixed_to_double(dx), wl_fixed_to_double(dy));
	done(server);
}

static void button_down(struct WlcsPointer *pointer, int button)
{
	struct server *server = pointer_server(pointer);

	oriel_mir_button(server->mir, 0, button, true);
	done(server);
}

static void button_up(struct WlcsPointer *pointer, int button)
{
	struct server *server = pointer_server(pointer);

	oriel_mir_button(server->mir, 0, button, false);
	done(server);
}

static void destroy_pointer(struct WlcsPointer *pointer)
{
	free(pointer);
}

static struct WlcsPointer *create_pointer(struct WlcsDisplayServer *base)
{
	struct pointer *pointer = calloc(1, sizeof *pointer);

	pointer->server = (struct server *)base;
	pointer->base = (struct WlcsPointer){.version = 1,
		.move_absolute = move_absolute,
		.move_relative = move_relative,
		.button_down = button_down,
		.button_up = button_up,
		.destroy = destroy_pointer};
	return &pointer->base;
}

struct touch {
	struct WlcsTouch base;
	struct server *server;
	int x, y;
};

static void touch(struct touch *touch, uint8_t action)
{
	struct server *server = touch->server;

	pthread_mutex_lock(&server->lock);
	oriel_mir_test_touch(server->mir, 0, action, touch->x, touch->y);
	done(server);
}

/* The type says fixed point, but WLCS passes whole numbers. */
static void touch_down(struct WlcsTouch *base, wl_fixed_t x, wl_fixed_t y)
{
	struct touch *t = (struct touch *)base;

	t->x = x;
	t->y = y;
	touch(t, 0);
}

static void touch_move(struct WlcsTouch *base, wl_fixed_t x, wl_fixed_t y)
{
	struct touch *t = (struct touch *)base;

	t->x = x;
	t->y = y;
	touch(t, 1);
}

static void touch_up(struct WlcsTouch *base)
{
	touch((struct touch *)base, 2);
}

static void destroy_touch(struct WlcsTouch *base)
{
	free(base);
}

static struct WlcsTouch *create_touch(struct WlcsDisplayServer *base)
{
	struct touch *t = calloc(1, sizeof *t);

	t->server = (struct server *)base;
	t->base = (struct WlcsTouch){.version = 1,
		.touch_down = touch_down,
		.touch_move = touch_move,
		.touch_up = touch_up,
		.destroy = destroy_touch};
	return &t->base;
}

static const struct WlcsIntegrationDescriptor *get_descriptor(const struct WlcsDisplayServer *base)
{
	static const struct WlcsExtensionDescriptor extensions[] = {
		{"wl_compositor", 4},
		{"wl_shm", 1},
		{"wl_data_device_manager", 3},
		{"wl_shell", 1},
		{"wl_seat", 6},
		{"wl_output", 3},
		{"wl_subcompositor", 1},
		{"xdg_wm_base", 1},
		{"zxdg_shell_unstable_v6", 1},
		{"wlr_layer_shell_unstable_v1", 1},
		{"zwp_pointer_constraints_v1", 1},
		{"zwp_relative_pointer_manager_v1", 1},
		{"wp_viewporter", 1},
	};
	static const struct WlcsIntegrationDescriptor descriptor = {
		.version = 1,
		.num_extensions = sizeof extensions / sizeof *extensions,
		.supported_extensions = extensions,
	};

	(void)base;
	return &descriptor;
}

static struct WlcsDisplayServer *create_server(int argc, const char **argv)
{
	static const char *const more[] = {
		"--add-wayland-extensions", "all", "--enable-key-repeat", "false"};
	struct server *server = calloc(1, sizeof *server);
	int n_more = sizeof more / sizeof *more;

	server->argv = calloc(argc + n_more + 2, sizeof *server->argv);
	server->argv[server->argc++] = argc > 0 ? argv[0] : "wlcs";
	for (int i = 1; i < argc; i++)
		server->argv[server->argc++] = argv[i];
	for (int i = 0; i < n_more; i++)
		server->argv[server->argc++] = more[i];
	pthread_mutex_init(&server->lock, NULL);
	pthread_cond_init(&server->changed, NULL);
	server->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	server->base = (struct WlcsDisplayServer){.version = 2,
		.start = start,
		.stop = stop,
		.create_client_socket = create_client_socket,
		.position_window_absolute = position_window,
		.create_pointer = create_pointer,
		.create_touch = create_touch,
		.get_descriptor = get_descriptor};
	return &server->base;
}

static void destroy_server(struct WlcsDisplayServer *base)
{
	struct server *server = (struct server *)base;

	close(server->wake_fd);
	pthread_cond_destroy(&server->changed);
	pthread_mutex_destroy(&server->lock);
	free(server->argv);
	free(server);
}

__attribute__((visibility("default")))
const struct WlcsServerIntegration wlcs_server_integration = {1, create_server, destroy_server};
