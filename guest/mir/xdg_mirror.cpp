// SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
#include "guest/mir/xdg_mirror.h"
#include <wayland-server-core.h>

namespace oriel
{
namespace
{
template <class Map>
auto find_or(Map const &map, typename Map::key_type const &key) -> uint32_t
{
	auto const i = map.find(key);

	return i == map.end() ? 0 : i->second;
}

auto id_of(wl_argument const &argument) -> uint32_t
{
	return argument.o ? wl_resource_get_id(reinterpret_cast<wl_resource *>(argument.o)) : 0;
}
} // namespace

void XdgMirror::positioner(Key const &self, std::string_view request, uint32_t bits)
{
	if (request == "set_constraint_adjustment")
		positioners[self] = bits;
	else if (request == "destroy")
		positioners.erase(self);
}

void XdgMirror::xdg_surface(
	Key const &self, std::string_view request, wl_protocol_logger_message const &message)
{
	uint32_t const surface = find_or(surfaces, self);

	if (request == "get_toplevel")
		toplevels[{self.first, message.arguments[0].n}] = surface;
	else if (request == "get_popup")
		popups[{self.first, surface}] =
			find_or(positioners, {self.first, id_of(message.arguments[2])});
	else if (request == "destroy") {
		popups.erase({self.first, surface});
		surfaces.erase(self);
	}
}

void XdgMirror::request(std::string_view name, wl_protocol_logger_message const &message)
{
	std::string_view const request = message.message->name;
	Key const self{
		wl_resource_get_client(message.resource), wl_resource_get_id(message.resource)};

	if (name == "xdg_surface")
		xdg_surface(self, request, message);
	else if (name == "xdg_positioner")
		positioner(self, request, message.arguments_count ? message.arguments[0].u : 0);
	else if (name == "xdg_wm_base" && request == "get_xdg_surface")
		surfaces[{self.first, message.arguments[0].n}] = id_of(message.arguments[1]);
	else if (name == "xdg_toplevel" && request == "destroy")
		toplevels.erase(self);
	else if (name == "xdg_toplevel" && request == "show_window_menu" && on_menu)
		on_menu(self.first, find_or(toplevels, self));
}

void XdgMirror::client_gone(wl_client const *client)
{
	for (auto *map : {&surfaces, &toplevels, &positioners, &popups})
		std::erase_if(*map, [=](auto const &i) { return i.first.first == client; });
}

auto XdgMirror::adjustment(wl_client const *client, uint32_t surface) const -> uint32_t
{
	return find_or(popups, {client, surface});
}
} // namespace oriel
