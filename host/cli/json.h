/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#ifndef ORIEL_HOST_CLI_JSON_H
#define ORIEL_HOST_CLI_JSON_H

#include <json-c/json.h>

/* Prints the object with a line end and releases it; NULL: no memory was left to make it.
 * Returns 0 or an exit status with the fault told. */
int oriel_json_print(struct json_object *takes);

/* A string of bytes that may not be UTF-8, which JSON must be. */
struct json_object *oriel_json_string(const char *untrusted_text);

#endif
