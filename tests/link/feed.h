/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Any bytes into a link: for fuzzing, and for tests with hostile bytes.
 */
#ifndef ORIEL_TESTS_FEED_H
#define ORIEL_TESTS_FEED_H

#include "src/link/link.h"

struct feed {
	enum oriel_wire_side side; /* which end the link is that reads the bytes */
	bool greet;      /* a good hello goes before them: else nothing gets past the handshake */
	size_t max_read; /* largest piece; 0: no limit */
};

/* Makes a link, lets it read the bytes to their end, and destroys everything. Waits for nothing.
 * Returns what closed() said. Aborts when the link breaks its promises: closed() once and last, a
 * reason in one line, messages only after ready(), nothing left in the loop. */
int feed_link(const struct feed *feed, const void *data, size_t size);

#endif
