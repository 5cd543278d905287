/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * The seeds of the wire corpus: two messages of each type, made from the protocol's table.
 *
 *   seed-wire FOLDER           are they there, as the protocol is now?
 *   seed-wire --write FOLDER   writes them
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/wire/sample.h"

static bool write_file(const char *path, const uint8_t *bytes, size_t size)
{
	FILE *file = fopen(path, "wb");
	bool good = file && fwrite(bytes, 1, size, file) == size;

	if (file && fclose(file) != 0)
		good = false;
	if (!good)
		perror(path);
	return good;
}

static bool compare_file(const char *path, const uint8_t *bytes, size_t size)
{
	uint8_t found[4096];
	FILE *file = fopen(path, "rb");
	size_t n = file ? fread(found, 1, sizeof found, file) : 0;

	if (file)
		fclose(file);
	if (n == size && memcmp(found, bytes, size) == 0)
		return true;
	fprintf(stderr, "%s is missing or old\n", path);
	return false;
}

static bool do_seed(const char *folder, uint16_t type, enum sample_mode mode, bool write)
{
	static struct oriel_msg msg;
	char path[4096];
	size_t size = 0;
	uint8_t *bytes;
	bool good;

	sample_fill(type, mode, 3, &msg);
	bytes = sample_encode(&msg, &size);
	snprintf(path, sizeof path, "%s/%s-%s", folder, oriel_wire_name(type),
		mode == SAMPLE_MIN ? "min" : "small");
	good = bytes && (write ? write_file(path, bytes, size) : compare_file(path, bytes, size));
	free(bytes);
	return good;
}

int main(int argc, char **argv)
{
	bool write = argc == 3 && strcmp(argv[1], "--write") == 0, good = true;

	if (argc != 2 && !write) {
		fprintf(stderr, "usage: seed-wire [--write] FOLDER\n");
		return 2;
	}
	SAMPLE_EACH_TYPE(type)
	{
		good &= do_seed(argv[argc - 1], type, SAMPLE_MIN, write);
		good &= do_seed(argv[argc - 1], type, SAMPLE_SMALL, write);
	}
	if (!good && !write)
		fprintf(stderr, "to renew them: ./dev run ninja -C build/gcc fuzz-seeds\n");
	return good ? 0 : 1;
}
