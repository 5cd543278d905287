/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "host/cli/report.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/cli/cli.h"
#include "host/cli/json.h"
#include "host/target/find.h"
#include "src/base/utf8.h"

static void add(struct oriel_report *report, const char *name, const char *mend, const char *format,
	va_list args)
{
	struct oriel_check *check = &report->checks[report->n_checks];
	char text[1024], clean[1024];

	if (report->n_checks == sizeof report->checks / sizeof *report->checks)
		return;
	vsnprintf(text, sizeof text, format, args);
	/* Parts of it may be a peer's, and it goes to a terminal. */
	oriel_utf8_copy(clean, sizeof clean, text);
	for (char *c = clean; *c; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			*c = '?';
	check->name = name;
	check->what = strdup(clean);
	check->mend = mend ? strdup(mend) : NULL;
	report->n_checks++;
}

void oriel_report_ok(struct oriel_report *report, const char *name, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	add(report, name, NULL, format, args);
	va_end(args);
}

void oriel_report_missing(
	struct oriel_report *report, const char *name, const char *mend, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	add(report, name, mend, format, args);
	va_end(args);
	report->n_missing++;
}

static int print_json(const struct oriel_report *report, const char *target)
{
	struct json_object *object = json_object_new_object();
	struct json_object *checks = json_object_new_array();

	for (size_t i = 0; i < report->n_checks; i++) {
		const struct oriel_check *check = &report->checks[i];
		struct json_object *item = json_object_new_object();

		json_object_object_add(item, "name", json_object_new_string(check->name));
		json_object_object_add(item, "ok", json_object_new_boolean(!check->mend));
		json_object_object_add(item, "what", oriel_json_string(check->what));
		json_object_object_add(
			item, "mend", check->mend ? oriel_json_string(check->mend) : NULL);
		json_object_array_add(checks, item);
	}
	json_object_object_add(object, "target", oriel_json_string(target));
	json_object_object_add(object, "ok", json_object_new_boolean(report->n_missing == 0));
	json_object_object_add(object, "checks", checks);
	return oriel_json_print(object);
}

int oriel_report_print(const struct oriel_report *report, const char *target, bool json)
{
	int status = 0;

	if (json)
		status = print_json(report, target);
	for (size_t i = 0; !json && i < report->n_checks; i++) {
		const struct oriel_check *check = &report->checks[i];

		if (check->mend)
			printf("missing: %s → %s\n", check->what, check->mend);
		else
			printf("ok: %s\n", check->what);
	}
	return report->n_missing ? ORIEL_CLI_FAILED : status;
}

void oriel_report_finish(struct oriel_report *report)
{
	for (size_t i = 0; i < report->n_checks; i++) {
		free(report->checks[i].what);
		free(report->checks[i].mend);
	}
}

void oriel_report_install(const char *deb, const char *rpm, char *text, size_t size)
{
	char path[PATH_MAX];

	if (oriel_find_program("apt-get", path, sizeof path) == 0)
		snprintf(text, size, "sudo apt-get install %s", deb);
	else if (oriel_find_program("dnf", path, sizeof path) == 0)
		snprintf(text, size, "sudo dnf install %s", rpm);
	else
		snprintf(text, size, "install the package that Debian calls %s", deb);
}
