/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "host/vm/status.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "host/vm/json.h"
#include "host/vm/lock.h"

const char *const oriel_vm_state_names[ORIEL_VM_STATES] = {
	"stopped", "booting", "running", "crashed"};

void oriel_vm_status_add_source(
	struct oriel_vm_status *status, const struct oriel_region_source *source)
{
	int i = status->n_sources;

	if (i == 2)
		return;
	status->sources[i] = *source;
	snprintf(status->paths[i], sizeof status->paths[i], "%s", source->path);
	status->sources[i].path = status->paths[i];
	status->n_sources++;
}

static void add_text(struct json_object *object, const char *key, const char *text)
{
	json_object_object_add(object, key, json_object_new_string(text));
}

static void add_number(struct json_object *object, const char *key, uint64_t number)
{
	json_object_object_add(object, key, json_object_new_uint64(number));
}

static struct json_object *make_source(const struct oriel_region_source *source)
{
	struct json_object *object = json_object_new_object();
	struct json_object *ranges = json_object_new_array();
	char token[2 * ORIEL_REGION_TOKEN + 1] = "";

	for (int i = 0; i < ORIEL_REGION_TOKEN; i++)
		snprintf(token + 2 * i, 3, "%02x", source->token[i]);
	for (int i = 0; i < source->n_ranges; i++) {
		struct json_object *range = json_object_new_object();

		add_number(range, "address", source->ranges[i].address);
		add_number(range, "offset", source->ranges[i].offset);
		add_number(range, "size", source->ranges[i].size);
		json_object_array_add(ranges, range);
	}
	add_number(object, "kind", source->kind);
	add_text(object, "path", source->path);
	add_number(object, "size", source->size);
	add_text(object, "token", token);
	json_object_object_add(object, "ranges", ranges);
	return object;
}

static struct json_object *make_object(const struct oriel_vm_status *status)
{
	struct json_object *object = json_object_new_object();
	struct json_object *sources = json_object_new_array();

	add_text(object, "state", oriel_vm_state_names[status->state]);
	add_text(object, "reason", status->reason);
	add_text(object, "console", status->console);
	add_number(object, "qemu", (uint64_t)status->qemu);
	add_number(object, "qemu_start", status->qemu_start);
	add_number(object, "started", (uint64_t)status->started);
	add_number(object, "answered", (uint64_t)status->answered);
	add_text(object, "image", status->image);
	add_number(object, "memory", status->memory);
	add_number(object, "cpus", status->cpus);
	add_text(object, "gpu", status->gpu);
	add_text(object, "share", status->share);
	add_text(object, "share_why", status->share_why);
	add_text(object, "device", status->device);
	add_text(object, "accel", status->accel);
	add_text(object, "qemu_version", status->qemu_version);
	for (int i = 0; i < status->n_sources; i++)
		json_object_array_add(sources, make_source(&status->sources[i]));
	json_object_object_add(object, "sources", sources);
	return object;
}

int oriel_vm_status_write(const struct oriel_vm_place *place, const struct oriel_vm_status *status)
{
	char path[ORIEL_VM_PATH];

	oriel_vm_state_file(place, "status.json", path);
	return oriel_vm_json_write(path, make_object(status));
}

static bool read_token(struct json_object *object, uint8_t token[ORIEL_REGION_TOKEN])
{
	const char *text = oriel_vm_json_text(object, "token");

	if (!text || strlen(text) != 2 * ORIEL_REGION_TOKEN ||
		strspn(text, "0123456789abcdef") != 2 * ORIEL_REGION_TOKEN)
		return false;
	for (int i = 0; i < ORIEL_REGION_TOKEN; i++) {
		unsigned byte;

		sscanf(text + 2 * i, "%2x", &byte);
		token[i] = (uint8_t)byte;
	}
	return true;
}

static void read_ranges(struct json_object *object, struct oriel_region_source *source)
{
	struct json_object *ranges;

	if (!json_object_object_get_ex(object, "ranges", &ranges) ||
		!json_object_is_type(ranges, json_type_array))
		return;
	for (size_t i = 0; i < json_object_array_length(ranges) && i < ORIEL_REGION_RANGES; i++) {
		struct json_object *range = json_object_array_get_idx(ranges, i);

		source->ranges[i].address = oriel_vm_json_number(range, "address", 0);
		source->ranges[i].offset = oriel_vm_json_number(range, "offset", 0);
		source->ranges[i].size = oriel_vm_json_number(range, "size", 0);
		source->n_ranges = (int)i + 1;
	}
}

