// SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
// The GPU that clients draw with, as far as it matters to who only wants to read what they drew:
// which device it is, and, when it is a virtual one, how to get a picture out of the host.
#pragma once

#include "guest/mir/adapter.h"
#include <map>
#include <memory>
#include <mir/fd.h>
#include <mutex>
#include <string>
#include <sys/types.h>

namespace oriel
{
class GpuBuffer;

// Any thread.
class Gpu : public std::enable_shared_from_this<Gpu>
{
      public:
	// The first render node of a folder, else the first card; null: there is none that this
	// user may open.
	static auto find(std::string const &folder) -> std::shared_ptr<Gpu>;

	Gpu(dev_t device, mir::Fd node);

	// For a DMA-BUF that must be brought from the host before it can be read. Null: it need
	// not.
	auto import(int dmabuf) -> std::unique_ptr<GpuBuffer>;

	dev_t const device;
	// A virtio-gpu: what it has in the guest's memory is always linear.
	bool const is_virtual;

      private:
	friend class GpuBuffer;
	auto make_context() -> bool;
	void close(uint32_t handle);

	mir::Fd const node;
	bool const has_host_pictures; // drawn by the host, and stale here
	std::mutex mutex;             // guards what follows
	bool context_made{false};
	// Importing the same DMA-BUF twice gives the same handle, and closing it once closes it.
	std::map<uint32_t, unsigned> uses;
};

// A picture of a virtual GPU.
class GpuBuffer
{
      public:
	GpuBuffer(std::shared_ptr<Gpu> gpu, uint32_t handle, bool needs_stride);
	~GpuBuffer();
	GpuBuffer(GpuBuffer const &) = delete;
	auto operator=(GpuBuffer const &) = delete;

	// Starts bringing a part of the picture, whose first byte is at `offset`. It has come when
	// the fences of the DMA-BUF are signalled.
	auto transfer(oriel_rect const &part, uint32_t offset, uint32_t stride) -> bool;

      private:
	std::shared_ptr<Gpu> const gpu;
	uint32_t const handle;
	bool const needs_stride;
};
} // namespace oriel
