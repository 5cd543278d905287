// SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>

namespace oriel
{
// The number by which the C side knows a piece of clients' memory (struct oriel_mir_memory). It
// is never used twice. Any thread.
class MemoryKey
{
      public:
	using Gone = std::function<void(uint64_t)>;

	// `gone` is called by the destructor, if anybody has asked for the number.
	explicit MemoryKey(Gone const &gone);
	~MemoryKey();
	MemoryKey(MemoryKey const &) = delete;
	auto operator=(MemoryKey const &) = delete;

	auto tell() const -> uint64_t;

      private:
	uint64_t const number;
	Gone const gone;
	mutable std::atomic<bool> told{false};
};
} // namespace oriel
