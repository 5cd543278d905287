// SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
// What changed between the buffers of one wl_surface.
//
// Mir drops wl_surface.damage. The mirror (mirror.h) works it out from the requests it sees and
// hands each buffer a ticket; whoever claims a buffer takes all damage up to it, so that the
// damage of buffers that were skipped is not lost. A buffer without a ticket has unknown damage.
#pragma once

#include "guest/mir/geometry.h"
#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <vector>

struct wl_client;

namespace oriel
{
struct Damage {
	bool all{true};
	std::vector<oriel_rect> rects; // buffer pixels, inside the buffer; only if not all
};

// One per wl_surface, shared with its buffers. Any thread.
class DamageLog
{
      public:
	DamageLog(wl_client const *client, uint32_t surface) : client{client}, surface{surface}
	{
	}

	// The damage of buffer `seq` against buffer `seq - 1`.
	void add(uint64_t seq, Damage &&damage);
	// Removes and unites the damage of all buffers up to `seq`.
	auto take(uint64_t seq) -> Damage;

	wl_client const *const client;
	uint32_t const surface; // object id of the wl_surface

	// The client was seen to attach more than one wl_buffer: it can draw while one is held.
	std::atomic<bool> several_buffers{false};
	// The last commit that dealt with a buffer brought one, and did not take it away.
	std::atomic<bool> mapped{false};

      private:
	std::mutex mutex;
	std::deque<std::pair<uint64_t, Damage>> entries;
};

struct Ticket {
	std::shared_ptr<DamageLog> log; // null: nothing is known of this buffer
	uint64_t seq{0};
	Geometry geometry;  // at the commit
	uint32_t buffer{0}; // object id of the wl_buffer
};
} // namespace oriel
