/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * orield: the main thread runs Mir, the core thread everything else.
 */
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "guest/bridge.h"
#include "guest/core.h"
#include "guest/detach.h"
#include "guest/listen.h"
#include "guest/options.h"
#include "src/base/log.h"
#include "src/base/paths.h"

/* Mir's own end takes well under a second, when it comes. */
#define WATCHDOG_MS 3000

struct orield {
	const struct oriel_options *options;
	uv_loop_t loop;
	struct oriel_core core;
	struct oriel_listen listen;
	uv_signal_t signals[2];
	struct sigaction actions[2];
	uv_thread_t thread;
};

static const int ending_signals[2] = {SIGTERM, SIGINT};

static int fail(const char *reason)
{
	oriel_error("%s", reason);
	oriel_detach_failed(reason);
	return 1;
}

/* Signals ----------------------------------------------------------------------------------------
 */

static void handle_signal(uv_signal_t *signal, int number)
{
	struct orield *orield = signal->data;

	(void)number;
	oriel_core_stop(&orield->core);
}

static void watch_signals(struct orield *orield)
{
	for (int i = 0; i < 2; i++) {
		uv_signal_init(&orield->loop, &orield->signals[i]);
		orield->signals[i].data = orield;
		uv_signal_start(&orield->signals[i], handle_signal, ending_signals[i]);
		/* They stay till the end, and alone don't keep the loop going. */
		uv_unref((uv_handle_t *)&orield->signals[i]);
		sigaction(ending_signals[i], NULL, &orield->actions[i]);
	}
}

static void handle_started(void *user)
{
	struct orield *orield = user;

	/* Mir has put its own handlers in our place, which would end Mir before the apps. */
	for (int i = 0; i < 2; i++)
		sigaction(ending_signals[i], &orield->actions[i], NULL);
	oriel_detach_ready();
}

static void handle_stopping(void *user)
{
	struct orield *orield = user;

	oriel_info("stopping");
	oriel_listen_stop(&orield->listen);
}

/* Running ----------------------------------------------------------------------------------------
 */

static void run_core(void *user)
{
	struct orield *orield = user;

	uv_run(&orield->loop, UV_RUN_DEFAULT);
}

/* The folder of the shared object that Mir has to load as its platform: where the adapter is. */
static int find_platform(char *path, size_t size)
{
	Dl_info info;
	char *slash;

	if (!dladdr((void *)(uintptr_t)oriel_mir_run, &info) || !realpath(info.dli_fname, path))
		return -ENOENT;
	(void)size;
	slash = strrchr(path, '/');
	if (slash)
		*slash = '\0';
	return 0;
}

static int run_mir(struct orield *orield)
{
	static char platform[PATH_MAX];
	static const char *const argv[] = {"orield", NULL};
	struct oriel_mir_options options = {
		.wayland_display = orield->options->wayland,
		.platform_path = platform,
		.x11 = orield->options->x11,
		.argc = 1,
		.argv = argv,
	};
	int r = find_platform(platform, sizeof platform);

	if (r == 0)
		r = oriel_mir_run(&options, &oriel_core_mir_ops, &orield->core, &orield->core.cell);
	return r;
}

static int explain_mir(const struct orield *orield, int r)
{
	char reason[512];

	if (r == -EADDRINUSE)
		snprintf(reason, sizeof reason,
			"the Wayland socket %s is taken: choose another name with --wayland NAME",
			orield->options->wayland ? orield->options->wayland : "");
	else
		snprintf(reason, sizeof reason,
			"Mir did not start: see the lines above, or the log file");
	return fail(reason);
}

static int run(struct orield *orield)
{
	int r = uv_thread_create(&orield->thread, run_core, orield);

	if (r < 0)
		return fail("no thread can be started");
	r = run_mir(orield);
	oriel_core_mir_ended(&orield->core);
	uv_thread_join(&orield->thread);
	for (int i = 0; i < 2; i++)
		uv_close((uv_handle_t *)&orield->signals[i], NULL);
	uv_run(&orield->loop, UV_RUN_DEFAULT);
	oriel_core_finish(&orield->core);
	uv_loop_close(&orield->loop);
	return r < 0 ? explain_mir(orield, r) : 0;
}

