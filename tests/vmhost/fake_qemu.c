/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Stands in for QEMU and for qemu-img: says the help texts, speaks QMP, and behind the serial port
 * answers as an orield does. $FAKE_QEMU says how it fails:
 *
 *   old, strange         its version; something else than a QEMU
 *   plain                has no device of shared memory; stream: and no memory-backend-file
 *   nomem, silent, noram QEMU's error about memory; none; about RAM in a file
 *   hang                 never says that it is ready, and SIGTERM does not end it
 *   deaf                 the guest does not hear the power button
 *   stubborn             SIGTERM does not end it
 *   panic, mute          its kernel panics; no orield answers
 *   crash, poweroff      ends while it boots
 *   reset                begins anew after the first answer
 *   killed               orield is killed when asked for its counters, and another starts
 *   stuck, nospace       stops: can't run the guest; has no room for its disk, until it goes on
 *   halfgpu              lists a GPU that can't be made
 *   badimage             qemu-img refuses the image; full: the disk is full
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "src/base/log.h"
#include "src/carrier/mux.h"
#include "src/link/link.h"

static struct {
	uv_loop_t loop;
	uv_pipe_t qmp;
	uv_poll_t serial;
	int qmp_fd, serial_fd, spare; /* spare: the serial port stays open when orield ends */
	struct oriel_mux *mux;
	struct oriel_link *link;
	FILE *console;
	int answers;
	bool killed, waited;
} fake;

static bool is(const char *mode)
{
	const char *given = getenv("FAKE_QEMU");

	return given && strcmp(given, mode) == 0;
}

static int fail(const char *text)
{
	fprintf(stderr, "qemu-system-x86_64: %s\n", text);
	return 1;
}

/* qemu-img create -q -f qcow2 -b BASE -F FORMAT PATH */
static int create_image(int argc, char *argv[])
{
	FILE *file;

	if (is("badimage") && argc > 6) {
		fprintf(stderr,
			"qemu-img: %s: Could not open '%s': Image is not in qcow2 format\n"
			"Could not open backing image.\n",
			argv[argc - 1], argv[6]);
		return 1;
	}
	if (is("full")) {
		fprintf(stderr, "qemu-img: %s: No space left on device\n", argv[argc - 1]);
		return 1;
	}
	file = fopen(argv[argc - 1], "w");
	if (!file)
		return 1;
	fputs("QFI", file);
	return fclose(file) == 0 ? 0 : 1;
}

static void print_devices(void)
{
	puts("Storage devices:\nname \"virtio-blk-pci\", bus PCI, alias \"virtio-blk\"\n\n"
	     "Input devices:\nname \"virtserialport\", bus virtio-serial-bus\n"
	     "name \"virtio-serial-pci\", bus PCI, alias \"virtio-serial\"\n\nMisc devices:");
	if (!is("plain"))
		puts("name \"ivshmem-plain\", bus PCI, desc \"Inter-VM shared memory\"");
	puts("name \"virtio-rng-pci\", bus PCI, alias \"virtio-rng\"");
	if (is("halfgpu"))
		puts("name \"virtio-gpu-gl-pci\", bus PCI, alias \"virtio-gpu-gl\"");
}

static int print_help(const char *option, bool has_machine)
{
	if (strcmp(option, "-accel") == 0)
		puts("Accelerators supported in QEMU binary:\ntcg");
	else if (strcmp(option, "-machine") == 0)
		puts("Supported machines are:\nq35                  Standard PC (alias of "
		     "pc-q35-9.9)");
	else if (strcmp(option, "-object") == 0)
		puts(is("stream") ? "List of user creatable objects:\n  rng-random"
				  : "List of user creatable objects:\n  memory-backend-file");
	else if (strcmp(option, "-device") == 0)
		print_devices();
	else if (strcmp(option, "-display") == 0)
		puts("Available display backend types:\nnone");
	else if (has_machine)
		puts("Available netdev backend types:\nuser");
	else /* as QEMU of arm64 */
		fputs("fake-qemu: No machine specified, and there is no default\n", stderr);
	return strcmp(option, "-netdev") == 0 && !has_machine;
}

static void say(const char *text)
{
	ssize_t n = write(fake.qmp_fd, text, strlen(text));

	(void)n;
}

static void end(const char *reason)
{
	char text[128];

	snprintf(text, sizeof text,
		"{\"event\": \"SHUTDOWN\", \"data\": {\"guest\": true, \"reason\": \"%s\"}}\n",
		reason);
	say(text);
	exit(0);
}

