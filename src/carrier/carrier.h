/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * How bytes travel: an ordered byte stream in each direction, over a uv_loop. One carrier is one
 * connection. Users of links create carriers and hand them over; only src/link/ calls the ops.
 *
 * Everything is for the loop's thread.
 *
 * Lifetimes:
 *  1. A carrier lives from the call that returns it to destroy(). start() comes before every other
 *     op but destroy(); no event comes before it.
 *  2. Events come from the loop, never from inside an op, one at a time.
 *  3. Any event may call any op, destroy() included. Data that an event lent stays readable until
 *     the event returns, even when the carrier was destroyed in it.
 *  4. After closed() only destroy() may be called; after destroy() nothing, and no event comes.
 *  5. destroy() ends the connection at once; what was not written() may be lost. Memory is given
 *     back by the loop a little later, so run the loop before uv_loop_close().
 *  6. No carrier raises SIGPIPE, and every descriptor it makes is close-on-exec.
 */
#ifndef ORIEL_CARRIER_CARRIER_H
#define ORIEL_CARRIER_CARRIER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <uv.h>

struct oriel_carrier;

struct oriel_carrier_events {
	/* Required. Bytes have come; they are valid during the call. fd: came with one of them,
	 * becomes the callee's; or -1. Bytes that follow the one it was written with may be here,
	 * and bytes before it (a kernel keeps only the end of such a write apart). */
	void (*data)(void *user, const void *untrusted_data, size_t size, int fd);
	/* Required. All that was given to write() has been handed to the system. */
	void (*written)(void *user);
	/* Required, once, last. error 0: end of stream. reason: one line, valid during the call. */
	void (*closed)(void *user, int error, const char *reason);
};

/* Each function required. */
struct oriel_carrier_ops {
	const char *name; /* "unix", "tcp", "channel"... */
	bool passes_fds;
	/* Starts reading; events are borrowed until destroy. */
	void (*start)(struct oriel_carrier *carrier, const struct oriel_carrier_events *events,
		void *user);
	/* Writes bytes, and fd (borrowed until written; -1: none) with the first of them.
	 * data stays valid and unchanged until written(); one write at a time. */
	void (*write)(struct oriel_carrier *carrier, const void *data, size_t size, int fd);
	/* Ends our direction, when no write is under way and none will follow: the other end
	 * reads what was written and then the end. Reading goes on here. */
	void (*finish)(struct oriel_carrier *carrier);
	/* Stops reading, or goes on: while paused no data comes, and the other end has to wait
	 * once the system holds as much as it likes to. Nor is its end noticed. After start(). */
	void (*pause)(struct oriel_carrier *carrier, bool paused);
	/* Frees; no callbacks any more. Before or after closed(). */
	void (*destroy)(struct oriel_carrier *carrier);
};

/* Base of every carrier. */
struct oriel_carrier {
	const struct oriel_carrier_ops *ops;
	uv_loop_t *loop;
};

/* Connecting ends. All return 0 or -errno at once where the fault is known at once; what shows
 * later arrives through closed(). Names and commands are copied. */

/* A unix socket. -ENOENT nobody listens there, -EACCES no permission, -EAGAIN the listener has too
 * many callers waiting, -ENAMETOOLONG. */
int oriel_carrier_unix_connect(uv_loop_t *loop, const char *path, struct oriel_carrier **ret);
/* A connected unix socket; takes fd, on failure too. */
int oriel_carrier_unix_adopt(uv_loop_t *loop, int fd, struct oriel_carrier **ret);
/* TCP, loopback addresses only: -EINVAL for others. host: "127.0.0.1", "::1", "localhost". */
int oriel_carrier_tcp_connect(
	uv_loop_t *loop, const char *host, unsigned port, struct oriel_carrier **ret);
/* Standard input and output of a program (argv, NULL-ended; looked up in PATH). Its standard error
 * is copied to ours; its last line is the reason when it fails (closed() then has -ECONNABORTED).
 * Destroying sends SIGTERM, two seconds later SIGKILL, and the loop reaps it. -ENOENT no such
 * program, -EACCES it can't be executed. */
int oriel_carrier_command(uv_loop_t *loop, const char *const argv[], struct oriel_carrier **ret);
/* AF_VSOCK, from the host of a VM to port of the VM that has this CID. -ENODEV this machine has no
 * vsock; -ENOTSUP not on Linux. A CID or port that nobody has shows through closed(). */
int oriel_carrier_vsock_connect(
	uv_loop_t *loop, unsigned cid, unsigned port, struct oriel_carrier **ret);
