/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#ifndef ORIEL_HOST_CLI_VIEW_H
#define ORIEL_HOST_CLI_VIEW_H

#include "host/cli/cli.h"
#include "src/wire/messages.h"

/* What run and attach share: shows windows until there is nothing more to show. The operands are
 * the program to start for ORIEL_ROLE_OWNER. Returns the exit status. */
int oriel_cli_view(const struct oriel_cli_args *args, enum oriel_role role);

#endif
