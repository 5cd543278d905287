/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * One end of a carrier that records what comes.
 */
#ifndef ORIEL_TESTS_PROBE_H
#define ORIEL_TESTS_PROBE_H

#include "src/carrier/carrier.h"
#include "tests/carrier/harness.h"

struct probe {
	struct oriel_carrier *carrier; /* NULL once destroyed */
	unsigned char *bytes;          /* all that came */
	size_t size;
	size_t largest; /* piece */
	unsigned pieces, written, closed;
	int fd; /* the last that came, or -1 */
	unsigned fds;
	bool inside; /* a call of ours: no event may come */
	bool destroy_in_data, destroy_in_written, destroy_in_closed;
	int error;
	char reason[2048];
};

/* Starts the carrier. */
void probe_start(struct probe *probe, struct oriel_carrier *carrier);
void probe_write(struct probe *probe, const void *data, size_t size, int fd);
void probe_finish(struct probe *probe);
void probe_pause(struct probe *probe, bool paused);
/* Destroys the carrier if that has not happened, and frees. */
void probe_destroy(struct probe *probe);

/* size bytes that differ everywhere; malloc'ed. */
unsigned char *probe_pattern(size_t size);

/* A file with this text; its descriptor. And whether a descriptor shows such a file. */
int probe_make_file(const char *text);
bool probe_is_file(int fd, const char *text);

/* Both ends write size bytes at once, and both arrive whole. */
void probe_exchange(struct harness *harness, struct probe *a, struct probe *b, size_t size);

#endif
