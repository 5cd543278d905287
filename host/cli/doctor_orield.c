/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include <errno.h>
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "host/cli/doctor.h"
#include "host/target/find.h"
#include "host/target/program.h"

#define VERSION_MS 10000

static void check_version(struct oriel_report *report, struct oriel_program_result *result)
{
	const char *version;

	result->output[strcspn(result->output, "\n")] = '\0';
	version = strchr(result->output, ' ');
	if (version && strncmp(version + 1, ORIEL_VERSION, strlen(ORIEL_VERSION)) == 0)
		oriel_report_ok(report, "version", "%s, the version of this oriel", result->output);
	else
		oriel_report_missing(report, "version",
			"install the same version of both, or set ORIEL_ORIELD",
			"version: this is oriel %s, but that is %s", ORIEL_VERSION,
			result->output[0] ? result->output : "of no known version");
}

/* Runs it: that shows whether its libraries are there too. */
static void check_runs(struct oriel_report *report, const char *path)
{
	const char *const argv[] = {path, "--version", NULL};
	struct oriel_program_result result;
	char mend[128];
	int r = oriel_program_run(argv, VERSION_MS, &result);

	if (r == 0 && result.status == 0) {
		check_version(report, &result);
		return;
	}
	oriel_report_install("libmirserver63 libmiral7", "mir-server-libs", mend, sizeof mend);
	if (r == 0 && strstr(result.error, "shared libraries"))
		oriel_report_missing(report, "version", mend, "version: %s", result.error);
	else
		oriel_report_missing(report, "version", "install it again",
			"version: %s --version does not work: %s", path,
			r < 0 ? strerror(-r) : result.error);
}

void oriel_doctor_orield(struct oriel_report *report)
{
	static const char *const folders[] = {"/usr/lib/*", "/usr/lib", "/usr/lib64",
		"/usr/local/lib", "/usr/local/lib/*", "/usr/local/lib64"};
	char path[PATH_MAX], mend[128];
	glob_t found = {.gl_pathc = 0};
	int r = oriel_find_orield(path, sizeof path);

	if (r == 0) {
		oriel_report_ok(report, "orield", "orield is %s", path);
		check_runs(report, path);
	} else if (r == -EACCES) {
		oriel_report_missing(report, "orield", "unset ORIEL_ORIELD, or mend it",
			"orield: ORIEL_ORIELD is %s, which is not a program", path);
	} else {
		oriel_report_missing(report, "orield",
			"install it (in a work tree: ./dev build), or set ORIEL_ORIELD",
			"orield: not beside oriel and not in PATH");
	}
	for (size_t i = 0; i < sizeof folders / sizeof *folders && found.gl_pathc == 0; i++) {
		globfree(&found);
		snprintf(path, sizeof path, "%s/libmirserver.so.*", folders[i]);
		if (glob(path, 0, NULL, &found) != 0)
			found.gl_pathc = 0;
	}
	oriel_report_install("libmirserver63 libmiral7", "mir-server-libs", mend, sizeof mend);
	if (found.gl_pathc)
		oriel_report_ok(report, "mir", "Mir library is %s", found.gl_pathv[0]);
	else
		oriel_report_missing(report, "mir", mend, "Mir library");
	globfree(&found);
}
