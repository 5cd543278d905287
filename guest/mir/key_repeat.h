// SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
// How fast held keys repeat, told to every wl_keyboard. Mir could do that (2.20 to 2.28), but keeps
// those that are gone in its list, and writes into freed memory when a rate changes.
#pragma once

#include <cstdint>
#include <optional>

struct wl_display;
struct wl_event_source;

namespace mir
{
class Server;
}

namespace oriel
{
class KeyRepeat
{
      public:
	// The Wayland thread.
	void watch(wl_display *display);
	// Any thread. rate: keys a second, 0: none.
	void set(mir::Server &server, int32_t rate, int32_t delay_ms);

      private:
	struct Info {
		int32_t rate, delay_ms;
		auto operator==(Info const &) const -> bool = default;
	};

	void tell_all();
	void tell_soon();

	// The Wayland thread's. Without a value Mir's stands.
	std::optional<Info> wanted;
	wl_display *display{};
	wl_event_source *idle{};
};
} // namespace oriel
