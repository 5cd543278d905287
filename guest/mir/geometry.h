// SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
// How the coordinates of a wl_surface map to the pixels of its buffer.
#pragma once

#include "src/base/rect.h"
#include <optional>

namespace oriel
{
struct SizeD {
	double width, height;
	auto operator==(SizeD const &) const -> bool = default;
};

struct RectD {
	double x, y, width, height;
	auto operator==(RectD const &) const -> bool = default;
};

// The state that wl_surface and wp_viewport set, and the size of the buffer it applies to.
struct Geometry {
	int scale{1};
	int transform{0};         // wl_output.transform
	std::optional<RectD> src; // wp_viewport.set_source, surface units before scaling
	std::optional<SizeD> dst; // wp_viewport.set_destination
	int width{0}, height{0};  // of the buffer, pixels

	auto operator==(Geometry const &) const -> bool = default;

	// Whether the content is turned by a quarter, so that its sides are swapped in the buffer.
	auto turned() const -> bool
	{
		return transform & 1;
	}
	// The surface's size, as the client means it.
	auto surface_size() const -> SizeD;
	// The pixels that a rectangle of the surface covers: rounded outwards and clipped.
	auto to_buffer(RectD const &surface) const -> oriel_rect;
	// A rectangle of the buffer, clipped. Doubles, as clients send INT32_MAX.
	auto clip(RectD const &buffer) const -> oriel_rect;
	// The part of the buffer that is shown, in buffer pixels.
	auto shown() const -> RectD;

      private:
	auto source() const -> RectD;
	auto unclipped(RectD const &surface) const -> RectD;
};
} // namespace oriel
