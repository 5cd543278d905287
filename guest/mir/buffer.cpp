// SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
#include "guest/mir/buffer.h"
#include "guest/mir/cursor.h"
#include "guest/mir/fault_guard.h"
#include <cstring>

extern "C" {
#include "src/base/clock.h"
}

namespace oriel
{
namespace
{
// What Mir gets when it maps a buffer itself.
template <class T>
class View : public mrs::Mapping<T>
{
      public:
	View(std::shared_ptr<OwnPixels> pixels, Buffer const &buffer)
	    : pixels{std::move(pixels)}, size_{buffer.size()}, format_{buffer.format()}
	{
	}
	auto format() const -> MirPixelFormat override
	{
		return format_;
	}
	auto stride() const -> geom::Stride override
	{
		return geom::Stride{pixels->stride};
	}
	auto size() const -> geom::Size override
	{
		return size_;
	}
	auto len() const -> size_t override
	{
		return pixels->bytes.size();
	}
#if ORIEL_MIR_AT_LEAST(21)
	auto data() const -> T * override
#else
	auto data() -> T * override
#endif
	{
		return reinterpret_cast<T *>(pixels->bytes.data());
	}

      private:
	std::shared_ptr<OwnPixels> const pixels;
	geom::Size const size_;
	MirPixelFormat const format_;
};
} // namespace

Buffer::Buffer(geom::Size size, MirPixelFormat format)
    : created_ns{oriel_now_ns()}, size_{size}, stride_{size.width.as_int() * 4}, format_{format},
      current{blank()}
{
}

Buffer::Buffer(std::shared_ptr<ClientMemory> client_memory, Ticket &&ticket, Callback &&consumed,
	Callback &&released, Callback &&harmed)
    : ticket{std::move(ticket)}, created_ns{oriel_now_ns()}, size_{client_memory->size()},
      stride_{client_memory->stride()}, format_{client_memory->format()},
      memory{std::move(client_memory)}, consumed{std::move(consumed)},
      released{std::move(released)}, harmed{std::move(harmed)}
{
}

Buffer::~Buffer()
{
	release();
}

auto Buffer::whose_memory() const -> std::shared_ptr<ClientMemory>
{
	std::lock_guard const lock{mutex};

	return memory;
}

auto Buffer::blank() const -> std::shared_ptr<OwnPixels>
{
	return std::make_shared<OwnPixels>(size_.width.as_int() * 4, size_.height.as_int());
}

auto Buffer::copy_of(Pixels const &from) const -> std::shared_ptr<OwnPixels>
{
	auto to = blank();

	from.begin();
	for (int y = 0; y < size_.height.as_int(); y++) {
		std::byte *const d = to->bytes.data() + y * to->stride;
		std::byte const *const s = from.data + y * from.stride;
		if (from.unguarded())
			copy_unguarded(d, s, to->stride);
		else
			memcpy(d, s, to->stride);
	}
	from.end();
	return to;
}

auto Buffer::pixels() const -> std::shared_ptr<Pixels const>
{
	std::lock_guard const lock{mutex};

	if (!current)
		current = memory->map();
	if (!current)
		current = blank();
	else if (current->unguarded())
		current = copy_of(*current);
	return current;
}

auto Buffer::describe(oriel_mir_memory &ret_memory) const -> bool
{
	auto const from = whose_memory();

	return from && from->describe(ret_memory);
}

auto Buffer::fetch(oriel_rect const &part, ClientMemory::Fetched const &fetched) const -> int
{
	auto const from = whose_memory();

	return from ? from->fetch(part, fetched) : 0;
}

void Buffer::consume() const
{
	Callback callback;
	{
		std::lock_guard const lock{mutex};
		callback.swap(consumed);
	}
	if (callback)
		callback();
}

void Buffer::release() const
{
	Callback callback;
	{
		std::lock_guard const lock{mutex};
		callback.swap(released);
	}
	if (callback)
		callback();
}

void Buffer::settle() const
{
	{
		std::lock_guard const lock{mutex};
		if (!released || !memory || !memory->may_be_the_only_one())
			return;
	}
	auto const from = pixels();
	auto const own = copy_of(*from);
	check(*from);
	{
		std::lock_guard const lock{mutex};
		current = own;
		memory.reset();
	}
	release();
}

void Buffer::check(Pixels const &pixels) const
{
	Callback callback;

	if (!pixels.harmed())
		return;
	{
		std::lock_guard const lock{mutex};
		callback.swap(harmed);
	}
	if (callback)
		callback();
}

// Mir maps cursor images only. They are small, and it expects their rows packed: it gets a copy.
auto Buffer::own_pixels() const -> std::shared_ptr<OwnPixels>
{
	settle();
	if (auto const from = whose_memory()) {
		from->fetch_now();
		return copy_of(*pixels());
	}
	return std::dynamic_pointer_cast<OwnPixels>(std::const_pointer_cast<Pixels>(pixels()));
}

#if ORIEL_MIR_AT_LEAST(21)
auto Buffer::map_readable() const -> std::unique_ptr<mrs::Mapping<Byte const>>
#else
auto Buffer::map_readable() -> std::unique_ptr<mrs::Mapping<Byte const>>
#endif
{
	consume();
	auto const own = own_pixels();
	if (ticket.log)
		remember_cursor_scale(size_, own->data, ticket.geometry.scale);
	return std::make_unique<View<Byte const>>(own, *this);
}

auto Buffer::map_writeable() -> std::unique_ptr<mrs::Mapping<Byte>>
{
	return map_rw();
}

auto Buffer::map_rw() -> std::unique_ptr<mrs::Mapping<Byte>>
{
	return std::make_unique<View<Byte>>(own_pixels(), *this);
}
} // namespace oriel
