/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "guest/launch.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "guest/environment.h"
#include "guest/launch_io.h"
#include "guest/window.h"
#include "src/base/log.h"

/* After the end of a program, its last output is waited for so long at a time: as long as more
 * comes, or the link is too slow for it. Background processes may keep the pipe open for ever. */
#define LINGER_MS 100

/* Records ------------------------------------------------------------------------------------- */

struct oriel_launch *oriel_launch_find(const struct oriel_core *core, uint64_t number)
{
	struct oriel_launch *launch;

	if (number == 0)
		return NULL;
	TAILQ_FOREACH(launch, &core->launches, all)
	if (launch->number == number)
		return launch;
	return NULL;
}

static struct oriel_launch *find_of(const struct oriel_client *client, uint64_t id)
{
	struct oriel_launch *launch;

	TAILQ_FOREACH(launch, &client->core->launches, all)
	if (launch->client == client && launch->id == id)
		return launch;
	return NULL;
}

static void reap(struct oriel_launch *launch)
{
	if (launch->n_open > 0 || launch->client)
		return;
	TAILQ_REMOVE(&launch->core->launches, launch, all);
	launch->core->n_launches--;
	free(launch);
}

static void handle_closed(uv_handle_t *handle)
{
	struct oriel_launch *launch = handle->data;

	launch->n_open--;
	reap(launch);
}

void oriel_launch_close(struct oriel_launch *launch, uv_handle_t *handle)
{
	(void)launch;
	/* Of a launch that failed early, some handles were never made. */
	if (handle->data && !uv_is_closing(handle))
		uv_close(handle, handle_closed);
}

static void close_handles(struct oriel_launch *launch)
{
	oriel_launch_close(launch, (uv_handle_t *)&launch->process);
	oriel_launch_close(launch, (uv_handle_t *)&launch->input);
	oriel_launch_close(launch, (uv_handle_t *)&launch->output[0]);
	oriel_launch_close(launch, (uv_handle_t *)&launch->output[1]);
	oriel_launch_close(launch, (uv_handle_t *)&launch->linger);
}

/* The end of a program ------------------------------------------------------------------------ */

static void tell_exit(struct oriel_launch *launch, uint32_t status, const char *reason)
{
	struct oriel_msg msg = {.type = ORIEL_MSG_LAUNCH_EXIT};

	if (launch->told_exit)
		return;
	launch->told_exit = true;
	if (!launch->client)
		return;
	msg.launch_exit.launch = launch->id;
	msg.launch_exit.status = status;
	msg.launch_exit.reason = reason;
	oriel_client_send(launch->client, &msg);
}

static void finish(struct oriel_launch *launch)
{
	tell_exit(launch, launch->status, "");
	oriel_launch_close(launch, (uv_handle_t *)&launch->linger);
	/* What still writes is in the background and nobody's to see. */
	oriel_launch_io_read(launch, true);
}

static void handle_linger(uv_timer_t *timer)
{
	struct oriel_launch *launch = timer->data;
	bool more = launch->heard || !launch->reading;

	launch->heard = false;
	if (!more)
		finish(launch);
}

void oriel_launch_output_ended(struct oriel_launch *launch)
{
	if (!launch->running && oriel_launch_io_ended(launch))
		finish(launch);
}

static void handle_exit(uv_process_t *process, int64_t status, int signal)
{
	struct oriel_launch *launch = process->data;

	launch->running = false;
	launch->status = signal ? 128 + (uint32_t)signal : (uint32_t)status & 0xff;
	oriel_launch_close(launch, (uv_handle_t *)process);
	oriel_launch_close(launch, (uv_handle_t *)&launch->input);
	oriel_debug("program %d of launch %llu ended with status %u", process->pid,
		(unsigned long long)launch->number, launch->status);
	if (oriel_launch_io_ended(launch))
		finish(launch);
	else
		uv_timer_start(&launch->linger, handle_linger, LINGER_MS, LINGER_MS);
}

/* Starting ------------------------------------------------------------------------------------ */

static void tell_failure(struct oriel_launch *launch, int error, const char *program)
{
	char reason[ORIEL_MAX_TEXT];
	uint32_t status = error == -ENOENT ? 127 : 126;

	if (error == -ENOENT)
		snprintf(reason, sizeof reason,
			"%.1000s: no such program in the guest: install it there, or give its full "
			"path",
			program);
	else if (error == -EACCES)
		snprintf(reason, sizeof reason,
			"%.1000s: it may not be executed: make it a program (chmod +x)", program);
	else
		snprintf(reason, sizeof reason, "%.1000s can't be started in the guest: %s",
			program, uv_strerror(error));
	tell_exit(launch, status, reason);
}

/* The folder to start in; on failure the host is told. */
static const char *working_folder(struct oriel_launch *launch, const char *wanted)
{
	const char *folder = wanted && wanted[0] ? wanted : getenv("HOME");
	char reason[ORIEL_MAX_TEXT];
	struct stat st;

	if (!folder || !folder[0])
		return "/";
	if (stat(folder, &st) == 0 && S_ISDIR(st.st_mode) && access(folder, X_OK) == 0)
		return folder;
	snprintf(reason, sizeof reason,
		"%.2000s: no such folder in the guest, or no right to enter it: start the program "
		"from another one",
		folder);
	tell_exit(launch, 126, reason);
	return NULL;
}

