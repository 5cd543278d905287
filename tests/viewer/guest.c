/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "tests/viewer/guest.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/base/clock.h"

#define RING_SIZE (32u << 20)

extern char **environ;

static pid_t running; /* the viewer; 0: none */

static void handle_ready(void *user, const struct oriel_msg_hello *peer)
{
	struct guest *guest = user;

	(void)peer;
	guest->ready = true;
}

static void keep_text(struct guest *guest, const struct oriel_msg_text *text)
{
	size_t used = strlen(guest->text);
	char *to = guest->text + used;
	size_t size = sizeof guest->text - used;

	if (text->commit[0])
		snprintf(to, size, "%s;", text->commit);
	else
		snprintf(to, size, "[%s %d %d];", text->preedit, text->cursor_begin,
			text->cursor_end);
}

static void keep_texts(struct guest *guest, const struct oriel_msg *msg)
{
	if (msg->type == ORIEL_MSG_TEXT)
		keep_text(guest, &msg->text);
	if (msg->type == ORIEL_MSG_KEYMAP) {
		snprintf(guest->layout, sizeof guest->layout, "%s", msg->keymap.layout);
		snprintf(guest->variant, sizeof guest->variant, "%s", msg->keymap.variant);
		snprintf(guest->options, sizeof guest->options, "%s", msg->keymap.options);
	}
	if (msg->type == ORIEL_MSG_LAUNCH_INPUT) {
		size_t size = msg->launch_input.data.size;

		assert_true(size <= sizeof guest->input - guest->input_size);
		if (size)
			memcpy(guest->input + guest->input_size, msg->launch_input.data.data, size);
		guest->input_size += size;
	}
	if (msg->type == ORIEL_MSG_MEMORY && msg->memory.n_regions &&
		msg->memory.regions[0].token.size == sizeof guest->token)
		memcpy(guest->token, msg->memory.regions[0].token.data, sizeof guest->token);
}

/* A message is as large as the largest there is; most are small, and many are kept. */
static struct oriel_msg *copy_message(const struct oriel_msg *msg)
{
	static const struct {
		int type;
		size_t size;
	} sizes[] = {
#define MSG(id, NAME, name, direction, since, max_bytes, optional, doc) \
	{id, offsetof(struct oriel_msg, name) + sizeof(struct oriel_msg_##name)},
#include "protocol/messages.def"
	};
	struct oriel_msg *copy = NULL;

	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		if (sizes[i].type != (int)msg->type)
			continue;
		copy = malloc(sizes[i].size);
		assert_non_null(copy);
		memcpy(copy, msg, sizes[i].size);
	}
	return copy;
}

static void handle_message(void *user, const struct oriel_msg *msg, int fd)
{
	struct guest *guest = user;
	struct oriel_msg *copy = copy_message(msg);

	if (fd >= 0)
		close(fd);
	assert_non_null(copy);
	guest->messages =
		realloc(guest->messages, (guest->n_messages + 1) * sizeof *guest->messages);
	assert_non_null(guest->messages);
	guest->messages[guest->n_messages++] = copy;
	keep_texts(guest, msg);
}

static void handle_closed(void *user, int error, enum oriel_error code, const char *reason)
{
	struct guest *guest = user;

	guest->closed = true;
	guest->error = error;
	guest->code = code;
	snprintf(guest->reason, sizeof guest->reason, "%s", reason ? reason : "");
}

static const struct oriel_link_events events = {
	.ready = handle_ready,
	.message = handle_message,
	.closed = handle_closed,
};

/* The viewer's links are its descriptors from 3 on. */
static void start_viewer(
	struct guest *guest, const struct guest_options *options, int fd, int next_fd)
{
	const char *runner = getenv("VIEWER_RUNNER"), *argv[32];
	char scale[16];
	posix_spawn_file_actions_t actions;
	int n = 0;

