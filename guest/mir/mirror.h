// SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
// A mirror of the clients' wl_surface state, kept by libwayland's protocol logger.
//
// The logger sees each request just before Mir does. Inside a wl_surface.commit Mir asks the
// allocator for a buffer of each surface whose state the commit applies: the mirror knows the
// order, and so which buffer belongs to which surface. When the two disagree, the buffer gets
// no ticket and nothing else suffers.
//
// The Wayland thread only, but for the gate.
#pragma once

#include "guest/mir/damage.h"
#include "guest/mir/gate.h"
#include <functional>

struct wl_display;
struct wl_resource;

namespace oriel
{
class Mirror
{
      public:
	// `wake`: see Gate.
	explicit Mirror(std::function<void()> wake);
	~Mirror();

	void watch(wl_display *display);

	// From inside the allocator: the ticket of the buffer that Mir asks for. `buffer` is null
	// for wl_shm buffers: Mir does not say which one it is.
	auto next_buffer(wl_resource *buffer, int width, int height) -> Ticket;

	// The wl_surface whose commit is being dispatched, or null.
	auto committing() const -> wl_resource *;

	// Ends a client whose buffer could not be read.
	void refuse_buffer(wl_client const *client, uint32_t buffer);

	// Constraint adjustment bits (xdg_positioner) of the popup of a wl_surface; 0: none known.
	auto popup_adjustment(wl_resource *surface) const -> uint32_t;

	// Called for xdg_toplevel.show_window_menu, which Mir ignores.
	std::function<void(wl_client const *, uint32_t surface)> on_menu;

	// Called when Mir has dealt with the commit of a wl_surface that is no subsurface.
	std::function<void(wl_resource *surface)> on_committed;

	Gate gate;

      private:
	struct Self;
	std::unique_ptr<Self> const self;
};
} // namespace oriel
