// SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
#include "guest/mir/shortcuts.h"
#include "guest/mir/adapter_impl.h"
#include "guest/mir/surface_state.h"
#include "keyboard-shortcuts-inhibit-server.h"

namespace oriel
{
// User data of its resource, and destroyed with that.
struct Shortcuts::Inhibitor {
	Shortcuts &owner;
	wl_resource *const resource;
	Key const key;
	uint32_t number;
	bool active{false};
	bool has_surface{true};
	Hook surface_gone{};
};

namespace
{
void destroy(wl_client *, wl_resource *resource)
{
	wl_resource_destroy(resource);
}

// There is one seat.
void inhibit_shortcuts(
	wl_client *, wl_resource *manager, uint32_t id, wl_resource *surface, wl_resource *)
{
	static_cast<Shortcuts *>(wl_resource_get_user_data(manager))->inhibit(manager, id, surface);
}

void bind(wl_client *client, void *data, uint32_t version, uint32_t id)
{
	static struct zwp_keyboard_shortcuts_inhibit_manager_v1_interface const methods = {
		destroy, inhibit_shortcuts};
	wl_resource *const manager = wl_resource_create(
		client, &zwp_keyboard_shortcuts_inhibit_manager_v1_interface, int(version), id);

	if (!manager)
		return wl_client_post_no_memory(client);
	wl_resource_set_implementation(manager, &methods, data, nullptr);
}
} // namespace

Shortcuts::Shortcuts(std::function<void(SurfaceWish const &)> changed) : changed{std::move(changed)}
{
}

void Shortcuts::offer(wl_display *display)
{
	if (!wl_global_create(
		    display, &zwp_keyboard_shortcuts_inhibit_manager_v1_interface, 1, this, bind))
		throw std::runtime_error{"no memory for keyboard-shortcuts-inhibit"};
}

void Shortcuts::inhibit(wl_resource *manager, uint32_t id, wl_resource *surface)
{
	static struct zwp_keyboard_shortcuts_inhibitor_v1_interface const methods = {destroy};
	wl_client *const client = wl_resource_get_client(manager);
	Key const key{client, wl_resource_get_id(surface)};

	if (inhibitors.contains(key))
		return wl_resource_post_error(manager,
			ZWP_KEYBOARD_SHORTCUTS_INHIBIT_MANAGER_V1_ERROR_ALREADY_INHIBITED,
			"wl_surface %u has an inhibitor already", key.second);
	wl_resource *const resource =
		wl_resource_create(client, &zwp_keyboard_shortcuts_inhibitor_v1_interface,
			wl_resource_get_version(manager), id);
	if (!resource)
		return wl_client_post_no_memory(client);
	auto *const inhibitor = new Inhibitor{*this, resource, key, last_number + 1};
	inhibitor->surface_gone.owner = inhibitor;
	inhibitor->surface_gone.listener.notify = [](wl_listener *l, void *) {
		auto *const self = owner_of<Inhibitor>(l);
		self->owner.forget(*self);
	};
	wl_resource_add_destroy_listener(surface, &inhibitor->surface_gone.listener);
	wl_resource_set_implementation(resource, &methods, inhibitor, [](wl_resource *r) {
		auto *const self = static_cast<Inhibitor *>(wl_resource_get_user_data(r));
		self->owner.forget(*self);
		delete self;
	});
	{
		std::lock_guard const lock{mutex};
		last_number++;
		inhibitors[key] = inhibitor;
	}
	changed({key.first, key.second});
}

// Its surface or itself is about to go, in any order.
void Shortcuts::forget(Inhibitor &inhibitor)
{
	if (!std::exchange(inhibitor.has_surface, false))
		return;
	wl_list_remove(&inhibitor.surface_gone.listener.link);
	{
		std::lock_guard const lock{mutex};
		inhibitors.erase(inhibitor.key);
	}
	changed({inhibitor.key.first, inhibitor.key.second});
}

void Shortcuts::give(wl_client const *client, uint32_t surface, bool given)
{
	auto const i = inhibitors.find({client, surface});

	if (i == inhibitors.end())
		return;
	Inhibitor &inhibitor = *i->second;
	bool const was_active = std::exchange(inhibitor.active, given);
	// The surface may have been unmapped since, which nobody tells the client.
	if (given)
		zwp_keyboard_shortcuts_inhibitor_v1_send_active(inhibitor.resource);
	else if (was_active)
		zwp_keyboard_shortcuts_inhibitor_v1_send_inactive(inhibitor.resource);
}

auto Shortcuts::wish(wl_client const *client, uint32_t surface) const -> uint32_t
{
	std::lock_guard const lock{mutex};
	auto const i = inhibitors.find({client, surface});

	return i == inhibitors.end() ? 0 : i->second->number;
}
} // namespace oriel

void oriel_mir_shortcuts(oriel_mir *mir, uint32_t id, bool given)
{
	oriel_mir::Alive const alive{mir};
	auto const window = alive ? mir->windows->find(id) : nullptr;

	if (!window || !window->wl_surface)
		return;
	mir->server->run_on_wayland_display(
		[mir, client = window->client, surface = window->wl_surface, given](
			wl_display *) { mir->shortcuts.give(client, surface, given); });
}
