// SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
#include "guest/mir/buffer.h"
#include "guest/mir/cursor.h"
#include "guest/mir/fault_guard.h"
#include "guest/mir/mirror.h"
#include <cstring>
#include <mir/executor.h>
#include <stdexcept>

extern "C" {
#include "src/base/clock.h"
}

namespace oriel
{
namespace
{
struct OwnPixels : Pixels {
	OwnPixels(size_t stride_, size_t height) : bytes(stride_ * height)
	{
		data = bytes.data();
		stride = stride_;
	}
	std::vector<std::byte> bytes;
};

#if ORIEL_MIR_AT_LEAST(21)
using ClientMapping = mrs::Mapping<Byte>;
#else
using ClientMapping = mrs::Mapping<Byte const>;
#endif

auto map_client(MappableBase &memory) -> std::unique_ptr<ClientMapping>
{
#if ORIEL_MIR_AT_LEAST(21)
	return memory.map_rw();
#else
	return memory.map_readable();
#endif
}

// The client's memory. Mir's mapping keeps the pool alive, the guard makes reading it safe.
struct ClientPixels : Pixels {
	explicit ClientPixels(std::shared_ptr<MappableBase> memory_)
	    : memory{std::move(memory_)}, mapping{map_client(*memory)},
	      guard{mapping->data(), mapping->len()}
	{
		data = reinterpret_cast<std::byte const *>(mapping->data());
		stride = mapping->stride().as_int();
	}
	auto harmed() const -> bool override
	{
		return guard.faulted();
	}
	std::shared_ptr<MappableBase> const memory; // the mapping refers to it
	std::unique_ptr<ClientMapping> const mapping;
	FaultGuard const guard;
};

void copy(OwnPixels &to, Pixels const &from, geom::Size size)
{
	auto const *const client = dynamic_cast<ClientPixels const *>(&from);
	size_t const row = size.width.as_int() * 4ul;

	for (int y = 0; y < size.height.as_int(); y++) {
		std::byte *const d = to.bytes.data() + y * to.stride;
		std::byte const *const s = from.data + y * from.stride;
		if (client && client->guard.failed())
			copy_unguarded(d, s, row);
		else
			memcpy(d, s, row);
	}
}

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
      current{std::make_shared<OwnPixels>(stride_.as_int(), size.height.as_int())}
{
}

Buffer::Buffer(std::shared_ptr<MappableBase> client_memory, Ticket &&ticket, Callback &&consumed,
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

auto Buffer::pixels() const -> std::shared_ptr<Pixels const>
{
	std::lock_guard const lock{mutex};

	if (current)
		return current;
	auto client = std::make_shared<ClientPixels>(memory);
	if (client->guard.failed()) {
		auto own = std::make_shared<OwnPixels>(
			size_.width.as_int() * 4, size_.height.as_int());
		copy(*own, *client, size_);
		current = own;
	} else {
		current = client;
	}
	return current;
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
		if (!released)
			return;
	}
	auto const from = pixels();
	auto own = std::make_shared<OwnPixels>(size_.width.as_int() * 4, size_.height.as_int());
	copy(*own, *from, size_);
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
#if ORIEL_MIR_AT_LEAST(21)
auto Buffer::map_readable() const -> std::unique_ptr<mrs::Mapping<Byte const>>
#else
auto Buffer::map_readable() -> std::unique_ptr<mrs::Mapping<Byte const>>
#endif
{
	consume();
	settle();
	auto const own =
		std::dynamic_pointer_cast<OwnPixels>(std::const_pointer_cast<Pixels>(pixels()));
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
	settle();
	return std::make_unique<View<Byte>>(
		std::dynamic_pointer_cast<OwnPixels>(std::const_pointer_cast<Pixels>(pixels())),
		*this);
}

auto Allocator::supported_pixel_formats() -> std::vector<MirPixelFormat>
{
	return {mir_pixel_format_argb_8888, mir_pixel_format_xrgb_8888};
}

auto Allocator::alloc_software_buffer(geom::Size size, MirPixelFormat format)
	-> std::shared_ptr<mg::Buffer>
{
	return std::make_shared<Buffer>(size, format);
}

// Without a linux-dmabuf global all clients use wl_shm.
void Allocator::bind_display(wl_display *, std::shared_ptr<mir::Executor> executor)
{
	wayland_thread = std::move(executor);
}

void Allocator::unbind_display(wl_display *)
{
}

auto Allocator::buffer_from_resource(wl_resource *, Buffer::Callback &&, Buffer::Callback &&)
	-> std::shared_ptr<mg::Buffer>
{
	throw std::runtime_error{"only wl_shm buffers are supported"};
}

auto Allocator::buffer_from_shm(std::shared_ptr<MappableBase> data, Buffer::Callback &&consumed,
	Buffer::Callback &&released) -> std::shared_ptr<mg::Buffer>
{
	Ticket ticket = mirror.next_buffer(
		nullptr, data->size().width.as_int(), data->size().height.as_int());

	Buffer::Callback harmed;
	if (ticket.log)
		harmed = [executor = wayland_thread, &mirror = mirror, client = ticket.log->client,
				 buffer = ticket.buffer] {
			executor->spawn([=, &mirror] { mirror.refuse_buffer(client, buffer); });
		};
	return std::make_shared<Buffer>(std::move(data), std::move(ticket), std::move(consumed),
		std::move(released), std::move(harmed));
}
} // namespace oriel
