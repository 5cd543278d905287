// SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
// zwp_keyboard_shortcuts_inhibit_manager_v1: programs that want the host's shortcuts for a surface
// while it has focus. Mir doesn't have it. Whether they get them is the host's to say.
#pragma once

#include "guest/mir/notices.h"
#include <functional>
#include <map>
#include <mutex>
#include <utility>

struct wl_display;
struct wl_resource;

namespace oriel
{
class Shortcuts
{
      public:
	struct Inhibitor;

	// `changed` is called on the Wayland thread when a surface has another wish, or none.
	explicit Shortcuts(std::function<void(SurfaceWish const &)> changed);

	// The Wayland thread.
	void offer(wl_display *display);
	void inhibit(wl_resource *manager, uint32_t id, wl_resource *surface);
	// Tells the client.
	void give(wl_client const *client, uint32_t surface, bool given);

	// Any thread. The number of the surface's wish, which no other has; 0: it has none.
	auto wish(wl_client const *client, uint32_t surface) const -> uint32_t;

      private:
	using Key = std::pair<wl_client const *, uint32_t>; // a wl_surface

	void forget(Inhibitor &inhibitor);

	std::function<void(SurfaceWish const &)> const changed;
	mutable std::mutex mutex; // guards what follows; changes are the Wayland thread's
	std::map<Key, Inhibitor *> inhibitors;
	uint32_t last_number{0};
};
} // namespace oriel