/* The same through the unix socket at path of a VM monitor that brings vsock to user space (QEMU
 * with vhost-device-vsock, Firecracker, Cloud Hypervisor): "CONNECT port", "OK ...", then the
 * stream. Fails as oriel_carrier_unix_connect() does; a refusal shows through closed(). */
int oriel_carrier_vsock_unix_connect(
	uv_loop_t *loop, const char *path, unsigned port, struct oriel_carrier **ret);
/* Two ends in this process, for tests, on one loop. max_read: largest piece delivered (0: no
 * limit); delay_ms: before each delivery; cut_after: bytes, of both directions together, after
 * which both ends see the stream end (0: never). An end that is not started does not read. */
struct oriel_carrier_pair_options {
	size_t max_read;
	unsigned delay_ms;
	size_t cut_after;
};
int oriel_carrier_pair(uv_loop_t *loop, const struct oriel_carrier_pair_options *options,
	struct oriel_carrier *ret[2]);

/* Listening ends. */
struct oriel_listener;
/* carrier becomes the callee's. peer describes the other end for logs, valid during the call. */
typedef void (*oriel_accept_fn)(void *user, struct oriel_carrier *carrier, const char *peer);

/* Owner-only socket (0600, its folder 0700 when created here). A peer is let in when it runs as
 * our user or as root; another is refused and logged. -EADDRINUSE: somebody listens (a dead socket
 * file is replaced); *ret_holder is then the pid that listens, or 0. -EEXIST: there is something
 * else than a socket. A file path + ".lock" is there as long. Both are removed when destroyed. */
int oriel_listener_unix(uv_loop_t *loop, const char *path, oriel_accept_fn accept, void *user,
	struct oriel_listener **ret, pid_t *ret_holder);
/* Loopback only; port 0: any free one, told by oriel_listener_port(). */
int oriel_listener_tcp(uv_loop_t *loop, unsigned port, oriel_accept_fn accept, void *user,
	struct oriel_listener **ret);
/* In a VM: AF_VSOCK, for its host (CID 2) alone; others are refused and logged. port 0: any free
 * one. -ENOTSUP: not on Linux. -EAFNOSUPPORT: the kernel has no vsock. */
int oriel_listener_vsock(uv_loop_t *loop, unsigned port, oriel_accept_fn accept, void *user,
	struct oriel_listener **ret);
/* In a VM: the virtio-serial port of this name, as in "org.oriel.0", or a terminal or port by its
 * path, which has a '/'. At its other end is an oriel_broker: each connection it accepts arrives
 * here. Waits for as long as the host's end is closed, and goes on when it is open again. Linux.
 * -ENOENT no such port, -EBUSY another program has it open, -EACCES no permission. */
int oriel_listener_serial(uv_loop_t *loop, const char *name_or_path, oriel_accept_fn accept,
	void *user, struct oriel_listener **ret);
unsigned oriel_listener_port(const struct oriel_listener *listener);
/* Connections that were accepted live on. NULL is fine. */
void oriel_listener_destroy(struct oriel_listener *listener);

/* On the host: joins the one byte stream of a virtio-serial port with a unix socket, on which any
 * number of links (at most 64) can be had like that of an orield that runs here. No descriptors
 * pass. A link that comes while no orield answers in the VM waits for it. */
struct oriel_broker;
/* Required: called once, when the stream has ended: nothing passes any more, and only
 * oriel_broker_destroy() is left to do, which may be done in it. reason: valid during the call. */
typedef void (*oriel_broker_closed_fn)(void *user, int error, const char *reason);

/* serial: a carrier to the host's end of the port, as oriel_carrier_unix_connect() makes of QEMU's
 * "-chardev socket"; taken, on failure too. listen_path: as in oriel_listener_unix(), with its
 * errors. */
int oriel_broker_create(uv_loop_t *loop, struct oriel_carrier *serial, const char *listen_path,
	oriel_broker_closed_fn closed, void *user, struct oriel_broker **ret);
/* Whether an orield answers at the port's other end: false while the VM starts. */
bool oriel_broker_has_guest(const struct oriel_broker *broker);
/* The machine says that nobody has the port open in it any more: links end, after what was still
 * on its way from there, and others wait for who opens it next. */
void oriel_broker_guest_left(struct oriel_broker *broker);
/* Ends all links. NULL is fine. */
void oriel_broker_destroy(struct oriel_broker *broker);

/* Token files: a regular file, of this user, that nobody else may read (0600), else -EACCES; 16 to
 * 64 bytes (ret_token's room), not counting a line end, else -EINVAL. create makes a new random one
 * (64 hex digits) when the file is not there, and its folder (0700). */
int oriel_token_read(const char *path, bool create, void *ret_token, size_t *ret_size);

#endif
