/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * A second viewer, made for tests: it speaks the wire, keeps the pixels and composes windows in
 * memory, by its own few lines. The reference for what the real viewer shows, and a way to say
 * to orield what no X server can.
 */
#ifndef ORIEL_TESTS_E2E_REFVIEW_H
#define ORIEL_TESTS_E2E_REFVIEW_H

#include <stdbool.h>
#include <stdint.h>

#include "src/wire/messages.h"
#include "tests/e2e/image.h"

struct refview;

struct refview_window {
	struct refview_window *next;
	struct oriel_msg_window info; /* title and app_id are ours */
	struct oriel_wire_layer layers[ORIEL_MAX_LAYERS];
	int n_layers;
	int width, height; /* of the newest frame */
	uint32_t serial;   /* of the newest whole frame; 0: none yet */
	unsigned frames;
};

/* Connects to session_socket() and waits for the handshake. */
struct refview *refview_connect(enum oriel_role role);
void refview_destroy(struct refview *view); /* NULL is fine */

/* Handles what comes, for this long. */
void refview_run(struct refview *view, unsigned ms);
/* Whether frames are acknowledged (they are, at first). */
void refview_acknowledge(struct refview *view, bool on);
/* The link has ended: why; else NULL. */
const char *refview_closed(const struct refview *view);

struct refview_window *refview_find(struct refview *view, const char *title);
/* Waits until the window is there with content, and until no frame has come for 300 ms. */
struct refview_window *refview_wait(struct refview *view, const char *title);
/* What the window shows at scale 1. NULL: it has parts that are scaled or turned, which need a
 * scaler to agree on. */
struct image *refview_compose(struct refview *view, const struct refview_window *window);

void refview_send(struct refview *view, const struct oriel_msg *msg);
/* A counter of orield. False: there is none of that name. */
bool refview_counter(struct refview *view, const char *name, uint64_t *ret_value);

#endif
