// SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
#include "guest/mir/selection_client.h"
#include "primary-selection-client.h"
#include <algorithm>
#include <wayland-client.h>

extern "C" {
#include "src/base/log.h"
#include "src/wire/messages.h"
}

namespace oriel
{
namespace
{
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
	release();
}

auto SelectionClient::is(wl_client const *other) const -> bool
{
	return client && client->is(other);
}

auto SelectionClient::starting() const -> bool
{
	return connecting;
}

void SelectionClient::connect()
{
	connecting = true;
	client = std::make_unique<InnerClient>(
		server,
		[this](uint32_t name, std::string const &interface, uint32_t version) {
			bind(name, interface, version);
		},
		[this] { lost(); });
	connecting = false;
}

void SelectionClient::release()
{
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
	device = nullptr;
	primary_device = nullptr;
	manager = nullptr;
	primary_manager = nullptr;
	seat = nullptr;
}

// The next offer connects again.
void SelectionClient::lost()
{
	oriel_error("Mir has disconnected the clipboard's client: nothing of the host can be "
		    "pasted");
	release();
}

void SelectionClient::bind(uint32_t name, std::string const &interface, uint32_t version)
{
	auto const get = [&](wl_interface const &which, uint32_t most) {
		return client->bind(name, which, std::min(version, most));
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
	client->flush();
}

void SelectionClient::offer(uint8_t selection, Types &&types)
{
	wanted[selection] = std::move(types);
	if (!(client && *client) && !wanted[selection].empty())
		connect();
	if (client && *client)
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
	if (client && *client)
		client->flush();
}
} // namespace oriel
