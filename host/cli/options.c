/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "host/cli/cli.h"
#include "host/cli/settings.h"
#include "host/cli/values.h"

#define ALL ((1u << ORIEL_CLI_COMMANDS) - 1)
#define VIEW (RUN | 1u << ORIEL_CLI_ATTACH)
#define ASK (1u << ORIEL_CLI_PS | 1u << ORIEL_CLI_STATS | 1u << ORIEL_CLI_DOCTOR)
#define RUN (1u << ORIEL_CLI_RUN | 1u << ORIEL_CLI_DESKTOP)
#define UP (1u << ORIEL_CLI_UP)
#define DOWN (1u << ORIEL_CLI_DOWN)
#define STATUS (1u << ORIEL_CLI_STATUS)
#define MACHINE (UP | DOWN | STATUS)
#define TOP ORIEL_CLI_SET_TOP
#define TARGET (TOP | ORIEL_CLI_SET_TARGET)
#define APP (TARGET | ORIEL_CLI_SET_APP)
#define SWITCH(field) ORIEL_CLI_SWITCH, offsetof(struct oriel_cli_args, field)
#define STRING(field) ORIEL_CLI_STRING, offsetof(struct oriel_cli_args, field)

const struct oriel_cli_option oriel_cli_options[] = {
	{"on", "TARGET", VIEW | ASK, STRING(on), "where the guest is (oriel help lists the kinds)",
		TOP},
	{"token-file", "FILE", VIEW | ASK, STRING(token_file), "the access token, for tcp", TARGET},
	{"json", NULL, ASK | STATUS, SWITCH(json), "answer in JSON", 0},
	{"wait", NULL, VIEW, SWITCH(wait), "when the guest goes away, wait for it to come back",
		TARGET},
	{"env", "NAME=VALUE", RUN, ORIEL_CLI_ENV, 0, "set a variable for the program (repeatable)",
		0},
	{"scale", "N", VIEW, STRING(scale),
		"pixels per unit, as in 1.5 or 1,HDMI-1=2 (default: the screens')", TARGET},
	{"refresh", "HZ", VIEW, STRING(refresh),
		"frames per second at most, 0: no limit (default: the screen's)", APP},
	{"present", "MODE", VIEW, STRING(present),
		"auto, surface or renderer: how windows are drawn", TARGET},
	{"grab-keys", NULL, VIEW, SWITCH(grab_keys),
		"a window with focus gets the host's shortcuts too", APP},
	{"allow-grab", NULL, VIEW, SWITCH(allow_grab),
		"programs that ask for the host's shortcuts get them", APP},
	{"clipboard", "MODE", VIEW, STRING(clipboard),
		"both, to-guest, to-host or off: which way to share it", TARGET},
	{"keys", "MODE", VIEW, STRING(keys), "pc, mac or swap: what Ctrl and Super (Cmd) are", APP},
	{"layout", "NAME", VIEW, STRING(layout),
		"XKB keyboard layout, as in de (default: the host's)", TARGET},
	{"variant", "NAME", VIEW, STRING(variant), "XKB variant of the layout, as in nodeadkeys",
		TARGET},
	{"options", "LIST", VIEW, STRING(options), "XKB options, as in compose:ralt,ctrl:nocaps",
		TARGET},
	{"model", "NAME", VIEW, STRING(model), "XKB keyboard model, as in pc105", TARGET},
	{"image", "DIR", UP, STRING(image), "folder of the guest image", TARGET},
	{"memory", "SIZE", UP, STRING(memory),
		"as in 4G (default: half of what there is, 4G at most)", TARGET},
	{"cpus", "N", UP, STRING(cpus), "processors (default: what there is, 4 at most)", TARGET},
	{"gpu", "KIND", UP, STRING(gpu), "none, virgl (OpenGL) or venus (and Vulkan)", TARGET},
	{"share", "MODE", UP, STRING(share),
		"auto, ring, ram, stream, or a device by its name: how pixels get out", TARGET},
	{"share-size", "SIZE", UP, STRING(share_size), "of the shared memory (default: 256M)",
		TARGET},
	{"accel", "KIND", UP, STRING(accel), "auto, hvf, kvm or tcg (slow, works everywhere)",
		TARGET},
	{"fresh", NULL, UP, SWITCH(fresh), "with a new disk: what was changed on it is lost", 0},
	{"timeout", "SECONDS", UP | DOWN, STRING(timeout), "how long to wait", 0},
	{"force", NULL, DOWN, SWITCH(force), "end it at once", 0},
	{"help", NULL, ALL, SWITCH(help), "show this help", 0},
};
const size_t oriel_cli_n_options = sizeof oriel_cli_options / sizeof *oriel_cli_options;

static const struct oriel_cli_option *find_option(
	enum oriel_cli_id id, const char *name, size_t length)
{
	for (size_t i = 0; i < oriel_cli_n_options; i++) {
		const struct oriel_cli_option *option = &oriel_cli_options[i];

		if ((option->commands & 1u << id) && strlen(option->name) == length &&
			memcmp(option->name, name, length) == 0)
			return option;
	}
	return NULL;
}

