/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * A program as the other end. Its standard input and output are sockets of a pair each, so that
 * each direction ends by itself.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/carrier/fd.h"
#include "src/carrier/stream.h"

/* After its output has ended, the program has so long to end and to say why. */
#define LAST_WORDS_MS 1000
/* After SIGTERM. */
#define KILL_MS 2000

struct line {
	char text[1024]; /* what is longer is cut */
	size_t size;
};

struct command {
	struct oriel_stream stream;
	uv_process_t process;
	uv_pipe_t err;
	uv_timer_t timer;
	bool output_ended, err_ended, exited, told;
	int error; /* why output ended */
	int64_t status;
	int signal;
	char program[256];
	struct line line, last; /* of standard error: the one being read, the last that is whole */
	char err_buffer[4096];
};

static struct command *from_stream(struct oriel_stream *stream)
{
	return (struct command *)stream;
}

static void describe_exit(struct command *command, char *text, size_t size)
{
	const struct line *line = command->line.size ? &command->line : &command->last;

	if (line->size)
		snprintf(text, size, "%.*s", (int)line->size, line->text);
	else if (command->signal)
		snprintf(
			text, size, "%s was ended by signal %d", command->program, command->signal);
	else
		snprintf(text, size, "%s ended with status %d", command->program,
			(int)command->status);
}

static void tell(struct command *command)
{
	char reason[2048];
	int error = command->error;

	if (command->told)
		return;
	command->told = true;
	uv_timer_stop(&command->timer);
	if (command->exited && (command->status || command->signal)) {
		error = -ECONNABORTED;
		describe_exit(command, reason, sizeof(reason));
	} else if (error) {
		snprintf(reason, sizeof(reason), "%s: %s", command->program, uv_strerror(error));
	} else {
		snprintf(reason, sizeof(reason), "%s has ended", command->program);
	}
	command->stream.events->closed(command->stream.user, error, reason);
}

static void handle_last_words(uv_timer_t *timer)
{
	tell(timer->data);
}

/* Exit status and last line come by ways of their own, in any order: wait for all, but not for
 * ever, as somebody else may hold standard error open. */
static void tell_when_complete(struct command *command)
{
	if (command->stream.destroyed || !command->output_ended || command->told)
		return;
	if (command->exited && command->err_ended)
		tell(command);
	else if (!uv_is_active((uv_handle_t *)&command->timer))
		uv_timer_start(&command->timer, handle_last_words, LAST_WORDS_MS, 0);
}

static void handle_output_ended(struct oriel_stream *stream, int error)
{
	struct command *command = from_stream(stream);

	command->output_ended = true;
	command->error = error;
	tell_when_complete(command);
}

static void take_text(struct command *command, const char *untrusted_text, size_t size)
{
	struct line *line = &command->line;

	for (size_t i = 0; i < size; i++) {
		char c = untrusted_text[i];
		if (c != '\n' && c != '\r') {
			if (line->size < sizeof(line->text))
				line->text[line->size++] = c;
		} else if (line->size) {
			command->last = *line;
			line->size = 0;
		}
	}
}

static void copy_to_stderr(const char *text, size_t size)
{
	while (size > 0) {
		ssize_t n = write(STDERR_FILENO, text, size);
		if (n < 0 && errno != EINTR)
			return;
		text += n > 0 ? n : 0;
		size -= n > 0 ? (size_t)n : 0;
	}
}

static void handle_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
	struct command *command = from_stream(handle->data);

	(void)suggested;
	*buffer = uv_buf_init(command->err_buffer, sizeof(command->err_buffer));
}

static void handle_err(uv_stream_t *pipe, ssize_t size, const uv_buf_t *buffer)
{
	struct command *command = from_stream(pipe->data);

	if (size > 0) {
		copy_to_stderr(buffer->base, (size_t)size);
		take_text(command, buffer->base, (size_t)size);
	} else if (size < 0) {
		uv_read_stop(pipe);
		command->err_ended = true;
		tell_when_complete(command);
	}
}

