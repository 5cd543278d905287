/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "tests/clients/arguments.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *option(const struct command *command, const char *key)
{
	size_t length = strlen(key);
	int i;

	for (i = 1; i < command->n; i++)
		if (!strncmp(command->args[i], key, length) && command->args[i][length] == '=')
			return command->args[i] + length + 1;
	return NULL;
}

int number_option(const struct command *command, const char *key, int otherwise)
{
	const char *text = option(command, key);

	return text ? atoi(text) : otherwise;
}

bool parse_size(const char *text, int *ret_width, int *ret_height)
{
	return text && sscanf(text, "%dx%d", ret_width, ret_height) == 2;
}

bool parse_rect(const char *text, struct oriel_rect *ret_rect)
{
	return text && sscanf(text, "%d,%d,%d,%d", &ret_rect->x, &ret_rect->y, &ret_rect->width,
			       &ret_rect->height) == 4;
}

/* The numbers of xdg_positioner's anchor and gravity, and of xdg_toplevel's edges. */
static uint32_t parse_name(const char *text, const char *const names[], uint32_t n)
{
	uint32_t i;

	for (i = 0; text && i < n; i++)
		if (!strcmp(text, names[i]))
			return i;
	return 0;
}

uint32_t parse_anchor(const char *text)
{
	static const char *const names[] = {"none", "top", "bottom", "left", "right", "top_left",
		"bottom_left", "top_right", "bottom_right"};

	return parse_name(text, names, 9);
}

uint32_t parse_edge(const char *text)
{
	static const char *const names[] = {"none", "top", "bottom", "", "left", "top_left",
		"bottom_left", "", "right", "top_right", "bottom_right"};

	return parse_name(text, names, 11);
}

uint32_t parse_adjustment(const char *text)
{
	static const char *const names[] = {
		"slide_x", "slide_y", "flip_x", "flip_y", "resize_x", "resize_y"};
	uint32_t bits = 0;
	int i;

	for (i = 0; text && i < 6; i++)
		if (strstr(text, names[i]))
			bits |= 1u << i;
	return bits;
}

bool parse_options(
	const struct command *command, const char *size, struct surface_options *ret_options)
{
	struct surface_options options = {
		.margin = number_option(command, "margin", 0),
		.scale = number_option(command, "scale", 1),
		.alpha = number_option(command, "alpha", 0),
		.single = number_option(command, "single", 0),
		.fixed = number_option(command, "fixed", 0),
		.fractional = number_option(command, "fractional", 0),
		.seed = (uint32_t)number_option(command, "seed", 1),
		.late_ms = number_option(command, "late", 0),
	};
	const char *device = option(command, "dmabuf");

	if (!parse_size(size, &options.width, &options.height))
		return false;
	snprintf(options.device, sizeof(options.device), "%s", device ? device : "");
	*ret_options = options;
	return true;
}
