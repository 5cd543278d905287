/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * TARGET of the command line, as it may come from a link or a script. Input: its text.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "host/target/kinds.h"

static void expect(bool truth)
{
	if (!truth)
		abort();
}

static void check_good(const struct oriel_target *target, const char *text)
{
	expect(strcmp(oriel_target_name(target), text) == 0);
	if (strncmp(text, "vsock", 5) != 0)
		expect(target->port <= 65535);
	expect(strcmp(text, "local") == 0 || (target->place && target->place[0]));
	/* Would be an option of ssh. */
	if (target->kind == &oriel_target_ssh)
		expect(target->place[0] != '-');
}

static void parse(const char *text, size_t error_size)
{
	struct oriel_target *target = NULL;
	char *error = malloc(error_size);
	int r;

	expect(error);
	memset(error, 'x', error_size);
	r = oriel_target_parse(text, &target, error, error_size);
	expect(r == 0 || r == -EINVAL);
	if (r == 0) {
		check_good(target, text);
	} else {
		expect(!target);
		expect(error[0] && memchr(error, '\0', error_size));
	}
	oriel_target_destroy(target);
	free(error);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);

	expect(text);
	memcpy(text, data, size);
	text[size] = '\0';
	parse(text, 512);
	parse(text, 2);
	free(text);
	return 0;
}
