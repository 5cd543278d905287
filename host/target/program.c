/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "host/target/program.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <uv.h>

struct run {
	uv_loop_t loop;
	uv_process_t process;
	uv_timer_t limit;
	int status;
	/* Files, not pipes: a daemon that the program leaves behind must neither keep us waiting
	 * for the end of a pipe nor die of a closed one. */
	FILE *output, *error;
};

static void handle_exit(uv_process_t *process, int64_t status, int term_signal)
{
	struct run *run = process->data;

	if (run->status == 0)
		run->status = term_signal ? 128 + term_signal : (int)status;
	uv_close((uv_handle_t *)process, NULL);
	uv_close((uv_handle_t *)&run->limit, NULL);
}

static void handle_limit(uv_timer_t *timer)
{
	struct run *run = timer->data;

	run->status = -1;
	uv_process_kill(&run->process, SIGKILL);
}

static int spawn(struct run *run, const char *const argv[])
{
	uv_stdio_container_t stdio[3] = {
		{.flags = UV_IGNORE},
		{.flags = UV_INHERIT_FD, .data.fd = fileno(run->output)},
		{.flags = UV_INHERIT_FD, .data.fd = fileno(run->error)},
	};
	uv_process_options_t options = {
		.file = argv[0],
		.args = (char **)argv,
		.exit_cb = handle_exit,
		.stdio = stdio,
		.stdio_count = 3,
	};

	run->process.data = run;
	return uv_spawn(&run->loop, &run->process, &options);
}

static int run_to_end(struct run *run, const char *const argv[], unsigned limit_ms)
{
	int r = uv_loop_init(&run->loop);

	if (r < 0)
		return r;
	uv_timer_init(&run->loop, &run->limit);
	run->limit.data = run;
	r = spawn(run, argv);
	if (r < 0) {
		uv_close((uv_handle_t *)&run->process, NULL);
		uv_close((uv_handle_t *)&run->limit, NULL);
	} else {
		uv_timer_start(&run->limit, handle_limit, limit_ms, 0);
	}
	uv_run(&run->loop, UV_RUN_DEFAULT);
	uv_loop_close(&run->loop);
	return r;
}

static void keep_output(FILE *file, char *text, size_t size)
{
	rewind(file);
	text[fread(text, 1, size - 1, file)] = '\0';
}

static void keep_last_line(FILE *file, char *text, size_t size)
{
	char line[1024];

	text[0] = '\0';
	rewind(file);
	while (fgets(line, sizeof line, file)) {
		line[strcspn(line, "\r\n")] = '\0';
		if (line[0])
			snprintf(text, size, "%s", line);
	}
}

int oriel_program_run(
	const char *const argv[], unsigned limit_ms, struct oriel_program_result *ret_result)
{
	return oriel_program_read(
		argv, limit_ms, ret_result, ret_result->output, sizeof ret_result->output);
}

int oriel_program_read(const char *const argv[], unsigned limit_ms,
	struct oriel_program_result *ret_result, char *output, size_t size)
{
	struct run run = {.output = tmpfile(), .error = tmpfile()};
	int r = -EIO;

	if (run.output && run.error)
		r = run_to_end(&run, argv, limit_ms);
	if (r == 0) {
		ret_result->status = run.status;
		keep_output(run.output, output, size);
		keep_last_line(run.error, ret_result->error, sizeof ret_result->error);
	}
	if (run.output)
		fclose(run.output);
	if (run.error)
		fclose(run.error);
	return r;
}
