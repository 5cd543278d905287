/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "host/cli/json.h"
#include "host/cli/table.h"
#include "host/cli/vm_name.h"
#include "host/vm/config.h"
#include "host/vm/status.h"
#include "src/base/log.h"

struct machine {
	struct oriel_vm_place place;
	struct oriel_vm_status status;
	char console[ORIEL_VM_PATH];
};

/* Given one machine after the other, sorted by name. */
typedef void (*visit_fn)(void *user, const struct machine *machine);

/* -ENOENT: there is no such machine. */
static int load(const char *name, struct machine *machine)
{
	char path[ORIEL_VM_PATH];
	int r = oriel_vm_place_init(&machine->place, name);

	if (r < 0)
		return r;
	oriel_vm_state_file(&machine->place, "vm.json", path);
	if (access(path, F_OK) < 0)
		return -errno;
	oriel_vm_state_file(&machine->place, "console.log", machine->console);
	/* A machine that was never started by this user's will is one that is stopped. */
	if (oriel_vm_status_read(&machine->place, &machine->status) < 0)
		memset(&machine->status, 0, sizeof machine->status);
	return 0;
}

static int is_name(const struct dirent *entry)
{
	return oriel_vm_name_valid(entry->d_name);
}

static void visit_all(visit_fn visit, void *user)
{
	static struct machine machine;
	char folder[ORIEL_VM_PATH];
	struct dirent **entries;
	int n = oriel_vm_state_top(folder);

	if (n == 0)
		n = scandir(folder, &entries, is_name, alphasort);
	for (int i = 0; i < n; i++) {
		if (load(entries[i]->d_name, &machine) == 0)
			visit(user, &machine);
		free(entries[i]);
	}
	if (n >= 0)
		free(entries);
}

static bool is_up(const struct machine *machine)
{
	return machine->status.state == ORIEL_VM_BOOTING ||
	       machine->status.state == ORIEL_VM_RUNNING;
}

static int64_t uptime(const struct machine *machine)
{
	int64_t seconds = (int64_t)time(NULL) - machine->status.started;

	return is_up(machine) && seconds > 0 ? seconds : 0;
}

static void add_text(struct json_object *object, const char *key, const char *text)
{
	json_object_object_add(object, key, oriel_json_string(text));
}

static void add_number(struct json_object *object, const char *key, uint64_t number)
{
	json_object_object_add(object, key, json_object_new_uint64(number));
}

static void add_json(void *user, const struct machine *machine)
{
	struct json_object *object = json_object_new_object();
	const struct oriel_vm_status *status = &machine->status;

	add_text(object, "name", machine->place.name);
	add_text(object, "state", oriel_vm_state_names[status->state]);
	add_text(object, "reason", status->reason);
	add_number(object, "uptime_s", (uint64_t)uptime(machine));
	add_number(object, "boot_s",
		status->answered ? (uint64_t)(status->answered - status->started) : 0);
	add_number(object, "pid", is_up(machine) ? (uint64_t)status->qemu : 0);
	add_number(object, "supervisor", (uint64_t)status->supervisor);
	add_text(object, "share", status->share);
	add_text(object, "share_why", status->share_why);
	add_text(object, "device", status->device);
	add_text(object, "gpu", status->gpu);
	add_number(object, "memory", status->memory);
	add_number(object, "cpus", status->cpus);
	add_text(object, "accel", status->accel);
	add_text(object, "qemu", status->qemu_version);
	add_text(object, "image", status->image);
	add_text(object, "console", machine->console);
	add_text(object, "console_end", status->console);
	json_object_array_add(user, object);
}

static int print_json(struct json_object *machines)
{
	struct json_object *object = json_object_new_object();

	json_object_object_add(object, "machines", machines);
	return oriel_json_print(object);
}

static void add_uptime(struct oriel_table *table, int64_t seconds)
{
	if (seconds < 60)
		oriel_table_format(table, "%d s", (int)seconds);
	else if (seconds < 3600)
		oriel_table_format(table, "%d min", (int)(seconds / 60));
	else
		oriel_table_format(
			table, "%" PRId64 " h %d min", seconds / 3600, (int)(seconds / 60 % 60));
}

static void add_row(void *user, const struct machine *machine)
{
	struct oriel_table *table = user;
	const struct oriel_vm_status *status = &machine->status;

	oriel_table_format(table, "qemu:%s", machine->place.name);
	oriel_table_add(table, oriel_vm_state_names[status->state]);
	if (is_up(machine))
		add_uptime(table, uptime(machine));
	else
		oriel_table_add(table, "-");
	if (is_up(machine))
		oriel_table_format(table, "%d", (int)status->qemu);
	else
		oriel_table_add(table, "-");
	oriel_table_add(table, *status->share ? status->share : "-");
	oriel_table_add(table, *status->gpu ? status->gpu : "-");
	oriel_table_format(table, "%" PRIu64 " MiB", status->memory >> 20);
	oriel_table_format(table, "%u", status->cpus);
	oriel_table_add(table, *status->accel ? status->accel : "-");
	oriel_table_add(table, *status->image ? status->image : "-");
}

static void init_table(struct oriel_table *table)
{
	static const char *const titles[] = {"NAME", "STATE", "UPTIME", "PID", "SHARE", "GPU",
		"MEMORY", "CPUS", "ACCEL", "IMAGE"};

	oriel_table_init(table, "lllrllrrll");
	for (size_t i = 0; i < sizeof titles / sizeof *titles; i++)
		oriel_table_add(table, titles[i]);
}

static int print_table(struct oriel_table *table)
{
	int r = oriel_table_print(table, stdout);

	oriel_table_finish(table);
	if (r < 0)
		oriel_error("out of memory");
	return r < 0 ? ORIEL_CLI_FAILED : 0;
}

/* What has no room in a column. */
static void print_rest(const struct machine *machine)
{
	const struct oriel_vm_status *status = &machine->status;

	if (status->reason[0])
		printf("\nit is %s: %s\n", oriel_vm_state_names[status->state], status->reason);
	if (is_up(machine))
		printf("\nshare: %s (%s): %s\n", status->share, status->device, status->share_why);
	printf("console: %s\n", machine->console);
	if (status->state == ORIEL_VM_CRASHED && status->console[0])
		fputs(status->console, stdout);
}

static int print_one(const struct oriel_cli_args *args)
{
	static struct machine machine;
	struct oriel_vm_place place;
	struct oriel_table table;
	int status = oriel_cli_vm_place(args, &place);

	if (status != 0)
		return status;
	if (load(place.name, &machine) < 0) {
		oriel_error(
			"there is no qemu:%s: oriel up qemu:%s makes one", place.name, place.name);
		return ORIEL_CLI_FAILED;
	}
	if (args->json) {
		struct json_object *machines = json_object_new_array();

		add_json(machines, &machine);
		return print_json(machines);
	}
	init_table(&table);
	add_row(&table, &machine);
	status = print_table(&table);
	print_rest(&machine);
	return status;
}

int oriel_cli_status(const struct oriel_cli_args *args)
{
	struct oriel_table table;

	if (args->vm)
		return print_one(args);
	if (args->json) {
		struct json_object *machines = json_object_new_array();

		visit_all(add_json, machines);
		return print_json(machines);
	}
	init_table(&table);
	visit_all(add_row, &table);
	return print_table(&table);
}
