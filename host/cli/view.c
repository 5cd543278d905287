/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "host/cli/view.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "host/cli/display.h"
#include "host/cli/guest.h"
#include "host/cli/settings.h"
#include "host/cli/values.h"
#include "host/viewer/viewer.h"
#include "src/base/log.h"

#ifdef __APPLE__
#define OWN_KEYS ORIEL_KEYS_MAC
#else
#define OWN_KEYS ORIEL_KEYS_PC
#endif

struct view {
	struct oriel_cli_guest guest;
	char error[1024];
};

/* With --wait the viewer tries for as long as it takes: say each thing once. */
static int open_guest(void *user, uv_loop_t *loop, struct oriel_carrier **ret_carrier)
{
	struct view *view = user;
	char error[sizeof view->error];
	int r = oriel_target_open(view->guest.target, loop, ret_carrier, error, sizeof error);

	if (r == 0) {
		view->error[0] = '\0';
	} else if (strcmp(error, view->error) != 0) {
		memcpy(view->error, error, sizeof error);
		oriel_error("%s", error);
	}
	return r;
}

/* Without any, pixels take another way. */
static int get_memory(void *user, const struct oriel_region_source **ret_sources)
{
	struct view *view = user;
	int n = 0;

	return oriel_target_memory(view->guest.target, ret_sources, &n) < 0 ? 0 : n;
}

static int check_sizes(const char *what, const char *const *list, size_t n)
{
	if (n > ORIEL_MAX_ARGS)
		return oriel_cli_usage_error("too many %s: at most %d", what, ORIEL_MAX_ARGS);
	for (size_t i = 0; i < n; i++)
		if (strlen(list[i]) > ORIEL_MAX_ARG)
			return oriel_cli_usage_error(
				"one of the %s is too long: at most %d bytes", what, ORIEL_MAX_ARG);
	return 0;
}

static int check_args(const struct oriel_cli_args *args)
{
	int status = check_sizes("arguments", args->operands, args->n_operands);

	return status ? status : check_sizes("variables", args->env, args->n_env);
}

/* Values have been checked as they were read. */
static void read_values(const struct oriel_cli_args *args, struct oriel_viewer_options *options)
{
	if (args->scale)
		options->scale = args->scale;
	if (args->refresh)
		oriel_values_refresh(args->refresh, &options->refresh);
	if (args->clipboard)
		oriel_values_clipboard(args->clipboard, &options->clipboard);
	if (args->keys)
		oriel_values_keys(args->keys, &options->keys);
}

/* Found out before a guest is started for nothing. SDL's drivers without a display are asked for by
 * name. */
static int check_display(void)
{
	const char *driver = getenv("SDL_VIDEO_DRIVER");
	char text[256];
	int r = driver && *driver ? 0 : oriel_display_find(text, sizeof text);

	if (r == -ECONNREFUSED)
		oriel_error(
			"nobody answers on %s: start it, or set DISPLAY or WAYLAND_DISPLAY to one "
			"that runs",
			text);
	else if (r < 0)
		oriel_error("no display to show windows on: run oriel in a desktop session, or set "
			    "DISPLAY or WAYLAND_DISPLAY");
	return r < 0 ? ORIEL_CLI_FAILED : 0;
}

int oriel_cli_view(const struct oriel_cli_args *args, enum oriel_role role)
{
	struct view view = {.error = ""};
	struct oriel_viewer_options options = {
		.role = role,
		.open = open_guest,
		.memory = get_memory,
		.user = &view,
		.args = role == ORIEL_ROLE_OWNER ? args->operands : NULL,
		.env = args->env,
		.wait = args->wait,
		.grab_keys = args->grab_keys,
		.allow_grab = args->allow_grab,
		.refresh = -1,
		.keys = OWN_KEYS,
		.present = args->present,
		.xkb_layout = args->layout,
		.xkb_variant = args->variant,
		.xkb_options = args->options,
		.xkb_model = args->model,
	};
	int status = check_args(args);

	read_values(args, &options);
	options.apps = oriel_settings_apps(args, &options.n_apps);
	if (status == 0)
		status = oriel_cli_guest_init(&view.guest, args);
	if (status != 0)
		return status;
	options.target = oriel_target_name(view.guest.target);
	options.token = view.guest.token_size ? view.guest.token : NULL;
	options.token_size = view.guest.token_size;
	status = check_display();
	if (status == 0)
		status = oriel_viewer_run(&options);
	oriel_cli_guest_finish(&view.guest);
	return status;
}