static void handle_command(const char *text)
{
	if (strstr(text, "qmp_capabilities"))
		say("{\"return\": {}}\n");
	if (strstr(text, "\"quit\""))
		end("host-qmp-quit");
	if (strstr(text, "system_powerdown") && !is("deaf"))
		end("guest-shutdown");
	if (strstr(text, "query-status"))
		say(is("stuck")        ? "{\"return\": {\"status\": \"internal-error\"}}\n"
			: !fake.waited ? "{\"return\": {\"status\": \"io-error\"}}\n"
				       : "{\"return\": {\"status\": \"running\"}}\n");
	if (strstr(text, "\"cont\"")) {
		fake.waited = true;
		say("{\"return\": {}}\n{\"event\": \"RESUME\"}\n");
	}
}

static void handle_alloc(uv_handle_t *handle, size_t size, uv_buf_t *ret_buffer)
{
	static char piece[4096];

	(void)handle;
	(void)size;
	*ret_buffer = uv_buf_init(piece, sizeof piece - 1);
}

static void handle_qmp(uv_stream_t *stream, ssize_t n, const uv_buf_t *buffer)
{
	if (n > 0) {
		buffer->base[n] = '\0';
		handle_command(buffer->base);
	} else if (n < 0) {
		uv_read_stop(stream);
	}
}

static void handle_ready(void *user, const struct oriel_msg_hello *peer)
{
	(void)user;
	(void)peer;
	if (is("reset") && fake.answers++ == 0)
		say("{\"event\": \"RESET\", \"data\": {\"guest\": true, \"reason\": "
		    "\"guest-reset\"}}\n");
}

static void start_orield(uv_timer_t *timer);

/* Its end of the port is closed by the kernel. */
static void kill_orield(void)
{
	static uv_timer_t next;

	fake.killed = true;
	oriel_link_destroy(fake.link);
	fake.link = NULL;
	oriel_mux_destroy(fake.mux);
	fake.mux = NULL;
	say("{\"event\": \"VSERPORT_CHANGE\", \"data\": {\"open\": false, \"id\": \"port\"}}\n");
	uv_timer_init(&fake.loop, &next);
	uv_timer_start(&next, start_orield, 1000, 0);
}

static void handle_message(void *user, const struct oriel_msg *received, int fd)
{
	static struct oriel_msg msg;

	(void)user;
	(void)fd;
	if (received->type != ORIEL_MSG_STATS_GET)
		return;
	if (is("killed") && !fake.killed) {
		kill_orield();
		return;
	}
	msg = (struct oriel_msg){.type = ORIEL_MSG_STATS, .stats = {.id = received->stats_get.id}};
	oriel_link_send(fake.link, &msg, -1);
	msg = (struct oriel_msg){.type = ORIEL_MSG_WINDOW_STATS,
		.window_stats = {.id = received->stats_get.id, .final = 1}};
	oriel_link_send(fake.link, &msg, -1);
}

static void handle_link_closed(void *user, int error, enum oriel_error code, const char *reason)
{
	(void)user;
	(void)error;
	(void)code;
	(void)reason;
	oriel_link_destroy(fake.link);
	fake.link = NULL;
}

static const struct oriel_link_events link_events = {
	.ready = handle_ready,
	.message = handle_message,
	.closed = handle_link_closed,
};

static void handle_channel(void *user, struct oriel_carrier *channel)
{
	static const struct oriel_link_options options = {
		.side = ORIEL_WIRE_GUEST, .program = "orield fake"};

	(void)user;
	/* One at a time is enough here. */
	if (fake.link)
		oriel_mux_close(channel, -EBUSY, "busy");
	else
		oriel_link_create(channel, &options, &link_events, NULL, &fake.link);
}

static void handle_mux_closed(void *user, int error, const char *reason)
{
	(void)user;
	(void)error;
	(void)reason;
	oriel_mux_destroy(fake.mux);
	fake.mux = NULL;
}

static const struct oriel_mux_events mux_events = {
	.accept = handle_channel,
	.closed = handle_mux_closed,
};

static void start_orield(uv_timer_t *timer)
{
	struct oriel_carrier *carrier;

	(void)timer;
	if (oriel_carrier_unix_adopt(&fake.loop, dup(fake.spare), &carrier) == 0 && !is("mute") &&
		!is("panic"))
		oriel_mux_create(
			&fake.loop, carrier, ORIEL_MUX_GUEST, &mux_events, NULL, &fake.mux);
}

