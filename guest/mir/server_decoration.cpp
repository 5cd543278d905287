// SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
#include "guest/mir/server_decoration.h"
#include "guest/mir/surface_state.h"
#include "guest/mir/windows.h"
#include <iterator>
#include <miral/wayland_extensions.h>
#include <miral/window.h>
#include <stdexcept>
#include <wayland-server-protocol.h>

namespace oriel
{
namespace
{
enum Mode : uint32_t { mode_none, mode_client, mode_server };

// The protocol is not among wayland-protocols. Requests and events have their places in these
// lists for opcodes.
namespace kde
{
extern wl_interface const *no_types[];
extern wl_interface const *create_types[];

constexpr wl_message manager_requests[]{{"create", "no", create_types}};
constexpr wl_message manager_events[]{{"default_mode", "u", no_types}};
constexpr wl_message requests[]{{"release", "", no_types}, {"request_mode", "u", no_types}};
constexpr wl_message events[]{{"mode", "u", no_types}};
constexpr uint32_t mode_event = 0; // of both

constexpr wl_interface manager{server_decoration_name, 1, std::size(manager_requests),
	manager_requests, std::size(manager_events), manager_events};
constexpr wl_interface decoration{"org_kde_kwin_server_decoration", 1, std::size(requests),
	requests, std::size(events), events};

wl_interface const *no_types[]{nullptr};
wl_interface const *create_types[]{&decoration, &wl_surface_interface};
} // namespace kde

// What decorations have said of a wl_surface, kept as long as that lives. The user data of the
// newest decoration; older ones, and those that have outlived their surface, have null.
struct Wish {
	Hook gone;
	wl_resource *decoration{};
	Mode mode{mode_server};
	bool told{false};
	std::weak_ptr<ms::Surface> window; // that was told: a surface can become another one
};

void surface_gone(wl_listener *listener, void *)
{
	auto *const wish = owner_of<Wish>(listener);

	if (wish->decoration)
		wl_resource_set_user_data(wish->decoration, nullptr);
	delete wish;
}

auto wish_of_surface(wl_resource *surface) -> Wish *
{
	wl_listener *const listener = wl_resource_get_destroy_listener(surface, surface_gone);

	return listener ? owner_of<Wish>(listener) : nullptr;
}

auto wish_of(wl_resource *decoration) -> Wish *
{
	return static_cast<Wish *>(wl_resource_get_user_data(decoration));
}

auto make_wish(wl_resource *surface) -> Wish *
{
	auto *const wish = new Wish;

	wish->gone.owner = wish;
	wish->gone.listener.notify = surface_gone;
	wl_resource_add_destroy_listener(surface, &wish->gone.listener);
	return wish;
}

void set_mode(Wish &wish, Mode mode)
{
	wish.mode = mode;
	wish.told = false;
}

void release(wl_client *, wl_resource *decoration)
{
	wl_resource_destroy(decoration);
}

// What is no mode changes nothing; the client hears how things are.
void request_mode(wl_client *, wl_resource *decoration, uint32_t mode)
{
	Wish *const wish = wish_of(decoration);

	if (!wish)
		return;
	if (mode <= mode_server)
		set_mode(*wish, Mode(mode));
	wl_resource_post_event(decoration, kde::mode_event, wish->mode);
}

// Without a decoration clients draw their frames themselves.
void decoration_gone(wl_resource *decoration)
{
	Wish *const wish = wish_of(decoration);

	if (!wish)
		return;
	wish->decoration = nullptr;
	set_mode(*wish, mode_client);
}

void create(wl_client *client, wl_resource *, uint32_t id, wl_resource *surface)
{
	static struct {
		void (*release)(wl_client *, wl_resource *);
		void (*request_mode)(wl_client *, wl_resource *, uint32_t);
	} const methods{release, request_mode};
	wl_resource *const decoration = wl_resource_create(client, &kde::decoration, 1, id);

	if (!decoration)
		return wl_client_post_no_memory(client);
	Wish *wish = wish_of_surface(surface);
	if (!wish)
		wish = make_wish(surface);
	if (wish->decoration)
		wl_resource_set_user_data(wish->decoration, nullptr);
	wish->decoration = decoration;
	set_mode(*wish, mode_server);
	wl_resource_set_implementation(decoration, &methods, wish, decoration_gone);
	wl_resource_post_event(decoration, kde::mode_event, wish->mode);
}

void bind(wl_client *client, void *, uint32_t version, uint32_t id)
{
	static struct {
		void (*create)(wl_client *, wl_resource *, uint32_t, wl_resource *);
	} const methods{create};
	wl_resource *const manager = wl_resource_create(client, &kde::manager, int(version), id);

	if (!manager)
		return wl_client_post_no_memory(client);
	wl_resource_set_implementation(manager, &methods, nullptr, nullptr);
	wl_resource_post_event(manager, kde::mode_event, mode_server);
}
} // namespace

void offer_server_decoration(wl_display *display)
{
	if (!wl_global_create(display, &kde::manager, kde::manager.version, nullptr, bind))
		throw std::runtime_error{"no memory for server-decoration"};
}

void apply_server_decoration(Windows &windows, wl_resource *surface)
{
	Wish *const wish = wish_of_surface(surface);

	if (!wish || (wish->told && !wish->decoration))
		return;
	std::shared_ptr<ms::Surface> const window = miral::window_for(surface);
	if (!window || (wish->told && wish->window.lock() == window))
		return;
	wish->told = true;
	wish->window = window;
	windows.set_decorated(*window, wish->mode == mode_server);
}
} // namespace oriel
