// SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
#include "guest/mir/inner_client.h"
#include <sys/socket.h>
#include <unistd.h>
#include <wayland-client.h>

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
} // namespace

struct InnerClient::Listeners {
	static void global(
		void *data, wl_registry *, uint32_t name, char const *interface, uint32_t version)
	{
		static_cast<InnerClient *>(data)->global(name, interface, version);
	}
	static void global_remove(void *, wl_registry *, uint32_t)
	{
	}

	static void synced(void *data, wl_callback *callback, uint32_t)
	{
		auto &syncs = static_cast<InnerClient *>(data)->syncs;
		auto const done = std::move(syncs.front());
		syncs.pop_front();
		wl_callback_destroy(callback);
		done();
	}

	static constexpr wl_registry_listener registry{global, global_remove};
	static constexpr wl_callback_listener sync{synced};
};

InnerClient::InnerClient(wl_display *server, Global global, std::function<void()> lost)
    : server{server}, global{std::move(global)}, lost{std::move(lost)}
{
	connect();
}

InnerClient::~InnerClient()
{
	if (readable)
		wl_event_source_remove(readable);
	if (registry)
		wl_registry_destroy(registry);
	if (display)
		wl_display_disconnect(display);
	if (client)
		wl_client_destroy(client);
}

void InnerClient::connect()
{
	int fds[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds) < 0)
		return;
	client = wl_client_create(server, fds[0]);
	if (!client)
		close(fds[0]);
	display = client ? wl_display_connect_to_fd(fds[1]) : nullptr;
	if (!display) {
		close(fds[1]);
		return;
	}
	readable = wl_event_loop_add_fd(
		wl_display_get_event_loop(server), fds[1], event_readable,
		[](int, uint32_t, void *data) {
			static_cast<InnerClient *>(data)->dispatch();
			return 0;
		},
		this);
	registry = wl_display_get_registry(display);
	wl_registry_add_listener(registry, &Listeners::registry, this);
	flush();
}

auto InnerClient::bind(uint32_t name, wl_interface const &interface, uint32_t version) -> void *
{
	return wl_registry_bind(registry, name, &interface, version);
}

void InnerClient::server_gone()
{
	client = nullptr;
}

void InnerClient::sync(std::function<void()> done)
{
	syncs.push_back(std::move(done));
	wl_callback_add_listener(wl_display_sync(display), &Listeners::sync, this);
}

void InnerClient::flush()
{
	wl_display_flush(display);
}

void InnerClient::dispatch()
{
	while (wl_display_prepare_read(display) != 0)
		wl_display_dispatch_pending(display);
	wl_display_read_events(display);
	if (wl_display_dispatch_pending(display) < 0 || wl_display_get_error(display)) {
		client = nullptr; // the server's end is gone
		wl_event_source_remove(readable);
		readable = nullptr;
		lost();
		return;
	}
	flush();
}
} // namespace oriel
