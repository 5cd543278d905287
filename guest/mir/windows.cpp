// SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
#include "guest/mir/windows.h"
#include "guest/mir/adapter_impl.h"
#include <algorithm>
#include <mir/executor.h>
#include <mir/frontend/buffer_stream.h>
#include <mir/scene/surface.h>

extern "C" {
#include "src/wire/messages.h"
}

namespace oriel
{
namespace
{
// Mir hides windows that are minimised, and those that their client has unmapped.
auto is_mapped(ms::Surface const &surface) -> bool
{
	return surface.visible() || surface.state() == mir_window_state_minimized;
}
} // namespace

auto Description::same_as(Description const &o) const -> bool
{
	auto const &a = window, &b = o.window;
	auto const same_rect = [](oriel_rect const &x, oriel_rect const &y) {
		return x.x == y.x && x.y == y.y && x.width == y.width && x.height == y.height;
	};

	return a.id == b.id && a.parent == b.parent && a.kind == b.kind && a.state == b.state &&
	       a.flags == b.flags && same_rect(a.content, b.content) && a.offset_x == b.offset_x &&
	       a.offset_y == b.offset_y && a.min_width == b.min_width &&
	       a.min_height == b.min_height && a.max_width == b.max_width &&
	       a.max_height == b.max_height && a.pid == b.pid && a.pointer == b.pointer &&
	       a.shortcuts == b.shortcuts && title == o.title && app_id == o.app_id;
}

Window::Window(Notices &notices, std::shared_ptr<ms::Surface> const &surface, bool decorated)
    : surface{surface}, decorated{decorated}, notices{notices}
{
}

void Window::mark(uint8_t marks)
{
	notices.mark(shared_from_this(), marks);
}

void Window::attrib_changed(ms::Surface const *, MirWindowAttrib, int)
{
	mark(Notices::changed);
}

void Window::content_resized_to(ms::Surface const *, geom::Size const &)
{
	mark(Notices::changed);
}

void Window::moved_to(ms::Surface const *, geom::Point const &)
{
	mark(Notices::changed);
}

void Window::hidden_set_to(ms::Surface const *, bool)
{
	mark(Notices::changed);
}

void Window::frame_posted(ms::Surface const *, geom::Rectangle const &)
{
	mark(Notices::dirty);
}

void Window::renamed(ms::Surface const *, std::string const &)
{
	mark(Notices::changed);
}

void Window::application_id_set_to(ms::Surface const *, std::string const &)
{
	mark(Notices::changed);
}

Windows::Windows(oriel_mir &mir) : mir{mir}
{
}

void Windows::surface_added(std::shared_ptr<ms::Surface> const &surface)
{
	auto const window = std::make_shared<Window>(mir.notices, surface, false);
	{
		std::lock_guard const lock{mutex};
		all[surface.get()] = window;
	}
	surface->register_interest(window, mir::immediate_executor);
	mir.notices.mark(window, Notices::changed | Notices::dirty);
}

void Windows::surface_exists(std::shared_ptr<ms::Surface> const &surface)
{
	surface_added(surface);
}

void Windows::surface_removed(std::shared_ptr<ms::Surface> const &surface)
{
	auto const window = of(surface.get());

	if (!window)
		return;
	{
		std::lock_guard const lock{mutex};
		all.erase(surface.get());
	}
	surface->unregister_interest(*window);
	mir.notices.mark(window, Notices::removed);
}

auto Windows::of(ms::Surface const *surface) const -> std::shared_ptr<Window>
{
	std::lock_guard const lock{mutex};
	auto const i = all.find(surface);

	return i == all.end() ? nullptr : i->second;
}

void Windows::set_decorated(ms::Surface const &surface, bool decorated)
{
	auto const window = of(&surface);

	if (!window || window->decorated.exchange(decorated) == decorated)
		return;
	mir.notices.mark(window, Notices::changed);
}

void Windows::mark(ms::Surface const *surface, uint8_t marks)
{
	if (auto const window = of(surface))
		mir.notices.mark(window, marks);
}

// Mir tells all observers of each frame, through several threads. But for ours they want to know of
// the first one only, by which a surface becomes visible.
void Windows::follow(
	ms::Surface const &surface, std::vector<msh::StreamSpecification> const &streams)
{
	auto const tell = [this, known = &surface](auto) { mark(known, Notices::dirty); };

	if (!surface.visible())
		return;
	for (auto const &each : streams)
		if (auto const stream = each.stream.lock())
			stream->set_frame_posted_callback(tell);
}

void Windows::request(ms::Surface const *surface, uint8_t kind, uint32_t arg)
{
	if (auto const window = of(surface))
		mir.notices.request({window, kind, arg});
}

auto Windows::find(uint32_t id) const -> std::shared_ptr<Window>
{
	auto const i = by_id.find(id);

	return i == by_id.end() ? nullptr : i->second;
}

auto Windows::find(wl_client const *client, uint32_t wl_surface) const -> std::shared_ptr<Window>
{
	for (auto const &[id, window] : by_id)
		if (window->client == client && window->wl_surface == wl_surface)
			return window;
	return {};
}

auto Windows::surface(uint32_t id) const -> std::shared_ptr<ms::Surface>
{
	auto const window = find(id);

	return window ? window->surface.lock() : nullptr;
}

void Windows::gone(Window &window)
{
	by_id.erase(window.id);
	if (window.reported)
		mir.ops.window_gone(mir.user, window.id);
	window.reported = window.dirty_told = window.dirty = false;
	window.id = 0;
	window.layers.clear();
}

void Windows::tell_content(Window &window)
{
	if (std::exchange(window.fetched, false) && window.reported && mir.ops.fetched)
		mir.ops.fetched(mir.user, window.id);
	if (!window.reported || !window.dirty || window.dirty_told)
		return;
	window.dirty_told = true;
	window.dirty = false;
	mir.ops.dirty(mir.user, window.id);
}

// False: the window waits for its parent to be reported.
auto Windows::update(std::shared_ptr<Window> const &window, uint8_t marks) -> bool
{
	auto const surface = window->surface.lock();

	window->dirty |= (marks & Notices::dirty) != 0;
	window->fetched |= (marks & Notices::fetched) != 0;
	if (window->reported && !(marks & (Notices::changed | Notices::removed)))
		return true;
	if (marks & Notices::removed || !surface || !is_mapped(*surface)) {
		gone(*window);
		return true;
	}
	if (surface->type() == mir_window_type_decoration)
		return true;
	if (!window->id) {
		window->id = ++last_id;
		by_id[window->id] = window;
	}
	// Inside a commit Mir knows but half of what the client has set.
	auto gate = mir.mirror.gate.between_commits();
	Description now = describe(*window, *surface);
	gate.unlock();
	auto const parent = find(now.window.parent);
	if (parent && !parent->reported)
		return false;
	if (window->reported && now.same_as(window->told))
		return true;
	window->reported = true;
	window->told = std::move(now);
	window->told.window.title = window->told.title.c_str();
	window->told.window.app_id = window->told.app_id.c_str();
	mir.ops.window(mir.user, &window->told.window);
	return true;
}

void Windows::deliver(Batch &&batch)
{
	std::vector<std::shared_ptr<Window>> waiting = std::exchange(waiting_parent, {});
	std::vector<std::shared_ptr<Window>> touched = waiting;

	for (auto const &window : batch.windows)
		if (uint8_t const marks = mir.notices.marks(*window)) {
			touched.push_back(window);
			if (!update(window, marks))
				waiting.push_back(window);
		}
	// Parents may have come after their children.
	for (size_t before = waiting.size() + 1; waiting.size() < before;) {
		before = waiting.size();
		std::erase_if(waiting,
			[this](auto const &window) { return update(window, Notices::changed); });
	}
	for (auto const &window : waiting)
		if (std::ranges::find(waiting_parent, window) == waiting_parent.end())
			waiting_parent.push_back(window);
	std::ranges::move(batch.requests, std::back_inserter(requests));
	std::erase_if(requests, [this](auto const &request) {
		if (!request.window->reported) // yet, unless it is gone
			return request.window->surface.expired();
		mir.ops.request(mir.user, request.window->id, request.kind, request.arg);
		return true;
	});
	for (auto const &[client, surface] : batch.shortcuts)
		if (auto const window = find(client, surface))
			mir.notices.mark(window, Notices::changed);
	for (auto const &[client, surface] : batch.menus)
		if (auto const window = find(client, surface))
			mir.ops.request(mir.user, window->id, ORIEL_REQUEST_MENU, 0);
	for (auto const &window : touched)
		tell_content(*window);
}
} // namespace oriel
