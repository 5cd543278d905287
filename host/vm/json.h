/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * The JSON files of virtual machines: read with limits and checks, written at one go. Any thread.
 */
#ifndef ORIEL_HOST_VM_JSON_H
#define ORIEL_HOST_VM_JSON_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ORIEL_VM_JSON_MAX 65536 /* bytes of a file */

/* Reads one object, which json_object_put() releases. 0; -EBADMSG: it is not one JSON object;
 * -EFBIG; -ENOMEM; other -errno of the file. */
int oriel_vm_json_parse(const void *text, size_t size, struct json_object **ret_object);
int oriel_vm_json_read(const char *path, struct json_object **ret_object);

/* Replaces the file (0600) at one go: who reads sees the old one or the new one. Only where the
 * disk has no room for both is the old one overwritten. Takes the object, which is NULL when there
 * was no memory to make it. 0 or -errno. */
int oriel_vm_json_write(const char *path, struct json_object *takes);

/* Members of an object, NULL or fallback when missing or of another type; negative numbers count
 * as of another type. Text is borrowed from the object, never with a NUL inside. */
const char *oriel_vm_json_text(struct json_object *object, const char *key);
uint64_t oriel_vm_json_number(struct json_object *object, const char *key, uint64_t fallback);

/* Copies a member into text when it fits, else text becomes "". Whether it did. */
bool oriel_vm_json_copy(struct json_object *object, const char *key, char *text, size_t size);

#endif
