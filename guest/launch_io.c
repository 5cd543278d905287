/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "guest/launch_io.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/base/log.h"

/* Opening ------------------------------------------------------------------------------------- */

static void close_fds(int fds[3][2])
{
	for (int i = 0; i < 3; i++)
		for (int j = 0; j < 2; j++)
			if (fds[i][j] >= 0)
				close(fds[i][j]);
}

static void adopt(struct oriel_launch *launch, uv_pipe_t *pipe, int fd)
{
	uv_pipe_init(launch->core->loop, pipe, 0);
	pipe->data = launch;
	launch->n_open++;
	/* Fails only for what is no pipe. */
	uv_pipe_open(pipe, fd);
}

int oriel_launch_io_open(struct oriel_launch *launch, int ret_fds[3])
{
	int fds[3][2] = {{-1, -1}, {-1, -1}, {-1, -1}};
	int r = uv_pipe(fds[0], 0, UV_NONBLOCK_PIPE);

	for (int i = 1; r == 0 && i < 3; i++)
		r = uv_pipe(fds[i], UV_NONBLOCK_PIPE, 0);
	if (r < 0) {
		close_fds(fds);
		return r;
	}
	adopt(launch, &launch->input, fds[0][1]);
	adopt(launch, &launch->output[0], fds[1][0]);
	adopt(launch, &launch->output[1], fds[2][0]);
	ret_fds[0] = fds[0][0];
	ret_fds[1] = fds[1][1];
	ret_fds[2] = fds[2][1];
	return 0;
}

/* Output -------------------------------------------------------------------------------------- */

static void handle_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
	struct oriel_launch *launch = handle->data;

	(void)suggested;
	*buffer = uv_buf_init(launch->core->chunk, sizeof launch->core->chunk);
}

static void send_output(struct oriel_launch *launch, uint8_t stream, const char *data, size_t size)
{
	struct oriel_msg msg = {.type = ORIEL_MSG_LAUNCH_OUTPUT};

	/* Of a program that has ended for its viewer, only background processes write on. */
	if (!launch->client || launch->told_exit)
		return;
	msg.launch_output.launch = launch->id;
	msg.launch_output.stream = stream;
	msg.launch_output.data = (struct oriel_bytes){data, (uint32_t)size};
	oriel_client_send(launch->client, &msg);
	if (oriel_link_congested(launch->client->link))
		oriel_launch_io_read(launch, false);
}

static void handle_output(uv_stream_t *stream, ssize_t n, const uv_buf_t *buffer)
{
	struct oriel_launch *launch = stream->data;

	if (n == 0)
		return;
	if (n < 0) {
		oriel_launch_close(launch, (uv_handle_t *)stream);
		oriel_launch_output_ended(launch);
		return;
	}
	launch->heard = true;
	send_output(launch, stream == (uv_stream_t *)&launch->output[0] ? 1 : 2, buffer->base,
		(size_t)n);
}

void oriel_launch_io_read(struct oriel_launch *launch, bool on)
{
	if (launch->reading == on)
		return;
	launch->reading = on;
	for (int i = 0; i < 2; i++) {
		uv_stream_t *stream = (uv_stream_t *)&launch->output[i];

		if (uv_is_closing((uv_handle_t *)stream))
			continue;
		if (on)
			uv_read_start(stream, handle_alloc, handle_output);
		else
			uv_read_stop(stream);
	}
}

bool oriel_launch_io_ended(const struct oriel_launch *launch)
{
	return uv_is_closing((const uv_handle_t *)&launch->output[0]) &&
	       uv_is_closing((const uv_handle_t *)&launch->output[1]);
}

/* Input --------------------------------------------------------------------------------------- */

struct input {
	uv_write_t write;
	uint8_t data[];
};

static void handle_written(uv_write_t *write, int status)
{
	struct oriel_launch *launch = write->data;

	free((struct input *)write);
	/* The program has closed its input, or ended. */
	if (status < 0)
		oriel_launch_close(launch, (uv_handle_t *)&launch->input);
}

static void handle_shutdown(uv_shutdown_t *request, int status)
{
	struct oriel_launch *launch = request->data;

	(void)status;
	free(request);
	oriel_launch_close(launch, (uv_handle_t *)&launch->input);
}

/* Ends the input after what is queued. */
static void end_input(struct oriel_launch *launch)
{
	uv_shutdown_t *request = calloc(1, sizeof *request);

	if (!request)
		return;
	request->data = launch;
	if (uv_shutdown(request, (uv_stream_t *)&launch->input, handle_shutdown) < 0)
		free(request);
}

static int queue_input(struct oriel_launch *launch, const struct oriel_bytes *bytes)
{
	struct input *input = malloc(sizeof *input + bytes->size);
	uv_buf_t buffer;
	int r;

	if (!input)
		return -ENOMEM;
	memcpy(input->data, bytes->data, bytes->size);
	input->write.data = launch;
	buffer = uv_buf_init((char *)input->data, bytes->size);
	r = uv_write(&input->write, (uv_stream_t *)&launch->input, &buffer, 1, handle_written);
	if (r < 0)
		free(input);
	return r;
}

void oriel_launch_io_write(struct oriel_launch *launch, const struct oriel_bytes *bytes)
{
	uv_stream_t *stream = (uv_stream_t *)&launch->input;

	if (uv_is_closing((uv_handle_t *)stream) || !uv_is_writable(stream))
		return;
	if (bytes->size == 0) {
		end_input(launch);
		return;
	}
	if (stream->write_queue_size + bytes->size > ORIEL_LAUNCH_INPUT_MAX) {
		oriel_warning("program %d does not read its input: closed", launch->process.pid);
		oriel_launch_close(launch, (uv_handle_t *)stream);
		return;
	}
	queue_input(launch, bytes);
}
