/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "host/cli/settings.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/cli/values.h"
#include "host/toml/toml.h"
#include "src/base/paths.h"

#define FILE_NAME "config.toml"

static const struct {
	const char *table;
	enum oriel_cli_scope scope;
} scopes[] = {{"target", ORIEL_CLI_SET_TARGET}, {"app", ORIEL_CLI_SET_APP}};

struct reader {
	const char *file;
	struct oriel_settings *settings;
	char *error;
	size_t error_size;
};

/* Faults ---------------------------------------------------------------------------------------
 */

static int fail(struct reader *reader, unsigned line, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static int fail(struct reader *reader, unsigned line, const char *format, ...)
{
	va_list args;
	int n = snprintf(reader->error, reader->error_size, "%s:%u: ", reader->file, line);

	va_start(args, format);
	if (n > 0 && (size_t)n < reader->error_size)
		vsnprintf(reader->error + n, reader->error_size - (size_t)n, format, args);
	va_end(args);
	return -EINVAL;
}

/* The nearest key that may stand there. */
static const char *nearest_key(const char *key, enum oriel_cli_scope scope)
{
	const char *names[64];
	size_t n = 0;

	for (size_t i = 0; i < oriel_cli_n_options; i++)
		if (oriel_cli_options[i].scopes & scope)
			names[n++] = oriel_cli_options[i].name;
	for (size_t i = 0; scope == ORIEL_CLI_SET_TOP && i < 2; i++)
		names[n++] = scopes[i].table;
	return oriel_cli_nearest(key, names, n);
}

static int fail_unknown(
	struct reader *reader, unsigned line, const char *key, enum oriel_cli_scope scope)
{
	const char *nearest = nearest_key(key, scope);

	if (nearest)
		return fail(reader, line, "there is no '%s': did you mean %s?", key, nearest);
	return fail(reader, line, "there is no '%s'; oriel(1) lists what may stand there", key);
}

static const struct oriel_cli_option *find_option(const char *key)
{
	for (size_t i = 0; i < oriel_cli_n_options; i++)
		if (strcmp(oriel_cli_options[i].name, key) == 0)
			return &oriel_cli_options[i];
	return NULL;
}

/* Values ---------------------------------------------------------------------------------------
 */

/* As the shell does it on the command line. NULL: no memory. */
static char *expand(const char *text)
{
	const char *home = getenv("HOME");
	char *value;

	if (strncmp(text, "~/", 2) != 0 || !home)
		return strdup(text);
	return asprintf(&value, "%s%s", home, text + 1) < 0 ? NULL : value;
}

static bool is_path(const struct oriel_cli_option *option)
{
	return strcmp(option->name, "token-file") == 0 || strcmp(option->name, "image") == 0;
}

static int check_value(struct reader *reader, const struct oriel_toml_item *item,
	const struct oriel_cli_option *option)
{
	bool is_switch = option->kind == ORIEL_CLI_SWITCH;
	char reason[256];

	if (is_switch && item->kind != ORIEL_TOML_TRUTH)
		return fail(reader, item->line, "%s takes true or false", option->name);
	if (!is_switch && item->kind != ORIEL_TOML_TEXT && item->kind != ORIEL_TOML_NUMBER)
		return fail(reader, item->line, "%s takes a text or a number", option->name);
	if (is_path(option) && item->text[0] != '/' && strncmp(item->text, "~/", 2) != 0)
		return fail(reader, item->line,
			"%s takes a path that starts with / or ~/, not '%s'", option->name,
			item->text);
	if (oriel_values_wrong(option->name, item->text, reason, sizeof reason))
		return fail(reader, item->line, "%s %s", option->name, reason);
	return 0;
}

static int keep(struct reader *reader, const struct oriel_toml_item *item,
	const struct oriel_cli_option *option, enum oriel_cli_scope scope, const char *name)
{
	struct oriel_settings *settings = reader->settings;
	struct oriel_setting *items =
		realloc(settings->items, (settings->n_items + 1) * sizeof *items);
	struct oriel_setting *setting;

	if (!items)
		return -ENOMEM;
	settings->items = items;
	setting = &items[settings->n_items];
	*setting = (struct oriel_setting){.scope = scope,
		.name = strdup(name),
		.option = option,
		.value = is_path(option) ? expand(item->text) : strdup(item->text),
		.line = item->line};
	settings->n_items++;
	return setting->name && setting->value ? 0 : -ENOMEM;
}

static int take_value(struct reader *reader, const struct oriel_toml_item *item,
	enum oriel_cli_scope scope, const char *name)
{
	const char *key = item->path[item->depth - 1];
	const struct oriel_cli_option *option = find_option(key);
	int r;

	if (!option || (option->scopes == 0))
		return fail_unknown(reader, item->line, key, scope);
	if (!(option->scopes & scope))
		return fail(reader, item->line, "%s can't be set for %s alone", key,
			scope == ORIEL_CLI_SET_APP ? "an application" : "a target");
	r = check_value(reader, item, option);
	return r < 0 ? r : keep(reader, item, option, scope, name);
}

/* The file -------------------------------------------------------------------------------------
 */

/* Of [target."NAME"] and [app."ID"]. */
static int take_scoped(
	struct reader *reader, const struct oriel_toml_item *item, enum oriel_cli_scope scope)
{
	const char *table = item->path[0];
	bool is_table = item->kind == ORIEL_TOML_TABLE;

	if (item->depth <= 2 && !is_table)
		return fail(reader, item->line, "%s takes tables: [%s.\"%s\"]", table, table,
			scope == ORIEL_CLI_SET_APP ? "firefox" : "qemu:work");
	if (item->depth <= 2)
		return 0;
	return take_value(reader, item, scope, item->path[1]);
}

static int take(void *user, const struct oriel_toml_item *item)
{
	for (size_t i = 0; i < sizeof scopes / sizeof *scopes; i++)
		if (strcmp(item->path[0], scopes[i].table) == 0)
			return take_scoped(user, item, scopes[i].scope);
	/* The parts of a table that should not be there come behind it. */
	return take_value(user, item, ORIEL_CLI_SET_TOP, "");
}

int oriel_settings_parse(const char *file, const char *text, size_t size,
	struct oriel_settings **ret_settings, char *error, size_t error_size)
{
	struct reader reader = {.file = file, .error = error, .error_size = error_size};
	struct oriel_toml_fault fault = {.text = ""};
	int r;

	error[0] = '\0';
	reader.settings = calloc(1, sizeof *reader.settings);
	if (!reader.settings)
		return -ENOMEM;
	r = oriel_toml_read(text, size, take, &reader, &fault);
	if (fault.text[0])
		fail(&reader, fault.line, "%s", fault.text);
	if (r < 0)
		oriel_settings_destroy(reader.settings);
	else
		*ret_settings = reader.settings;
	return r;
}

void oriel_settings_destroy(struct oriel_settings *settings)
{
	if (!settings)
		return;
	for (size_t i = 0; i < settings->n_items; i++) {
		free(settings->items[i].name);
		free(settings->items[i].value);
	}
	free(settings->items);
	free(settings->apps);
	free(settings);
}

/* Free the text. -ENOENT: there is no such file. */
static int read_file(const char *path, char **ret_text, size_t *ret_size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), r = 0;
	struct stat st;
	char *text = NULL;
	ssize_t n = 0;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) < 0)
		r = -errno;
	else if (!S_ISREG(st.st_mode) || st.st_size > ORIEL_TOML_SIZE)
		r = -EFBIG;
	else if (!(text = malloc((size_t)st.st_size + 1)))
		r = -ENOMEM;
	if (r == 0 && (n = read(fd, text, (size_t)st.st_size)) < 0)
		r = -errno;
	close(fd);
	if (r < 0) {
		free(text);
		return r;
	}
	*ret_text = text;
	*ret_size = (size_t)n;
	return 0;
}

int oriel_settings_load(struct oriel_settings **ret_settings, char *path, size_t path_size,
	char *error, size_t error_size)
{
	char folder[PATH_MAX - sizeof FILE_NAME], *text = NULL;
	size_t size = 0;
	int r = oriel_paths_config_dir(folder, sizeof folder);

	snprintf(path, path_size, "%s/%s", r < 0 ? "~/.config/oriel" : folder, FILE_NAME);
	if (r < 0)
		return -ENOENT;
	r = read_file(path, &text, &size);
	if (r == -ENOENT || r == -ENOTDIR)
		return -ENOENT;
	if (r < 0) {
		snprintf(error, error_size, "%s can't be read: %s", path, strerror(-r));
		return r;
	}
	r = oriel_settings_parse(path, text, size, ret_settings, error, error_size);
	if (r == -ENOMEM)
		snprintf(error, error_size, "%s: no memory", path);
	free(text);
	return r;
}
