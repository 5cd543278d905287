// SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
// The clients' buffers, as the adapter keeps them, and the allocator that Mir gets them from.
#pragma once

#include "guest/mir/client_memory.h"
#include "guest/mir/damage.h"
#include "guest/mir/memory_key.h"
#include <mir/graphics/buffer_basic.h>
#include <mir/graphics/graphic_buffer_allocator.h>

struct oriel_mir;

namespace oriel
{
class DmaBufProtocol;

// Any thread.
class Buffer : public mg::BufferBasic, public mg::NativeBufferBase, public MappableBase
{
      public:
	using Callback = std::function<void()>;

	// Memory of our own, for Mir.
	Buffer(geom::Size size, MirPixelFormat format);
	// A client's. `consumed` sends its frame callbacks, `released` gives it back.
	// `harmed` is called, at most once, when its memory could not be read.
	Buffer(std::shared_ptr<ClientMemory> client_memory, Ticket &&ticket, Callback &&consumed,
		Callback &&released, Callback &&harmed);
	~Buffer();

	auto size() const -> geom::Size override
	{
		return size_;
	}
	auto stride() const -> geom::Stride override
	{
		return stride_;
	}
	auto format() const -> MirPixelFormat override
	{
		return format_;
	}
	auto pixel_format() const -> MirPixelFormat override
	{
		return format_;
	}
	auto native_buffer_base() -> mg::NativeBufferBase * override
	{
		return this;
	}
#if ORIEL_MIR_AT_LEAST(21)
	auto map_readable() const -> std::unique_ptr<mrs::Mapping<Byte const>> override;
#else
	auto map_readable() -> std::unique_ptr<mrs::Mapping<Byte const>> override;
#endif
	auto map_writeable() -> std::unique_ptr<mrs::Mapping<Byte>> override;
	auto map_rw() -> std::unique_ptr<mrs::Mapping<Byte>> override;

	// The current bytes. They outlive the buffer, and its settling.
	auto pixels() const -> std::shared_ptr<Pixels const>;
	// Sends the frame callbacks, once.
	void consume() const;
	// Copies the content and gives the client its memory back, unless that was done or the
	// client does not need it.
	void settle() const;
	// As oriel_mir_frame_memory() and oriel_mir_frame_fetch().
	auto describe(oriel_mir_memory &ret_memory) const -> bool;
	auto fetch(oriel_rect const &part, ClientMemory::Fetched const &fetched) const -> int;
	// Call after the pixels have been read.
	void check(Pixels const &pixels) const;

	Ticket const ticket;
	uint64_t const created_ns;

      private:
	void release() const;
	auto whose_memory() const -> std::shared_ptr<ClientMemory>;
	auto blank() const -> std::shared_ptr<OwnPixels>;
	auto copy_of(Pixels const &from) const -> std::shared_ptr<OwnPixels>;
	auto own_pixels() const -> std::shared_ptr<OwnPixels>;

	geom::Size const size_;
	geom::Stride const stride_;
	MirPixelFormat const format_;
	mutable std::mutex mutex; // guards what follows; no callback is called under it
	mutable std::shared_ptr<ClientMemory> memory; // null: it was given back
	mutable std::shared_ptr<Pixels const> current;
	mutable Callback consumed, released, harmed;
};

class Allocator : public mg::GraphicBufferAllocator
{
      public:
	explicit Allocator(oriel_mir &mir);
	~Allocator();

	auto supported_pixel_formats() -> std::vector<MirPixelFormat> override;
	auto alloc_software_buffer(geom::Size size, MirPixelFormat format)
		-> std::shared_ptr<mg::Buffer> override;
	void bind_display(wl_display *display, std::shared_ptr<mir::Executor> executor) override;
	void unbind_display(wl_display *display) override;
	auto buffer_from_resource(wl_resource *buffer, Buffer::Callback &&consumed,
		Buffer::Callback &&released) -> std::shared_ptr<mg::Buffer> override;
	auto buffer_from_shm(std::shared_ptr<MappableBase> data, Buffer::Callback &&consumed,
		Buffer::Callback &&released) -> std::shared_ptr<mg::Buffer> override;

      private:
	oriel_mir &mir;
	MemoryKey::Gone const memory_gone;
	std::shared_ptr<mir::Executor> wayland_thread;
	std::unique_ptr<DmaBufProtocol> dmabufs; // null: there is no GPU
};
} // namespace oriel
