/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Two exchanges with a wire between them that a test can hold up, and ends of flows that a test
 * controls.
 */
#ifndef ORIEL_TESTS_CLIPBOARD_WORLD_H
#define ORIEL_TESTS_CLIPBOARD_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those before it */
#include <cmocka.h>

#include "src/clipboard/exchange.h"

#define WORLD_TEXT "text/plain;charset=utf-8"

/* A message on its way: encoded, as a link would have it. */
struct parcel {
	struct parcel *next;
	size_t size;
	uint8_t data[];
};

struct side {
	struct world *world;
	struct side *other;
	struct oriel_exchange *exchange;
	struct parcel *first, **last; /* sent by this side, not delivered */
	size_t queued;                /* what queued() answers */
	uint64_t sent;                /* messages */
	size_t most_under_way;        /* bytes of data that were not delivered */
	int offered;                  /* times */
	struct oriel_types types;     /* that were offered last */
	/* What a paste of the other side gets: content of this many bytes, or by the test. */
	size_t content;
	struct oriel_flow *wanted; /* kept for the test when content is 0 */
	const char *fault;         /* of the other side's message; NULL: none */
};

struct world {
	uv_loop_t loop;
	uv_timer_t tick; /* keeps the loop alive, which flows don't */
	struct side guest, host;
};

void world_create(struct world *world);
/* Checks that nothing is left. */
void world_destroy(struct world *world);
/* Delivers what is on its way, both ways, until nothing moves any more. */
void world_run(struct world *world);
/* The same until the condition holds. */
#define WORLD_UNTIL(world, condition) \
	do { \
		uint64_t start_ = uv_hrtime(); \
		while (!(condition)) { \
			world_run(world); \
			if (uv_hrtime() - start_ > 60000000000ull) \
				fail_msg("never: %s", #condition); \
		} \
	} while (0)

/* Offers WORLD_TEXT; n 0: nothing. */
void side_offer(struct side *side, uint8_t selection, int n);
/* A message that this side never sent, to this side. Returns the reason of a fault; NULL: none. */
const char *side_receive(struct side *side, const struct oriel_msg *msg);

/* A consumer that counts. */
struct sink {
	struct oriel_flow *flow; /* NULL: it has ended */
	size_t size, untaken;
	uint32_t sum;
	bool hold; /* takes nothing */
	bool ended;
	char error[256]; /* "": complete */
};

void sink_open(struct world *world, struct sink *sink);
/* A sink that pastes on this side what the other side offers. */
void sink_paste(struct side *side, struct sink *sink, uint8_t selection);
void sink_take(struct sink *sink);

/* Byte i of every content. */
uint8_t content_byte(size_t i);
uint32_t content_sum(size_t size);

#endif
