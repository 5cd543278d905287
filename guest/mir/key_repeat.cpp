// SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
#include "guest/mir/key_repeat.h"
#include <mir/server.h>
#include <string_view>
#include <wayland-server-core.h>
#include <wayland-server-protocol.h>

namespace oriel
{
namespace
{
auto is_keyboard(wl_resource *resource) -> bool
{
	return std::string_view{wl_resource_get_class(resource)} == "wl_keyboard";
}
} // namespace

void KeyRepeat::tell_all()
{
	auto const tell = [](wl_resource *resource, void *data) {
		auto const &info = *static_cast<Info *>(data);

		if (is_keyboard(resource) &&
			wl_resource_get_version(resource) >= WL_KEYBOARD_REPEAT_INFO_SINCE_VERSION)
			wl_keyboard_send_repeat_info(resource, info.rate, info.delay_ms);
		return WL_ITERATOR_CONTINUE;
	};
	wl_client *client;

	wl_client_for_each(client, wl_display_get_client_list(display))
		wl_client_for_each_resource(client, tell, &*wanted);
}

void KeyRepeat::tell_soon()
{
	if (idle)
		return;
	idle = wl_event_loop_add_idle(
		wl_display_get_event_loop(display),
		[](void *data) {
			auto *const self = static_cast<KeyRepeat *>(data);
			self->idle = nullptr;
			self->tell_all();
		},
		this);
}

// To each new keyboard Mir tells its own.
void KeyRepeat::watch(wl_display *of)
{
	display = of;
	wl_display_add_protocol_logger(
		display,
		[](void *data, wl_protocol_logger_type type, wl_protocol_logger_message const *m) {
			auto *const self = static_cast<KeyRepeat *>(data);
			// The name is looked at last: this sees every message of every client.
			if (type != WL_PROTOCOL_LOGGER_EVENT || !self->wanted ||
				m->message_opcode != WL_KEYBOARD_REPEAT_INFO ||
				!is_keyboard(m->resource))
				return;
			if (*self->wanted != Info{m->arguments[0].i, m->arguments[1].i})
				self->tell_soon();
		},
		this);
}

void KeyRepeat::set(mir::Server &server, int32_t rate, int32_t delay_ms)
{
	server.run_on_wayland_display([=, this](wl_display *) {
		Info const info{rate, delay_ms};

		if (wanted == info)
			return;
		wanted = info;
		tell_all();
	});
}
} // namespace oriel
