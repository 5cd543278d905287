/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * The virtual machine that up, down and status are for.
 */
#ifndef ORIEL_HOST_CLI_VM_NAME_H
#define ORIEL_HOST_CLI_VM_NAME_H

#include "host/cli/cli.h"
#include "host/vm/place.h"

/* The machine of the command line, else of $ORIEL_TARGET, else qemu:default, as it was written. */
const char *oriel_cli_vm_text(const struct oriel_cli_args *args);

/* The same, checked. Creates nothing. 0, or an exit status with the fault told. */
int oriel_cli_vm_place(const struct oriel_cli_args *args, struct oriel_vm_place *ret_place);

/* Reads --timeout, seconds. 0, or an exit status with the fault told. */
int oriel_cli_timeout(
	const struct oriel_cli_args *args, unsigned fallback_s, unsigned *ret_milliseconds);

#endif