static void handle_serial(uv_poll_t *poll, int status, int events)
{
	(void)poll;
	(void)status;
	(void)events;
	fake.spare = accept(fake.serial_fd, NULL, NULL);
	if (fake.spare >= 0)
		start_orield(NULL);
}

/* The number behind "id=NAME,fd=" in one of the arguments. */
static int find_fd(int argc, char *argv[], const char *key)
{
	for (int i = 1; i < argc; i++) {
		const char *found = strstr(argv[i], key);

		if (found)
			return atoi(found + strlen(key));
	}
	exit(fail("an argument is missing"));
}

static bool has(int argc, char *argv[], const char *part)
{
	for (int i = 1; i < argc; i++)
		if (strstr(argv[i], part))
			return true;
	return false;
}

static void boot(int argc, char *argv[])
{
	static const char key[] = "file,id=console,path=";

	for (int i = 1; i < argc; i++)
		if (strncmp(argv[i], key, sizeof key - 1) == 0)
			fake.console = fopen(argv[i] + sizeof key - 1, "w");
	if (!fake.console)
		exit(fail("no console"));
	fputs("[    0.000000] Linux version 6.12 (fake)\r\n"
	      "[  \033[0;32mOK\033[0m  ] Reached target \033[0;1;39mbasic.target\033[0m.\r\n",
		fake.console);
	if (is("panic"))
		fputs("[    1.0] Kernel panic - not syncing: VFS: no root\r\n", fake.console);
	if (is("crash"))
		fputs("the last words\r\n", fake.console);
	fflush(fake.console);
}

static int run(int argc, char *argv[])
{
	if (is("silent"))
		return 1;
	if (is("nomem"))
		return fail("cannot set up guest memory 'ram': Cannot allocate memory");
	if (is("noram") && has(argc, argv, "memory-backend-file,id=ram"))
		return fail("-object memory-backend-file,id=ram: can't mmap: Bad address");
	if (is("hang") || is("stubborn"))
		signal(SIGTERM, SIG_IGN);
	if (is("hang"))
		for (;;)
			pause();
	uv_loop_init(&fake.loop);
	uv_pipe_init(&fake.loop, &fake.qmp, 0);
	fake.qmp_fd = find_fd(argc, argv, "id=qmp,fd=");
	uv_pipe_open(&fake.qmp, fake.qmp_fd);
	uv_read_start((uv_stream_t *)&fake.qmp, handle_alloc, handle_qmp);
	fake.serial_fd = find_fd(argc, argv, "id=link,fd=");
	uv_poll_init(&fake.loop, &fake.serial, fake.serial_fd);
	uv_poll_start(&fake.serial, UV_READABLE, handle_serial);
	boot(argc, argv);
	say("{\"QMP\": {\"version\": {\"qemu\": {\"major\": 9}}, \"capabilities\": []}}\n");
	if (is("crash"))
		return fail("it broke");
	if (is("nospace"))
		say("{\"event\": \"BLOCK_IO_ERROR\", \"data\": {\"action\": \"stop\", \"reason\": "
		    "\"No space left on device\"}}\n");
	if (is("nospace") || is("stuck"))
		say("{\"event\": \"STOP\"}\n");
	if (is("poweroff"))
		end("guest-shutdown");
	return uv_run(&fake.loop, UV_RUN_DEFAULT);
}

int main(int argc, char *argv[])
{
	const char *name = strrchr(argv[0], '/');

	oriel_log_init("fake-qemu", ORIEL_LOG_ERROR);
	signal(SIGPIPE, SIG_IGN);
	if (name && strcmp(name, "/qemu-img") == 0)
		return create_image(argc, argv);
	if (argc == 2 && strcmp(argv[1], "--version") == 0) {
		puts(is("old")          ? "QEMU emulator version 6.1.0 (Fake)"
			: is("strange") ? "Frobnicator 7"
					: "QEMU emulator version 9.9.0 (Fake)");
		return 0;
	}
	if (argc >= 3 && strcmp(argv[2], "virtio-gpu-gl-pci,help") == 0)
		return fail("missing object type 'virtio-gpu-gl-device'");
	if (argc >= 3 && strcmp(argv[2], "help") == 0)
		return print_help(argv[1], argc > 3);
	return run(argc, argv);
}
