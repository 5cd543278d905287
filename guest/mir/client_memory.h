// SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
// Where the content of a buffer has its bytes. Any thread, all of it.
#pragma once

#include "guest/mir/adapter.h"
#include "guest/mir/compat.h"
#include <functional>
#include <memory>
#include <vector>

namespace oriel
{
// The bytes of a buffer: the client's memory or a copy. Reading them is always safe.
struct Pixels {
	virtual ~Pixels() = default;

	// Around reading: what the memory asks for when the CPU looks at it. May be nested.
	virtual void begin() const
	{
	}
	virtual void end() const
	{
	}
	// After reading: whether some of it could not be read.
	virtual auto harmed() const -> bool
	{
		return false;
	}
	// Reading by plain loads is not safe after all: only copy_unguarded() is.
	virtual auto unguarded() const -> bool
	{
		return false;
	}

	std::byte const *data{};
	size_t stride{};
};

struct OwnPixels : Pixels {
	OwnPixels(size_t stride_, size_t height) : bytes(stride_ * height)
	{
		data = bytes.data();
		stride = stride_;
	}

	std::vector<std::byte> bytes;
};

// The memory of one content of a client's buffer: made anew for each commit.
class ClientMemory
{
      public:
	virtual ~ClientMemory() = default;

	virtual auto size() const -> geom::Size = 0;
	virtual auto stride() const -> geom::Stride = 0;
	virtual auto format() const -> MirPixelFormat = 0;

	// Null: it can't be mapped.
	virtual auto map() -> std::shared_ptr<Pixels const> = 0;
	// As oriel_mir_frame_memory(). False: it is of no use to anybody else any more.
	virtual auto describe(oriel_mir_memory &ret_memory) -> bool = 0;

	// As oriel_mir_frame_fetch(); `fetched` is called, on any thread, after -EINPROGRESS.
	using Fetched = std::function<void()>;
	virtual auto fetch(oriel_rect const &, Fetched const &) -> int
	{
		return 0;
	}
	// Everything, and waits for it, but not for ever.
	virtual void fetch_now()
	{
	}
	// The client needs it back soon, as it may have no other.
	virtual auto may_be_the_only_one() const -> bool
	{
		return true;
	}
};
} // namespace oriel
