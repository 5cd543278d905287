// SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
#include "guest/mir/damage.h"
#include <algorithm>

namespace oriel
{
namespace
{
// Clients that commit without waiting must not make the log grow without bound.
constexpr size_t max_entries = 64;
constexpr size_t max_rects = 1024;

auto bounds(oriel_rect const &a, oriel_rect const &b) -> oriel_rect
{
	int const x0 = std::min(a.x, b.x), y0 = std::min(a.y, b.y);
	int const x1 = std::max(a.x + a.width, b.x + b.width);
	int const y1 = std::max(a.y + a.height, b.y + b.height);

	return {x0, y0, x1 - x0, y1 - y0};
}

void unite(Damage &to, Damage const &from)
{
	to.all |= from.all;
	if (to.all) {
		to.rects.clear();
		return;
	}
	to.rects.insert(to.rects.end(), from.rects.begin(), from.rects.end());
	if (to.rects.size() <= max_rects)
		return;
	oriel_rect box = to.rects.front();
	for (auto const &r : to.rects)
		box = bounds(box, r);
	to.rects.assign(1, box);
}
} // namespace

void DamageLog::add(uint64_t seq, Damage &&damage)
{
	std::lock_guard const lock{mutex};

	if (entries.size() >= max_entries) {
		// Only the newest buffer can still be claimed, so older ones need no line of their
		// own.
		unite(entries.back().second, damage);
		entries.back().first = seq;
		return;
	}
	entries.emplace_back(seq, std::move(damage));
}

auto DamageLog::take(uint64_t seq) -> Damage
{
	std::lock_guard const lock{mutex};
	Damage result{false, {}};

	for (; !entries.empty() && entries.front().first <= seq; entries.pop_front())
		unite(result, entries.front().second);
	return result;
}
} // namespace oriel
