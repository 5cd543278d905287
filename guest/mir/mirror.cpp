// SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
#include "guest/mir/mirror.h"
#include "guest/mir/surface_state.h"
#include "guest/mir/xdg_mirror.h"
#include <algorithm>
#include <cassert>
#include <map>
#include <string_view>
#include <thread>
#include <utility>
#include <wayland-server-protocol.h>

namespace oriel
{
namespace
{
using Key = std::pair<wl_client const *, uint32_t>; // an object of a client

auto object(wl_argument const &argument) -> wl_resource *
{
	return reinterpret_cast<wl_resource *>(argument.o);
}

auto rect(wl_argument const *a) -> oriel_rect
{
	return {a[0].i, a[1].i, a[2].i, a[3].i};
}
} // namespace

struct Mirror::Self {
	explicit Self(Mirror &mirror) : mirror{mirror}
	{
	}
	~Self();

	struct Expected {
		Surface *surface;
		wl_resource *buffer;
	};
	struct Client {
		Self *self;
		wl_client const *client;
		Hook gone;
	};

	void log(wl_protocol_logger_message const &message);
	auto surface(wl_resource *resource) -> Surface &;
	void forget(Surface &surface);
	void forget(wl_client const *client);
	void add_client(wl_client *client);
	void wl_surface(wl_resource *resource, std::string_view request, wl_argument const *a);
	void wl_subsurface(Key const &key, std::string_view request);
	void wp_viewport(Key const &key, std::string_view request, wl_argument const *a);
	void adopt(wl_resource *child, wl_resource *parent, Key const &subsurface);
	static void orphan(Surface &surface);
	void commit(Surface &surface);
	void apply(Surface &surface, State &&state);
	void attach(Surface &surface, wl_resource *buffer);
	void end_commit();