static void handle_exit(uv_process_t *process, int64_t status, int signal)
{
	struct command *command = from_stream(process->data);

	command->exited = true;
	command->status = status;
	command->signal = signal;
	if (!command->stream.destroyed) {
		tell_when_complete(command);
		return;
	}
	uv_close((uv_handle_t *)&command->timer, oriel_stream_handle_closed);
	uv_close((uv_handle_t *)process, oriel_stream_handle_closed);
}

static void handle_kill(uv_timer_t *timer)
{
	struct command *command = timer->data;

	uv_process_kill(&command->process, SIGKILL);
}

static void command_destroy(struct oriel_carrier *carrier)
{
	struct command *command = (struct command *)carrier;

	uv_close((uv_handle_t *)&command->err, oriel_stream_handle_closed);
	if (command->exited) {
		uv_close((uv_handle_t *)&command->timer, oriel_stream_handle_closed);
		uv_close((uv_handle_t *)&command->process, oriel_stream_handle_closed);
	} else {
		/* The handle stays till the program has ended: else nobody reaps it. */
		uv_process_kill(&command->process, SIGTERM);
		uv_timer_start(&command->timer, handle_kill, KILL_MS, 0);
	}
	oriel_stream_destroy(carrier);
}

static const struct oriel_carrier_ops command_ops = {
	.name = "command",
	.passes_fds = false,
	.start = oriel_stream_start,
	.write = oriel_stream_write,
	.finish = oriel_stream_finish,
	.pause = oriel_stream_pause,
	.destroy = command_destroy,
};

static void init_handles(struct command *command, uv_loop_t *loop)
{
	uv_pipe_init(loop, &command->err, 0);
	uv_timer_init(loop, &command->timer);
	command->err.data = command->process.data = &command->stream;
	command->timer.data = command;
	command->stream.handles += 3;
}

/* Starts the program with these descriptors as its standard input and output. */
static int spawn(
	struct command *command, uv_loop_t *loop, const char *const argv[], int in, int out)
{
	uv_stdio_container_t stdio[3] = {
		{.flags = UV_INHERIT_FD, .data.fd = in},
		{.flags = UV_INHERIT_FD, .data.fd = out},
		{.flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE,
			.data.stream = (uv_stream_t *)&command->err},
	};
	uv_process_options_t options = {
		.exit_cb = handle_exit,
		.file = argv[0],
		.args = (char **)argv,
		.stdio_count = 3,
		.stdio = stdio,
	};
	int r = uv_spawn(loop, &command->process, &options);

	if (r == 0)
		r = uv_read_start((uv_stream_t *)&command->err, handle_alloc, handle_err);
	return r;
}

/* Makes the carrier of our ends of the pairs, and the program of the others. Takes ours. */
static int create(uv_loop_t *loop, const char *const argv[], const int in[2], const int out[2],
	struct oriel_carrier **ret)
{
	struct command *command = calloc(1, sizeof(*command));

	if (!command) {
		close(in[0]);
		close(out[0]);
		return -ENOMEM;
	}
	int r = oriel_stream_init(&command->stream, loop, &command_ops, out[0], in[0]);
	if (r < 0)
		return r;
	command->stream.ended = handle_output_ended;
	snprintf(command->program, sizeof(command->program), "%s", argv[0]);
	init_handles(command, loop);
	r = spawn(command, loop, argv, in[1], out[1]);
	if (r < 0) {
		command->exited = !uv_is_active((uv_handle_t *)&command->process);
		command_destroy(&command->stream.base);
		return r;
	}
	*ret = &command->stream.base;
	return 0;
}

int oriel_carrier_command(uv_loop_t *loop, const char *const argv[], struct oriel_carrier **ret)
{
	int in[2], out[2]; /* as the program sees them; [0] is our end */

	if (!argv[0])
		return -EINVAL;
	int r = oriel_fd_socketpair(in);
	if (r < 0)
		return r;
	r = oriel_fd_socketpair(out);
	if (r < 0) {
		close(in[0]);
		close(in[1]);
		return r;
	}
	r = create(loop, argv, in, out, ret);
	close(in[1]);
	close(out[1]);
	return r;
}
