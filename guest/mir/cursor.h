// SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
// The pointer's image: Mir shows it on a "hardware cursor" that hands it to the host.
#pragma once

#include "guest/mir/compat.h"
#include <cstdint>
#include <functional>
#include <mir/graphics/cursor.h>
#include <mir/graphics/cursor_image.h>
#include <string>
#include <vector>

namespace oriel
{
struct CursorPicture {
	int width{0}, height{0}; // 0: hidden
	int hot_x{0}, hot_y{0};  // buffer pixels
	int scale{1};
	std::vector<uint32_t> pixels;
};

class HostCursor : public mg::Cursor
{
      public:
	// `show_picture` is called on Mir's threads.
	explicit HostCursor(std::function<void(CursorPicture &&)> show_picture);

#if ORIEL_MIR_AT_LEAST(21)
	void show(std::shared_ptr<mg::CursorImage> const &image) override;
	void scale(float) override;
	auto renderable() -> std::shared_ptr<mg::Renderable> override;
	auto needs_compositing() const -> bool override;
#else
	void show(mg::CursorImage const &image) override;
#endif
	void hide() override;
	void move_to(geom::Point) override;

      private:
	void send(mg::CursorImage const &image);

	std::function<void(CursorPicture &&)> const show_picture;
};

// Mir passes on a cursor's pixels and forgets their scale, so we keep that by the content. Packed
// rows of four-byte pixels. Any thread.
void remember_cursor_scale(geom::Size size, void const *pixels, int scale);

// The installed cursor themes that Mir can load, best first, joined by colons; empty: none.
auto cursor_themes() -> std::string;
} // namespace oriel
