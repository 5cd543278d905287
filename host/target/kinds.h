/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Inside of host/target: the kinds of target, one entry of the table in target.c each.
 */
#ifndef ORIEL_HOST_TARGET_KINDS_H
#define ORIEL_HOST_TARGET_KINDS_H

#include "host/target/target.h"

struct oriel_target_kind {
	const char *prefix; /* what the text of a target starts with; "local" is the whole text */
	/* Reads what follows the prefix into place and port; NULL: any text that is not empty.
	 * 0 or -EINVAL with error set. */
	int (*parse)(struct oriel_target *target, const char *rest, char *error, size_t size);
	/* See oriel_target_open(). */
	int (*open)(struct oriel_target *target, uv_loop_t *loop,
		struct oriel_carrier **ret_carrier, char *error, size_t size);
	/* See oriel_target_memory(); NULL: none. */
	int (*memory)(struct oriel_target *target, const struct oriel_region_source **ret_sources,
		int *ret_n);
};

struct oriel_target {
	const struct oriel_target_kind *kind;
	char *name;    /* as typed */
	char *place;   /* path, host or command; NULL for local */
	unsigned port; /* 0: none given */
	bool opened;   /* once, successfully */
	void *memory;  /* what sources point into; free() releases it */
};

/* Writes a line for people into error and returns code. */
int oriel_target_fail(char *error, size_t size, int code, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* Splits HOST:PORT, HOST and [HOST]:PORT. Returns 0; -EINVAL: no host, or a port that is not
 * 1 to 65535; -ENOMEM. *ret_port is 0 when there is none. */
int oriel_target_split(const char *text, char **ret_host, unsigned *ret_port);

/* Says what is wrong with a unix socket that could not be connected to. Returns code. */
int oriel_target_fail_unix(char *error, size_t size, int code, const char *path);

extern const struct oriel_target_kind oriel_target_unix;
extern const struct oriel_target_kind oriel_target_tcp;
extern const struct oriel_target_kind oriel_target_exec;
extern const struct oriel_target_kind oriel_target_ssh;
extern const struct oriel_target_kind oriel_target_qemu;
extern const struct oriel_target_kind oriel_target_vsock;
extern const struct oriel_target_kind oriel_target_vsock_unix;
#ifdef __linux__
extern const struct oriel_target_kind oriel_target_local;
#endif

#endif
