// SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
#include "guest/mir/dmabuf.h"
#include "guest/mir/fault_guard.h"
#include <algorithm>
#include <cstring>
#include <linux/dma-buf.h>
#include <mir/graphics/event_handler_register.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

extern "C" {
#include "src/base/log.h"
}

namespace oriel
{
namespace
{
// Parts of one content that are remembered; forgotten ones are brought again.
constexpr size_t max_parts = 64;
// For pictures that Mir itself wants at once (cursors).
constexpr int now_ms = 100;

// Whether all that was to be written into a DMA-BUF is there.
auto is_written(int fd, int limit_ms) -> bool
{
	pollfd p{fd, POLLIN, 0};

	return poll(&p, 1, limit_ms) != 0;
}

auto contains(oriel_rect const &outer, oriel_rect const &r) -> bool
{
	return r.x >= outer.x && r.y >= outer.y && r.x + r.width <= outer.x + outer.width &&
	       r.y + r.height <= outer.y + outer.height;
}

auto is_in(std::vector<oriel_rect> const &parts, oriel_rect const &r) -> bool
{
	return std::ranges::any_of(parts, [&](auto const &part) { return contains(part, r); });
}

auto clip(oriel_rect const &r, geom::Size size) -> oriel_rect
{
	int const x0 = std::clamp(r.x, 0, size.width.as_int());
	int const y0 = std::clamp(r.y, 0, size.height.as_int());
	int const x1 = int(std::min<int64_t>(int64_t(r.x) + r.width, size.width.as_int()));
	int const y1 = int(std::min<int64_t>(int64_t(r.y) + r.height, size.height.as_int()));

	return {x0, y0, std::max(0, x1 - x0), std::max(0, y1 - y0)};
}

// The exporter may take the memory away at any time (devices are unplugged): hence the guard.
class Mapping : public Pixels
{
      public:
	Mapping(mir::Fd const &fd, void *map, size_t size, DmaBuf::Layout const &layout)
	    : fd{fd}, map{map}, size{size}, guard{map, size}
	{
		data = static_cast<std::byte const *>(map) + layout.offset;
		stride = layout.stride;
	}
	~Mapping() override
	{
		munmap(map, size);
	}
	// Waits for fences without limit: not before they are signalled.
	void begin() const override
	{
		if (is_written(fd, 0))
			sync(DMA_BUF_SYNC_START);
	}
	void end() const override
	{
		sync(DMA_BUF_SYNC_END);
	}
	auto unguarded() const -> bool override
	{
		return guard.failed();
	}

      private:
	void sync(uint64_t edge) const
	{
		dma_buf_sync const access{edge | DMA_BUF_SYNC_READ};
		int r;

		do {
			r = ioctl(fd, DMA_BUF_IOCTL_SYNC, &access);
		} while (r < 0 && (errno == EINTR || errno == EAGAIN));
	}

	mir::Fd const fd;
	void *const map;
	size_t const size;
	FaultGuard const guard;
};
} // namespace

DmaBuf::DmaBuf(
	mir::Fd fd, Layout const &layout, std::shared_ptr<Gpu> gpu, MemoryKey::Gone const &gone)
    : fd{std::move(fd)}, layout{layout}, key{gone}, gpu{std::move(gpu)}
{
}

auto DmaBuf::map() -> std::shared_ptr<Pixels const>
{
	std::lock_guard const lock{mutex};
	size_t const size = layout.offset + size_t(layout.stride) * layout.size.height.as_int();

	if (pixels)
		return pixels;
	void *const map = mmap(nullptr, size, PROT_READ, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED) {
		oriel_debug("a client's DMA-BUF can't be mapped: %s", strerror(errno));
		return {};
	}
	pixels = std::make_shared<Mapping>(fd, map, size, layout);
	return pixels;
}

auto DmaBuf::bring(oriel_rect const &part) -> Bring
{
	std::lock_guard const lock{mutex};

	if (!picture)
		picture = gpu ? gpu->import(fd) : nullptr;
	if (!*picture)
		return Bring::not_needed;
	return (*picture)->transfer(part, layout.offset, layout.stride) ? Bring::started
									: Bring::failed;
}

DmaBufMemory::DmaBufMemory(
	std::shared_ptr<DmaBuf> buffer, std::weak_ptr<mg::EventHandlerRegister> main_loop)
    : buffer{std::move(buffer)}, main_loop{std::move(main_loop)}
{
}

auto DmaBufMemory::size() const -> geom::Size
{
	return buffer->layout.size;
}

auto DmaBufMemory::stride() const -> geom::Stride
{
	return geom::Stride{buffer->layout.stride};
}

auto DmaBufMemory::format() const -> MirPixelFormat
{
	return buffer->layout.format;
}

auto DmaBufMemory::map() -> std::shared_ptr<Pixels const>
{
	return buffer->map();
}

auto DmaBufMemory::describe(oriel_mir_memory &ret_memory) -> bool
{
	ret_memory = {buffer->key.tell(), nullptr, 0, buffer->fd, buffer->layout.offset,
		buffer->layout.stride};
	return true;
}

// 0: there is nothing more to start, but maybe to wait for; -EIO.
auto DmaBufMemory::start(oriel_rect const &part) -> int
{
	if (is_in(on_way, part))
		return 0;
	// The host draws and reads in the order it is asked to: no need to wait in between.
	switch (buffer->bring(part)) {
	case DmaBuf::Bring::failed:
		return -EIO;
	case DmaBuf::Bring::not_needed:
		return 0;
	default:
		on_way.push_back(part);
		drawn = false;
		return 0;
	}
}

// Whether the fences are signalled by now.
auto DmaBufMemory::arrived() -> bool
{
	if (!is_written(buffer->fd, 0))
		return false;
	drawn = true;
	here.insert(here.end(), on_way.begin(), on_way.end());
	on_way.clear();
	if (here.size() > max_parts)
		here.erase(here.begin(), here.end() - max_parts);
	return true;
}

void DmaBufMemory::wait(Fetched const &fetched)
{
	auto const loop = main_loop.lock();

	if (!loop)
		return;
	waiting = true;
	loop->register_fd_handler({buffer->fd}, this, [self = shared_from_this(), fetched](int) {
		// What this function object holds ends with its registration.
		auto const content = self;
		auto const tell = fetched;
		if (content->end_wait())
			tell();
	});
}

auto DmaBufMemory::end_wait() -> bool
{
	{
		std::lock_guard const lock{mutex};
		if (!arrived())
			return false;
		waiting = false;
	}
	if (auto const loop = main_loop.lock())
		loop->unregister_fd_handler(this);
	return true;
}

auto DmaBufMemory::fetch(oriel_rect const &wanted, Fetched const &fetched) -> int
{
	std::lock_guard const lock{mutex};
	oriel_rect const part = clip(wanted, size());

	if (part.width == 0 || part.height == 0 || is_in(here, part))
		return 0;
	if (int const r = start(part); r < 0)
		return r;
	if (drawn || arrived())
		return 0;
	if (!waiting)
		wait(fetched);
	return -EINPROGRESS;
}

void DmaBufMemory::fetch_now()
{
	std::lock_guard const lock{mutex};

	start({0, 0, size().width.as_int(), size().height.as_int()});
	is_written(buffer->fd, now_ms);
}
} // namespace oriel
