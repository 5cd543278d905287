/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * What oriel doctor finds: a list of things that are there or missing.
 */
#ifndef ORIEL_HOST_CLI_REPORT_H
#define ORIEL_HOST_CLI_REPORT_H

#include <stdbool.h>
#include <stddef.h>

struct oriel_check {
	const char *name; /* stays the same in all versions: a key for programs */
	char *what;       /* what was looked at, or what is wrong; NULL: no memory */
	char *mend;       /* the command, or what to do; NULL: it is there */
};

struct oriel_report {
	struct oriel_check checks[32];
	size_t n_checks;
	size_t n_missing;
};

/* name is borrowed. */
void oriel_report_ok(struct oriel_report *report, const char *name, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void oriel_report_missing(struct oriel_report *report, const char *name, const char *mend,
	const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Prints a line each, or JSON. Returns the exit status. */
int oriel_report_print(const struct oriel_report *report, const char *target, bool json);
void oriel_report_finish(struct oriel_report *report);

/* The command that installs something, by the package manager of this machine. size >= 128. */
void oriel_report_install(const char *deb, const char *rpm, char *text, size_t size);

#endif
