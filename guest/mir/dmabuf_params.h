// SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
// What clients say of their DMA-BUFs, and what of it is true.
#pragma once

#include "guest/mir/dmabuf.h"
#include <array>

namespace oriel
{
// As it stands in the table of the protocol.
struct DmaBufFormat {
	uint32_t format, padding;
	uint64_t modifier;
};

// Whatever a client has sent. Nothing is checked but the number of the plane.
struct DmaBufParams {
	struct Plane {
		mir::Fd file;
		uint32_t untrusted_offset, untrusted_stride;
		uint64_t untrusted_modifier;
	};
	std::array<std::optional<Plane>, 4> planes;
	int32_t width{}, height{};
	uint32_t format{}, flags{};
};

// Who takes DMA-BUFs, and which.
struct DmaBufTaker {
	std::shared_ptr<Gpu> gpu;
	std::vector<DmaBufFormat> formats;
	MemoryKey::Gone gone; // for the keys of buffers
	bool any_file;

	// What the client should have known to be wrong: an error of zwp_linux_buffer_params_v1.
	struct Fault {
		uint32_t code;
		char const *why;
	};
	auto fault(DmaBufParams const &params) const -> std::optional<Fault>;
	// For params without a fault. Null: we can't use it, and ret_why says why not.
	auto take(DmaBufParams const &params, char const *&ret_why) const
		-> std::shared_ptr<DmaBuf>;
};
} // namespace oriel
