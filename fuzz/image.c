/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * The image.json of a guest image. Input: its text.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "host/vm/image.h"

static void expect(bool truth)
{
	if (!truth)
		abort();
}

/* A file of the folder itself. */
static void check_path(const char *path)
{
	expect(strncmp(path, "/image/", 7) == 0);
	expect(path[7] && !strchr(path + 7, '/') && strcmp(path + 7, "..") != 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct oriel_image image;
	struct oriel_vm_fault fault = {.text = ""};
	int r = oriel_image_parse(data, size, "/image", &image, &fault);

	expect(r == 0 || r == -EBADMSG);
	expect((r == 0) == !fault.text[0]);
	if (r < 0)
		return 0;
	check_path(image.kernel);
	check_path(image.disk);
	if (image.initrd[0])
		check_path(image.initrd);
	if (image.vmlinux[0])
		check_path(image.vmlinux);
	expect(image.arch < ORIEL_VM_ARCHS && image.disk_format[0]);
	return 0;
}
