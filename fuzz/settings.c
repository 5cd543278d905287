/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * The settings file. Input: its text.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "host/cli/settings.h"

static void expect(bool truth)
{
	if (!truth)
		abort();
}

/* What the viewer and machines take. */
static void check_item(const struct oriel_setting *item)
{
	expect(item->option->scopes & item->scope);
	expect(item->line >= 1);
	expect((item->scope == ORIEL_CLI_SET_TOP) <= !item->name[0]);
	if (item->option->kind == ORIEL_CLI_SWITCH)
		expect(strcmp(item->value, "true") == 0 || strcmp(item->value, "false") == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct oriel_settings *settings = NULL;
	struct oriel_cli_args args = {0};
	char error[256];
	size_t n_apps;
	int r = oriel_settings_parse(
		"config.toml", (const char *)data, size, &settings, error, sizeof error);

	expect(r == 0 || r == -EINVAL);
	expect((r == 0) == !error[0] && (r == 0) == (settings != NULL));
	if (r < 0)
		return 0;
	for (size_t i = 0; i < settings->n_items; i++)
		check_item(&settings->items[i]);
	oriel_settings_take(ORIEL_CLI_RUN, &args, settings);
	oriel_settings_apps(&args, &n_apps);
	expect(n_apps <= settings->n_items);
	oriel_cli_args_finish(&args);
	return 0;
}
