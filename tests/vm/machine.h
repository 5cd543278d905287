/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * The virtual machine of a test program: started by `oriel up` in front of its first test, used by
 * all of them, looked at through the X screen of the end-to-end tests. The image is the one of
 * $ORIEL_VM_IMAGE, with the programs of the tests. Faults fail the running test.
 */
#ifndef ORIEL_TESTS_VM_MACHINE_H
#define ORIEL_TESTS_VM_MACHINE_H

#include <stdbool.h>
#include <stdint.h>

#include "tests/e2e/e2e.h"

/* The options of `oriel up` for the machines of this program; NULL-ended. Each test program has
 * one. */
extern const char *const machine_options[];

/* A test of the list: with the machine running before it, and no program of the test left in it
 * after it. */
#define MACHINE_TEST(f) {#f, f, machine_setup, machine_teardown, (void *)(uintptr_t)#f}
int machine_setup(void **state);
int machine_teardown(void **state);

/* e2e_main() for such tests; skips them all when there is no image. */
int machine_main(
	int argc, char *argv[], const char *name, const struct CMUnitTest *tests, size_t n);

/* The target of the machine: qemu:NAME. */
const char *machine_target(void);

/* Makes folders of the test program, in which oriel finds no machine but ours. */
void machine_prepare(void);
/* That, and starts the machine with machine_options. */
void machine_begin(void);
/* Starts the machine, with these options and a disk as it comes from the image. */
void machine_up(const char *const options[]);
/* Starts it as it was. */
void machine_start(void);
/* `oriel down`. */
void machine_down(void);
/* Kills QEMU as a crash would. Returns when it is gone. */
void machine_crash(void);
/* Another folder with the image's files and its image.json, in which old is replaced by new. */
const char *machine_change_image(const char *old, const char *new);

/* A value of `oriel status --json`; "" when it is not there. Valid until the next call. */
const char *machine_status(const char *key);

/* `oriel run` of a program: its window, input, output and status. Ended with the test. */
struct process *machine_run(const char *program, ...) __attribute__((sentinel));
/* `oriel run` of a pattern client that has run its first command. */
struct process *machine_pattern(const char *command);
/* Runs a shell command in the guest, as its user, and returns its output. A status other than 0
 * fails the test. Valid until the next call. */
const char *machine_shell(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The same; whatever comes out of it. */
const char *machine_try(int *ret_status, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* A counter of orield, or of its viewers. */
uint64_t machine_counter(const char *name);
/* Waits until orield answers. */
void machine_wait(void);

#endif
