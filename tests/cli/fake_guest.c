/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * A guest for the tests of the command line: fake-guest MODE unix PATH, or MODE tcp TOKEN-FILE,
 * or bridge PATH, which joins standard input and output to a socket as orield --stdio does.
 * Says "ready", or the port, when it listens; runs until it is killed.
 *
 *   answer    stats, and three windows with awkward titles
 *   many      as many windows as a guest may have
 *   toomany   more than that
 *   again     the same answer without end
 *   noprogram every launch fails: not found
 *   busy      says bye
 *   silent    takes the connection and says nothing
 *   mute      shakes hands and says nothing more
 *   garbage   speaks another protocol
 *   newer     says hello with the next major version
 *   refuse    says bye with code VERSION
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "src/base/log.h"
#include "src/link/link.h"

static const char *mode;
static struct oriel_msg msg; /* large */
static uint8_t token[ORIEL_MAX_TOKEN];
static uint32_t token_size;

struct guest {
	struct oriel_link *link;
};

static bool is(const char *name)
{
	return strcmp(mode, name) == 0;
}

static void send_counters(struct guest *guest, uint32_t id)
{
	static const struct oriel_wire_counter counters[] = {
		{"uptime_s", 12},
		{"frames_sent", UINT64_MAX},
		{"commit_to_send_us_p50", 120},
		{"send_to_presented_us_max", 9000},
		{"commit_to_send_us_p99", 800},
	};

	memset(&msg, 0, sizeof msg);
	msg.type = ORIEL_MSG_STATS;
	msg.stats.id = id;
	msg.stats.n_counters = sizeof counters / sizeof *counters;
	memcpy(msg.stats.counters, counters, sizeof counters);
	oriel_link_send(guest->link, &msg, -1);
}

static void send_three_windows(struct guest *guest, uint32_t id)
{
	static const struct oriel_wire_window_stat windows[] = {
		{1, ORIEL_STATE_NORMAL, 1, 640, 480, 12, 1234567, "foot", "\"quoted\" \\ back"},
		{2, ORIEL_STATE_MAXIMIZED, 0, 1920, 1080, 3, 999, "", "red \x1b[31m alert\n"},
		{4294967295u, ORIEL_STATE_TILED, 1, 0, 0, 0, 0, "org.app",
			"\xe6\xbc\xa2\xe5\xad\x97 and a title that is longer than any column may "
			"be"},
	};

	memset(&msg, 0, sizeof msg);
	msg.type = ORIEL_MSG_WINDOW_STATS;
	msg.window_stats.id = id;
	msg.window_stats.final = 1;
	msg.window_stats.n_windows = sizeof windows / sizeof *windows;
	memcpy(msg.window_stats.windows, windows, sizeof windows);
	oriel_link_send(guest->link, &msg, -1);
}

/* total windows in parts of 50. */
static void send_windows(struct guest *guest, uint32_t id, uint32_t total)
{
	for (uint32_t sent = 0; sent < total;) {
		memset(&msg, 0, sizeof msg);
		msg.type = ORIEL_MSG_WINDOW_STATS;
		msg.window_stats.id = id;
		for (uint32_t i = 0; i < 50 && sent < total; i++) {
			msg.window_stats.windows[i].window = ++sent;
			msg.window_stats.n_windows++;
		}
		msg.window_stats.final = sent == total;
		oriel_link_send(guest->link, &msg, -1);
	}
}

static void answer_stats(struct guest *guest, uint32_t id)
{
	send_counters(guest, id);
	if (is("many"))
		send_windows(guest, id, ORIEL_MAX_WINDOWS);
	else if (is("toomany"))
		send_windows(guest, id, ORIEL_MAX_WINDOWS + 1);
	else if (is("again"))
		send_counters(guest, id);
	else
		send_three_windows(guest, id);
}

static void answer_launch(struct guest *guest, const struct oriel_msg_launch *launch)
{
	uint64_t id = launch->launch;
	char reason[512];

	snprintf(reason, sizeof reason, "%s: no such program", launch->args[0].value);
	memset(&msg, 0, sizeof msg);
	msg.type = ORIEL_MSG_LAUNCH_EXIT;
	msg.launch_exit.launch = id;
	msg.launch_exit.status = 127;
	msg.launch_exit.reason = reason;
	oriel_link_send(guest->link, &msg, -1);
}

static void handle_ready(void *user, const struct oriel_msg_hello *peer)
{
	struct guest *guest = user;

	(void)peer;
	if (is("busy"))
		oriel_link_close(guest->link, ORIEL_ERROR_BUSY, "enough viewers: end one of them");
}

static void handle_message(void *user, const struct oriel_msg *received, int fd)
{
	struct guest *guest = user;

	if (fd >= 0)
		close(fd);
	if (received->type == ORIEL_MSG_STATS_GET && !is("mute"))
		answer_stats(guest, received->stats_get.id);
	if (received->type == ORIEL_MSG_LAUNCH && is("noprogram"))
		answer_launch(guest, &received->launch);
}

static void handle_closed(void *user, int error, enum oriel_error code, const char *reason)
{
	struct guest *guest = user;

	(void)error;
	(void)code;
	(void)reason;
	oriel_link_destroy(guest->link);
	free(guest);
}