	Mirror &mirror;
	wl_display *display{};
	wl_protocol_logger *logger{};
	std::thread::id thread; // Wayland's
	wl_event_source *idle{};
	Hook client_created, display_gone;
	wl_resource *committing{};
	std::map<wl_resource *, std::unique_ptr<Surface>> surfaces;
	std::map<Key, wl_resource *> subsurfaces, viewports; // object -> its wl_surface
	std::map<wl_client const *, std::unique_ptr<Client>> clients;
	std::deque<Expected> expected; // the buffers that Mir will ask for in this commit
	XdgMirror xdg;
};

Mirror::Self::~Self()
{
	for (auto const &[resource, surface] : surfaces)
		wl_list_remove(&surface->gone.listener.link);
	for (auto const &[id, client] : clients)
		wl_list_remove(&client->gone.listener.link);
}

auto Mirror::Self::surface(wl_resource *resource) -> Surface &
{
	auto &entry = surfaces[resource];

	if (!entry) {
		entry = std::make_unique<Surface>(resource);
		entry->gone.owner = this;
		entry->gone.listener.notify = [](wl_listener *l, void *data) {
			auto *const self = owner_of<Self>(l);
			self->forget(*self->surfaces.at(static_cast<wl_resource *>(data)));
		};
		wl_resource_add_destroy_listener(resource, &entry->gone.listener);
	}
	return *entry;
}

void Mirror::Self::orphan(Surface &surface)
{
	if (surface.parent)
		std::erase(surface.parent->children, &surface);
	surface.parent = nullptr;
	surface.subsurface = false;
	surface.sync = true;
	surface.cached.reset();
}

void Mirror::Self::forget(Surface &surface)
{
	wl_resource *const resource = surface.resource;

	orphan(surface);
	for (auto *child : surface.children)
		child->parent = nullptr;
	std::erase_if(expected, [&](auto const &e) { return e.surface == &surface; });
	std::erase_if(subsurfaces, [=](auto const &i) { return i.second == resource; });
	std::erase_if(viewports, [=](auto const &i) { return i.second == resource; });
	surface.log->mapped = false;
	if (committing == resource)
		committing = nullptr;
	surfaces.erase(resource);
}

void Mirror::Self::forget(wl_client const *client)
{
	xdg.client_gone(client);
	std::erase_if(subsurfaces, [=](auto const &i) { return i.first.first == client; });
	std::erase_if(viewports, [=](auto const &i) { return i.first.first == client; });
	clients.erase(client);
}

void Mirror::Self::add_client(wl_client *client)
{
	auto &entry = clients[client];

	entry = std::make_unique<Client>(Client{this, client, {}});
	entry->gone.owner = entry.get();
	entry->gone.listener.notify = [](wl_listener *l, void *) {
		auto const *const gone = owner_of<Client>(l);
		gone->self->forget(gone->client);
	};
	wl_client_add_destroy_listener(client, &entry->gone.listener);
}

// What Mir does with wl_surface.attach and commit, without the pixels.
void Mirror::Self::attach(Surface &surface, wl_resource *buffer)
{
	surface.log->mapped = buffer != nullptr;
	if (!buffer) {
		surface.fresh = true;
		surface.surface_damage.clear();
		surface.buffer_damage.clear();
		return;
	}
	if (surface.last_buffer && surface.last_buffer != buffer)
		surface.log->several_buffers = true;
	surface.last_buffer = buffer;
	expected.push_back({&surface, buffer});
}

void Mirror::Self::apply(Surface &surface, State &&state)
{
	Geometry const before = surface.now;

	if (state.scale)
		surface.now.scale = std::max(1, *state.scale);
	if (state.transform)
		surface.now.transform = *state.transform & 7;
	if (state.src)
		surface.now.src = *state.src;
	if (state.dst)
		surface.now.dst = *state.dst;
	surface.fresh |= surface.now != before;
	append(surface.surface_damage, state.surface_damage);
	append(surface.buffer_damage, state.buffer_damage);
	// A buffer destroyed since its attach counts as none, as in Mir.
	if (state.buffer)
		attach(surface, *state.buffer ? (*state.buffer)->resource : nullptr);
	for (auto *child : std::vector{surface.children}) {
		if (!child->cached || !child->synchronised())
			continue;
		State waiting = std::move(*child->cached);
		child->cached.reset();
		apply(*child, std::move(waiting));
	}
}

void Mirror::Self::commit(Surface &surface)
{
	State state = std::move(surface.pending);

	surface.pending = {};
	expected.clear(); // what is left was never asked for
	if (!surface.subsurface)
		return apply(surface, std::move(state));
	if (!surface.cached)
		surface.cached.emplace();
	surface.cached->merge(std::move(state));
	if (surface.synchronised())
		return;
	state = std::move(*surface.cached);
	surface.cached.reset();
	apply(surface, std::move(state));
}

void Mirror::Self::wl_surface(wl_resource *resource, std::string_view request, wl_argument const *a)
{
	Surface &s = surface(resource);

	if (request == "attach")
		s.pending.buffer =
			object(a[0]) ? std::make_shared<BufferRef>(object(a[0])) : nullptr;
	else if (request == "damage")
		s.pending.surface_damage.push_back(rect(a));
	else if (request == "damage_buffer")
		s.pending.buffer_damage.push_back(rect(a));
	else if (request == "set_buffer_scale")
		s.pending.scale = a[0].i;
	else if (request == "set_buffer_transform")
		s.pending.transform = a[0].i;
	else if (request == "commit") {
		committing = resource;
		commit(s);
		mirror.gate.begin();
		if (!idle)
			idle = wl_event_loop_add_idle(
				wl_display_get_event_loop(display),
				[](void *data) {
					static_cast<Self *>(data)->idle = nullptr;
					static_cast<Self *>(data)->end_commit();
				},
				this);
	}
}

void Mirror::Self::end_commit()
{
	wl_resource *const committed = std::exchange(committing, nullptr);

	if (committed && mirror.on_committed && !surface(committed).subsurface)
		mirror.on_committed(committed);
	mirror.gate.end();
}

void Mirror::Self::adopt(wl_resource *child, wl_resource *parent, Key const &subsurface)
{
	if (!child || !parent)
		return;
	Surface &c = surface(child), &p = surface(parent);
	orphan(c);
	c.subsurface = true;
	c.parent = &p;
	p.children.push_back(&c);
	subsurfaces[subsurface] = child;
}

void Mirror::Self::wl_subsurface(Key const &key, std::string_view request)
{
	auto const i = subsurfaces.find(key);

	if (i == subsurfaces.end())
		return;
	Surface &s = surface(i->second);
	if (request == "set_sync")
		s.sync = true;
	else if (request == "set_desync")
		s.sync = false; // Mir applies what is cached at the next commit, not here
	else if (request == "destroy") {
		orphan(s);
		subsurfaces.erase(i);
	}
}

void Mirror::Self::wp_viewport(Key const &key, std::string_view request, wl_argument const *a)
{
	auto const i = viewports.find(key);
	auto const number = [a](int k) { return wl_fixed_to_double(a[k].f); };

	if (i == viewports.end())
		return;
	State &pending = surface(i->second).pending;
	if (request == "set_source") {
		pending.src.emplace();
		if (number(2) > 0)
			*pending.src = RectD{number(0), number(1), number(2), number(3)};
	} else if (request == "set_destination") {
		pending.dst.emplace();
		if (a[0].i > 0)
			*pending.dst = SizeD{double(a[0].i), double(a[1].i)};
	} else if (request == "destroy") {
		pending.src.emplace();
		pending.dst.emplace();
		viewports.erase(i);
	}
}

void Mirror::Self::log(wl_protocol_logger_message const &m)
{
	std::string_view const name = wl_resource_get_class(m.resource), request = m.message->name;
	Key const self{wl_resource_get_client(m.resource), wl_resource_get_id(m.resource)};

	end_commit(); // of the request before this one
	if (name == "wl_surface")
		wl_surface(m.resource, request, m.arguments);
	else if (name == "wl_subcompositor" && request == "get_subsurface")
		adopt(object(m.arguments[1]), object(m.arguments[2]),
			{self.first, m.arguments[0].n});
	else if (name == "wl_subsurface")
		wl_subsurface(self, request);
	else if (name == "wp_viewporter" && request == "get_viewport")
		viewports[{self.first, m.arguments[0].n}] = object(m.arguments[1]);
	else if (name == "wp_viewport")
		wp_viewport(self, request, m.arguments);
	else if (name.starts_with("xdg_"))
		xdg.request(name, m);
}

Mirror::Mirror(std::function<void()> wake)
    : gate{std::move(wake)}, self{std::make_unique<Self>(*this)}
{
}

Mirror::~Mirror() = default;

void Mirror::watch(wl_display *display)
{
	self->display = display;
	self->thread = std::this_thread::get_id();
	self->xdg.on_menu = on_menu;
	self->logger = wl_display_add_protocol_logger(
		display,
		[](void *data, wl_protocol_logger_type type, wl_protocol_logger_message const *m) {
			// Connections have no locks: events sent by another thread break the server
			// now and then.
			assert(static_cast<Self *>(data)->thread == std::this_thread::get_id());
			if (type == WL_PROTOCOL_LOGGER_REQUEST)
				static_cast<Self *>(data)->log(*m);
		},
		self.get());
	self->client_created.owner = self.get();
	self->client_created.listener.notify = [](wl_listener *l, void *client) {
		owner_of<Self>(l)->add_client(static_cast<wl_client *>(client));
	};
	wl_display_add_client_created_listener(display, &self->client_created.listener);
}

auto Mirror::next_buffer(wl_resource *buffer, int width, int height) -> Ticket
{
	auto &expected = self->expected;

	if (expected.empty() || (buffer && expected.front().buffer != buffer)) {
		expected.clear();
		return {};
	}
	Surface &s = *expected.front().surface;
	uint32_t const id = wl_resource_get_id(expected.front().buffer);
	expected.pop_front();
	s.fresh |= width != s.now.width || height != s.now.height;
	s.now.width = width;
	s.now.height = height;
	Damage damage = s.damage();
	s.fresh = false;
	s.surface_damage.clear();
	s.buffer_damage.clear();
	s.log->add(++s.seq, std::move(damage));
	return {s.log, s.seq, s.now, id};
}

auto Mirror::committing() const -> wl_resource *
{
	return self->committing;
}

void Mirror::refuse_buffer(wl_client const *client, uint32_t buffer)
{
	if (!self->clients.contains(client))
		return;
	wl_resource *const resource = wl_client_get_object(const_cast<wl_client *>(client), buffer);
	if (resource && std::string_view{wl_resource_get_class(resource)} == "wl_buffer")
		wl_resource_post_error(resource, WL_SHM_ERROR_INVALID_FD, "the pool is too small");
}

auto Mirror::popup_adjustment(wl_resource *surface) const -> uint32_t
{
	return surface ? self->xdg.adjustment(
				 wl_resource_get_client(surface), wl_resource_get_id(surface))
		       : 0;
}
} // namespace oriel
