/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include <inttypes.h>

#include "host/cli/ask.h"
#include "host/cli/json.h"
#include "host/cli/table.h"
#include "src/base/log.h"

static const char *state_name(uint8_t state)
{
	switch ((enum oriel_state)state) {
	case ORIEL_STATE_NORMAL:
		return "normal";
	case ORIEL_STATE_MINIMIZED:
		return "minimized";
	case ORIEL_STATE_MAXIMIZED:
		return "maximized";
	case ORIEL_STATE_FULLSCREEN:
		return "fullscreen";
	case ORIEL_STATE_TILED:
		return "tiled";
	}
	return "unknown";
}

static struct json_object *window_json(const struct oriel_wire_window_stat *window)
{
	struct json_object *object = json_object_new_object();

	json_object_object_add(object, "id", json_object_new_int64(window->window));
	json_object_object_add(object, "app_id", oriel_json_string(window->app_id));
	json_object_object_add(object, "title", oriel_json_string(window->title));
	json_object_object_add(object, "width", json_object_new_int64(window->width));
	json_object_object_add(object, "height", json_object_new_int64(window->height));
	json_object_object_add(object, "state", json_object_new_string(state_name(window->state)));
	json_object_object_add(object, "shown", json_object_new_boolean(window->shown));
	json_object_object_add(object, "frames", json_object_new_uint64(window->frames));
	json_object_object_add(object, "bytes", json_object_new_uint64(window->bytes));
	return object;
}

static int print_json(const char *target, const struct oriel_answer *answer)
{
	struct json_object *object = json_object_new_object();
	struct json_object *windows = json_object_new_array();

	for (size_t i = 0; i < answer->n_windows; i++)
		json_object_array_add(windows, window_json(&answer->windows[i]));
	json_object_object_add(object, "target", oriel_json_string(target));
	json_object_object_add(object, "windows", windows);
	return oriel_json_print(object);
}

static int print_table(const struct oriel_answer *answer)
{
	static const char *const titles[] = {
		"ID", "APP", "TITLE", "SIZE", "STATE", "SHOWN", "FRAMES", "BYTES"};
	struct oriel_table table;
	int r;

	oriel_table_init(&table, "rlllllrr");
	for (size_t i = 0; i < sizeof titles / sizeof *titles; i++)
		oriel_table_add(&table, titles[i]);
	for (size_t i = 0; i < answer->n_windows; i++) {
		const struct oriel_wire_window_stat *window = &answer->windows[i];
		char bytes[16];

		oriel_table_bytes(window->bytes, bytes, sizeof bytes);
		oriel_table_format(&table, "%" PRIu32, window->window);
		oriel_table_add(&table, *window->app_id ? window->app_id : "-");
		oriel_table_add(&table, *window->title ? window->title : "-");
		oriel_table_format(&table, "%" PRIu32 "x%" PRIu32, window->width, window->height);
		oriel_table_add(&table, state_name(window->state));
		oriel_table_add(&table, window->shown ? "yes" : "no");
		oriel_table_format(&table, "%" PRIu64, window->frames);
		oriel_table_add(&table, bytes);
	}
	r = oriel_table_print(&table, stdout);
	oriel_table_finish(&table);
	if (r < 0)
		oriel_error("out of memory");
	return r < 0 ? ORIEL_CLI_FAILED : 0;
}

int oriel_cli_ps(const struct oriel_cli_args *args)
{
	return oriel_ask_and_print(args, print_json, print_table);
}
