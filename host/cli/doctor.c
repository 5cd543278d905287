/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "host/cli/doctor.h"

#include <string.h>

#include "host/cli/settings.h"
#include "src/base/log.h"

static void check_remote(struct oriel_report *report, const struct oriel_cli_guest *guest)
{
	const char *name = oriel_target_name(guest->target);

	if (strncmp(name, "qemu:", 5) == 0 && !oriel_doctor_vm(report, name + 5)) {
		oriel_doctor_host(report);
		return;
	}
	oriel_doctor_host(report);
	oriel_doctor_link(report, guest);
}

#ifdef __linux__
static void check_local(struct oriel_report *report)
{
	oriel_doctor_orield(report);
	oriel_doctor_session(report);
	oriel_doctor_socket(report);
	oriel_doctor_port(report);
	oriel_doctor_host(report);
}
#endif

int oriel_cli_doctor(const struct oriel_cli_args *args)
{
	struct oriel_report report = {.n_checks = 0};
	struct oriel_cli_guest guest;
	struct oriel_cli_args own = *args;
	int status;

	oriel_doctor_settings(&report, &own);
	status = oriel_cli_guest_init(&guest, &own);
	if (status != 0)
		goto finish;
	/* What is wrong goes into the report. */
	oriel_log_init("oriel", ORIEL_LOG_ERROR);
#ifdef __linux__
	if (strcmp(oriel_target_name(guest.target), "local") == 0)
		check_local(&report);
	else
#endif
		check_remote(&report, &guest);
	status = oriel_report_print(&report, oriel_target_name(guest.target), args->json);
	oriel_cli_guest_finish(&guest);
finish:
	oriel_report_finish(&report);
	oriel_settings_destroy(own.settings);
	return status;
}
