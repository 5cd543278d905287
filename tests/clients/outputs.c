/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "tests/clients/outputs.h"

#include <stdio.h>
#include <stdlib.h>

struct output {
	struct output *next;
	struct wl_output *output;
	uint32_t id;
	char name[64];
	int x, y, width, height, refresh, scale;
};

static void handle_geometry(void *data, struct wl_output *wl, int32_t x, int32_t y,
	int32_t width_mm, int32_t height_mm, int32_t subpixel, const char *make, const char *model,
	int32_t transform)
{
	struct output *output = data;

	(void)wl;
	(void)width_mm;
	(void)height_mm;
	(void)subpixel;
	(void)make;
	(void)model;
	(void)transform;
	output->x = x;
	output->y = y;
}

static void handle_mode(void *data, struct wl_output *wl, uint32_t flags, int32_t width,
	int32_t height, int32_t refresh)
{
	struct output *output = data;

	(void)wl;
	if (!(flags & WL_OUTPUT_MODE_CURRENT))
		return;
	output->width = width;
	output->height = height;
	output->refresh = refresh;
}

static void handle_scale(void *data, struct wl_output *wl, int32_t scale)
{
	struct output *output = data;

	(void)wl;
	output->scale = scale;
}

static void handle_name(void *data, struct wl_output *wl, const char *name)
{
	struct output *output = data;

	(void)wl;
	snprintf(output->name, sizeof(output->name), "%s", name);
}

static void handle_description(void *data, struct wl_output *wl, const char *description)
{
	(void)data;
	(void)wl;
	(void)description;
}

static void handle_done(void *data, struct wl_output *wl)
{
	(void)data;
	(void)wl;
}

static const struct wl_output_listener listener = {
	.geometry = handle_geometry,
	.mode = handle_mode,
	.scale = handle_scale,
	.name = handle_name,
	.description = handle_description,
	.done = handle_done,
};

void output_add(struct client *client, struct wl_registry *registry, uint32_t id)
{
	struct output *output = calloc(1, sizeof(*output));

	if (!output)
		client_die("no memory");
	output->id = id;
	output->output = wl_registry_bind(registry, id, &wl_output_interface, 4);
	wl_output_add_listener(output->output, &listener, output);
	output->next = client->outputs;
	client->outputs = output;
}

void output_remove(struct client *client, uint32_t id)
{
	struct output **at = &client->outputs, *output;

	while (*at && (*at)->id != id)
		at = &(*at)->next;
	output = *at;
	if (!output)
		return;
	*at = output->next;
	wl_output_release(output->output);
	free(output);
}

const char *output_name(const struct client *client, const struct wl_output *wl)
{
	const struct output *output;

	for (output = client->outputs; output; output = output->next)
		if (output->output == wl)
			return output->name;
	return "?";
}

void outputs_print(const struct client *client)
{
	const struct output *output;

	for (output = client->outputs; output; output = output->next)
		printf(" %s:%d,%d,%dx%d@%d*%d", output->name, output->x, output->y, output->width,
			output->height, output->refresh, output->scale);
}
