/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Runs a program to its end and keeps what it said.
 */
#ifndef ORIEL_HOST_TARGET_PROGRAM_H
#define ORIEL_HOST_TARGET_PROGRAM_H

#include <stddef.h>

struct oriel_program_result {
	int status; /* exit status; 128 + signal number; -1: still running at the limit, killed */
	char output[4096]; /* the first of its standard output */
	char error[1024];  /* the last line of its standard error that is not empty */
};

/* Blocks until the program (argv, NULL-ended, looked up in PATH) ends, at most limit_ms. What it
 * leaves running may keep its standard streams. Any thread. 0; -ENOENT no such program; other
 * -errno: it could not be started. */
int oriel_program_run(
	const char *const argv[], unsigned limit_ms, struct oriel_program_result *ret_result);

/* The same for one that says more than there is room for there: the first of its standard output
 * goes to output, and result->output stays as it was. */
int oriel_program_read(const char *const argv[], unsigned limit_ms,
	struct oriel_program_result *ret_result, char *output, size_t size);

#endif
