// SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
// From what Mir knows of a surface to what the host should see as a window.
#include "guest/mir/adapter_impl.h"
#include "guest/mir/internal_client.h"
#include <algorithm>
#include <limits>
#include <mir/scene/session.h>
#include <mir/scene/surface.h>
#include <miral/window_info.h>

extern "C" {
#include "src/wire/messages.h"
}

namespace oriel
{
namespace
{
auto state_of(MirWindowState state) -> uint8_t
{
	switch (state) {
	case mir_window_state_minimized:
		return ORIEL_STATE_MINIMIZED;
	case mir_window_state_maximized:
		return ORIEL_STATE_MAXIMIZED;
	case mir_window_state_fullscreen:
		return ORIEL_STATE_FULLSCREEN;
	case mir_window_state_vertmaximized:
	case mir_window_state_horizmaximized:
	case mir_window_state_attached:
		return ORIEL_STATE_TILED;
	default:
		return ORIEL_STATE_NORMAL;
	}
}

auto content_of(ms::Surface const &surface) -> geom::Rectangle
{
	return {surface.top_left() + surface.content_offset(), surface.content_size()};
}

// Popups of Wayland clients that let all input through are tooltips.
auto takes_input(ms::Surface const &surface) -> bool
{
	auto const region = surface.get_input_region();

	return region.empty() || std::ranges::any_of(region, [](auto const &r) {
		return r.size.width.as_int() > 0 && r.size.height.as_int() > 0;
	});
}

// Sessions of X11 programs have no socket; those that don't tell who they are share Xwayland's.
void describe_client(oriel_mir_window &to, ms::Surface const &surface)
{
	auto const session = surface.session().lock();

	if (!session)
		return;
	bool const shared = is_internal_client(session->socket_fd());
	if (session->socket_fd() < 0 || shared)
		to.flags |= ORIEL_WINDOW_X11;
	to.pid = shared ? 0 : session->process_id();
}

auto pointer_mode(MirPointerConfinementState state) -> uint8_t
{
	switch (state) {
	case mir_pointer_confined_oneshot:
	case mir_pointer_confined_persistent:
		return ORIEL_POINTER_CONFINED;
	case mir_pointer_locked_oneshot:
	case mir_pointer_locked_persistent:
		return ORIEL_POINTER_LOCKED;
	default:
		return ORIEL_POINTER_FREE;
	}
}

auto limit(int value) -> uint32_t
{
	return value <= 0 || value >= ORIEL_MAX_SIDE ? 0 : value;
}

void describe_limits(oriel_mir_window &to, miral::WindowInfo const &info)
{
	to.min_width = limit(info.min_width().as_int());
	to.min_height = limit(info.min_height().as_int());
	to.max_width = limit(info.max_width().as_int());
	to.max_height = limit(info.max_height().as_int());
	bool const fixed = to.min_width && to.min_width == to.max_width && to.min_height &&
			   to.min_height == to.max_height;
	if (!fixed)
		to.flags |= ORIEL_WINDOW_RESIZABLE;
	if (info.focus_mode() != mir_focus_mode_disabled)
		to.flags |= ORIEL_WINDOW_FOCUSABLE;
}
} // namespace

// What Mir's types mean depends on where they come from: an xdg_popup is a tip until it grabs.
void Windows::describe_role(Description &to, Window const &window, ms::Surface &surface) const
{
	bool const x11 = to.window.flags & ORIEL_WINDOW_X11;

	to.window.kind = ORIEL_KIND_TOPLEVEL;
	switch (surface.type()) {
	case mir_window_type_menu:
		to.window.kind = ORIEL_KIND_POPUP;
		to.window.flags |= ORIEL_WINDOW_GRAB;
		break;
	case mir_window_type_tip:
	case mir_window_type_gloss:
		to.window.kind =
			x11 || !takes_input(surface) ? ORIEL_KIND_TOOLTIP : ORIEL_KIND_POPUP;
		break;
	default:
		break;
	}
	if (x11)
		describe_x11(to, window, surface);
	if (to.window.kind != ORIEL_KIND_TOPLEVEL)
		to.window.flags &= ~(ORIEL_WINDOW_RESIZABLE | ORIEL_WINDOW_FOCUSABLE);
	else if (window.decorated)
		to.window.flags |= ORIEL_WINDOW_DECORATED;
}

// Menus of the older X11 toolkits don't say that they are menus. They bypass the window manager
// and have no class, which windows that only draw their own frame always have.
void Windows::describe_x11(Description &to, Window const &window, ms::Surface &surface) const
{
	bool const bare = !window.decorated && to.app_id.empty() && to.title.empty();

	if (to.window.kind == ORIEL_KIND_TOPLEVEL && bare &&
		surface.type() == mir_window_type_freestyle) {
		to.window.kind = ORIEL_KIND_POPUP;
		to.window.flags |= ORIEL_WINDOW_GRAB;
	}
	if (to.window.kind != ORIEL_KIND_TOPLEVEL && !to.window.parent)
		to.window.parent = x11_parent(window);
	if (to.window.kind != ORIEL_KIND_TOPLEVEL && !to.window.parent)
		to.window.kind = ORIEL_KIND_TOPLEVEL;
}

// The X11 window that a popup without a parent most likely belongs to: the one in use, else the
// newest of the same program, else the newest.
auto Windows::x11_parent(Window const &window) const -> uint32_t
{
	uint32_t best = 0;
	int best_rank = 0;
	auto const surface = window.surface.lock();
	auto const session = surface ? surface->session().lock() : nullptr;
	pid_t const pid = session ? session->process_id() : 0;

	for (auto const &[id, other] : by_id) {
		auto const &o = other->told.window;
		if (other.get() == &window || !other->reported || !(o.flags & ORIEL_WINDOW_X11) ||
			o.kind != ORIEL_KIND_TOPLEVEL)
			continue;
		int const rank = id == focused ? 3 : o.pid == pid ? 2 : 1;
		if (rank >= best_rank) {
			best = id;
			best_rank = rank;
		}
	}
	return best;
}

void Windows::place(Description &to, ms::Surface const &surface) const
{
	geom::Rectangle const area = content_of(surface);
	auto const parent = this->surface(to.window.parent);

	to.window.content = {area.top_left.x.as_int(), area.top_left.y.as_int(),
		area.size.width.as_int(), area.size.height.as_int()};
	if (!parent || to.window.kind == ORIEL_KIND_TOPLEVEL)
		return;
	geom::Displacement const offset = area.top_left - content_of(*parent).top_left;
	to.window.offset_x = offset.dx.as_int();
	to.window.offset_y = offset.dy.as_int();
}

auto Windows::describe(Window const &window, ms::Surface &surface) const -> Description
{
	Description to;
	bool managed = false;
	std::shared_ptr<ms::Surface> parent;

	to.window.id = window.id;
	to.title = surface.name();
	to.app_id = surface.application_id();
	to.window.state = state_of(surface.state());
	if (surface.focus_state() == mir_window_focus_state_focused)
		to.window.flags |= ORIEL_WINDOW_FOCUSED;
	to.window.pointer = pointer_mode(surface.confine_pointer_state());
	to.window.shortcuts = mir.shortcuts.wish(window.client, window.wl_surface);
	describe_client(to.window, surface);
	mir.with_window(&surface, [&](miral::WindowInfo &info) {
		managed = true;
		parent = info.parent();
		describe_limits(to.window, info);
	});
	if (parent)
		if (auto const known = of(parent.get()))
			to.window.parent = known->id;
	if (managed)
		describe_role(to, window, surface);
	else if (surface.depth_layer() == mir_depth_layer_overlay)
		to.window.kind = ORIEL_KIND_DRAG_ICON; // shown without the window manager
	else
		return window.told; // about to go
	place(to, surface);
	return to;
}
} // namespace oriel
