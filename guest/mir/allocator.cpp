// SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
// What Mir asks for a buffer whenever a client commits one, and what makes clients' DMA-BUFs known.
#include "guest/mir/adapter_impl.h"
#include "guest/mir/adapter_test.h"
#include "guest/mir/buffer.h"
#include "guest/mir/dmabuf_protocol.h"
#include "guest/mir/shm_memory.h"
#include <mir/executor.h>
#include <mir/main_loop.h>
#include <stdexcept>
#include <wayland-server-core.h>

namespace oriel
{
namespace
{
constexpr char const *gpu_folder = "/dev/dri";

struct {
	std::string gpu_folder;
	bool any_file{false};
} for_tests;

auto resource_of(Ticket const &ticket) -> wl_resource *
{
	return ticket.log ? wl_client_get_object(
				    const_cast<wl_client *>(ticket.log->client), ticket.buffer)
			  : nullptr;
}
} // namespace

Allocator::Allocator(oriel_mir &mir)
    : mir{mir}, memory_gone{[&mir](uint64_t key) { mir.notices.memory_gone(key); }}
{
}

Allocator::~Allocator() = default;

auto Allocator::supported_pixel_formats() -> std::vector<MirPixelFormat>
{
	return {mir_pixel_format_argb_8888, mir_pixel_format_xrgb_8888};
}

auto Allocator::alloc_software_buffer(geom::Size size, MirPixelFormat format)
	-> std::shared_ptr<mg::Buffer>
{
	return std::make_shared<Buffer>(size, format);
}

// Without a GPU all clients use wl_shm.
void Allocator::bind_display(wl_display *display, std::shared_ptr<mir::Executor> executor)
{
	wayland_thread = std::move(executor);
	auto gpu =
		Gpu::find(for_tests.gpu_folder.empty() ? gpu_folder : for_tests.gpu_folder.c_str());
	if (gpu)
		dmabufs = std::make_unique<DmaBufProtocol>(
			display, std::move(gpu), memory_gone, for_tests.any_file);
}

void Allocator::unbind_display(wl_display *)
{
	dmabufs.reset();
}

auto Allocator::buffer_from_resource(wl_resource *resource, Buffer::Callback &&consumed,
	Buffer::Callback &&released) -> std::shared_ptr<mg::Buffer>
{
	auto dmabuf = DmaBufProtocol::buffer_of(resource);

	if (!dmabuf)
		throw std::runtime_error{"only wl_shm and DMA-BUFs are supported"};
	geom::Size const size = dmabuf->layout.size;
	Ticket ticket = mir.mirror.next_buffer(resource, size.width.as_int(), size.height.as_int());
	auto memory =
		std::make_shared<DmaBufMemory>(std::move(dmabuf), mir.server->the_main_loop());
	return std::make_shared<Buffer>(std::move(memory), std::move(ticket), std::move(consumed),
		std::move(released), Buffer::Callback{});
}

auto Allocator::buffer_from_shm(std::shared_ptr<MappableBase> data, Buffer::Callback &&consumed,
	Buffer::Callback &&released) -> std::shared_ptr<mg::Buffer>
{
	Ticket ticket = mir.mirror.next_buffer(
		nullptr, data->size().width.as_int(), data->size().height.as_int());
	wl_resource *const resource = resource_of(ticket);

	Buffer::Callback harmed;
	if (ticket.log)
		harmed = [executor = wayland_thread, &mirror = mir.mirror,
				 client = ticket.log->client, buffer = ticket.buffer] {
			executor->spawn([=, &mirror] { mirror.refuse_buffer(client, buffer); });
		};
	auto memory = std::make_shared<ShmMemory>(
		std::move(data), resource ? ShmPlace::of(resource, memory_gone) : nullptr);
	return std::make_shared<Buffer>(std::move(memory), std::move(ticket), std::move(consumed),
		std::move(released), std::move(harmed));
}
} // namespace oriel

void oriel_mir_test_gpu(const char *folder, bool any_file)
{
	oriel::for_tests.gpu_folder = folder ? folder : "";
	oriel::for_tests.any_file = any_file;
}
