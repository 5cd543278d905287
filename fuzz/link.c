/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * A whole link, fed by a peer that may be hostile. Input: a byte that says how, then what the peer
 * writes. Bit 0 of the first: the link is the host's end; bit 1: a good hello goes before; the
 * rest: the largest piece that is read at once, 0 = all.
 */
#include <errno.h>
#include <stdlib.h>

#include "fuzz/fuzz.h"
#include "src/base/log.h"
#include "tests/link/feed.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct feed feed = {0};
	int error;

	if (size < 1)
		return 0;
	oriel_log_init("fuzz-link", ORIEL_LOG_ERROR);
	feed.side = data[0] & 1 ? ORIEL_WIRE_HOST : ORIEL_WIRE_GUEST;
	feed.greet = data[0] & 2;
	feed.max_read = data[0] >> 2;
	error = feed_link(&feed, data + 1, size - 1);
	switch (error) {
	case 0:
	case -EPROTO:
	case -EPROTONOSUPPORT:
	case -EACCES:
	case -EBUSY:
	case -ECONNABORTED:
	case -ECONNRESET:
		return 0;
	default:
		abort();
	}
}
