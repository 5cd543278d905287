// SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
#include "guest/mir/selection.h"
#include "guest/mir/adapter_impl.h"
#include "guest/mir/internal_client.h"
#include "guest/mir/selection_client.h"
#include "guest/mir/surface_state.h"
#include <algorithm>
#include <map>
#include <string_view>
#include <unistd.h>
#include <wayland-server-protocol.h>

extern "C" {
#include "src/wire/messages.h"
}

namespace oriel
{
namespace
{
constexpr uint32_t primary_source_send = 0; // opcode of zwp_primary_selection_source_v1.send

auto selection_of(std::string_view source_class) -> uint8_t
{
	return source_class.starts_with("wl_") ? ORIEL_SELECTION_CLIPBOARD
					       : ORIEL_SELECTION_PRIMARY;
}
} // namespace

// What clients other than our own have set.
struct Selections::Watcher {
	struct Source {
		Hook gone;
		Watcher *self;
		wl_resource *resource;
		uint8_t selection;
		Types types;
	};

	explicit Watcher(Selections &selections) : selections{selections}
	{
	}
	~Watcher()
	{
		for (auto const &[resource, source] : sources)
			wl_list_remove(&source->gone.listener.link);
	}

	void log(wl_protocol_logger_message const &message);
	void set(wl_resource *device, uint8_t selection, wl_resource *source);
	auto source(wl_resource *resource, uint8_t selection) -> Source &;
	void forget(Source const &source);

	Selections &selections;
	Hook client_created;
	std::map<wl_resource *, std::unique_ptr<Source>> sources;
	Source *current[selection_count]{}; // null: none, or our own
};

auto Selections::Watcher::source(wl_resource *resource, uint8_t selection) -> Source &
{
	auto &entry = sources[resource];

	if (!entry) {
		entry = std::make_unique<Source>();
		entry->self = this;
		entry->resource = resource;
		entry->selection = selection;
		entry->gone.owner = entry.get();
		entry->gone.listener.notify = [](wl_listener *l, void *) {
			auto const *const gone = owner_of<Source>(l);
			gone->self->forget(*gone);
		};
		wl_resource_add_destroy_listener(resource, &entry->gone.listener);
	}
	return *entry;
}

void Selections::Watcher::forget(Source const &source)
{
	if (current[source.selection] == &source) {
		current[source.selection] = nullptr;
		selections.changed(source.selection, {});
	}
	sources.erase(source.resource);
}

void Selections::Watcher::set(wl_resource *device, uint8_t selection, wl_resource *resource)
{
	if (selections.is_own(wl_resource_get_client(device))) {
		if (std::exchange(current[selection], nullptr))
			selections.overtook(selection);
		return;
	}
	if (resource)
		selections.copies[selection]++;
	current[selection] = resource ? &source(resource, selection) : nullptr;
	selections.changed(selection, resource ? current[selection]->types : Types{});
}

void Selections::Watcher::log(wl_protocol_logger_message const &m)
{
	std::string_view const request = m.message->name, name = wl_resource_get_class(m.resource);

	if (request == "offer" &&
		(name == "wl_data_source" || name == "zwp_primary_selection_source_v1")) {
		auto &types = source(m.resource, selection_of(name)).types;
		if (types.size() < ORIEL_MAX_TYPES && m.arguments[0].s)
			types.emplace_back(m.arguments[0].s);
	} else if (request == "set_selection" &&
		   (name == "wl_data_device" || name == "zwp_primary_selection_device_v1")) {
		set(m.resource, selection_of(name),
			reinterpret_cast<wl_resource *>(m.arguments[0].o));
	}
}

// Our own client --------------------------------------------------------------------------------

struct Selections::Owner {
	Owner(wl_display *display, Selections &selections)
	    : client{display, [&selections](uint8_t selection, char const *type, int fd) {
			     selections.send({selection, type, fd});
		     }}
	{
	}

