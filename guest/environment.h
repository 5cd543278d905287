/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * The environment of started programs: that of orield, what makes a Wayland session of it, and
 * what the viewer adds.
 */
#ifndef ORIEL_GUEST_ENVIRONMENT_H
#define ORIEL_GUEST_ENVIRONMENT_H

#include "guest/core.h"
#include "src/wire/messages.h"

/* Writes what ORIEL_LAUNCH is for a launch: no other orield, before or after, has the same.
 * size >= 64. */
void oriel_environment_mark(
	const struct oriel_core *core, uint64_t number, char *mark, size_t size);

/* A NULL-ended array for launch number; NULL: no memory. */
char **oriel_environment_create(const struct oriel_core *core, uint64_t number,
	const struct oriel_wire_text *added, uint32_t n_added);
void oriel_environment_destroy(char **environment); /* NULL is fine */

#endif
