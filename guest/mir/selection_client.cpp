// SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
#include "guest/mir/selection_client.h"
#include "primary-selection-client-protocol.h"
#include <algorithm>
#include <sys/socket.h>
#include <unistd.h>
#include <wayland-client.h>

extern "C" {
#include "src/base/log.h"
#include "src/wire/messages.h"
}

// libwayland's client and server headers can't be had together.
extern "C" {
struct wl_client *wl_client_create(struct wl_display *display, int fd);
void wl_client_destroy(struct wl_client *client);
struct wl_event_loop *wl_display_get_event_loop(struct wl_display *display);
struct wl_event_source *wl_event_loop_add_fd(struct wl_event_loop *loop, int fd, uint32_t mask,
	int (*func)(int fd, uint32_t mask, void *data), void *data);
int wl_event_source_remove(struct wl_event_source *source);
}

namespace oriel
{
namespace
{
constexpr uint32_t event_readable = 1; // WL_EVENT_READABLE of the server's header

template <class... Args>
void ignore(void *, Args...)
{
}
} // namespace

struct SelectionClient::Listeners {
	static auto self(void *data) -> SelectionClient &
	{
		return *static_cast<SelectionClient *>(data);
	}

	static void global(
		void *data, wl_registry *, uint32_t name, char const *interface, uint32_t version)
	{
		self(data).bind(name, interface, version);
	}
	static void send(void *data, wl_data_source *, char const *type, int fd)
	{
		self(data).send(ORIEL_SELECTION_CLIPBOARD, type, fd);
	}
	static void cancelled(void *data, wl_data_source *source)
	{
		if (source == self(data).source)
			self(data).forget(ORIEL_SELECTION_CLIPBOARD);
	}
	static void send_primary(
		void *data, zwp_primary_selection_source_v1 *, char const *type, int fd)
	{
		self(data).send(ORIEL_SELECTION_PRIMARY, type, fd);
	}
	static void cancelled_primary(void *data, zwp_primary_selection_source_v1 *source)
	{
		if (source == self(data).primary_source)
			self(data).forget(ORIEL_SELECTION_PRIMARY);
	}

	static constexpr wl_registry_listener registry{global, ignore};
	static constexpr wl_data_source_listener source{
		ignore, send, cancelled, ignore, ignore, ignore};
	static constexpr zwp_primary_selection_source_v1_listener primary_source{
		send_primary, cancelled_primary};
};

SelectionClient::SelectionClient(wl_display *server, Send send)
    : server{server}, send{std::move(send)}
{
}

SelectionClient::~SelectionClient()
{
	disconnect();
}

auto SelectionClient::is(wl_client const *other) const -> bool
{
	return client && other == client;
}

auto SelectionClient::starting() const -> bool
{
	return connecting;
}

void SelectionClient::connect()
{
	int fds[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds) < 0)
		return;
	connecting = true;
	client = wl_client_create(server, fds[0]);
	connecting = false;
	if (!client) {
		close(fds[0]);
		close(fds[1]);
		return;
	}
	display = wl_display_connect_to_fd(fds[1]);
	if (!display) {
		close(fds[1]);
		return;
	}
	readable = wl_event_loop_add_fd(
		wl_display_get_event_loop(server), fds[1], event_readable,
		[](int, uint32_t, void *data) {
			static_cast<SelectionClient *>(data)->dispatch();
			return 0;
		},
		this);
	registry = wl_display_get_registry(display);
	wl_registry_add_listener(registry, &Listeners::registry, this);
	wl_display_flush(display);
}

// Objects go with their display; the server sees the end of the connection.
void SelectionClient::disconnect()
{
	if (readable)
		wl_event_source_remove(readable);
	readable = nullptr;
	for (uint8_t i = 0; i < 2; i++)
		forget(i);
	if (device)
		wl_data_device_destroy(device);
	if (primary_device)
		zwp_primary_selection_device_v1_destroy(primary_device);
	if (manager)
		wl_data_device_manager_destroy(manager);
	if (primary_manager)
		zwp_primary_selection_device_manager_v1_destroy(primary_manager);
	if (seat)
		wl_seat_destroy(seat);
	if (registry)
		wl_registry_destroy(registry);
	if (display)
		wl_display_disconnect(display);
	if (client)
		wl_client_destroy(client);
	device = nullptr;
	primary_device = nullptr;
	manager = nullptr;
	primary_manager = nullptr;
	seat = nullptr;
	registry = nullptr;
	display = nullptr;
	client = nullptr;
}