/* Starting ---------------------------------------------------------------------------------------
 */

static int read_token(const char *path, void *token, size_t *ret_size)
{
	char reason[PATH_MAX + 128];
	int r = path ? oriel_token_read(path, true, token, ret_size) : 0;

	if (r == 0)
		return 0;
	if (r == -EACCES)
		snprintf(reason, sizeof reason,
			"token file %s: others may read it, or it is not yours: chmod 600 it",
			path);
	else if (r == -EINVAL)
		snprintf(reason, sizeof reason,
			"token file %s: it must hold 16 to 64 bytes: delete it, and orield makes a "
			"good one",
			path);
	else
		snprintf(reason, sizeof reason, "token file %s: %s", path, strerror(-r));
	return fail(reason);
}

static int serve(const struct oriel_options *options, const char *socket)
{
	static struct orield orield;
	uint8_t token[ORIEL_MAX_TOKEN];
	char error[PATH_MAX + 256];
	struct oriel_core_options core = {
		.started = handle_started,
		.stopping = handle_stopping,
		.user = &orield,
		.token = token,
		.watchdog_ms = WATCHDOG_MS,
	};
	int r;

	orield.options = options;
	if (read_token(options->token_file, token, &core.token_size))
		return 1;
	r = uv_loop_init(&orield.loop);
	if (r == 0)
		r = oriel_core_init(&orield.core, &orield.loop, &core);
	if (r < 0)
		return fail(uv_strerror(r));
	watch_signals(&orield);
	r = oriel_listen_start(&orield.listen, &orield.core, socket, options, error, sizeof error);
	if (r == -EADDRINUSE && options->detach && options->tcp < 0 && !options->serial &&
		!options->vsock) {
		/* There is one in the background: all that was asked for. */
		oriel_detach_ready();
		return 0;
	}
	if (r < 0)
		return fail(error);
	return run(&orield);
}

/* Wayland sockets need $XDG_RUNTIME_DIR, which a plain "ssh HOST orield" may lack. */
static int provide_runtime_dir(void)
{
	char path[PATH_MAX];
	struct stat st;
	int r;

	if (getenv("XDG_RUNTIME_DIR"))
		return 0;
	snprintf(path, sizeof path, "/run/user/%u", (unsigned)getuid());
	if (stat(path, &st) < 0 || st.st_uid != getuid()) {
		r = oriel_paths_runtime_dir(path, sizeof path);
		if (r < 0)
			return r;
	}
	return setenv("XDG_RUNTIME_DIR", path, 1) < 0 ? -errno : 0;
}

static int find_socket(const struct oriel_options *options, char *path, size_t size)
{
	if (!options->socket)
		return oriel_paths_socket(path, size);
	if (strlen(options->socket) >= size)
		return -ENAMETOOLONG;
	strcpy(path, options->socket);
	return 0;
}

int main(int argc, char *argv[])
{
	static struct oriel_options options;
	char socket[PATH_MAX];
	int r = oriel_options_parse(argc, argv, &options);

	if (r >= 0)
		return r;
	oriel_log_init("orield", options.level);
	signal(SIGPIPE, SIG_IGN);
	/* Of the orield whose program started us. */
	unsetenv("ORIEL_LAUNCH");
	r = find_socket(&options, socket, sizeof socket);
	if (r == 0)
		r = provide_runtime_dir();
	if (r < 0) {
		oriel_error("no place for sockets: %s: set XDG_RUNTIME_DIR to a folder that is "
			    "yours alone",
			strerror(-r));
		return 1;
	}
	if (options.stdio)
		return oriel_bridge_run(&options, socket);
	if (options.detach) {
		r = oriel_detach_start(socket);
		if (r >= 0)
			return r;
	}
	return serve(&options, socket);
}
