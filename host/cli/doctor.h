/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Inside of host/cli: the groups of checks that oriel doctor makes. Each adds its findings to the
 * report.
 */
#ifndef ORIEL_HOST_CLI_DOCTOR_H
#define ORIEL_HOST_CLI_DOCTOR_H

#include "host/cli/ask.h"
#include "host/cli/report.h"

/* The settings file, and what of it holds: args gets it. */
void oriel_doctor_settings(struct oriel_report *report, struct oriel_cli_args *args);

/* What showing windows needs: a display and shared memory. */
void oriel_doctor_host(struct oriel_report *report);

/* Whether the guest answers, and what it is. */
void oriel_doctor_link(struct oriel_report *report, const struct oriel_cli_guest *guest);

/* What a virtual machine of that name needs here, and how it would run. Whether it is
 * up, and can be asked more. */
bool oriel_doctor_vm(struct oriel_report *report, const char *name);

#ifdef __linux__
/* What orield and its apps need on this machine. */
void oriel_doctor_orield(struct oriel_report *report);
void oriel_doctor_session(struct oriel_report *report);

/* In a virtual machine: ports to its host. */
void oriel_doctor_port(struct oriel_report *report);

/* The folder of the socket, the socket, and who holds it. Starts nothing. */
void oriel_doctor_socket(struct oriel_report *report);
#endif

#endif