	SelectionClient client;
};

auto Selections::is_own(wl_client const *client) const -> bool
{
	return owner && owner->client.is(client);
}

Selections::Selections(std::function<void()> wake) : wake{std::move(wake)}
{
}

Selections::~Selections()
{
	for (auto const &send : batch.sends)
		close(send.fd);
}

void Selections::watch(wl_display *display)
{
	watcher = std::make_unique<Watcher>(*this);
	owner = std::make_unique<Owner>(display, *this);
	wl_display_add_protocol_logger(
		display,
		[](void *data, wl_protocol_logger_type type, wl_protocol_logger_message const *m) {
			auto const *const self = static_cast<Selections *>(data);
			if (type == WL_PROTOCOL_LOGGER_REQUEST && self->watcher)
				self->watcher->log(*m);
		},
		this);
	watcher->client_created.owner = this;
	watcher->client_created.listener.notify = [](wl_listener *l, void *data) {
		auto *const self = owner_of<Selections>(l);
		auto *const client = static_cast<wl_client *>(data);
		// Ours is being made when it is not known yet.
		if (is_internal_client(wl_client_get_fd(client)) && !self->owner->client.starting())
			self->x11_started();
	};
	wl_display_add_client_created_listener(display, &watcher->client_created.listener);
}

void Selections::offer(uint8_t selection, Types &&types, unsigned known)
{
	if (!owner || known != copies[selection])
		return;
	offered[selection] = copies[selection];
	// Somebody else's is not ours to take back.
	if (types.empty() && watcher->current[selection])
		owner->client.forget(selection);
	else
		owner->client.offer(selection, std::move(types));
}

// Our offer has taken the place of a client's. If that one came while ours was on its way, the core
// thread takes it for the newer one: then nobody has anything.
void Selections::overtook(uint8_t selection)
{
	if (offered[selection] == copies[selection])
		return;
	owner->client.offer(selection, {});
	changed(selection, {});
}

void Selections::read(uint8_t selection, std::string const &type, int fd)
{
	auto const *const source = watcher ? watcher->current[selection] : nullptr;

	if (source)
		wl_resource_post_event(source->resource,
			selection == ORIEL_SELECTION_CLIPBOARD ? WL_DATA_SOURCE_SEND
							       : primary_source_send,
			type.c_str(), fd);
	close(fd);
}

void Selections::stop()
{
	owner.reset();
}

// Between the threads -----------------------------------------------------------------------------

void Selections::changed(uint8_t selection, Types const &types)
{
	{
		std::lock_guard const lock{mutex};
		batch.changed[selection] = Change{types, copies[selection]};
	}
	wake();
}

void Selections::send(Send const &send)
{
	{
		std::lock_guard const lock{mutex};
		batch.sends.push_back(send);
	}
	wake();
}

void Selections::x11_started()
{
	if (on_x11_started)
		on_x11_started();
	{
		std::lock_guard const lock{mutex};
		batch.x11_started = true;
	}
	wake();
}

void Selections::deliver(oriel_mir_ops const &ops, void *user)
{
	std::unique_lock lock{mutex};
	Batch const now = std::exchange(batch, {});

	lock.unlock();
	for (uint8_t i = 0; i < selection_count; i++) {
		if (!now.changed[i] || !ops.selection)
			continue;
		std::vector<char const *> types;
		for (auto const &type : now.changed[i]->types)
			types.push_back(type.c_str());
		known[i] = now.changed[i]->copies;
		ops.selection(user, i, types.data(), int(types.size()));
	}
	if (now.x11_started && ops.x11_started)
		ops.x11_started(user);
	for (auto const &send : now.sends) {
		if (ops.selection_send)
			ops.selection_send(user, send.selection, send.type.c_str(), send.fd);
		else
			close(send.fd);
	}
}

auto Selections::known_copies(uint8_t selection) const -> unsigned
{
	return known[selection];
}
} // namespace oriel

using namespace oriel;

void oriel_mir_selection_offer(oriel_mir *mir, uint8_t selection, const char *const *types, int n)
{
	oriel_mir::Alive const alive{mir};
	Selections::Types list{types, types + n};
	auto const known = mir->selections.known_copies(selection);

	if (alive)
		mir->server->run_on_wayland_display(
			[mir, selection, list, known](wl_display *) mutable {
				mir->selections.offer(selection, std::move(list), known);
			});
}

void oriel_mir_selection_read(oriel_mir *mir, uint8_t selection, const char *type, int fd)
{
	oriel_mir::Alive const alive{mir};

	if (!alive) {
		close(fd);
		return;
	}
	mir->server->run_on_wayland_display(
		[mir, selection, name = std::string{type}, fd](
			wl_display *) { mir->selections.read(selection, name, fd); });
}