/* What is wrong in a source beyond this, oriel_region_map() finds. */
static void read_sources(struct json_object *object, struct oriel_vm_status *status)
{
	struct json_object *sources;

	if (!json_object_object_get_ex(object, "sources", &sources) ||
		!json_object_is_type(sources, json_type_array))
		return;
	for (size_t i = 0; i < json_object_array_length(sources); i++) {
		struct json_object *item = json_object_array_get_idx(sources, i);
		struct oriel_region_source source = {
			.path = oriel_vm_json_text(item, "path"),
			.size = oriel_vm_json_number(item, "size", 0),
		};
		uint64_t kind = oriel_vm_json_number(item, "kind", UINT64_MAX);

		if (!source.path || kind > ORIEL_MEMORY_RAM || !read_token(item, source.token))
			continue;
		source.kind = (uint8_t)kind;
		read_ranges(item, &source);
		oriel_vm_status_add_source(status, &source);
	}
}

static void read_object(struct json_object *object, struct oriel_vm_status *status)
{
	int state = oriel_vm_find_name(
		oriel_vm_json_text(object, "state"), oriel_vm_state_names, ORIEL_VM_STATES);

	status->state = state < 0 ? ORIEL_VM_STOPPED : (enum oriel_vm_state)state;
	oriel_vm_json_copy(object, "reason", status->reason, sizeof status->reason);
	oriel_vm_json_copy(object, "console", status->console, sizeof status->console);
	status->qemu = (pid_t)oriel_vm_json_number(object, "qemu", 0);
	status->qemu_start = oriel_vm_json_number(object, "qemu_start", 0);
	status->started = (int64_t)oriel_vm_json_number(object, "started", 0);
	status->answered = (int64_t)oriel_vm_json_number(object, "answered", 0);
	oriel_vm_json_copy(object, "image", status->image, sizeof status->image);
	status->memory = oriel_vm_json_number(object, "memory", 0);
	status->cpus = (unsigned)oriel_vm_json_number(object, "cpus", 0);
	oriel_vm_json_copy(object, "gpu", status->gpu, sizeof status->gpu);
	oriel_vm_json_copy(object, "share", status->share, sizeof status->share);
	oriel_vm_json_copy(object, "share_why", status->share_why, sizeof status->share_why);
	oriel_vm_json_copy(object, "device", status->device, sizeof status->device);
	oriel_vm_json_copy(object, "accel", status->accel, sizeof status->accel);
	oriel_vm_json_copy(
		object, "qemu_version", status->qemu_version, sizeof status->qemu_version);
	read_sources(object, status);
}

static bool active(const struct oriel_vm_status *status)
{
	return status->state == ORIEL_VM_BOOTING || status->state == ORIEL_VM_RUNNING;
}

int oriel_vm_status_load(const struct oriel_vm_place *place, struct oriel_vm_status *ret_status)
{
	struct json_object *object;
	char path[ORIEL_VM_PATH];
	int r;

	oriel_vm_state_file(place, "status.json", path);
	r = oriel_vm_json_read(path, &object);
	if (r < 0)
		return r;
	memset(ret_status, 0, sizeof *ret_status);
	read_object(object, ret_status);
	json_object_put(object);
	return 0;
}

int oriel_vm_status_read(const struct oriel_vm_place *place, struct oriel_vm_status *ret_status)
{
	int r = oriel_vm_status_load(place, ret_status);
	pid_t supervisor = r == 0 ? oriel_vm_lock_holder(place) : 0;

	/* It may have written how it ended between these two. */
	if (r == 0 && !supervisor && active(ret_status))
		r = oriel_vm_status_load(place, ret_status);
	if (r < 0)
		return r;
	ret_status->supervisor = supervisor;
	if (!supervisor && active(ret_status)) {
		ret_status->state = ORIEL_VM_CRASHED;
		snprintf(ret_status->reason, sizeof ret_status->reason,
			"its supervisor was killed, or this computer went down");
	}
	if (!supervisor)
		ret_status->n_sources = 0;
	return 0;
}