	assert_non_null(runner);
	snprintf(scale, sizeof scale, "%g", options->scale > 0 ? options->scale : 1);
	argv[n++] = runner;
	argv[n++] = next_fd >= 0 ? "3,4" : "3";
	argv[n++] = options->present ? options->present : "surface";
	argv[n++] = scale;
	argv[n++] = options->layout ? options->layout : "-";
	argv[n++] = options->keys ? options->keys : "0";
	argv[n++] = options->grab ? options->grab : "-";
	argv[n++] = options->memory ? options->memory : "-";
	argv[n++] = options->program ? "owner" : "attach";
	for (int i = 0; options->program && options->program[i]; i++)
		argv[n++] = options->program[i];
	argv[n] = NULL;
	posix_spawn_file_actions_init(&actions);
	if (options->stdin_fd)
		posix_spawn_file_actions_adddup2(&actions, options->stdin_fd, 0);
	else
		posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
	/* TAP has our standard output for itself. */
	posix_spawn_file_actions_adddup2(&actions, options->stdout_fd ? options->stdout_fd : 2, 1);
	posix_spawn_file_actions_adddup2(&actions, fd, 3);
	if (next_fd >= 0)
		posix_spawn_file_actions_adddup2(&actions, next_fd, 4);
	assert_int_equal(
		posix_spawn(&guest->viewer, runner, &actions, NULL, (char *const *)argv, environ),
		0);
	posix_spawn_file_actions_destroy(&actions);
	running = guest->viewer;
}

static void send_ring(struct guest *guest)
{
	struct oriel_msg msg = {.type = ORIEL_MSG_RING};
	int fd;

	assert_int_equal(oriel_ring_create(RING_SIZE, &guest->ring, &fd), 0);
	msg.ring = (struct oriel_msg_ring){.id = 1, .size = (uint32_t)oriel_ring_size(guest->ring)};
	assert_int_equal(oriel_link_send(guest->link, &msg, fd), 0);
}

/* Our end of a new link; the other end is *ret_theirs. Neither number is one of the viewer's. */
static int make_link(int *ret_theirs)
{
	int fds[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	*ret_theirs = fcntl(fds[1], F_DUPFD_CLOEXEC, 10);
	close(fds[1]);
	fcntl(fds[0], F_SETFD, FD_CLOEXEC);
	return fds[0];
}

/* Comes back when the viewer has said hello, screens and keymap. */
static void greet(struct guest *guest, int fd, const struct guest_options *options)
{
	struct oriel_link_options link_options = {
		.side = ORIEL_WIRE_GUEST,
		.features = ORIEL_FEATURE_RING | ORIEL_FEATURE_INLINE_RAW |
			    ORIEL_FEATURE_INLINE_LZ4 | ORIEL_FEATURE_TEXT,
		.program = "test guest",
		.handshake_ms = X_PATIENCE_MS,
	};
	struct oriel_carrier *carrier;

	if (options->memory)
		link_options.features |= ORIEL_FEATURE_MEMORY | ORIEL_FEATURE_BUFFERS;
	if (options->clipboard)
		link_options.features |= ORIEL_FEATURE_CLIPBOARD;
	assert_int_equal(uv_loop_init(&guest->loop), 0);
	assert_int_equal(oriel_carrier_unix_adopt(&guest->loop, fd, &carrier), 0);
	assert_int_equal(
		oriel_link_create(carrier, &link_options, &events, guest, &guest->link), 0);
	guest_expect(guest, ORIEL_MSG_OUTPUTS, NULL, NULL);
	guest_expect(guest, ORIEL_MSG_KEYMAP, NULL, NULL);
	if (!options->no_ring)
		send_ring(guest);
}

void guest_start(struct guest *guest, const struct guest_options *options)
{
	static const struct guest_options none;
	int ours, theirs, their_next = -1;

	options = options ? options : &none;
	*guest = (struct guest){0};
	ours = make_link(&theirs);
	if (options->next)
		*options->next = make_link(&their_next);
	start_viewer(guest, options, theirs, their_next);
	close(theirs);
	if (their_next >= 0)
		close(their_next);
	greet(guest, ours, options);
}

static int reap(struct guest *guest)
{
	int status = 0;

	for (int i = 0; waitpid(guest->viewer, &status, WNOHANG) == 0; i++) {
		if (i > X_PATIENCE_MS / 10)
			kill(guest->viewer, SIGABRT);
		usleep(10000);
	}
	running = 0;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void release(struct guest *guest)
{
	oriel_link_destroy(guest->link);
	oriel_ring_destroy(guest->ring);
	for (int i = 0; i < 100 && uv_run(&guest->loop, UV_RUN_NOWAIT); i++)
		;
	assert_int_equal(uv_loop_close(&guest->loop), 0);
	for (size_t i = 0; i < guest->n_messages; i++)
		free(guest->messages[i]);
	free(guest->messages);
}

int guest_wait_end(struct guest *guest)
{
	int status;

	for (int i = 0; !guest->closed && i < X_PATIENCE_MS / 10; i++)
		guest_pump(guest, 10);
	status = reap(guest);
	release(guest);
	return status;
}

int guest_stop(struct guest *guest)
{
	if (!guest->closed)
		oriel_link_close(guest->link, ORIEL_ERROR_SHUTDOWN, "the test is over");
	return guest_wait_end(guest);
}

int guest_teardown(void **state)
{
	(void)state;
	if (running) {
		kill(running, SIGKILL);
		waitpid(running, NULL, 0);
		running = 0;
	}
	return 0;
}

void guest_next(struct guest *guest, struct guest *old, int fd, const struct guest_options *options)
{
	*guest = (struct guest){.viewer = old->viewer};
	release(old);
	greet(guest, fd, options);
}

void guest_send(struct guest *guest, const struct oriel_msg *msg)
{
	assert_int_equal(oriel_link_send(guest->link, msg, -1), 0);
}

void guest_pump(struct guest *guest, int ms)
{
	uint64_t until = oriel_now_ns() + (uint64_t)ms * 1000000;
	struct pollfd fd = {.fd = uv_backend_fd(&guest->loop), .events = POLLIN};

	do {
		int timeout;

		uv_run(&guest->loop, UV_RUN_NOWAIT);
		timeout = uv_backend_timeout(&guest->loop);
		poll(&fd, 1, timeout < 0 || timeout > 5 ? (ms < 5 ? ms : 5) : timeout);
	} while (oriel_now_ns() < until);
	uv_run(&guest->loop, UV_RUN_NOWAIT);
}

static const struct oriel_msg *look(
	struct guest *guest, enum oriel_msg_type type, guest_match match, void *user, size_t *from)
{
	for (; *from < guest->n_messages; ++*from) {
		const struct oriel_msg *msg = guest->messages[*from];

		if (msg->type == type && (!match || match(msg, user)))
			return msg;
	}
	return NULL;
}

/* What came last, for who has to find out. */
static void tell(const struct guest *guest)
{
	size_t n = guest->n_messages;

	print_message("# %zu messages; the last:", n);
	for (size_t i = n > 20 ? n - 20 : 0; i < n; i++) {
		const struct oriel_msg *m = guest->messages[i];

		print_message(" %s", oriel_wire_name((uint16_t)m->type));
		if (m->type == ORIEL_MSG_KEY)
			print_message("(%u %u)", m->key.code, m->key.down);
		if (m->type == ORIEL_MSG_FOCUS)
			print_message("(%u)", m->focus.window);
		if (m->type == ORIEL_MSG_CONFIGURE)
			print_message("(%u %d,%d %ux%u %u %u)", m->configure.window, m->configure.x,
				m->configure.y, m->configure.width, m->configure.height,
				m->configure.state, m->configure.hidden);
		if (m->type == ORIEL_MSG_CLOSE)
			print_message("(%u)", m->close.window);
	}
	print_message("\n");
}

const struct oriel_msg *guest_await(
	struct guest *guest, enum oriel_msg_type type, guest_match match, void *user, size_t *from)
{
	uint64_t until = oriel_now_ns() + (uint64_t)X_PATIENCE_MS * 1000000;

	for (;;) {
		const struct oriel_msg *msg = look(guest, type, match, user, from);

		if (msg) {
			++*from;
			return msg;
		}
		if (oriel_now_ns() > until || guest->closed) {
			tell(guest);
			fail_msg("no %s came%s%s", oriel_wire_name((uint16_t)type),
				guest->closed ? "; the link is closed: " : "", guest->reason);
		}
		guest_pump(guest, 1);
	}
}

const struct oriel_msg *guest_expect(
	struct guest *guest, enum oriel_msg_type type, guest_match match, void *user)
{
	return guest_await(guest, type, match, user, &guest->seen);
}

bool guest_has(struct guest *guest, enum oriel_msg_type type, guest_match match, void *user, int ms)
{
	size_t from = guest->seen;

	guest_pump(guest, ms);
	return look(guest, type, match, user, &from) != NULL;
}

void guest_forget(struct guest *guest)
{
	guest->seen = guest->n_messages;
}

bool guest_is_window(const struct oriel_msg *msg, void *window)
{
	uint32_t id = *(uint32_t *)window;

	switch (msg->type) {
	case ORIEL_MSG_CONFIGURE:
		return msg->configure.window == id;
	case ORIEL_MSG_CLOSE:
		return msg->close.window == id;
	case ORIEL_MSG_REFRESH:
		return msg->refresh.window == id;
	case ORIEL_MSG_PRESENTED:
		return msg->presented.window == id;
	case ORIEL_MSG_FOCUS:
		return msg->focus.window == id;
	case ORIEL_MSG_MOTION:
		return msg->motion.window == id;
	default:
		return false;
	}
}
