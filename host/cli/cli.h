/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Inside of host/cli: the commands of oriel and their options, each defined once in commands.c
 * and options.c. The parser and the help text both read those tables. Main thread only.
 */
#ifndef ORIEL_HOST_CLI_CLI_H
#define ORIEL_HOST_CLI_CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Exit statuses of oriel itself. */
#define ORIEL_CLI_FAILED 1
#define ORIEL_CLI_USAGE 2

enum oriel_cli_id {
	ORIEL_CLI_RUN,
	ORIEL_CLI_DESKTOP,
	ORIEL_CLI_ATTACH,
	ORIEL_CLI_PS,
	ORIEL_CLI_STATS,
	ORIEL_CLI_UP,
	ORIEL_CLI_DOWN,
	ORIEL_CLI_STATUS,
	ORIEL_CLI_DOCTOR,
	ORIEL_CLI_HELP,
	ORIEL_CLI_COMMANDS
};

struct oriel_settings;

/* What the command line said, and where it does not, the settings file. Strings are borrowed from
 * argv and settings; NULL: not given. */
struct oriel_cli_args {
	uint32_t given;                  /* on the command line: bits by oriel_cli_options */
	struct oriel_settings *settings; /* of the file; NULL: none */
	bool help, json, wait, grab_keys, allow_grab;
	const char *on, *token_file, *scale, *refresh, *present, *clipboard, *keys;
	const char *layout, *variant, *options, *model;
	const char **env; /* NULL-ended */
	size_t n_env;
	/* For up, down and status. */
	const char *vm; /* qemu:NAME; options may stand behind it */
	bool fresh, force;
	const char *image, *memory, *cpus, *gpu, *share, *share_size, *accel, *timeout;
	const char *const *operands; /* what follows the options, NULL-ended */
	size_t n_operands;
};

struct oriel_cli_command {
	const char *name;
	const char *operands; /* as the help writes them; "" when it takes none */
	const char *summary;  /* one line */
	const char *text;     /* the help, below the usage line */
	int (*run)(const struct oriel_cli_args *args); /* returns the exit status */
};

struct oriel_cli_option {
	const char *name;  /* without dashes */
	const char *value; /* as the help writes it; NULL: a switch */
	unsigned commands; /* bits 1 << enum oriel_cli_id */
	enum {
		ORIEL_CLI_SWITCH, /* bool */
		ORIEL_CLI_STRING, /* const char * */
		ORIEL_CLI_ENV,    /* added to env */
	} kind;
	size_t offset; /* of the field of struct oriel_cli_args */
	const char *help;
	unsigned scopes; /* where the settings file may have it: bits of enum oriel_cli_scope */
};

enum oriel_cli_scope {
	ORIEL_CLI_SET_TOP = 1,
	ORIEL_CLI_SET_TARGET = 2,
	ORIEL_CLI_SET_APP = 4,
};

extern const struct oriel_cli_command oriel_cli_commands[ORIEL_CLI_COMMANDS];
extern const struct oriel_cli_option oriel_cli_options[];
extern const size_t oriel_cli_n_options;

/* Reads the arguments that follow the command's name. Options end at the first argument that
 * does not start with a dash, or behind "--". 0; ORIEL_CLI_USAGE with the fault told. The result
 * is to be finished after success. */
int oriel_cli_parse(enum oriel_cli_id id, char *const argv[], struct oriel_cli_args *ret_args);
void oriel_cli_args_finish(struct oriel_cli_args *args);

/* Sets one option; of a switch, value may be NULL. 0; -EINVAL: a switch is true or false; else
 * ORIEL_CLI_USAGE with the fault told. */
int oriel_cli_set(
	struct oriel_cli_args *args, const struct oriel_cli_option *option, const char *value);

/* The command of that name, or ORIEL_CLI_COMMANDS with the fault told. */
enum oriel_cli_id oriel_cli_find_command(const char *name);

void oriel_cli_print_overview(FILE *file);
void oriel_cli_print_help(enum oriel_cli_id id, FILE *file);

/* The one of the names (NULL entries are skipped) that text was meant to be, or NULL. */
const char *oriel_cli_nearest(const char *text, const char *const *names, size_t n_names);

/* Tells a fault of the command line; returns ORIEL_CLI_USAGE. */
int oriel_cli_usage_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

int oriel_cli_run(const struct oriel_cli_args *args);
int oriel_cli_desktop(const struct oriel_cli_args *args);
int oriel_cli_attach(const struct oriel_cli_args *args);
int oriel_cli_ps(const struct oriel_cli_args *args);
int oriel_cli_stats(const struct oriel_cli_args *args);
int oriel_cli_up(const struct oriel_cli_args *args);
int oriel_cli_down(const struct oriel_cli_args *args);
int oriel_cli_status(const struct oriel_cli_args *args);
int oriel_cli_doctor(const struct oriel_cli_args *args);
int oriel_cli_help(const struct oriel_cli_args *args);

#endif
