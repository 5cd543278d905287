/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "host/cli/view.h"

int oriel_cli_run(const struct oriel_cli_args *args)
{
	if (args->n_operands == 0)
		return oriel_cli_usage_error(
			"no program is named: oriel run CMD, as in oriel run foot");
	return oriel_cli_view(args, ORIEL_ROLE_OWNER);
}
