/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * The command line of orield.
 */
#ifndef ORIEL_GUEST_OPTIONS_H
#define ORIEL_GUEST_OPTIONS_H

#include <stdbool.h>

#include "src/base/log.h"

struct oriel_options {
	const char *wayland;    /* NULL: Mir chooses */
	const char *socket;     /* NULL: where oriel_paths_socket() says */
	const char *token_file; /* with tcp */
	int tcp;                /* port, 0: any; -1: no TCP */
	const char *serial;     /* port of the VM, by name or path; NULL: none */
	unsigned vsock;         /* port; 0: none */
	bool x11, detach, stdio;
	enum oriel_log_level level;
};

/* Fills options. Returns -1: go on; else the exit status: --help and --version are answered,
 * mistakes are told on standard error. */
int oriel_options_parse(int argc, char *argv[], struct oriel_options *options);

#endif
