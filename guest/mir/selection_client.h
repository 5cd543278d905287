// SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
// The inner client that owns selections on behalf of the host.
#pragma once

#include "guest/mir/inner_client.h"
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

struct wl_client;
struct wl_data_device;
struct wl_data_device_manager;
struct wl_data_source;
struct wl_display;
struct wl_seat;
struct zwp_primary_selection_device_manager_v1;
struct zwp_primary_selection_device_v1;
struct zwp_primary_selection_source_v1;

namespace oriel
{
class SelectionClient
{
      public:
	using Types = std::vector<std::string>;
	// Somebody pastes: `fd` becomes the callee's.
	using Send = std::function<void(uint8_t selection, char const *type, int fd)>;

	// It connects when it is first needed.
	SelectionClient(wl_display *server, Send send);
	~SelectionClient();
	SelectionClient(SelectionClient const &) = delete;
	auto operator=(SelectionClient const &) = delete;

	void offer(uint8_t selection, Types &&types);
	// Another client owns it now.
	void forget(uint8_t selection);
	auto is(wl_client const *client) const -> bool;
	// Inside of the call that makes its connection.
	auto starting() const -> bool;

      private:
	struct Listeners;

	void connect();
	void release();
	void lost();
	void bind(uint32_t name, std::string const &interface, uint32_t version);
	void set(uint8_t selection);
	void set_clipboard(Types const &types);
	void set_primary(Types const &types);

	wl_display *const server;
	Send const send;
	bool connecting{false};
	std::unique_ptr<InnerClient> client;
	wl_seat *seat{};
	wl_data_device_manager *manager{};
	wl_data_device *device{};
	wl_data_source *source{};
	zwp_primary_selection_device_manager_v1 *primary_manager{};
	zwp_primary_selection_device_v1 *primary_device{};
	zwp_primary_selection_source_v1 *primary_source{};
	Types wanted[2]; // offered before the globals were known, too
};
} // namespace oriel
