/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "host/cli/display.h"
#include "host/cli/doctor.h"
#include "src/pixels/ring.h"

static void check_display(struct oriel_report *report)
{
	char text[256];
	int r = oriel_display_find(text, sizeof text);

	if (r == 0)
		oriel_report_ok(report, "display", "display: %s", text);
	else if (r == -ECONNREFUSED)
		oriel_report_missing(report, "display",
			"start it, or set DISPLAY or WAYLAND_DISPLAY to one that runs",
			"display: nobody answers on %s", text);
	else
		oriel_report_missing(report, "display",
			"run oriel in a desktop session, or set DISPLAY or WAYLAND_DISPLAY",
			"display to show windows on");
}

/* Makes a ring and maps it, as the two ends do. */
static void check_shared_memory(struct oriel_report *report)
{
	struct oriel_ring *ring = NULL, *map = NULL;
	int fd, r = oriel_ring_create(65536, &ring, &fd);

	if (r == 0) {
		fd = dup(fd);
		r = fd < 0 ? -errno : oriel_ring_map(fd, oriel_ring_size(ring), &map);
	}
	if (r == 0)
		oriel_report_ok(report, "shared_memory", "shared memory");
	else
		oriel_report_missing(report, "shared_memory",
			"raise the limits of this session (ulimit -a)", "shared memory: %s",
			strerror(-r));
	oriel_ring_destroy(map);
	oriel_ring_destroy(ring);
}

void oriel_doctor_host(struct oriel_report *report)
{
	check_display(report);
	check_shared_memory(report);
}
