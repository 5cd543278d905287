/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * The guest that the command line names: its target and the token to show it.
 */
#ifndef ORIEL_HOST_CLI_GUEST_H
#define ORIEL_HOST_CLI_GUEST_H

#include <stdint.h>

#include "host/cli/cli.h"
#include "host/target/target.h"
#include "src/wire/messages.h"

struct oriel_cli_guest {
	struct oriel_target *target;
	uint8_t token[ORIEL_MAX_TOKEN];
	uint32_t token_size; /* 0: none */
};

/* The target of --on, else of $ORIEL_TARGET, else local. */
const char *oriel_cli_target_text(const struct oriel_cli_args *args);

/* Reads target and token. 0, or an exit status with the fault told. */
int oriel_cli_guest_init(struct oriel_cli_guest *guest, const struct oriel_cli_args *args);
void oriel_cli_guest_finish(struct oriel_cli_guest *guest);

#endif
