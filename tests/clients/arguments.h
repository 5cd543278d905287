/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * The words of a command of the pattern client.
 */
#ifndef ORIEL_TESTS_CLIENTS_ARGUMENTS_H
#define ORIEL_TESTS_CLIENTS_ARGUMENTS_H

#include "tests/clients/surface.h"

enum { MAX_ARGS = 32 };

struct command {
	struct client *client;
	int n;
	char *args[MAX_ARGS + 1]; /* args[0] is the verb; NULL-ended */
	const char *rest;         /* of the line, behind the second argument */
	uint32_t press;
};

/* The value of KEY=VALUE; NULL, or otherwise, when it is not there. */
const char *option(const struct command *command, const char *key);
int number_option(const struct command *command, const char *key, int otherwise);

/* False when text is NULL or no such thing. */
bool parse_size(const char *text, int *ret_width, int *ret_height);
bool parse_rect(const char *text, struct oriel_rect *ret_rect);
/* size, and the options that all kinds of surfaces have. */
bool parse_options(
	const struct command *command, const char *size, struct surface_options *ret_options);

/* Numbers of xdg-shell; 0 when text is NULL or unknown. */
uint32_t parse_anchor(const char *text); /* anchor or gravity of a positioner */
uint32_t parse_edge(const char *text);   /* of a toplevel */
uint32_t parse_adjustment(const char *text);

#endif
