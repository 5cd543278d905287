// SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
#include "guest/mir/shm_memory.h"
#include "guest/mir/fault_guard.h"
#include "guest/mir/surface_state.h"
#include <unistd.h>

namespace oriel
{
namespace
{
#if ORIEL_MIR_AT_LEAST(21)
using Mapping = mrs::Mapping<Byte>;
#else
using Mapping = mrs::Mapping<Byte const>;
#endif

auto map_pool(MappableBase &pool) -> std::unique_ptr<Mapping>
{
#if ORIEL_MIR_AT_LEAST(21)
	return pool.map_rw();
#else
	return pool.map_readable();
#endif
}

// A place, held by the wl_buffer it belongs to.
struct Held {
	Hook hook;
	std::shared_ptr<ShmPlace> place;

	static void forget(wl_listener *listener, void *)
	{
		delete owner_of<Held>(listener);
	}
};
} // namespace

auto ShmPlace::of(wl_resource *buffer, MemoryKey::Gone const &gone) -> std::shared_ptr<ShmPlace>
{
	if (auto *const known = wl_resource_get_destroy_listener(buffer, Held::forget))
		return owner_of<Held>(known)->place;
	auto *const held = new Held{{}, std::make_shared<ShmPlace>(gone)};
	held->hook.owner = held;
	held->hook.listener.notify = Held::forget;
	wl_resource_add_destroy_listener(buffer, &held->hook.listener);
	return held->place;
}

auto ShmPlace::key_at(void const *where) -> std::shared_ptr<MemoryKey const>
{
	std::lock_guard const lock{mutex};

	if (!key || address != where)
		key = std::make_shared<MemoryKey>(gone);
	address = where;
	return key;
}

// Mir's mapping keeps the pool mapped, the guard makes reading it safe.
struct ShmMemory::Mapped : Pixels {
	explicit Mapped(std::shared_ptr<MappableBase> pool_)
	    : pool{std::move(pool_)}, mapping{map_pool(*pool)},
	      guard{mapping->data(), mapping->len()}
	{
		data = reinterpret_cast<std::byte const *>(mapping->data());
		stride = mapping->stride().as_int();
	}
	auto harmed() const -> bool override
	{
		return guard.faulted();
	}
	auto unguarded() const -> bool override
	{
		return guard.failed();
	}
	std::shared_ptr<MappableBase> const pool; // the mapping refers to it
	std::unique_ptr<Mapping> const mapping;
	FaultGuard const guard;
};

ShmMemory::ShmMemory(std::shared_ptr<MappableBase> pool, std::shared_ptr<ShmPlace> place)
    : pool{std::move(pool)}, place{std::move(place)}
{
}

auto ShmMemory::size() const -> geom::Size
{
	return pool->size();
}

auto ShmMemory::stride() const -> geom::Stride
{
	return pool->stride();
}

auto ShmMemory::format() const -> MirPixelFormat
{
	return pool->format();
}

auto ShmMemory::mapping() -> std::shared_ptr<Mapped const>
{
	std::lock_guard const lock{mutex};

	if (!mapped)
		mapped = std::make_shared<Mapped>(pool);
	if (place && !key)
		key = place->key_at(mapped->data);
	return mapped;
}

auto ShmMemory::map() -> std::shared_ptr<Pixels const>
{
	return mapping();
}

// Only the pages of this buffer: pools may be far larger than what is in use of them.
auto ShmMemory::describe(oriel_mir_memory &ret_memory) -> bool
{
	auto const pixels = mapping();
	size_t const start =
		reinterpret_cast<uintptr_t>(pixels->data) & (sysconf(_SC_PAGESIZE) - 1);

	if (!place || pixels->harmed())
		return false;
	ret_memory = {key->tell(), pixels->data - start, start + pixels->mapping->len(), -1, start,
		pixels->stride};
	return true;
}
} // namespace oriel
