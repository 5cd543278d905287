/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "host/cli/doctor.h"
#include "host/cli/guest.h"
#include "host/cli/settings.h"

/* "clipboard = to-guest (line 3), ..." */
static void list_holding(
	const struct oriel_settings *settings, const char *target, char *text, size_t size)
{
	size_t used = 0;

	text[0] = '\0';
	for (size_t i = 0; i < oriel_cli_n_options; i++) {
		const struct oriel_setting *item =
			oriel_settings_find(settings, target, &oriel_cli_options[i]);
		int n;

		if (!item || used >= size)
			continue;
		n = snprintf(text + used, size - used, "%s%s = %s (line %u)", used ? ", " : "",
			item->option->name, item->value, item->line);
		used += n > 0 ? (size_t)n : 0;
	}
}

static void list_apps(const struct oriel_settings *settings, char *text, size_t size)
{
	size_t used = 0;

	text[0] = '\0';
	for (size_t i = 0; i < settings->n_items && used < size; i++) {
		const struct oriel_setting *item = &settings->items[i];
		int n;

		if (item->scope != ORIEL_CLI_SET_APP)
			continue;
		n = snprintf(text + used, size - used, "%s%s: %s = %s (line %u)", used ? ", " : "",
			item->name, item->option->name, item->value, item->line);
		used += n > 0 ? (size_t)n : 0;
	}
}

void oriel_doctor_settings(struct oriel_report *report, struct oriel_cli_args *args)
{
	struct oriel_settings *settings;
	char path[PATH_MAX], error[1024], text[768];
	int r = oriel_settings_load(&settings, path, sizeof path, error, sizeof error);

	if (r == -ENOENT) {
		oriel_report_ok(report, "settings", "settings: none (no %s)", path);
		return;
	}
	if (r < 0) {
		oriel_report_missing(report, "settings", "mend that line", "settings: %s", error);
		return;
	}
	oriel_settings_take(ORIEL_CLI_DOCTOR, args, settings);
	list_holding(settings, oriel_cli_target_text(args), text, sizeof text);
	oriel_report_ok(report, "settings", "settings for %s: %s, of %s",
		oriel_cli_target_text(args), text[0] ? text : "none", path);
	list_apps(settings, text, sizeof text);
	if (text[0])
		oriel_report_ok(report, "settings_apps", "settings of applications: %s", text);
}
