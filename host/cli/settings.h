/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * The settings file, ~/.config/oriel/config.toml: values of options for all, for a target
 * ([target."qemu:work"]) and for the windows of an application ([app."firefox"]). Which options may
 * stand where is said by their table, options.c. Main thread only.
 */
#ifndef ORIEL_HOST_CLI_SETTINGS_H
#define ORIEL_HOST_CLI_SETTINGS_H

#include "host/cli/cli.h"
#include "host/viewer/viewer.h"

struct oriel_setting {
	enum oriel_cli_scope scope;
	char *name; /* of the target or application; "" for all */
	const struct oriel_cli_option *option;
	char *value; /* as on the command line; of a switch "true" or "false" */
	unsigned line;
};

struct oriel_settings {
	struct oriel_setting *items; /* each option once for each scope and name */
	size_t n_items;
	struct oriel_app_options *apps; /* made by oriel_settings_apps() */
};

/* Reads a file's text; file is its name, for faults. 0; -EINVAL with "FILE:LINE: KEY ..." in error;
 * -ENOMEM. */
int oriel_settings_parse(const char *file, const char *text, size_t size,
	struct oriel_settings **ret_settings, char *error, size_t error_size);
void oriel_settings_destroy(struct oriel_settings *settings);

/* Reads the user's file. path gets its name, as far as it is known. 0; -ENOENT: there is none;
 * other -errno with the fault in error. */
int oriel_settings_load(struct oriel_settings **ret_settings, char *path, size_t path_size,
	char *error, size_t error_size);

/* Gives args what the command line has not said, and keeps the settings in it. No file is no fault;
 * returns 0, or ORIEL_CLI_FAILED with the fault told. */
int oriel_settings_apply(enum oriel_cli_id id, struct oriel_cli_args *args);

/* The same with settings that have been read: takes them. */
void oriel_settings_take(
	enum oriel_cli_id id, struct oriel_cli_args *args, struct oriel_settings *settings);

/* What holds for a target; NULL: nothing. */
const struct oriel_setting *oriel_settings_find(const struct oriel_settings *settings,
	const char *target, const struct oriel_cli_option *option);

/* What holds for applications, but for what the command line has said. Borrowed from args. */
const struct oriel_app_options *oriel_settings_apps(
	const struct oriel_cli_args *args, size_t *ret_n_apps);

#endif