void SelectionClient::dispatch()
{
	while (wl_display_prepare_read(display) != 0)
		wl_display_dispatch_pending(display);
	wl_display_read_events(display);
	if (wl_display_dispatch_pending(display) < 0 || wl_display_get_error(display)) {
		oriel_error("Mir has disconnected the clipboard's client: nothing of the host can "
			    "be pasted");
		client = nullptr; // the server's end is gone
		disconnect();
		return;
	}
	wl_display_flush(display);
}

void SelectionClient::bind(uint32_t name, std::string const &interface, uint32_t version)
{
	auto const get = [&](wl_interface const &which, uint32_t most) {
		return wl_registry_bind(registry, name, &which, std::min(version, most));
	};

	if (interface == wl_seat_interface.name && !seat)
		seat = static_cast<wl_seat *>(get(wl_seat_interface, 1));
	else if (interface == wl_data_device_manager_interface.name && !manager)
		manager = static_cast<wl_data_device_manager *>(
			get(wl_data_device_manager_interface, 3));
	else if (interface == zwp_primary_selection_device_manager_v1_interface.name &&
		 !primary_manager)
		primary_manager = static_cast<zwp_primary_selection_device_manager_v1 *>(
			get(zwp_primary_selection_device_manager_v1_interface, 1));
	if (seat && manager && !device) {
		device = wl_data_device_manager_get_data_device(manager, seat);
		set(ORIEL_SELECTION_CLIPBOARD);
	}
	if (seat && primary_manager && !primary_device) {
		primary_device =
			zwp_primary_selection_device_manager_v1_get_device(primary_manager, seat);
		set(ORIEL_SELECTION_PRIMARY);
	}
}

// Offers ------------------------------------------------------------------------------------------

void SelectionClient::set_clipboard(Types const &types)
{
	if (!device)
		return;
	auto *const old = source;
	source = nullptr;
	if (!types.empty()) {
		source = wl_data_device_manager_create_data_source(manager);
		wl_data_source_add_listener(source, &Listeners::source, this);
		for (auto const &type : types)
			wl_data_source_offer(source, type.c_str());
	}
	if (source)
		wl_data_device_set_selection(device, source, 0);
	// Without its source the selection is empty, unless another one is set.
	if (old)
		wl_data_source_destroy(old);
}

void SelectionClient::set_primary(Types const &types)
{
	if (!primary_device)
		return;
	auto *const old = primary_source;
	primary_source = nullptr;
	if (!types.empty()) {
		primary_source =
			zwp_primary_selection_device_manager_v1_create_source(primary_manager);
		zwp_primary_selection_source_v1_add_listener(
			primary_source, &Listeners::primary_source, this);
		for (auto const &type : types)
			zwp_primary_selection_source_v1_offer(primary_source, type.c_str());
	}
	if (primary_source || old)
		zwp_primary_selection_device_v1_set_selection(primary_device, primary_source, 0);
	if (old)
		zwp_primary_selection_source_v1_destroy(old);
}

void SelectionClient::set(uint8_t selection)
{
	auto const &types = wanted[selection];

	if (selection == ORIEL_SELECTION_CLIPBOARD)
		set_clipboard(types);
	else
		set_primary(types);
	wl_display_flush(display);
}

void SelectionClient::offer(uint8_t selection, Types &&types)
{
	wanted[selection] = std::move(types);
	if (!display && !wanted[selection].empty())
		connect();
	if (display)
		set(selection);
}

void SelectionClient::forget(uint8_t selection)
{
	wanted[selection].clear();
	if (selection == ORIEL_SELECTION_CLIPBOARD && source) {
		wl_data_source_destroy(source);
		source = nullptr;
	}
	if (selection == ORIEL_SELECTION_PRIMARY && primary_source) {
		zwp_primary_selection_source_v1_destroy(primary_source);
		primary_source = nullptr;
	}
	if (display)
		wl_display_flush(display);
}
} // namespace oriel
