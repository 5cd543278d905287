/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/* What of the settings holds: the command line wins over an application's, those over a target's,
 * and those over what is for all. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "host/cli/guest.h"
#include "host/cli/settings.h"
#include "host/cli/values.h"
#include "host/cli/vm_name.h"
#include "src/base/log.h"

static const struct oriel_setting *find_in(const struct oriel_settings *settings,
	enum oriel_cli_scope scope, const char *name, const char *option)
{
	for (size_t i = 0; i < settings->n_items; i++) {
		const struct oriel_setting *item = &settings->items[i];

		if (item->scope == scope && strcmp(item->name, name) == 0 &&
			strcmp(item->option->name, option) == 0)
			return item;
	}
	return NULL;
}

const struct oriel_setting *oriel_settings_find(const struct oriel_settings *settings,
	const char *target, const struct oriel_cli_option *option)
{
	const struct oriel_setting *item =
		find_in(settings, ORIEL_CLI_SET_TARGET, target, option->name);

	if (item)
		return item;
	/* A variant belongs to its layout. */
	if (strcmp(option->name, "variant") == 0 &&
		find_in(settings, ORIEL_CLI_SET_TARGET, target, "layout"))
		return NULL;
	return find_in(settings, ORIEL_CLI_SET_TOP, "", option->name);
}

static bool is_given(const struct oriel_cli_args *args, const struct oriel_cli_option *option)
{
	return args->given & 1u << (option - oriel_cli_options);
}

/* The target of commands that have one, and of those that are about a machine. */
static const char *target_of(enum oriel_cli_id id, struct oriel_cli_args *args)
{
	const char *chosen = getenv("ORIEL_TARGET");
	const struct oriel_setting *on = find_in(args->settings, ORIEL_CLI_SET_TOP, "", "on");

	if (id == ORIEL_CLI_UP)
		return oriel_cli_vm_text(args);
	if (!args->on && on && !(chosen && *chosen))
		args->on = on->value;
	return oriel_cli_target_text(args);
}

void oriel_settings_take(
	enum oriel_cli_id id, struct oriel_cli_args *args, struct oriel_settings *settings)
{
	bool layout_given = args->layout;
	const char *target;

	args->settings = settings;
	target = target_of(id, args);
	for (size_t i = 0; i < oriel_cli_n_options; i++) {
		const struct oriel_cli_option *option = &oriel_cli_options[i];
		const struct oriel_setting *item = NULL;

		if ((option->commands & 1u << id) && !is_given(args, option) &&
			!(layout_given && strcmp(option->name, "variant") == 0))
			item = oriel_settings_find(settings, target, option);
		if (item && strcmp(option->name, "on") != 0)
			oriel_cli_set(args, option, item->value);
	}
}

int oriel_settings_apply(enum oriel_cli_id id, struct oriel_cli_args *args)
{
	struct oriel_settings *settings;
	char path[PATH_MAX], error[1024];
	unsigned settable = 0;
	int r;

	for (size_t i = 0; i < oriel_cli_n_options; i++)
		if (oriel_cli_options[i].scopes)
			settable |= oriel_cli_options[i].commands;
	/* doctor has it in its report. */
	if (!(settable & 1u << id) || id == ORIEL_CLI_DOCTOR)
		return 0;
	r = oriel_settings_load(&settings, path, sizeof path, error, sizeof error);
	if (r == 0)
		oriel_settings_take(id, args, settings);
	if (r == 0 || r == -ENOENT)
		return 0;
	oriel_error("%s", error);
	return ORIEL_CLI_FAILED;
}

/* The entry of an application, which may be new. */
static struct oriel_app_options *get_app(struct oriel_app_options *apps, size_t *n, const char *id)
{
	for (size_t i = 0; i < *n; i++)
		if (strcmp(apps[i].app_id, id) == 0)
			return &apps[i];
	apps[*n] = (struct oriel_app_options){.app_id = id};
	return &apps[(*n)++];
}

static void set_app(struct oriel_app_options *app, const struct oriel_setting *item)
{
	if (strcmp(item->option->name, "keys") == 0)
		app->has_keys = oriel_values_keys(item->value, &app->keys) == 0;
	else if (strcmp(item->option->name, "grab-keys") == 0)
		app->has_grab_keys = oriel_values_truth(item->value, &app->grab_keys) == 0;
	else if (strcmp(item->option->name, "allow-grab") == 0)
		app->has_allow_grab = oriel_values_truth(item->value, &app->allow_grab) == 0;
	else if (strcmp(item->option->name, "refresh") == 0)
		app->has_refresh = oriel_values_refresh(item->value, &app->refresh) == 0;
}

const struct oriel_app_options *oriel_settings_apps(
	const struct oriel_cli_args *args, size_t *ret_n_apps)
{
	struct oriel_settings *settings = args->settings;
	struct oriel_app_options *apps;

	*ret_n_apps = 0;
	if (!settings || settings->n_items == 0)
		return NULL;
	apps = calloc(settings->n_items, sizeof *apps);
	for (size_t i = 0; apps && i < settings->n_items; i++) {
		const struct oriel_setting *item = &settings->items[i];

		if (item->scope == ORIEL_CLI_SET_APP && !is_given(args, item->option))
			set_app(get_app(apps, ret_n_apps, item->name), item);
	}
	free(settings->apps);
	settings->apps = apps;
	return apps;
}
