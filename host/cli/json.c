/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "host/cli/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/cli/cli.h"
#include "src/base/log.h"
#include "src/base/utf8.h"

int oriel_json_print(struct json_object *takes)
{
	const char *text = takes ? json_object_to_json_string_ext(takes,
					   JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE)
				 : NULL;

	if (text)
		puts(text);
	else
		oriel_error("out of memory");
	json_object_put(takes);
	return text ? 0 : ORIEL_CLI_FAILED;
}

struct json_object *oriel_json_string(const char *untrusted_text)
{
	size_t size = strlen(untrusted_text) + 1;
	char *text = malloc(size);
	struct json_object *object = NULL;

	if (text) {
		oriel_utf8_copy(text, size, untrusted_text);
		object = json_object_new_string(text);
	}
	free(text);
	return object;
}