static int spawn(struct oriel_launch *launch, const struct oriel_msg_launch *msg,
	const char *folder, char **environment)
{
	const char *args[ORIEL_MAX_ARGS + 1];
	uv_stdio_container_t stdio[3];
	int fds[3], r = oriel_launch_io_open(launch, fds);
	uv_process_options_t options = {
		.exit_cb = handle_exit,
		.file = msg->args[0].value,
		.args = (char **)args,
		.env = environment,
		.cwd = folder,
		.flags = UV_PROCESS_DETACHED,
		.stdio_count = 3,
		.stdio = stdio,
	};

	if (r < 0)
		return r;
	for (uint32_t i = 0; i < msg->n_args; i++)
		args[i] = msg->args[i].value;
	args[msg->n_args] = NULL;
	for (int i = 0; i < 3; i++) {
		stdio[i].flags = UV_INHERIT_FD;
		stdio[i].data.fd = fds[i];
	}
	r = uv_spawn(launch->core->loop, &launch->process, &options);
	launch->process.data = launch;
	launch->n_open++;
	for (int i = 0; i < 3; i++)
		close(fds[i]);
	return r;
}

static struct oriel_launch *create(struct oriel_client *client, uint64_t id)
{
	struct oriel_core *core = client->core;
	struct oriel_launch *launch = calloc(1, sizeof *launch);

	if (!launch)
		return NULL;
	launch->core = core;
	launch->client = client;
	launch->id = id;
	launch->number = ++core->last_launch;
	uv_timer_init(core->loop, &launch->linger);
	launch->linger.data = launch;
	launch->n_open = 1;
	TAILQ_INSERT_TAIL(&core->launches, launch, all);
	core->n_launches++;
	core->stats.launches++;
	return launch;
}

static void start(struct oriel_launch *launch, const struct oriel_msg_launch *msg)
{
	const char *folder = working_folder(launch, msg->cwd);
	char **environment;
	int r = -ENOMEM;

	if (!folder) {
		close_handles(launch);
		return;
	}
	environment = oriel_environment_create(launch->core, launch->number, msg->env, msg->n_env);
	if (environment)
		r = spawn(launch, msg, folder, environment);
	oriel_environment_destroy(environment);
	if (r < 0) {
		tell_failure(launch, r, msg->args[0].value);
		close_handles(launch);
		return;
	}
	launch->running = true;
	oriel_launch_io_read(launch, true);
	oriel_debug("%s: started %s as process %d, launch %llu", launch->client->name,
		msg->args[0].value, launch->process.pid, (unsigned long long)launch->number);
}

void oriel_launch_start(struct oriel_client *client, const struct oriel_msg_launch *msg)
{
	struct oriel_launch *launch;

	if (msg->n_args == 0) {
		oriel_client_fault(client, "launch: no program is named");
		return;
	}
	if (find_of(client, msg->launch)) {
		oriel_client_fault(client, "launch: number %llu is used twice",
			(unsigned long long)msg->launch);
		return;
	}
	if (client->core->n_launches >= ORIEL_LAUNCHES) {
		oriel_client_bye(client, ORIEL_ERROR_BUSY,
			"too many programs were started from here: connect again");
		return;
	}
	launch = create(client, msg->launch);
	if (launch)
		start(launch, msg);
}

/* What the viewer does ------------------------------------------------------------------------ */

void oriel_launch_input(struct oriel_client *client, const struct oriel_msg_launch_input *msg)
{
	struct oriel_launch *launch = find_of(client, msg->launch);

	if (launch && launch->running)
		oriel_launch_io_write(launch, &msg->data);
}

static void send_signal(const struct oriel_launch *launch, int signal)
{
	/* The whole session it leads; one that has changed its group is told itself. */
	if (kill(-launch->process.pid, signal) < 0)
		kill(launch->process.pid, signal);
}

void oriel_launch_signal(struct oriel_client *client, const struct oriel_msg_launch_signal *msg)
{
	struct oriel_launch *launch = find_of(client, msg->launch);

	if (launch && launch->running)
		send_signal(launch, (int)msg->signal);
}

void oriel_launch_drained(struct oriel_client *client)
{
	struct oriel_launch *launch;

	TAILQ_FOREACH(launch, &client->core->launches, all)
	if (launch->client == client && launch->input.data)
		oriel_launch_io_read(launch, true);
}

void oriel_launch_leave(struct oriel_client *client)
{
	struct oriel_launch *launch, *next;

	for (launch = TAILQ_FIRST(&client->core->launches); launch; launch = next) {
		next = TAILQ_NEXT(launch, all);
		if (launch->client != client)
			continue;
		launch->client = NULL;
		if (launch->input.data)
			oriel_launch_io_read(launch, true);
		reap(launch);
	}
}

/* The end of orield --------------------------------------------------------------------------- */

int oriel_launch_signal_all(struct oriel_core *core, int signal)
{
	struct oriel_launch *launch;
	int n = 0;

	TAILQ_FOREACH(launch, &core->launches, all)
	{
		if (!launch->running)
			continue;
		n++;
		if (signal > 0)
			send_signal(launch, signal);
	}
	return n;
}

void oriel_launch_close_all(struct oriel_core *core)
{
	struct oriel_launch *launch;

	TAILQ_FOREACH(launch, &core->launches, all)
	close_handles(launch);
}
