/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "host/vm/qmp.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/vm/json.h"
#include "src/base/log.h"

/* QEMU's longest line here is its greeting, of some 200 bytes. */
#define LINE_MAX_BYTES 65536
#define WAITING_MAX 4

struct oriel_qmp {
	uv_pipe_t pipe;
	const struct oriel_qmp_events *events;
	void *user;
	bool greeted, closed;
	const char *waiting[WAITING_MAX]; /* commands, until QEMU has greeted */
	size_t n_waiting;
	size_t length;
	char line[LINE_MAX_BYTES];
	char piece[4096];
};

struct send {
	uv_write_t request;
	char text[];
};

static void handle_written(uv_write_t *request, int status)
{
	(void)status; /* the end of the stream tells that too */
	free(request->data);
}

static int send_now(struct oriel_qmp *qmp, const char *command)
{
	size_t size = strlen(command) + sizeof "{\"execute\": \"\"}\n";
	struct send *send = malloc(sizeof *send + size);
	uv_buf_t buffer;
	int r;

	if (!send)
		return -ENOMEM;
	snprintf(send->text, size, "{\"execute\": \"%s\"}\n", command);
	send->request.data = send;
	buffer = uv_buf_init(send->text, (unsigned)strlen(send->text));
	r = uv_write(&send->request, (uv_stream_t *)&qmp->pipe, &buffer, 1, handle_written);
	if (r < 0)
		free(send);
	return r < 0 ? -EPIPE : 0;
}

static void greet(struct oriel_qmp *qmp)
{
	if (qmp->greeted)
		return;
	qmp->greeted = true;
	send_now(qmp, "qmp_capabilities");
	for (size_t i = 0; i < qmp->n_waiting; i++)
		send_now(qmp, qmp->waiting[i]);
	qmp->events->ready(qmp->user);
}

static void read_line(struct oriel_qmp *qmp)
{
	struct json_object *object, *part;
	const char *text;

	if (oriel_vm_json_parse(qmp->line, qmp->length, &object) < 0) {
		oriel_warning("QEMU's control connection: a line is no JSON");
		return;
	}
	if (json_object_object_get_ex(object, "QMP", &part)) {
		greet(qmp);
	} else if (json_object_object_get_ex(object, "error", &part)) {
		text = oriel_vm_json_text(part, "desc");
		oriel_warning("QEMU refuses a command: %s", text ? text : "it does not say why");
	} else if ((text = oriel_vm_json_text(object, "event"))) {
		json_object_object_get_ex(object, "data", &part);
		qmp->events->event(qmp->user, text, part);
	} else if (json_object_object_get_ex(object, "return", &part) &&
		   (text = oriel_vm_json_text(part, "status"))) {
		qmp->events->status(qmp->user, text);
	}
	json_object_put(object);
}

static void handle_alloc(uv_handle_t *handle, size_t size, uv_buf_t *ret_buffer)
{
	struct oriel_qmp *qmp = handle->data;

	(void)size;
	*ret_buffer = uv_buf_init(qmp->piece, sizeof qmp->piece);
}

/* The end of QEMU is noticed by its process; here it is only the end of what it says. */
static void handle_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buffer)
{
	struct oriel_qmp *qmp = stream->data;

	if (n < 0) {
		qmp->closed = true;
		uv_read_stop(stream);
	}
	for (ssize_t i = 0; i < n && !uv_is_closing((uv_handle_t *)stream); i++) {
		char c = buffer->base[i];

		if (c == '\n') {
			read_line(qmp);
			qmp->length = 0;
		} else if (qmp->length < sizeof qmp->line) {
			qmp->line[qmp->length++] = c;
		}
	}
}

static void handle_closed(uv_handle_t *handle)
{
	free(handle->data);
}

int oriel_qmp_create(uv_loop_t *loop, int fd, const struct oriel_qmp_events *events, void *user,
	struct oriel_qmp **ret_qmp)
{
	struct oriel_qmp *qmp = calloc(1, sizeof *qmp);
	int r;

	if (!qmp) {
		close(fd);
		return -ENOMEM;
	}
	qmp->events = events;
	qmp->user = user;
	uv_pipe_init(loop, &qmp->pipe, 0);
	qmp->pipe.data = qmp;
	r = uv_pipe_open(&qmp->pipe, fd);
	if (r < 0)
		close(fd);
	else
		r = uv_read_start((uv_stream_t *)&qmp->pipe, handle_alloc, handle_read);
	if (r < 0) {
		uv_close((uv_handle_t *)&qmp->pipe, handle_closed);
		return r;
	}
	*ret_qmp = qmp;
	return 0;
}

int oriel_qmp_send(struct oriel_qmp *qmp, const char *command)
{
	if (qmp->closed)
		return -EPIPE;
	if (qmp->greeted)
		return send_now(qmp, command);
	if (qmp->n_waiting == WAITING_MAX)
		return -ENOMEM;
	qmp->waiting[qmp->n_waiting++] = command;
	return 0;
}

void oriel_qmp_destroy(struct oriel_qmp *qmp)
{
	if (qmp)
		uv_close((uv_handle_t *)&qmp->pipe, handle_closed);
}
