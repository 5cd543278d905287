// SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
#include "guest/mir/surface_state.h"

namespace oriel
{
void append(std::vector<oriel_rect> &to, std::vector<oriel_rect> const &from)
{
	to.insert(to.end(), from.begin(), from.end());
}

void State::merge(State &&newer)
{
	append(surface_damage, newer.surface_damage);
	append(buffer_damage, newer.buffer_damage);
	if (newer.buffer)
		buffer = std::move(newer.buffer);
	if (newer.scale)
		scale = newer.scale;
	if (newer.transform)
		transform = newer.transform;
	if (newer.src)
		src = newer.src;
	if (newer.dst)
		dst = newer.dst;
}

auto Surface::damage() const -> Damage
{
	Damage result{fresh, {}};

	if (fresh)
		return result;
	for (auto const &r : surface_damage)
		result.rects.push_back(now.to_buffer(
			{double(r.x), double(r.y), double(r.width), double(r.height)}));
	for (auto const &r : buffer_damage)
		result.rects.push_back(
			now.clip({double(r.x), double(r.y), double(r.width), double(r.height)}));
	std::erase_if(result.rects, [](auto const &r) { return r.width <= 0 || r.height <= 0; });
	return result;
}
} // namespace oriel
