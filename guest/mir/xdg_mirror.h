// SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
// What the protocol logger sees of xdg-shell that Mir loses: the constraint adjustment of popups
// (Mir 2.20 mixes up the bits for flipping) and the request for the window menu.
// The Wayland thread only.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string_view>
#include <utility>

struct wl_client;
struct wl_protocol_logger_message;
struct wl_resource;

namespace oriel
{
class XdgMirror
{
      public:
	// A request to an object of the interface `name`.
	void request(std::string_view name, wl_protocol_logger_message const &message);
	void client_gone(wl_client const *client);

	auto adjustment(wl_client const *client, uint32_t surface) const -> uint32_t;

	std::function<void(wl_client const *, uint32_t surface)> on_menu;

      private:
	using Key = std::pair<wl_client const *, uint32_t>; // an object of a client

	void positioner(Key const &self, std::string_view request, uint32_t bits);
	void xdg_surface(Key const &self, std::string_view request,
		wl_protocol_logger_message const &message);

	std::map<Key, uint32_t> surfaces;    // xdg_surface -> wl_surface
	std::map<Key, uint32_t> toplevels;   // xdg_toplevel -> wl_surface
	std::map<Key, uint32_t> positioners; // xdg_positioner -> bits
	std::map<Key, uint32_t> popups;      // wl_surface -> bits
};
} // namespace oriel