static const struct oriel_link_events link_events = {
	.ready = handle_ready,
	.message = handle_message,
	.closed = handle_closed,
};

/* What a mode without a link answers to the first bytes of the host. */
static size_t raw_answer(char *bytes, size_t size)
{
	static const char garbage[] = "SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n";
	size_t n = 0;

	memset(&msg, 0, sizeof msg);
	if (is("garbage")) {
		memcpy(bytes, garbage, sizeof garbage - 1);
		return sizeof garbage - 1;
	}
	if (is("newer")) {
		msg.type = ORIEL_MSG_HELLO;
		msg.hello.magic = ORIEL_WIRE_MAGIC;
		msg.hello.major = ORIEL_WIRE_MAJOR + 1;
		msg.hello.side = ORIEL_SIDE_GUEST;
		msg.hello.program = "orield 99.0";
	} else if (is("refuse")) {
		msg.type = ORIEL_MSG_BYE;
		msg.bye.code = ORIEL_ERROR_VERSION;
		msg.bye.reason = "orield 99.0 speaks protocol 2 only: install it at both ends";
	} else {
		return 0;
	}
	return oriel_wire_encode(&msg, bytes, size, &n) == 0 ? n : 0;
}

struct raw {
	struct oriel_carrier *carrier;
	bool answered;
	char bytes[1024];
};

static void handle_raw_data(void *user, const void *data, size_t size, int fd)
{
	struct raw *raw = user;
	size_t n;

	(void)data;
	(void)size;
	if (fd >= 0)
		close(fd);
	if (raw->answered)
		return;
	raw->answered = true;
	n = raw_answer(raw->bytes, sizeof raw->bytes);
	if (n)
		raw->carrier->ops->write(raw->carrier, raw->bytes, n, -1);
}

static void handle_raw_written(void *user)
{
	(void)user;
}

static void handle_raw_closed(void *user, int error, const char *reason)
{
	struct raw *raw = user;

	(void)error;
	(void)reason;
	raw->carrier->ops->destroy(raw->carrier);
	free(raw);
}

static const struct oriel_carrier_events raw_events = {
	.data = handle_raw_data,
	.written = handle_raw_written,
	.closed = handle_raw_closed,
};

static void accept_raw(struct oriel_carrier *carrier)
{
	struct raw *raw = calloc(1, sizeof *raw);

	if (!raw)
		abort();
	raw->carrier = carrier;
	carrier->ops->start(carrier, &raw_events, raw);
}

static void handle_accept(void *user, struct oriel_carrier *carrier, const char *peer)
{
	const struct oriel_link_options options = {
		.side = ORIEL_WIRE_GUEST,
		.features = ORIEL_FEATURE_RING | ORIEL_FEATURE_INLINE_LZ4,
		.program = "orield " ORIEL_VERSION,
		.token = token_size ? token : NULL,
		.token_size = token_size,
	};
	struct guest *guest;

	(void)user;
	(void)peer;
	if (is("silent") || is("garbage") || is("newer") || is("refuse")) {
		accept_raw(carrier);
		return;
	}
	guest = calloc(1, sizeof *guest);
	if (!guest || oriel_link_create(carrier, &options, &link_events, guest, &guest->link) < 0)
		abort();
}

static int pump(int from, int to)
{
	char bytes[4096];
	ssize_t n = read(from, bytes, sizeof bytes);

	for (ssize_t done = 0, w; done < n; done += w) {
		w = write(to, bytes + done, (size_t)(n - done));
		if (w < 0)
			return -1;
	}
	return n > 0 ? 0 : -1;
}

static int bridge(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	struct pollfd fds[2] = {{.fd = 0, .events = POLLIN}, {.fd = fd, .events = POLLIN}};

	snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
	if (connect(fd, (struct sockaddr *)&address, sizeof address) < 0) {
		fprintf(stderr, "bridge: nobody listens on %s\n", path);
		return 1;
	}
	while (poll(fds, 2, -1) >= 0) {
		if (fds[0].revents && pump(0, fd) < 0)
			break;
		if (fds[1].revents && pump(fd, 1) < 0)
			break;
	}
	return 0;
}

int main(int argc, char *argv[])
{
	struct oriel_listener *listener;
	uv_loop_t *loop = uv_default_loop();
	size_t size = 0;
	int r;

	oriel_log_init("fake-guest", ORIEL_LOG_ERROR);
	if (argc == 3)
		return bridge(argv[2]);
	if (argc != 4)
		return 2;
	mode = argv[1];
	if (strcmp(argv[2], "unix") == 0) {
		r = oriel_listener_unix(loop, argv[3], handle_accept, NULL, &listener, NULL);
		puts("ready");
	} else {
		r = oriel_token_read(argv[3], true, token, &size);
		token_size = (uint32_t)size;
		if (r == 0)
			r = oriel_listener_tcp(loop, 0, handle_accept, NULL, &listener);
		if (r == 0)
			printf("%u\n", oriel_listener_port(listener));
	}
	if (r < 0) {
		fprintf(stderr, "fake-guest: %s\n", strerror(-r));
		return 1;
	}
	fflush(stdout);
	return uv_run(loop, UV_RUN_DEFAULT);
}
