// SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
#include "guest/mir/cursor.h"
#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <filesystem>
#include <mutex>

extern "C" {
#include "src/wire/messages.h"
}

namespace oriel
{
namespace
{
// The pictures whose scale is not 1, newest first. Few are in use at a time.
struct Scaled {
	geom::Size size;
	std::vector<char> pixels;
	int scale;

	auto is(geom::Size other, void const *other_pixels) const -> bool
	{
		return size == other && memcmp(pixels.data(), other_pixels, pixels.size()) == 0;
	}
};

constexpr size_t max_scaled = 32;
std::mutex scaled_mutex;
std::deque<Scaled> scaled;

auto cursor_scale(geom::Size size, void const *pixels) -> int
{
	std::lock_guard const lock{scaled_mutex};
	auto const i =
		std::ranges::find_if(scaled, [=](auto const &s) { return s.is(size, pixels); });

	return i == scaled.end() ? 1 : i->scale;
}
} // namespace

void remember_cursor_scale(geom::Size size, void const *pixels, int scale)
{
	std::lock_guard const lock{scaled_mutex};
	auto const *const bytes = static_cast<char const *>(pixels);

	std::erase_if(scaled, [=](auto const &s) { return s.is(size, pixels); });
	if (scale == 1 || size.width.as_int() > ORIEL_MAX_CURSOR_SIDE ||
		size.height.as_int() > ORIEL_MAX_CURSOR_SIDE)
		return;
	scaled.push_front(
		{size, {bytes, bytes + 4ul * size.width.as_int() * size.height.as_int()}, scale});
	if (scaled.size() > max_scaled)
		scaled.pop_back();
}

HostCursor::HostCursor(std::function<void(CursorPicture &&)> show_picture)
    : show_picture{std::move(show_picture)}
{
}

void HostCursor::send(mg::CursorImage const &image)
{
	auto const *const pixels = static_cast<uint32_t const *>(image.as_argb_8888());
	CursorPicture picture;

	picture.width = image.size().width.as_int();
	picture.height = image.size().height.as_int();
	if (!pixels || picture.width < 1 || picture.height < 1 ||
		picture.width > ORIEL_MAX_CURSOR_SIDE || picture.height > ORIEL_MAX_CURSOR_SIDE)
		return hide();
	picture.scale = cursor_scale(image.size(), pixels);
	// Hot spots of clients are in surface units, those of themes belong to scale 1.
	picture.hot_x = image.hotspot().dx.as_int() * picture.scale;
	picture.hot_y = image.hotspot().dy.as_int() * picture.scale;
	picture.pixels.assign(pixels, pixels + size_t(picture.width) * picture.height);
	show_picture(std::move(picture));
}

#if ORIEL_MIR_AT_LEAST(21)
void HostCursor::show(std::shared_ptr<mg::CursorImage> const &image)
{
	if (image)
		send(*image);
	else
		hide();
}

void HostCursor::scale(float)
{
}

auto HostCursor::renderable() -> std::shared_ptr<mg::Renderable>
{
	return {};
}

auto HostCursor::needs_compositing() const -> bool
{
	return false;
}
#else
void HostCursor::show(mg::CursorImage const &image)
{
	send(image);
}
#endif

void HostCursor::hide()
{
	show_picture({});
}

void HostCursor::move_to(geom::Point)
{
}

// Mir's loader looks for the cursor "arrow" and ends the server when none of the themes has it.
auto cursor_themes() -> std::string
{
	std::array const folders{"/usr/share/icons", "/usr/local/share/icons"};
	std::array<std::string, 5> const names{
		getenv("XCURSOR_THEME") ? getenv("XCURSOR_THEME") : "", "DMZ-White", "Adwaita",
		"breeze_cursors", "Yaru"};
	std::string result;

	for (auto const &name : names)
		for (auto const *folder : folders) {
			std::error_code error;
			auto const arrow = std::filesystem::path{folder} / name / "cursors/arrow";
			if (name.empty() || name.contains('/') ||
				!std::filesystem::is_regular_file(arrow, error))
				continue;
			result += (result.empty() ? "" : ":") + name;
			break;
		}
	return result;
}
} // namespace oriel
