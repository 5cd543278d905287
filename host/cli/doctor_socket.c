/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/cli/doctor.h"
#include "host/cli/socket.h"
#include "src/base/paths.h"

/* An orield that runs should answer soon; one that hangs is what is looked for. */
#define ANSWER_MS 5000

static void report_holder(
	struct oriel_report *report, const struct oriel_cli_guest *guest, const char *path, int pid)
{
	struct oriel_answer answer;
	char error[1024], holder[32] = "some process";
	char mend[64] = "end what listens there, or remove the socket";

	if (pid) {
		snprintf(holder, sizeof holder, "process %d", pid);
		snprintf(mend, sizeof mend, "kill %d", pid);
	}
	if (oriel_ask(guest, ANSWER_MS, &answer, error, sizeof error) == 0) {
		oriel_report_ok(
			report, "socket", "%s (%s) listens on %s", answer.program, holder, path);
		oriel_answer_finish(&answer);
		return;
	}
	oriel_report_missing(report, "socket", mend, "socket: %s holds %s, and is no use: %s",
		holder, path, error);
}

static void check_socket(struct oriel_report *report, const char *path)
{
	struct oriel_cli_guest guest = {.token_size = 0};
	char text[PATH_MAX + 8], error[256], mend[PATH_MAX + 8];
	int pid = 0, r = oriel_socket_connect(path, false, &pid);

	if (r == -ENOENT || r == -ECONNREFUSED) {
		oriel_report_ok(
			report, "socket", "no orield runs yet: oriel run starts one on %s", path);
		return;
	}
	if (r < 0) {
		snprintf(mend, sizeof mend, "rm %s", path);
		oriel_report_missing(report, "socket", mend, "socket: can't connect to %s: %s",
			path, strerror(-r));
		return;
	}
	snprintf(text, sizeof text, "unix:%s", path);
	if (oriel_target_parse(text, &guest.target, error, sizeof error) < 0) {
		oriel_report_missing(
			report, "socket", "run oriel doctor again", "socket: %s", error);
		return;
	}
	report_holder(report, &guest, path, pid);
	oriel_cli_guest_finish(&guest);
}

/* Which folder could not be used: oriel_paths_runtime_dir() says so only when it could. */
static void name_folder(char *folder, size_t size)
{
	const char *xdg = getenv("XDG_RUNTIME_DIR");
	unsigned long uid = (unsigned long)geteuid();

	if (xdg && xdg[0] == '/') {
		snprintf(folder, size, "%s/oriel", xdg);
		return;
	}
	snprintf(folder, size, "/run/user/%lu", uid);
	if (access(folder, F_OK) == 0)
		snprintf(folder, size, "/run/user/%lu/oriel", uid);
	else
		snprintf(folder, size, "/tmp/oriel-%lu", uid);
}

void oriel_doctor_socket(struct oriel_report *report)
{
	char folder[PATH_MAX], path[PATH_MAX], mend[2 * PATH_MAX + 64];
	int r = oriel_paths_socket(path, sizeof path);

	if (r == 0) {
		oriel_report_ok(report, "runtime_dir", "folder for the socket, %.*s",
			(int)(strrchr(path, '/') ? strrchr(path, '/') - path : 1),
			strrchr(path, '/') ? path : ".");
		check_socket(report, path);
		return;
	}
	name_folder(folder, sizeof folder);
	if (r == -EACCES) {
		snprintf(mend, sizeof mend, "chmod 700 %s; if it is not yours: sudo rm -r %s",
			folder, folder);
		oriel_report_missing(report, "runtime_dir", mend,
			"folder for the socket: %s must be this user's alone", folder);
	} else {
		snprintf(mend, sizeof mend, "mkdir -p -m 700 %s, or unset XDG_RUNTIME_DIR", folder);
		oriel_report_missing(report, "runtime_dir", mend, "folder for the socket: %s: %s",
			folder, strerror(-r));
	}
}
