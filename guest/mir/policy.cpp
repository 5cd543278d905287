// SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
#include "guest/mir/policy.h"
#include "guest/mir/adapter_impl.h"
#include "guest/mir/shell.h"
#include <mir/scene/surface.h>

extern "C" {
#include "src/wire/messages.h"
}

namespace oriel
{
namespace
{
auto surface_of(miral::WindowInfo const &info) -> std::shared_ptr<ms::Surface>
{
	return info.window();
}

auto wire_state(MirWindowState state) -> uint32_t
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
		return ORIEL_STATE_TILED;
	default:
		return ORIEL_STATE_NORMAL;
	}
}

auto wire_edges(MirResizeEdge edge) -> uint32_t
{
	return (edge & mir_resize_edge_north ? ORIEL_EDGE_TOP : 0) |
	       (edge & mir_resize_edge_south ? ORIEL_EDGE_BOTTOM : 0) |
	       (edge & mir_resize_edge_west ? ORIEL_EDGE_LEFT : 0) |
	       (edge & mir_resize_edge_east ? ORIEL_EDGE_RIGHT : 0);
}

// Mir uses this state for windows that the client maps and unmaps: not the host's business.
auto is_about_mapping(MirWindowState before, MirWindowState after) -> bool
{
	return before == mir_window_state_hidden || after == mir_window_state_hidden;
}
} // namespace

Policy::Policy(miral::WindowManagerTools const &tools, oriel_mir &mir)
    : MinimalWindowManager{tools}, mir{mir}
{
	mir.tools = &this->tools;
}

Policy::~Policy()
{
	mir.tools = nullptr;
}

void Policy::request(miral::WindowInfo const &info, uint8_t kind, uint32_t arg)
{
	mir.windows->request(surface_of(info).get(), kind, arg);
}

auto Policy::place_new_window(miral::ApplicationInfo const &app,
	miral::WindowSpecification const &requested) -> miral::WindowSpecification
{
	auto spec = MinimalWindowManager::place_new_window(app, requested);

	// Mir has put it in the middle, whatever the client wanted.
	if (Shell::wanted_position && !spec.placement_hints().is_set())
		spec.top_left() = *Shell::wanted_position;
	return spec;
}

// Focus goes where the host says.
void Policy::handle_window_ready(miral::WindowInfo &info)
{
	if (mir.own_policy)
		MinimalWindowManager::handle_window_ready(info);
}

void Policy::handle_modify_window(
	miral::WindowInfo &info, miral::WindowSpecification const &modifications)
{
	auto const &state = modifications.state();

	if (mir.own_policy || !state.is_set() || is_about_mapping(info.state(), state.value()))
		return MinimalWindowManager::handle_modify_window(info, modifications);
	// Place and size are what Mir worked out for the state.
	miral::WindowSpecification rest{modifications};
	if (state.value() != info.state()) {
		request(info, ORIEL_REQUEST_STATE, wire_state(state.value()));
		if (rest.top_left().is_set())
			rest.top_left().consume();
		if (rest.size().is_set())
			rest.size().consume();
	}
	rest.state().consume();
	if (rest.output_id().is_set())
		rest.output_id().consume();
	MinimalWindowManager::handle_modify_window(info, rest);
}

void Policy::handle_raise_window(miral::WindowInfo &info)
{
	if (mir.own_policy)
		MinimalWindowManager::handle_raise_window(info);
	else
		request(info, ORIEL_REQUEST_ACTIVATE);
}

// Called when outputs change, too: the host moves its windows by itself then.
auto Policy::confirm_placement_on_display(miral::WindowInfo const &info, MirWindowState state,
	mir::geometry::Rectangle const &placement) -> mir::geometry::Rectangle
{
	auto const &window = info.window();

	if (mir.own_policy || !window || info.state() != state ||
		info.state() == mir_window_state_attached)
		return MinimalWindowManager::confirm_placement_on_display(info, state, placement);
	return {window.top_left(), window.size()};
}

auto Policy::handle_keyboard_event(MirKeyboardEvent const *event) -> bool
{
	return mir.own_policy && MinimalWindowManager::handle_keyboard_event(event);
}

auto Policy::handle_touch_event(MirTouchEvent const *event) -> bool
{
	return mir.own_policy && MinimalWindowManager::handle_touch_event(event);
}

auto Policy::handle_pointer_event(MirPointerEvent const *event) -> bool
{
	return mir.own_policy && MinimalWindowManager::handle_pointer_event(event);
}

void Policy::handle_request_move(miral::WindowInfo &info, MirInputEvent const *event)
{
	if (mir.own_policy)
		MinimalWindowManager::handle_request_move(info, event);
	else
		request(info, ORIEL_REQUEST_MOVE);
}

void Policy::handle_request_resize(
	miral::WindowInfo &info, MirInputEvent const *event, MirResizeEdge edge)
{
	if (mir.own_policy)
		MinimalWindowManager::handle_request_resize(info, event, edge);
	else
		request(info, ORIEL_REQUEST_RESIZE, wire_edges(edge));
}
} // namespace oriel
