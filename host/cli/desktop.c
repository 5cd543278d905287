/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include <stdlib.h>
#include <string.h>

#include "host/cli/view.h"

/* Run in the guest. Compositors show themselves as a window when they find a Wayland display;
 * those built on Mir look for the display under another name, and take WAYLAND_DISPLAY for the one
 * they are to make. X11's display would be the second best, and wrong for their own programs. */
static const char wrapper[] = "unset DISPLAY\n"
			      "path=$(command -v \"$1\") && case $(ldd \"$path\" 2>/dev/null) in\n"
			      "*libmiral.so* | *libmirserver.so*)\n"
			      "	export MIR_SERVER_WAYLAND_HOST=\"$WAYLAND_DISPLAY\"\n"
			      "	unset WAYLAND_DISPLAY ;;\n"
			      "esac\n"
			      "exec \"$@\"\n";

int oriel_cli_desktop(const struct oriel_cli_args *args)
{
	static const char *const shell[] = {"sh", "-c", wrapper, "sh"};
	enum { SHELL_ARGS = sizeof shell / sizeof *shell };
	struct oriel_cli_args wrapped = *args;
	const char **operands;
	int status;

	if (args->n_operands == 0)
		return oriel_cli_usage_error(
			"no desktop is named: oriel desktop CMD, as in oriel desktop labwc");
	operands = calloc(SHELL_ARGS + args->n_operands + 1, sizeof *operands);
	if (!operands)
		return oriel_cli_usage_error("out of memory");
	memcpy(operands, shell, sizeof shell);
	memcpy(operands + SHELL_ARGS, args->operands, args->n_operands * sizeof *operands);
	wrapped.operands = operands;
	wrapped.n_operands = SHELL_ARGS + args->n_operands;
	status = oriel_cli_view(&wrapped, ORIEL_ROLE_OWNER);
	free(operands);
	return status;
}
