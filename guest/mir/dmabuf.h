// SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
// DMA-BUFs that clients hand over as wl_buffers.
//
// Clients are not offered explicit synchronisation (linux-drm-syncobj: Mir 2.20 has none, and 2.28
// only with a platform that draws). So what a client's GPU still draws is known by the fences
// that the kernel keeps with the DMA-BUF itself: it can be polled, and becomes readable when they
// are signalled.
#pragma once

#include "guest/mir/client_memory.h"
#include "guest/mir/gpu.h"
#include "guest/mir/memory_key.h"
#include <optional>

namespace mir::graphics
{
class EventHandlerRegister;
}

namespace oriel
{
// One plane of linear pixels in a DMA-BUF. As long as the wl_buffer, or a content of it, lives.
class DmaBuf
{
      public:
	// Checked by who makes it: rows lie one behind the other inside of the file.
	struct Layout {
		geom::Size size;
		uint32_t offset, stride;
		MirPixelFormat format;
	};

	DmaBuf(mir::Fd fd, Layout const &layout, std::shared_ptr<Gpu> gpu,
		MemoryKey::Gone const &gone);

	// Null: it can't be mapped.
	auto map() -> std::shared_ptr<Pixels const>;
	// Starts bringing a part from the host.
	enum class Bring { not_needed, started, failed };
	auto bring(oriel_rect const &part) -> Bring;

	mir::Fd const fd;
	Layout const layout;
	MemoryKey const key;

      private:
	std::shared_ptr<Gpu> const gpu;
	std::mutex mutex; // guards what follows
	std::shared_ptr<Pixels const> pixels;
	std::optional<std::unique_ptr<GpuBuffer>> picture; // once asked for
};

// Its content from one commit to the next.
class DmaBufMemory : public ClientMemory, public std::enable_shared_from_this<DmaBufMemory>
{
      public:
	// Fences are waited for in Mir's main loop.
	DmaBufMemory(std::shared_ptr<DmaBuf> buffer,
		std::weak_ptr<mir::graphics::EventHandlerRegister> main_loop);

	auto size() const -> geom::Size override;
	auto stride() const -> geom::Stride override;
	auto format() const -> MirPixelFormat override;
	auto map() -> std::shared_ptr<Pixels const> override;
	auto describe(oriel_mir_memory &ret_memory) -> bool override;
	auto fetch(oriel_rect const &part, Fetched const &fetched) -> int override;
	void fetch_now() override;
	// No compositor gives a DMA-BUF back before it has the next one: clients have several.
	auto may_be_the_only_one() const -> bool override
	{
		return false;
	}

      private:
	auto start(oriel_rect const &part) -> int;
	auto arrived() -> bool;
	void wait(Fetched const &fetched);
	auto end_wait() -> bool;

	std::shared_ptr<DmaBuf> const buffer;
	std::weak_ptr<mir::graphics::EventHandlerRegister> const main_loop;
	std::mutex mutex;                     // guards what follows
	std::vector<oriel_rect> here, on_way; // parts brought from the host
	bool drawn{false};                    // the client's fences are signalled
	bool waiting{false};
};
} // namespace oriel
