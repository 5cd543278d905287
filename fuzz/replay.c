/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Feeds each file of a folder to a fuzz target, whole and cut at every length:
 *
 *   replay-NAME FOLDER
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"

/* A corpus holds small files; what is larger is cut. */
#define MAX_SIZE 65536

/* In a block of just that size, so that a sanitizer sees every read past it. */
static void feed(const uint8_t *bytes, size_t size)
{
	uint8_t *copy = malloc(size ? size : 1);

	if (!copy)
		abort();
	memcpy(copy, bytes, size);
	LLVMFuzzerTestOneInput(copy, size);
	free(copy);
}

static int feed_file(const char *folder, const char *name)
{
	static uint8_t bytes[MAX_SIZE];
	char path[4096];
	FILE *file;
	size_t size;

	snprintf(path, sizeof path, "%s/%s", folder, name);
	file = fopen(path, "rb");
	if (!file) {
		perror(path);
		return -1;
	}
	size = fread(bytes, 1, sizeof bytes, file);
	fclose(file);
	for (size_t cut = 0; cut <= size; cut++)
		feed(bytes, cut);
	return 0;
}

int main(int argc, char **argv)
{
	DIR *folder = argc == 2 ? opendir(argv[1]) : NULL;
	struct dirent *entry;
	size_t n = 0;
	int failed = 0;

	if (!folder) {
		fprintf(stderr, "usage: replay-NAME FOLDER\n");
		return 2;
	}
	while ((entry = readdir(folder))) {
		if (entry->d_name[0] == '.')
			continue;
		if (feed_file(argv[1], entry->d_name) < 0)
			failed = 1;
		n++;
	}
	closedir(folder);
	printf("%zu files\n", n);
	return failed || n == 0;
}
