/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include <stdio.h>

#include "host/cli/cli.h"

static const char targets[] =
	"TARGET says where the guest is; $ORIEL_TARGET is the default, and without it local:\n"
	"  local             this machine; starts orield when there is none (Linux only)\n"
	"  unix:PATH         the socket of an orield\n"
	"  tcp:HOST:PORT     HOST is this machine (127.0.0.1, [::1], localhost); needs "
	"--token-file\n"
	"  exec:COMMAND      standard input and output of a shell command\n"
	"  ssh:HOST[:PORT]   'orield --stdio' over ssh; also ssh:USER@HOST\n"
	"  qemu:NAME         a virtual machine that oriel up has started\n"
	"  vsock:CID:PORT    another one, whose orield has --vsock PORT (Linux only)\n"
	"  vsock-unix:PATH:PORT  the same through the socket of its monitor\n";

void oriel_cli_print_overview(FILE *file)
{
	fputs("usage: oriel COMMAND [OPTION...]\n\n"
	      "Shows the windows of a Linux guest as windows of this machine.\n\n",
		file);
	for (size_t i = 0; i < ORIEL_CLI_COMMANDS; i++)
		fprintf(file, "  %-17s %s\n", oriel_cli_commands[i].name,
			oriel_cli_commands[i].summary);
	fputs("  --help, -h        show this help; behind a command: explain it\n"
	      "  --version         show the version\n\n",
		file);
	fputs(targets, file);
}

void oriel_cli_print_help(enum oriel_cli_id id, FILE *file)
{
	const struct oriel_cli_command *command = &oriel_cli_commands[id];

	fprintf(file, "usage: oriel %s [OPTION...]%s%s\n\n%s\n\n", command->name,
		*command->operands ? " " : "", command->operands, command->text);
	for (size_t i = 0; i < oriel_cli_n_options; i++) {
		const struct oriel_cli_option *option = &oriel_cli_options[i];
		char left[40];

		if (!(option->commands & 1u << id))
			continue;
		snprintf(left, sizeof left, "--%s%s%s", option->name, option->value ? " " : "",
			option->value ? option->value : "");
		fprintf(file, "  %-17s %s\n", left, option->help);
	}
}

int oriel_cli_help(const struct oriel_cli_args *args)
{
	enum oriel_cli_id id;

	if (args->n_operands == 0) {
		oriel_cli_print_overview(stdout);
		return 0;
	}
	if (args->n_operands > 1)
		return oriel_cli_usage_error("oriel help explains one command at a time");
	id = oriel_cli_find_command(args->operands[0]);
	if (id == ORIEL_CLI_COMMANDS)
		return ORIEL_CLI_USAGE;
	oriel_cli_print_help(id, stdout);
	return 0;
}
