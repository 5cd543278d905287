/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * One question to a guest, over a link of role CONTROL. Main thread.
 */
#ifndef ORIEL_HOST_CLI_ASK_H
#define ORIEL_HOST_CLI_ASK_H

#include "host/cli/answer.h"
#include "host/cli/guest.h"

#define ORIEL_ASK_MS 10000 /* how long the commands wait for the answer */

/* Opens the guest's target, asks for everything that oriel_answer holds and waits at most
 * timeout_ms for it, not counting the start of an orield. 0, and *ret_answer is to be finished;
 * or -errno with one line for people, which says what to do, in error. */
int oriel_ask(const struct oriel_cli_guest *guest, unsigned timeout_ms,
	struct oriel_answer *ret_answer, char *error, size_t error_size);

/* Both return an exit status, with their fault told. */
typedef int (*oriel_print_json_fn)(const char *target, const struct oriel_answer *answer);
typedef int (*oriel_print_fn)(const struct oriel_answer *answer);

/* The same for the guest of the command line: prints its answer as --json says. Returns an exit
 * status, with the fault told. */
int oriel_ask_and_print(const struct oriel_cli_args *args, oriel_print_json_fn print_json,
	oriel_print_fn print_text);

#endif
