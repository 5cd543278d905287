/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "host/vm/way.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/base/log.h"
#include "src/link/link.h"

/* Only after faults: a link to a guest that does not answer yet waits in the broker. */
#define AGAIN_MS 1000
/* An orield that was there and does not answer is asked anew after this. */
#define HANDSHAKE_MS 60000

struct oriel_vm_way {
	uv_loop_t *loop;
	char serial[ORIEL_VM_PATH], link_path[ORIEL_VM_PATH];
	uv_timer_t again;
	struct oriel_broker *broker;
	struct oriel_link *question;
	oriel_vm_answered_fn answered;
	void *user;
	bool asks; /* and has no answer yet */
};

static void try_again(struct oriel_vm_way *way);

static void handle_broker_closed(void *user, int error, const char *reason)
{
	struct oriel_vm_way *way = user;

	(void)error;
	oriel_warning("the serial port's stream has ended: %s", reason);
	oriel_broker_destroy(way->broker);
	way->broker = NULL;
	try_again(way);
}

static int connect_serial(struct oriel_vm_way *way)
{
	struct oriel_carrier *carrier;
	int r = oriel_carrier_unix_connect(way->loop, way->serial, &carrier);

	return r < 0 ? r
		     : oriel_broker_create(way->loop, carrier, way->link_path, handle_broker_closed,
			       way, &way->broker);
}

static void handle_ready(void *user, const struct oriel_msg_hello *peer)
{
	struct oriel_vm_way *way = user;

	oriel_info("the guest answers: %s", peer->program);
	way->asks = false;
	oriel_link_close(way->question, ORIEL_ERROR_NONE, "only asked whether you are there");
	way->answered(way->user);
}

static void handle_message(void *user, const struct oriel_msg *msg, int fd)
{
	(void)user;
	(void)msg;
	if (fd >= 0)
		close(fd);
}

static void handle_closed(void *user, int error, enum oriel_error code, const char *reason)
{
	struct oriel_vm_way *way = user;

	(void)error;
	(void)code;
	oriel_link_destroy(way->question);
	way->question = NULL;
	if (way->asks) {
		oriel_info("no answer of the guest: %s", reason);
		try_again(way);
	}
}

static const struct oriel_link_events events = {
	.ready = handle_ready,
	.message = handle_message,
	.closed = handle_closed,
};

static int ask(struct oriel_vm_way *way)
{
	static const struct oriel_link_options options = {
		.side = ORIEL_WIRE_HOST,
		.role = ORIEL_ROLE_CONTROL,
		.program = "oriel " ORIEL_VERSION,
		.handshake_ms = HANDSHAKE_MS,
	};
	struct oriel_carrier *carrier;
	int r = oriel_carrier_unix_connect(way->loop, way->link_path, &carrier);

	return r < 0 ? r : oriel_link_create(carrier, &options, &events, way, &way->question);
}

static void handle_again(uv_timer_t *timer)
{
	struct oriel_vm_way *way = timer->data;
	int r = 0;

	if (!way->broker)
		r = connect_serial(way);
	if (r == 0 && way->asks && !way->question)
		r = ask(way);
	if (r < 0) {
		oriel_info("the way to the guest: %s", strerror(-r));
		try_again(way);
	}
}

static void try_again(struct oriel_vm_way *way)
{
	uv_timer_start(&way->again, handle_again, AGAIN_MS, 0);
}

static void handle_timer_closed(uv_handle_t *handle)
{
	free(handle->data);
}

int oriel_vm_way_create(uv_loop_t *loop, const struct oriel_vm_place *place,
	oriel_vm_answered_fn answered, void *user, struct oriel_vm_way **ret_way,
	struct oriel_vm_fault *fault)
{
	struct oriel_vm_way *way = calloc(1, sizeof *way);
	int r;

	if (!way)
		return oriel_vm_fail(fault, -ENOMEM, "out of memory");
	way->loop = loop;
	way->answered = answered;
	way->user = user;
	oriel_vm_run_file(place, "serial.sock", way->serial);
	oriel_vm_run_file(place, "link.sock", way->link_path);
	uv_timer_init(loop, &way->again);
	way->again.data = way;
	r = connect_serial(way);
	/* A QEMU that has just ended: its end is told by others. */
	if (r == -ENOENT || r == -ECONNREFUSED) {
		try_again(way);
		r = 0;
	}
	if (r < 0) {
		oriel_vm_way_destroy(way);
		return oriel_vm_fail(fault, r, "can't listen on %s: %s: end what uses it",
			way->link_path, strerror(-r));
	}
	*ret_way = way;
	return 0;
}

void oriel_vm_way_ask(struct oriel_vm_way *way)
{
	way->asks = true;
	if (!way->question)
		uv_timer_start(&way->again, handle_again, 0, 0);
}

void oriel_vm_way_left(struct oriel_vm_way *way)
{
	if (way->broker)
		oriel_broker_guest_left(way->broker);
}

void oriel_vm_way_destroy(struct oriel_vm_way *way)
{
	if (!way)
		return;
	oriel_link_destroy(way->question);
	oriel_broker_destroy(way->broker);
	uv_close((uv_handle_t *)&way->again, handle_timer_closed);
}