static int fail_unknown(enum oriel_cli_id id, const char *argument)
{
	const char *names[sizeof oriel_cli_options / sizeof *oriel_cli_options];
	const char *command = oriel_cli_commands[id].name, *nearest;
	char name[32] = "";
	size_t length = strcspn(argument, "=");

	for (size_t i = 0; i < oriel_cli_n_options; i++)
		names[i] =
			oriel_cli_options[i].commands & 1u << id ? oriel_cli_options[i].name : NULL;
	if (length > 2 && length - 2 < sizeof name)
		memcpy(name, argument + 2, length - 2);
	nearest = oriel_cli_nearest(name, names, oriel_cli_n_options);
	if (nearest)
		return oriel_cli_usage_error("oriel %s has no option '%.*s': did you mean --%s?",
			command, (int)length, argument, nearest);
	return oriel_cli_usage_error("oriel %s has no option '%.*s': see oriel %s --help", command,
		(int)length, argument, command);
}

static int add_env(struct oriel_cli_args *args, const char *variable)
{
	const char **env;

	if (*variable == '=' || !strchr(variable, '='))
		return oriel_cli_usage_error("--env takes NAME=VALUE, not '%s'", variable);
	env = realloc(args->env, (args->n_env + 2) * sizeof *env);
	if (!env)
		return oriel_cli_usage_error("out of memory");
	env[args->n_env++] = variable;
	env[args->n_env] = NULL;
	args->env = env;
	return 0;
}

int oriel_cli_set(
	struct oriel_cli_args *args, const struct oriel_cli_option *option, const char *value)
{
	char *field = (char *)args + option->offset;

	switch (option->kind) {
	case ORIEL_CLI_SWITCH:
		*(bool *)field = true;
		return value ? oriel_values_truth(value, (bool *)field) : 0;
	case ORIEL_CLI_STRING:
		*(const char **)field = value;
		return 0;
	case ORIEL_CLI_ENV:
		return add_env(args, value);
	}
	return 0;
}

static int set_given(
	struct oriel_cli_args *args, const struct oriel_cli_option *option, const char *value)
{
	char reason[256];
	int r;

	args->given |= 1u << (option - oriel_cli_options);
	/* A machine's options are judged when it is started. */
	if ((option->commands & VIEW) && value &&
		oriel_values_wrong(option->name, value, reason, sizeof reason))
		return oriel_cli_usage_error("--%s %s", option->name, reason);
	r = oriel_cli_set(args, option, value);
	if (r == -EINVAL)
		return oriel_cli_usage_error(
			"--%s takes true or false, not '%s'", option->name, value);
	return r;
}

/* One option, whose value may be the next argument; *argv ends on the last one used. */
static int parse_option(enum oriel_cli_id id, char *const **argv, struct oriel_cli_args *args)
{
	const char *argument = **argv, *name = argument + 2;
	size_t length = strcspn(name, "=");
	const char *value = name[length] ? name + length + 1 : NULL;
	const struct oriel_cli_option *option;

	if (strcmp(argument, "-h") == 0) {
		args->help = true;
		return 0;
	}
	option = argument[1] == '-' ? find_option(id, name, length) : NULL;
	if (!option)
		return fail_unknown(id, argument);
	if (option->value && !value) {
		value = (*argv)[1];
		if (!value)
			return oriel_cli_usage_error("--%s needs a value: --%s %s", option->name,
				option->name, option->value);
		++*argv;
	}
	return set_given(args, option, value);
}

/* Whether the argument is a machine's name, between options. */
static bool take_vm(enum oriel_cli_id id, const char *argument, struct oriel_cli_args *args)
{
	if (!(MACHINE & 1u << id) || args->vm || argument[0] == '-')
		return false;
	args->vm = argument;
	return true;
}

int oriel_cli_parse(enum oriel_cli_id id, char *const argv[], struct oriel_cli_args *ret_args)
{
	const struct oriel_cli_command *command = &oriel_cli_commands[id];
	struct oriel_cli_args args = {0};
	int r = 0;

	for (; r == 0 && *argv; argv++) {
		if (take_vm(id, *argv, &args))
			continue;
		if ((*argv)[0] != '-' || !(*argv)[1])
			break;
		if (strcmp(*argv, "--") == 0) {
			argv++;
			break;
		}
		r = parse_option(id, &argv, &args);
	}
	if (r == 0 && *argv && !args.help && (!*command->operands || (MACHINE & 1u << id)))
		r = oriel_cli_usage_error("oriel %s takes no '%s': see oriel %s --help",
			command->name, *argv, command->name);
	if (r != 0) {
		oriel_cli_args_finish(&args);
		return r;
	}
	args.operands = (const char *const *)argv;
	while (argv[args.n_operands])
		args.n_operands++;
	*ret_args = args;
	return 0;
}

void oriel_cli_args_finish(struct oriel_cli_args *args)
{
	free(args->env);
	oriel_settings_destroy(args->settings);
}
