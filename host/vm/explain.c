/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "host/vm/explain.h"

#include <stdio.h>
#include <string.h>

/* In the order they are looked for: what says more comes first. */
static const struct {
	const char *part;
	enum oriel_qemu_blame blame;
	const char *advice;
} cases[] = {
	{"id=pixels", ORIEL_QEMU_BLAME_SHARE, "use --share stream"},
	{"id=ram", ORIEL_QEMU_BLAME_SHARE, "use --share ring or stream"},
	{"ivshmem", ORIEL_QEMU_BLAME_SHARE, "use --share stream"},
	{"virtio-pmem", ORIEL_QEMU_BLAME_SHARE, "use --share stream"},
	{"nvdimm", ORIEL_QEMU_BLAME_SHARE, "use --share stream"},
	{"memory-backend-file", ORIEL_QEMU_BLAME_SHARE, "use --share stream"},
	{"vhost-vsock", ORIEL_QEMU_BLAME_NONE,
		"end the other virtual machine that has this number, or remove its vsock"},
	{"guest cid", ORIEL_QEMU_BLAME_NONE, "end the other virtual machine that has this number"},
	{"failed to initialize kvm", ORIEL_QEMU_BLAME_ACCEL, "use --accel tcg"},
	{"Could not access KVM", ORIEL_QEMU_BLAME_ACCEL, "use --accel tcg"},
	{"KVM", ORIEL_QEMU_BLAME_ACCEL, "use --accel tcg"},
	{"kvm", ORIEL_QEMU_BLAME_ACCEL, "use --accel tcg"},
	{"HV_", ORIEL_QEMU_BLAME_ACCEL, "use --accel tcg"},
	{"hvf", ORIEL_QEMU_BLAME_ACCEL, "use --accel tcg"},
	{"guest memory", ORIEL_QEMU_BLAME_NONE, "not enough memory: use a smaller --memory"},
	{"Cannot allocate memory", ORIEL_QEMU_BLAME_NONE,
		"not enough memory: use a smaller --memory"},
	{"allocate", ORIEL_QEMU_BLAME_NONE, "not enough memory: use a smaller --memory"},
	{"could not load PC BIOS", ORIEL_QEMU_BLAME_NONE,
		"QEMU's firmware is missing: install seabios (sudo apt-get install seabios "
		"qemu-system-data)"},
	{"failed to find romfile", ORIEL_QEMU_BLAME_NONE,
		"QEMU's firmware is missing: sudo apt-get install qemu-system-data"},
	{"kernel header", ORIEL_QEMU_BLAME_NONE, "the image is broken: build it again"},
	{"could not load kernel", ORIEL_QEMU_BLAME_NONE, "the image is broken: build it again"},
	{"could not open kernel", ORIEL_QEMU_BLAME_NONE, "the image is broken: build it again"},
	{"without PVH", ORIEL_QEMU_BLAME_NONE, "the image is broken: build it again"},
	{"\"write\" lock", ORIEL_QEMU_BLAME_NONE, "another QEMU uses this disk: end it"},
	{"backing file", ORIEL_QEMU_BLAME_NONE,
		"the image is broken or gone: build it again, and use --fresh"},
	{"qcow2", ORIEL_QEMU_BLAME_NONE, "the disk is broken: --fresh makes a new one"},
	{"disk.", ORIEL_QEMU_BLAME_NONE, "the disk is broken: --fresh makes a new one"},
	{"No space left", ORIEL_QEMU_BLAME_NONE, "make room on that disk"},
	{"OpenGL", ORIEL_QEMU_BLAME_NONE, "use --gpu none"},
	{"opengl", ORIEL_QEMU_BLAME_NONE, "use --gpu none"},
	{"egl", ORIEL_QEMU_BLAME_NONE, "use --gpu none"},
	{"virgl", ORIEL_QEMU_BLAME_NONE, "use --gpu none"},
	{"virtio-gpu", ORIEL_QEMU_BLAME_NONE, "use --gpu none"},
	{"SDL", ORIEL_QEMU_BLAME_NONE, "mend DISPLAY, or use --gpu none"},
	{"shared libraries", ORIEL_QEMU_BLAME_NONE, "install QEMU again"},
	{"Address already in use", ORIEL_QEMU_BLAME_NONE, "end what uses it"},
};

/* The last line with "error" sense: QEMU says what is wrong last, after warnings. */
static void last_line(const char *said, char *line, size_t size)
{
	const char *end = said + strlen(said), *start;

	while (end > said && end[-1] == '\n')
		end--;
	start = end;
	while (start > said && start[-1] != '\n')
		start--;
	snprintf(line, size, "%.*s", (int)(end - start), start);
}

/* Without the path of the program that its lines start with. */
static const char *skip_program(const char *line)
{
	const char *colon = strstr(line, ": ");

	return colon && strncmp(line, "qemu", 4) != 0 && line[0] != '/' ? line
	       : colon                                                  ? colon + 2
									: line;
}

enum oriel_qemu_blame oriel_qemu_explain(const char *said, char *text, size_t size)
{
	char line[512];

	last_line(said, line, sizeof line);
	for (size_t i = 0; line[0] && i < sizeof cases / sizeof *cases; i++) {
		if (!strstr(line, cases[i].part))
			continue;
		snprintf(text, size, "QEMU: %s: %s", skip_program(line), cases[i].advice);
		return cases[i].blame;
	}
	if (line[0])
		snprintf(text, size, "QEMU: %s", skip_program(line));
	else
		snprintf(text, size,
			"QEMU ended and did not say why: see if its packages are "
			"whole");
	return ORIEL_QEMU_BLAME_NONE;
}
