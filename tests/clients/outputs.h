/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * The screens that the compositor tells of (wl_output 4 and up). They come and go.
 */
#ifndef ORIEL_TESTS_CLIENTS_OUTPUTS_H
#define ORIEL_TESTS_CLIENTS_OUTPUTS_H

#include "tests/clients/client.h"

void output_add(struct client *client, struct wl_registry *registry, uint32_t id);
/* Does nothing when id is something else. */
void output_remove(struct client *client, uint32_t id);

const char *output_name(const struct client *client, const struct wl_output *output);
/* Prints " NAME:X,Y,WIDTHxHEIGHT@MHZ*SCALE" for each, sizes in pixels. */
void outputs_print(const struct client *client);

#endif
