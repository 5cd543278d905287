/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * The ways that lead from inside a virtual machine to its host: said only where there are some.
 */
#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "host/cli/doctor.h"

#define PORTS "/sys/class/virtio-ports"

/* The name that the host gave the port. */
static bool read_name(const char *port, char *name, size_t size)
{
	char path[512];
	FILE *file;

	snprintf(path, sizeof path, PORTS "/%s/name", port);
	file = fopen(path, "re");
	if (!file)
		return false;
	bool found = fgets(name, (int)size, file);
	fclose(file);
	name[strcspn(name, "\n")] = '\0';
	return found;
}

static void check_port(struct oriel_report *report, const char *port)
{
	char name[64], path[512];

	if (!read_name(port, name, sizeof name) || strncmp(name, "org.oriel.", 10) != 0)
		return;
	snprintf(path, sizeof path, "/dev/%s", port);
	if (access(path, R_OK | W_OK) == 0)
		oriel_report_ok(report, "serial_port",
			"serial port %s to the host, for orield --serial %s", name, name);
	else
		oriel_report_missing(report, "serial_port",
			"sudo usermod -aG oriel $USER, and log in anew (Oriel's udev rule gives "
			"the "
			"port to that group)",
			"serial port %s to the host: no permission to use %s", name, path);
}

void oriel_doctor_port(struct oriel_report *report)
{
	struct dirent *entry;
	DIR *ports = opendir(PORTS);

	if (!ports)
		return;
	while ((entry = readdir(ports)))
		if (entry->d_name[0] != '.')
			check_port(report, entry->d_name);
	closedir(ports);
}
