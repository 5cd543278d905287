// SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
#include "guest/mir/shell.h"
#include "guest/mir/adapter_impl.h"
#include "guest/mir/internal_client.h"
#include <mir/scene/session.h>
#include <mir/scene/surface.h>
#include <mir/shell/surface_specification.h>

extern "C" {
#include "src/wire/messages.h"
}

namespace oriel
{
thread_local std::optional<geom::Point> Shell::wanted_position;

namespace
{
// xdg_positioner.constraint_adjustment
enum Adjustment : uint32_t {
	slide_x = 1,
	slide_y = 2,
	flip_x = 4,
	flip_y = 8,
	resize_x = 16,
	resize_y = 32,
};

auto placement_hints(uint32_t adjustment) -> MirPlacementHints
{
	uint32_t hints = 0;

	for (auto const &[bit, hint] : {std::pair{slide_x, mir_placement_hints_slide_x},
		     {slide_y, mir_placement_hints_slide_y}, {flip_x, mir_placement_hints_flip_x},
		     {flip_y, mir_placement_hints_flip_y}, {resize_x, mir_placement_hints_resize_x},
		     {resize_y, mir_placement_hints_resize_y}})
		if (adjustment & bit)
			hints |= hint;
	return MirPlacementHints(hints);
}

auto is_x11(ms::Session const &session) -> bool
{
	return session.socket_fd() < 0 || is_internal_client(session.socket_fd());
}

auto describes(msh::SurfaceSpecification const &spec) -> bool
{
	return spec.min_width || spec.min_height || spec.max_width || spec.max_height ||
	       spec.parent || spec.type || spec.focus_mode || spec.input_shape ||
	       spec.confine_pointer;
}
} // namespace

Shell::Shell(std::shared_ptr<msh::Shell> const &wrapped, oriel_mir &mir)
    : ShellWrapper{wrapped}, mir{mir}
{
}

auto Shell::amend(ms::Session const &session, msh::SurfaceSpecification const &spec) const
	-> msh::SurfaceSpecification
{
	msh::SurfaceSpecification result = spec;
	bool const decorated = spec.server_side_decorated && spec.server_side_decorated.value();

	// Managed X11 windows with a parent are dialogs; Mir takes them for menus.
	if (is_x11(session) && decorated && spec.type && spec.type.value() == mir_window_type_menu)
		result.type = mir_window_type_dialog;
	if (spec.server_side_decorated)
		result.server_side_decorated = false;
	wl_resource *const popup = mir.mirror.committing();
	if (popup && spec.placement_hints && !is_x11(session))
		if (uint32_t const adjustment = mir.mirror.popup_adjustment(popup))
			result.placement_hints = placement_hints(adjustment);
	if (is_x11(session) && !decorated && spec.top_left)
		wanted_position = spec.top_left.value();
	return result;
}

void Shell::created(msh::SurfaceSpecification const &spec, ms::Surface const &surface)
{
	wanted_position.reset();
	if (spec.server_side_decorated)
		mir.windows->set_decorated(surface, spec.server_side_decorated.value());
	// The client wants to start like that: the host decides.
	if (!mir.own_policy && spec.state)
		switch (spec.state.value()) {
		case mir_window_state_maximized:
			return mir.windows->request(
				&surface, ORIEL_REQUEST_STATE, ORIEL_STATE_MAXIMIZED);
		case mir_window_state_fullscreen:
			return mir.windows->request(
				&surface, ORIEL_REQUEST_STATE, ORIEL_STATE_FULLSCREEN);
		case mir_window_state_minimized:
			return mir.windows->request(
				&surface, ORIEL_REQUEST_STATE, ORIEL_STATE_MINIMIZED);
		default:
			break;
		}
}

#if ORIEL_MIR_AT_LEAST(21)
auto Shell::create_surface(std::shared_ptr<ms::Session> const &session,
	msh::SurfaceSpecification const &spec, std::shared_ptr<ms::SurfaceObserver> const &observer,
	mir::Executor *executor) -> std::shared_ptr<ms::Surface>
{
	auto const surface =
		ShellWrapper::create_surface(session, amend(*session, spec), observer, executor);
	created(spec, *surface);
	return surface;
}
#else
auto Shell::create_surface(std::shared_ptr<ms::Session> const &session,
	mir::wayland::Weak<mir::frontend::WlSurface> const &wayland_surface,
	msh::SurfaceSpecification const &spec, std::shared_ptr<ms::SurfaceObserver> const &observer,
	mir::Executor *executor) -> std::shared_ptr<ms::Surface>
{
	auto const surface = ShellWrapper::create_surface(
		session, wayland_surface, amend(*session, spec), observer, executor);
	created(spec, *surface);
	return surface;
}
#endif

void Shell::modify_surface(std::shared_ptr<ms::Session> const &session,
	std::shared_ptr<ms::Surface> const &surface, msh::SurfaceSpecification const &modifications)
{
	if (modifications.server_side_decorated) {
		msh::SurfaceSpecification rest = modifications;
		mir.windows->set_decorated(*surface, rest.server_side_decorated.consume());
		ShellWrapper::modify_surface(session, surface, rest);
	} else {
		ShellWrapper::modify_surface(session, surface, modifications);
	}
	uint8_t marks = 0;
	if (modifications.streams) {
		marks |= Notices::dirty; // subsurfaces have come, gone or moved
		mir.windows->follow(*surface, modifications.streams.value());
	}
	if (describes(modifications))
		marks |= Notices::changed;
	if (marks)
		mir.windows->mark(surface.get(), marks);
}
} // namespace oriel
