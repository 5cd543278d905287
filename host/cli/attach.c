/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "host/cli/view.h"

int oriel_cli_attach(const struct oriel_cli_args *args)
{
	return oriel_cli_view(args, ORIEL_ROLE_ATTACH);
}
