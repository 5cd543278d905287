// SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
// The Wayland side of DMA-BUFs: zwp_linux_dmabuf_v1, version 4, without EGL. Mir's own needs that.
//
// One plane of xrgb8888 or argb8888 in linear order is all that is offered. Whatever else clients
// try is refused as the protocol has it, and so is a file that is no DMA-BUF: reading it could
// block or be cut short.
//
// It needs a DRM device. On a machine without one nobody draws into DMA-BUFs: the feedback must
// name a device that clients can open to draw with, and what programs have in wl_shm gets to the
// host with as few copies.
#pragma once

#include "guest/mir/dmabuf.h"

struct wl_display;
struct wl_global;
struct wl_resource;

namespace oriel
{
// The Wayland thread only.
class DmaBufProtocol
{
      public:
	// `gone` is for the keys of the buffers. any_file: for tests, takes memfds for DMA-BUFs.
	DmaBufProtocol(wl_display *display, std::shared_ptr<Gpu> gpu, MemoryKey::Gone const &gone,
		bool any_file);
	~DmaBufProtocol();

	// The DMA-BUF of a wl_buffer; null: it is of another kind.
	static auto buffer_of(wl_resource *buffer) -> std::shared_ptr<DmaBuf>;

	struct Shared;

      private:
	std::shared_ptr<Shared const> const shared;
	wl_global *const global;
};
} // namespace oriel
