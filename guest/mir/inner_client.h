// SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
// A Wayland client inside of the server's own process and on its own thread. It never waits for
// the server, which could not answer meanwhile.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <string>

struct wl_callback;
struct wl_client;
struct wl_display;
struct wl_event_source;
struct wl_interface;
struct wl_registry;

namespace oriel
{
class InnerClient
{
      public:
	// A global of the server. May be bound inside of the call.
	using Global =
		std::function<void(uint32_t name, std::string const &interface, uint32_t version)>;

	// Connects. `lost`: the server has cut the connection; called at most once, from dispatch.
	InnerClient(wl_display *server, Global global, std::function<void()> lost);
	// Destroy what was bound before.
	~InnerClient();
	InnerClient(InnerClient const &) = delete;
	auto operator=(InnerClient const &) = delete;

	// False: it could not connect, or the server has ended the connection.
	explicit operator bool() const
	{
		return display && client;
	}
	auto is(wl_client const *other) const -> bool
	{
		return client && other == client;
	}
	// A proxy of that version.
	auto bind(uint32_t name, wl_interface const &interface, uint32_t version) -> void *;
	// The server is about to go: leaves the rest of its end to it.
	void server_gone();
	// Calls it once the server has dealt with all requests; never when the connection ends.
	void sync(std::function<void()> done);
	// Call after requests.
	void flush();

      private:
	struct Listeners;

	void connect();
	void dispatch();

	wl_display *const server;
	Global const global;
	std::function<void()> const lost;
	wl_client *client{};   // the server's view of us
	wl_display *display{}; // ours of the server
	wl_event_source *readable{};
	wl_registry *registry{};
	std::deque<std::function<void()>> syncs;
};
} // namespace oriel
