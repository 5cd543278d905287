// SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
#include "guest/mir/geometry.h"
#include <algorithm>
#include <cmath>

namespace oriel
{
namespace
{
struct Pixel {
	double x, y;
};

// Where a pixel of the upright picture is in the buffer. The client flips its content first, then
// turns it counter-clockwise by quarters.
auto turn(int transform, SizeD const &upright, Pixel p) -> Pixel
{
	if (transform & 4)
		p.x = upright.width - p.x;
	switch (transform & 3) {
	case 1:
		return {p.y, upright.width - p.x};
	case 2:
		return {upright.width - p.x, upright.height - p.y};
	case 3:
		return {upright.height - p.y, p.x};
	default:
		return p;
	}
}
} // namespace

auto Geometry::source() const -> RectD
{
	double const w = turned() ? height : width, h = turned() ? width : height;

	return src.value_or(RectD{0, 0, w / scale, h / scale});
}

auto Geometry::surface_size() const -> SizeD
{
	RectD const s = source();

	return dst.value_or(SizeD{s.width, s.height});
}

auto Geometry::unclipped(RectD const &r) const -> RectD
{
	SizeD const upright = turned() ? SizeD{double(height), double(width)}
				       : SizeD{double(width), double(height)};
	RectD const s = source();
	SizeD const d = surface_size();
	double const fx = s.width / d.width, fy = s.height / d.height;
	Pixel const a =
		turn(transform, upright, {(s.x + r.x * fx) * scale, (s.y + r.y * fy) * scale});
	Pixel const b = turn(transform, upright,
		{(s.x + (r.x + r.width) * fx) * scale, (s.y + (r.y + r.height) * fy) * scale});

	return {std::min(a.x, b.x), std::min(a.y, b.y), std::abs(a.x - b.x), std::abs(a.y - b.y)};
}

auto Geometry::to_buffer(RectD const &surface) const -> oriel_rect
{
	RectD const r = unclipped(surface);
	double const x = std::floor(r.x), y = std::floor(r.y);

	return clip({x, y, std::ceil(r.x + r.width) - x, std::ceil(r.y + r.height) - y});
}

auto Geometry::clip(RectD const &r) const -> oriel_rect
{
	double const x0 = std::clamp(r.x, 0.0, double(width));
	double const y0 = std::clamp(r.y, 0.0, double(height));
	double const x1 = std::clamp(r.x + r.width, x0, double(width));
	double const y1 = std::clamp(r.y + r.height, y0, double(height));

	return {int(x0), int(y0), int(x1 - x0), int(y1 - y0)};
}

auto Geometry::shown() const -> RectD
{
	SizeD const size = surface_size();

	return unclipped({0, 0, size.width, size.height});
}
} // namespace oriel
