/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Runs programs for the tests of the command line.
 */
#ifndef ORIEL_TESTS_CLI_RUN_H
#define ORIEL_TESTS_CLI_RUN_H

#include <stddef.h>
#include <sys/types.h>

struct run_result {
	int status; /* exit status, 128 + signal number */
	char *output, *error;
};

/* A fresh folder, private to this test program, removed with what is in it by run_cleanup().
 * It is the runtime folder and the home of what run_oriel() runs. */
const char *run_folder(void);
void run_cleanup(void);

/* Runs the oriel under test with arguments, which sh splits, in an environment without display
 * and target, to which the assignments (as for env(1), or "") are added. */
struct run_result run_oriel(const char *assignments, const char *arguments);
void run_result_free(struct run_result *result);

/* Asserts: this status, nothing on standard output, on standard error one line that has
 * the text. */
void run_expect_error(struct run_result result, int status, const char *text);

/* Starts the fake guest and waits until it listens; *ret_port is its port, or NULL for unix. */
pid_t run_fake_guest(const char *mode, const char *kind, const char *place, unsigned *ret_port);
void run_stop(pid_t pid);

#endif
