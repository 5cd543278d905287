/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "host/viewer/loop.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include "src/base/clock.h"
#include "src/base/log.h"

/* Commands to the thread: how long to watch, in ms. */
enum {
	WATCH_FOREVER = -1,
	QUIT = -2,
};

static int read_command(int fd, int *ret_command)
{
	ssize_t n;

	do
		n = read(fd, ret_command, sizeof *ret_command);
	while (n < 0 && errno == EINTR);
	return n == sizeof *ret_command ? 0 : -EPIPE;
}

static void send_command(struct oriel_loop *loop, int command)
{
	ssize_t n;

	do
		n = write(loop->commands[1], &command, sizeof command);
	while (n < 0 && errno == EINTR);
}

/* Pushes the event; with SDL's queue full the main thread is awake anyway, so try again later. */
static bool wake_main(struct oriel_loop *loop)
{
	SDL_Event event = {.user = {.type = loop->event}};

	if (SDL_PushEvent(&event))
		return true;
	SDL_Delay(1);
	return false;
}

/* The thread: told to watch, it watches until there is something, says so once, and waits to be
 * told again. A command while it watches replaces the time. */
static void watch(void *arg)
{
	struct oriel_loop *loop = arg;
	struct pollfd fds[2] = {
		{.fd = loop->commands[0], .events = POLLIN},
		{.fd = uv_backend_fd(&loop->uv), .events = POLLIN},
	};
	int timeout;

	while (read_command(loop->commands[0], &timeout) == 0) {
		for (;;) {
			if (timeout == QUIT)
				return;
			if (poll(fds, 2, timeout) < 0)
				continue;
			if (fds[0].revents) {
				if (read_command(loop->commands[0], &timeout) < 0)
					return;
			} else if (wake_main(loop)) {
				break;
			}
		}
	}
}

/* Signals are for the main thread, whose libuv handles them. */
static int start_thread(struct oriel_loop *loop)
{
	sigset_t all, old;
	int r;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	r = uv_thread_create(&loop->thread, watch, loop);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return r;
}

int oriel_loop_init(struct oriel_loop *loop)
{
	int r;

	*loop = (struct oriel_loop){.event = SDL_RegisterEvents(1)};
	r = uv_loop_init(&loop->uv);
	if (r < 0)
		return r;
	r = uv_pipe(loop->commands, 0, 0);
	if (r < 0)
		goto close_loop;
	r = start_thread(loop);
	if (r < 0)
		goto close_pipe;
	return 0;

close_pipe:
	close(loop->commands[0]);
	close(loop->commands[1]);
close_loop:
	uv_loop_close(&loop->uv);
	return r;
}

static void close_handle(uv_handle_t *handle, void *arg)
{
	(void)arg;
	if (!uv_is_closing(handle))
		uv_close(handle, NULL);
}

static void note_process(uv_handle_t *handle, void *arg)
{
	if (handle->type == UV_PROCESS && uv_is_active(handle))
		*(bool *)arg = true;
}

/* A carrier's program was told to end when the carrier was destroyed, and is killed soon. */
static void reap_programs(uv_loop_t *uv)
{
	bool any;

	do {
		any = false;
		uv_walk(uv, note_process, &any);
	} while (any && uv_run(uv, UV_RUN_ONCE));
}

void oriel_loop_finish(struct oriel_loop *loop)
{
	send_command(loop, QUIT);
	uv_thread_join(&loop->thread);
	close(loop->commands[0]);
	close(loop->commands[1]);
	reap_programs(&loop->uv);
	uv_walk(&loop->uv, close_handle, NULL);
	for (int i = 0; i < 100 && uv_run(&loop->uv, UV_RUN_NOWAIT); i++)
		;
	if (uv_loop_close(&loop->uv) < 0)
		oriel_debug("the event loop had work left at its end");
}

void oriel_loop_run(struct oriel_loop *loop)
{
	uv_run(&loop->uv, UV_RUN_NOWAIT);
}

void oriel_loop_woken(struct oriel_loop *loop)
{
	loop->armed = false;
}

/* Lets the thread watch for timeout ms, unless it does so already. */
static void arm(struct oriel_loop *loop, int timeout)
{
	uint64_t until = timeout < 0 ? UINT64_MAX : oriel_now_ns() + (uint64_t)timeout * 1000000;

	if (loop->armed && loop->armed_until <= until)
		return; /* at worst it wakes us early, once */
	loop->armed = true;
	loop->armed_until = until;
	send_command(loop, timeout < 0 ? WATCH_FOREVER : timeout);
}

void oriel_loop_wait(struct oriel_loop *loop)
{
	/* A loop with no handles reports 0, which would make us spin. */
	int timeout = uv_loop_alive(&loop->uv) ? uv_backend_timeout(&loop->uv) : -1;

	if (timeout == 0)
		return;
	arm(loop, timeout);
	SDL_WaitEvent(NULL);
}
