// SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
// Which process an X11 window comes from. Mir goes by _NET_WM_PID, which older programs don't set:
// it is set for them, with what the X server knows of its clients (X-Resource 1.2), before Mir
// hears of the window. For that a connection of our own is told of new windows, and Mir's Wayland
// thread looks there when Xwayland makes a surface, which it does later.
#ifndef ORIEL_GUEST_MIR_X11_PIDS_H
#define ORIEL_GUEST_MIR_X11_PIDS_H

#include <atomic>
#include <mutex>
#include <string>
#include <thread>
#include <wayland-server-core.h>
#include <xcb/xcb.h>

namespace oriel
{
class X11Pids
{
      public:
	X11Pids() = default;
	// After Mir has ended.
	~X11Pids();

	// The Wayland thread.
	void watch(wl_display *display);
	// Xwayland has started, maybe once more. Mir can't be asked for its display here.
	void start();
	// Any thread; before that, nothing is started.
	void set_display(std::string const &name);

      private:
	void connect(std::string const &name);
	auto prepare(xcb_connection_t *xcb) -> bool;
	void name(xcb_connection_t *xcb, xcb_window_t window) const;
	void name_all(xcb_connection_t *xcb) const;
	void name_new();
	void disconnect();

	std::mutex mutex; // guards display
	std::string display;
	std::thread connecting; // connecting takes as long as Xwayland's start
	std::atomic<bool> busy{false};
	std::atomic<xcb_connection_t *> ready{nullptr};
	xcb_atom_t property{XCB_ATOM_NONE};
};
} // namespace oriel

#endif
