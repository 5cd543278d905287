// SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
#include "guest/mir/x11_pids.h"
#include "guest/mir/internal_client.h"
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string_view>
#include <unistd.h>
#include <xcb/res.h>

extern "C" {
#include "src/base/log.h"
}

namespace oriel
{
namespace
{
constexpr std::string_view property_name{"_NET_WM_PID"};

struct Free {
	void operator()(void *memory) const
	{
		free(memory);
	}
};

template <typename Reply>
auto own(Reply *reply) -> std::unique_ptr<Reply, Free>
{
	return std::unique_ptr<Reply, Free>{reply};
}

auto pid_of(xcb_res_query_client_ids_reply_t const &answer) -> uint32_t
{
	auto i = xcb_res_query_client_ids_ids_iterator(&answer);

	for (; i.rem; xcb_res_client_id_value_next(&i))
		if (i.data->spec.mask & XCB_RES_CLIENT_ID_MASK_LOCAL_CLIENT_PID &&
			xcb_res_client_id_value_value_length(i.data) > 0)
			return *xcb_res_client_id_value_value(i.data);
	return 0;
}

auto root_of(xcb_connection_t *xcb) -> xcb_window_t
{
	return xcb_setup_roots_iterator(xcb_get_setup(xcb)).data->root;
}

// What was asked before is done when this is answered.
void wait_for_server(xcb_connection_t *xcb)
{
	own(xcb_get_input_focus_reply(xcb, xcb_get_input_focus(xcb), nullptr));
}
} // namespace

X11Pids::~X11Pids()
{
	disconnect();
}

void X11Pids::disconnect()
{
	if (connecting.joinable())
		connecting.join();
	if (auto *const xcb = ready.exchange(nullptr))
		xcb_disconnect(xcb);
}

void X11Pids::watch(wl_display *display)
{
	wl_display_add_protocol_logger(
		display,
		[](void *data, wl_protocol_logger_type type, wl_protocol_logger_message const *m) {
			if (type == WL_PROTOCOL_LOGGER_REQUEST && m->resource &&
				!strcmp(m->message->name, "create_surface") &&
				is_internal_client(
					wl_client_get_fd(wl_resource_get_client(m->resource))))
				static_cast<X11Pids *>(data)->name_new();
		},
		this);
}

// Never waits for a thread that connects: that waits for Xwayland, which waits for this thread.
void X11Pids::start()
{
	std::lock_guard const lock{mutex};

	if (display.empty() || busy.exchange(true))
		return;
	disconnect();
	connecting = std::thread{[this, name = display] {
		connect(name);
		busy = false;
	}};
}

void X11Pids::set_display(std::string const &name)
{
	std::lock_guard const lock{mutex};

	display = name;
}

void X11Pids::connect(std::string const &name)
{
	auto *const xcb = xcb_connect(name.c_str(), nullptr);

	if (!xcb_connection_has_error(xcb) && prepare(xcb)) {
		name_all(xcb);
		ready = xcb;
		return;
	}
	oriel_warning("windows of old X11 programs may belong to nobody: Xwayland does not tell of "
		      "their processes");
	xcb_disconnect(xcb);
}

auto X11Pids::prepare(xcb_connection_t *xcb) -> bool
{
	uint32_t const events = XCB_EVENT_MASK_SUBSTRUCTURE_NOTIFY;

	xcb_change_window_attributes(xcb, root_of(xcb), XCB_CW_EVENT_MASK, &events);
	auto const version =
		own(xcb_res_query_version_reply(xcb, xcb_res_query_version(xcb, 1, 2), nullptr));
	auto const atom = own(xcb_intern_atom_reply(
		xcb, xcb_intern_atom(xcb, 0, property_name.size(), property_name.data()), nullptr));
	if (!version || !atom)
		return false;
	property = atom->atom;
	return version->server_major > 1 ||
	       (version->server_major == 1 && version->server_minor >= 2);
}

// Windows that say it themselves are left alone, and so are Mir's.
void X11Pids::name(xcb_connection_t *xcb, xcb_window_t window) const
{
	xcb_res_client_id_spec_t const spec{window, XCB_RES_CLIENT_ID_MASK_LOCAL_CLIENT_PID};
	auto const asked_pid = xcb_res_query_client_ids(xcb, 1, &spec);
	auto const asked_property =
		xcb_get_property(xcb, 0, window, property, XCB_ATOM_CARDINAL, 0, 1);
	auto const answer = own(xcb_res_query_client_ids_reply(xcb, asked_pid, nullptr));
	auto const said = own(xcb_get_property_reply(xcb, asked_property, nullptr));
	uint32_t const pid = answer ? pid_of(*answer) : 0;

	if (pid && pid != uint32_t(getpid()) && said && said->type == XCB_ATOM_NONE)
		xcb_change_property(xcb, XCB_PROP_MODE_REPLACE, window, property, XCB_ATOM_CARDINAL,
			32, 1, &pid);
}

// Windows that were there before we could be told.
void X11Pids::name_all(xcb_connection_t *xcb) const
{
	auto const tree =
		own(xcb_query_tree_reply(xcb, xcb_query_tree(xcb, root_of(xcb)), nullptr));

	for (int i = 0; tree && i < xcb_query_tree_children_length(tree.get()); i++)
		name(xcb, xcb_query_tree_children(tree.get())[i]);
	wait_for_server(xcb);
}

// Waits for the X server, as Mir does on this thread for the window's other properties.
void X11Pids::name_new()
{
	auto *const xcb = ready.load();
	bool named = false;

	if (!xcb)
		return;
	while (auto const event = own(xcb_poll_for_event(xcb))) {
		if ((event->response_type & 0x7f) != XCB_CREATE_NOTIFY)
			continue;
		name(xcb, reinterpret_cast<xcb_create_notify_event_t *>(event.get())->window);
		named = true;
	}
	if (named)
		wait_for_server(xcb);
}
} // namespace oriel
