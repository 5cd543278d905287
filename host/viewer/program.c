/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "host/viewer/program.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "host/viewer/session.h"
#include "src/base/log.h"

/* Numbers start anew with each link. */
#define LAUNCH 1

static void send_input(struct oriel_viewer *viewer, const void *data, size_t size)
{
	viewer->out->type = ORIEL_MSG_LAUNCH_INPUT;
	viewer->out->launch_input = (struct oriel_msg_launch_input){
		.launch = viewer->program.launch,
		.data = {.data = data, .size = (uint32_t)size},
	};
	oriel_session_send(viewer);
}

static void update_reading(struct oriel_viewer *viewer);

/* Called when read() won't block. */
static void read_input(struct oriel_viewer *viewer)
{
	struct oriel_program *program = &viewer->program;
	char data[16384];
	ssize_t n = read(STDIN_FILENO, data, sizeof data);

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n > 0) {
		send_input(viewer, data, (size_t)n);
	} else {
		/* A background job may not read the terminal: that is no end of file. */
		program->ended = true;
		if (n == 0)
			send_input(viewer, NULL, 0);
	}
	update_reading(viewer);
}

static void handle_readable(uv_poll_t *poll, int status, int events)
{
	struct oriel_viewer *viewer = poll->data;

	(void)events;
	if (status < 0) {
		viewer->program.ended = true;
		update_reading(viewer);
		return;
	}
	read_input(viewer);
}

static void handle_idle(uv_idle_t *idle)
{
	read_input(idle->data);
}

/* Reads as long as there is somebody to read for and the link takes it. */
static void update_reading(struct oriel_viewer *viewer)
{
	struct oriel_program *program = &viewer->program;
	bool read = program->running && !program->ended && viewer->link &&
		    !oriel_link_congested(viewer->link);

	if (read == program->reading)
		return;
	program->reading = read;
	if (program->polled && read)
		uv_poll_start(&program->poll, UV_READABLE, handle_readable);
	else if (program->polled)
		uv_poll_stop(&program->poll);
	else if (read)
		uv_idle_start(&program->idle, handle_idle);
	else
		uv_idle_stop(&program->idle);
}

static void open_streams(struct oriel_viewer *viewer)
{
	struct oriel_program *program = &viewer->program;

	/* Without these a terminal would stop us, a closed pipe kill us. */
	signal(SIGTTIN, SIG_IGN);
	signal(SIGTTOU, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	oriel_sink_init(&program->out, &viewer->loop.uv, STDOUT_FILENO);
	oriel_sink_init(&program->error, &viewer->loop.uv, STDERR_FILENO);
	program->polled = uv_poll_init(&viewer->loop.uv, &program->poll, STDIN_FILENO) == 0;
	program->poll.data = viewer;
	uv_idle_init(&viewer->loop.uv, &program->idle);
	program->idle.data = viewer;
}

static uint32_t list(struct oriel_wire_text *texts, const char *const *values)
{
	uint32_t n = 0;

	for (; values && values[n] && n < ORIEL_MAX_ARGS; n++)
		texts[n].value = values[n];
	return n;
}

void oriel_program_start(struct oriel_viewer *viewer)
{
	struct oriel_msg_launch *launch = &viewer->out->launch;

	open_streams(viewer);
	viewer->out->type = ORIEL_MSG_LAUNCH;
	launch->launch = LAUNCH;
	launch->n_args = list(launch->args, viewer->options->args);
	launch->n_env = list(launch->env, viewer->options->env);
	launch->cwd = "";
	viewer->program.launch = LAUNCH;
	viewer->program.running = true;
	oriel_session_send(viewer);
	update_reading(viewer);
}

int oriel_program_output(struct oriel_viewer *viewer, const struct oriel_msg_launch_output *msg,
	const char **ret_reason)
{
	struct oriel_program *program = &viewer->program;

	if (msg->launch != program->launch) {
		*ret_reason = "of a program that was not started here";
		return -EPROTO;
	}
	oriel_sink_write(
		msg->stream == 1 ? &program->out : &program->error, msg->data.data, msg->data.size);
	return 0;
}

int oriel_program_exit(struct oriel_viewer *viewer, const struct oriel_msg_launch_exit *msg,
	const char **ret_reason)
{
	struct oriel_program *program = &viewer->program;

	if (msg->launch != program->launch || program->exited) {
		*ret_reason = "of a program that does not run";
		return -EPROTO;
	}
	if (msg->reason && *msg->reason)
		oriel_error("%s: %s", viewer->options->args[0], msg->reason);
	program->running = false;
	program->exited = true;
	program->status = (int)msg->status;
	update_reading(viewer);
	return 0;
}

bool oriel_program_signal(struct oriel_viewer *viewer, int signal)
{
	if (!viewer->program.running || !viewer->ready)
		return false;
	viewer->out->type = ORIEL_MSG_LAUNCH_SIGNAL;
	viewer->out->launch_signal = (struct oriel_msg_launch_signal){
		.launch = viewer->program.launch,
		/* SIGINT and SIGTERM have the same numbers everywhere. */
		.signal = (uint32_t)signal,
	};
	oriel_session_send(viewer);
	return true;
}

void oriel_program_drained(struct oriel_viewer *viewer)
{
	if (viewer->program.launch)
		update_reading(viewer);
}

void oriel_program_lose(struct oriel_viewer *viewer)
{
	viewer->program.running = false;
	if (viewer->program.launch)
		update_reading(viewer);
}

void oriel_program_finish(struct oriel_viewer *viewer)
{
	if (!viewer->program.launch)
		return;
	oriel_sink_flush(&viewer->program.out);
	oriel_sink_flush(&viewer->program.error);
	oriel_sink_finish(&viewer->program.out);
	oriel_sink_finish(&viewer->program.error);
}
