/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "host/cli/cli.h"

#include <string.h>

const struct oriel_cli_command oriel_cli_commands[ORIEL_CLI_COMMANDS] = {
	[ORIEL_CLI_RUN] = {"run", "[--] CMD [ARGS...]",
		"start a program in the guest and show its windows here",
		"Starts CMD in the guest and shows its windows as windows of this machine. Its "
		"output\n"
		"appears here, and its exit status becomes that of oriel (127: no such program).\n"
		"Options behind CMD are the program's own.",
		oriel_cli_run},
	[ORIEL_CLI_DESKTOP] = {"desktop", "[--] CMD [ARGS...]",
		"run a whole desktop of the guest in one window",
		"Starts CMD, a Wayland compositor such as labwc, weston or miral-shell, in the "
		"guest "
		"and\n"
		"shows it as one window: its screen is as large as the window. Otherwise as oriel "
		"run.",
		oriel_cli_desktop},
	[ORIEL_CLI_ATTACH] = {"attach", "", "show the windows of the guest that nobody shows",
		"Shows every window of the guest that no other oriel shows, with its full "
		"content:\n"
		"those of programs whose oriel has ended, and new ones as they open.",
		oriel_cli_attach},
	[ORIEL_CLI_PS] = {"ps", "", "list the windows of the guest",
		"Lists the windows of the guest: number, application, title, size, state, whether "
		"an\n"
		"oriel shows it, frames and bytes of pixels sent.",
		oriel_cli_ps},
	[ORIEL_CLI_STATS] = {"stats", "", "counters and latencies of the guest",
		"Prints what the guest has counted since its orield started, and how long frames "
		"take.",
		oriel_cli_stats},
	[ORIEL_CLI_UP] = {"up", "[qemu:NAME]", "start a virtual machine",
		"Starts the virtual machine qemu:NAME (default: qemu:default) and waits until it "
		"can run\n"
		"programs. Its options stay for the next start. An image is made by "
		"vm/build-image of\n"
		"Oriel's sources; what a machine changes is kept beside it.",
		oriel_cli_up},
	[ORIEL_CLI_DOWN] = {"down", "[qemu:NAME]", "shut a virtual machine down",
		"Presses the power button of qemu:NAME (default: qemu:default), and ends it when "
		"that\n"
		"does not help in time.",
		oriel_cli_down},
	[ORIEL_CLI_STATUS] = {"status", "[qemu:NAME]", "list the virtual machines",
		"Lists the virtual machines, or tells all of one: state, uptime, process, how "
		"pixels are\n"
		"shared, GPU, memory, processors, accelerator, image, console.",
		oriel_cli_status},
	[ORIEL_CLI_DOCTOR] = {"doctor", "", "check what oriel needs, and say how to mend it",
		"Checks everything that oriel needs, one line each: 'ok' or 'missing', and behind "
		"an\n"
		"arrow what mends it. With a target other than local, checks the way to that "
		"guest.\n"
		"The exit status is 1 when something is missing.",
		oriel_cli_doctor},
	[ORIEL_CLI_HELP] = {"help", "[CMD]", "explain a command",
		"Explains CMD, or lists the commands.", oriel_cli_help},
};

enum oriel_cli_id oriel_cli_find_command(const char *name)
{
	const char *names[ORIEL_CLI_COMMANDS], *nearest;

	for (size_t i = 0; i < ORIEL_CLI_COMMANDS; i++) {
		names[i] = oriel_cli_commands[i].name;
		if (strcmp(name, names[i]) == 0)
			return (enum oriel_cli_id)i;
	}
	nearest = oriel_cli_nearest(name, names, ORIEL_CLI_COMMANDS);
	if (name[0] == '-')
		oriel_cli_usage_error("no option '%s' before the command: see oriel --help", name);
	else if (nearest)
		oriel_cli_usage_error("no command '%s': did you mean oriel %s?", name, nearest);
	else
		oriel_cli_usage_error("no command '%s': to start a program, oriel run %s; see "
				      "oriel --help",
			name, name);
	return ORIEL_CLI_COMMANDS;
}
