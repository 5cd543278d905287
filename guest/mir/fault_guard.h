// SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
// Reading memory that a client may truncate at any time.
//
// Mir protects its own reads of wl_shm pools with a SIGBUS handler, but that one misses a fault at
// the first byte of a buffer, fails for buffers that do not start on a page, and leaves a hole in
// the pool afterwards. Ours puts zero pages where the file has gone, and keeps them there.
#pragma once

#include <cstddef>

namespace oriel
{
// While it lives, reading [data, data + size) can't kill the process. Any thread.
class FaultGuard
{
      public:
	FaultGuard(void const *data, size_t size);
	~FaultGuard();
	FaultGuard(FaultGuard const &) = delete;
	auto operator=(FaultGuard const &) = delete;

	// Something could not be read: zeroes stand there now.
	auto faulted() const -> bool;
	// Too many guards at once: this one protects nothing.
	auto failed() const -> bool
	{
		return slot < 0;
	}

      private:
	int slot;
};

// Copies from memory that no guard protects; what can't be read becomes zero.
void copy_unguarded(void *to, void const *from, size_t size);
} // namespace oriel
