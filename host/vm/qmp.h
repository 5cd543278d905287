/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * QEMU's control connection: commands go out, events come in. One line of JSON each.
 *
 * Everything is for the loop's thread. No callback comes from inside a call.
 */
#ifndef ORIEL_HOST_VM_QMP_H
#define ORIEL_HOST_VM_QMP_H

#include <json-c/json.h>
#include <uv.h>

struct oriel_qmp;

struct oriel_qmp_events {
	/* Required, once at most: QEMU has made the machine and runs it. */
	void (*ready)(void *user);
	/* Required. QEMU's name of an event, "SHUTDOWN", and its data, NULL when there is none.
	 * Both are QEMU's and valid during the call. */
	void (*event)(void *user, const char *name, struct json_object *data);
	/* Required. The answer to "query-status", as "running" or "io-error"; as those. */
	void (*status)(void *user, const char *status);
};

/* Takes fd, a connected socket, on failure too; events is borrowed. 0 or -errno. */
int oriel_qmp_create(uv_loop_t *loop, int fd, const struct oriel_qmp_events *events, void *user,
	struct oriel_qmp **ret_qmp);

/* Sends a command without arguments, a literal: "system_powerdown", "quit". What is sent before
 * QEMU is ready waits for that. 0; -EPIPE: QEMU is gone; -ENOMEM. */
int oriel_qmp_send(struct oriel_qmp *qmp, const char *command);

/* No events any more; its memory is given back by the loop. NULL is fine. */
void oriel_qmp_destroy(struct oriel_qmp *qmp);

#endif
