/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Programs that tests start and talk to by lines. Each leads a process group of its own and dies
 * with the test. Faults fail the running test.
 */
#ifndef ORIEL_TESTS_E2E_PROCESS_H
#define ORIEL_TESTS_E2E_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct process;

/* Starts argv (NULL-ended, looked up in PATH) with pipes at standard input and output; standard
 * error goes to a log that is shown when a test fails. name is for messages. */
struct process *process_start(const char *name, const char *const argv[]);
/* The same with arguments as parameters, the last one NULL. */
struct process *process_run(const char *name, ...) __attribute__((sentinel));

pid_t process_pid(const struct process *process);
bool process_running(struct process *process);

/* Writes a line to its standard input. */
void process_say(struct process *process, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void process_close_input(struct process *process);

/* Skips its output up to the next line that starts with prefix; returns that line, valid until the
 * next call. */
const char *process_expect(struct process *process, const char *prefix);
/* The next line that starts with prefix, when it is there by now; else NULL. */
const char *process_find(struct process *process, const char *prefix);
/* Says a line and expects "ok". Returns what follows. */
const char *process_ask(struct process *process, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* Forgets output that has come so far. */
void process_forget(struct process *process);
/* All output up to its end, which is waited for. */
const char *process_output(struct process *process);
/* What it has written to its standard error. Free it. */
char *process_log(const struct process *process);

void process_signal(struct process *process, int signal);
/* Waits for its end: exit status, or 128 + signal. */
int process_wait(struct process *process);
/* Ends it (SIGTERM, after 5 s SIGKILL) and forgets it. NULL is fine. */
void process_stop(struct process *process);
/* SIGKILLs and forgets. NULL is fine. */
void process_kill(struct process *process);
/* All but those that were kept. */
void process_kill_all(void);
void process_keep(struct process *process);
/* What the sanitizers said in the logs of programs that are forgotten; NULL: nothing. Free it. */
char *process_take_reports(void);
/* Prints logs and last output of all, for a failed test. */
void process_tell_all(void);

/* Of any process. */
size_t process_fds(pid_t pid);
size_t process_memory(pid_t pid); /* resident bytes that are not of files: own and shared memory */

#endif
