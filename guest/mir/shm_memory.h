// SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
#pragma once

#include "guest/mir/client_memory.h"
#include "guest/mir/memory_key.h"
#include <mutex>

struct wl_resource;

namespace oriel
{
// What stays of a wl_shm buffer from commit to commit: where Mir has mapped it, and the key of that
// place. Mir maps the pool elsewhere when the client resizes it.
class ShmPlace
{
      public:
	explicit ShmPlace(MemoryKey::Gone const &gone) : gone{gone}
	{
	}

	// The one of a wl_buffer, which holds it too. The Wayland thread only.
	static auto of(wl_resource *buffer, MemoryKey::Gone const &gone)
		-> std::shared_ptr<ShmPlace>;

	auto key_at(void const *address) -> std::shared_ptr<MemoryKey const>;

      private:
	MemoryKey::Gone const gone;
	std::mutex mutex;
	void const *address{};
	std::shared_ptr<MemoryKey const> key;
};

class ShmMemory : public ClientMemory
{
      public:
	// `place` may be null: the memory can then be read, but not described.
	ShmMemory(std::shared_ptr<MappableBase> pool, std::shared_ptr<ShmPlace> place);

	auto size() const -> geom::Size override;
	auto stride() const -> geom::Stride override;
	auto format() const -> MirPixelFormat override;
	auto map() -> std::shared_ptr<Pixels const> override;
	auto describe(oriel_mir_memory &ret_memory) -> bool override;

      private:
	struct Mapped;
	auto mapping() -> std::shared_ptr<Mapped const>;

	std::shared_ptr<MappableBase> const pool;
	std::shared_ptr<ShmPlace> const place;
	std::mutex mutex;
	std::shared_ptr<Mapped const> mapped;
	std::shared_ptr<MemoryKey const> key;
};
} // namespace oriel
