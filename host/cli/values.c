/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "host/cli/values.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/viewer/scales.h"
#include "host/vm/config.h"

static int find(const char *text, const char *const *names, size_t n_names)
{
	for (size_t i = 0; i < n_names; i++)
		if (strcmp(text, names[i]) == 0)
			return (int)i;
	return -EINVAL;
}

int oriel_values_refresh(const char *text, double *ret_refresh)
{
	char *end;
	double refresh = strtod(text, &end);

	if (end == text || *end || !(refresh == 0 || (refresh >= 1 && refresh <= 1000)))
		return -EINVAL;
	*ret_refresh = refresh;
	return 0;
}

int oriel_values_clipboard(const char *text, enum oriel_clipboard_policy *ret_policy)
{
	static const char *const names[] = {
		[ORIEL_CLIPBOARD_BOTH] = "both",
		[ORIEL_CLIPBOARD_TO_GUEST] = "to-guest",
		[ORIEL_CLIPBOARD_TO_HOST] = "to-host",
		[ORIEL_CLIPBOARD_OFF] = "off",
	};
	int found = find(text, names, sizeof names / sizeof *names);

	if (found < 0)
		return found;
	*ret_policy = (enum oriel_clipboard_policy)found;
	return 0;
}

int oriel_values_keys(const char *text, enum oriel_keys *ret_keys)
{
	static const char *const names[] = {
		[ORIEL_KEYS_PC] = "pc",
		[ORIEL_KEYS_MAC] = "mac",
		[ORIEL_KEYS_SWAP] = "swap",
	};
	int found = find(text, names, sizeof names / sizeof *names);

	if (found < 0)
		return found;
	*ret_keys = (enum oriel_keys)found;
	return 0;
}

int oriel_values_truth(const char *text, bool *ret_truth)
{
	static const char *const names[] = {"false", "true"};
	int found = find(text, names, 2);

	if (found < 0)
		return found;
	*ret_truth = found;
	return 0;
}

static bool is_refresh(const char *text)
{
	double refresh;

	return oriel_values_refresh(text, &refresh) == 0;
}

static bool is_clipboard(const char *text)
{
	enum oriel_clipboard_policy policy;

	return oriel_values_clipboard(text, &policy) == 0;
}

static bool is_keys(const char *text)
{
	enum oriel_keys keys;

	return oriel_values_keys(text, &keys) == 0;
}

static bool is_present(const char *text)
{
	static const char *const names[] = {"auto", "surface", "renderer"};

	return find(text, names, sizeof names / sizeof *names) >= 0;
}

static const struct {
	const char *option;
	bool (*fits)(const char *text);
	const char *takes;
} values[] = {
	{"scale", oriel_scales_check,
		"a number from 0.25 to 10, or SCREEN=NUMBER with commas between"},
	{"refresh", is_refresh, "a number from 1 to 1000, or 0 for no limit"},
	{"present", is_present, "auto, surface or renderer"},
	{"clipboard", is_clipboard, "both, to-guest, to-host or off"},
	{"keys", is_keys, "pc, mac or swap"},
};

/* Options of machines are judged by what makes them; its fault begins with the option's name. */
static bool is_wrong_for_machine(const char *option, const char *text, char *reason, size_t size)
{
	struct oriel_vm_options options = {0};
	const struct {
		const char *option, **field;
	} fields[] = {
		{"memory", &options.memory},
		{"cpus", &options.cpus},
		{"gpu", &options.gpu},
		{"share", &options.share},
		{"share-size", &options.share_size},
		{"accel", &options.accel},
	};
	static struct oriel_vm_config config;
	struct oriel_vm_fault fault;
	const char *space;

	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
		if (strcmp(option, fields[i].option) == 0)
			*fields[i].field = text;
	oriel_vm_config_default(&config);
	if (oriel_vm_config_apply(&config, &options, &fault) == 0)
		return false;
	space = strchr(fault.text, ' ');
	snprintf(reason, size, "%s", space ? space + 1 : fault.text);
	return true;
}

bool oriel_values_wrong(const char *option, const char *text, char *reason, size_t size)
{
	for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
		if (strcmp(option, values[i].option) != 0)
			continue;
		if (values[i].fits(text))
			return false;
		snprintf(reason, size, "takes %s, not '%s'", values[i].takes, text);
		return true;
	}
	return is_wrong_for_machine(option, text, reason, size);
}
