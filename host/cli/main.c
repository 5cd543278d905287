/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include <locale.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "host/cli/cli.h"
#include "host/cli/settings.h"
#include "src/base/log.h"

static int run_command(enum oriel_cli_id id, char *const argv[])
{
	struct oriel_cli_args args;
	int status = oriel_cli_parse(id, argv, &args);

	if (status != 0)
		return status;
	if (args.help)
		oriel_cli_print_help(id, stdout);
	else if ((status = oriel_settings_apply(id, &args)) == 0)
		status = oriel_cli_commands[id].run(&args);
	oriel_cli_args_finish(&args);
	return status;
}

static int dispatch(char *const argv[])
{
	enum oriel_cli_id id;

	if (!argv[0]) {
		oriel_cli_print_overview(stderr);
		return ORIEL_CLI_USAGE;
	}
	if (strcmp(argv[0], "--help") == 0 || strcmp(argv[0], "-h") == 0) {
		oriel_cli_print_overview(stdout);
		return 0;
	}
	if (strcmp(argv[0], "--version") == 0) {
		puts("oriel " ORIEL_VERSION);
		return 0;
	}
	id = oriel_cli_find_command(argv[0]);
	return id == ORIEL_CLI_COMMANDS ? ORIEL_CLI_USAGE : run_command(id, argv + 1);
}

int main(int argc, char *argv[])
{
	int status;

	oriel_log_init("oriel", ORIEL_LOG_INFO);
	/* Column widths of titles; numbers stay as in C. */
	setlocale(LC_CTYPE, "");
	/* A guest that goes away is an error of one write, not the end of the program. */
	signal(SIGPIPE, SIG_IGN);
	status = dispatch(argc > 0 ? argv + 1 : argv);
	if (fflush(stdout) != 0 || ferror(stdout))
		return status ? status : ORIEL_CLI_FAILED;
	return status;
}
