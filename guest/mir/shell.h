// SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
// What clients ask of windows, seen before Mir sees it. Keeps Mir from drawing window frames, as
// the host draws them, and mends what Mir loses of what the client meant. On Mir's threads.
#pragma once

#include "guest/mir/compat.h"
#include <mir/shell/shell_wrapper.h>
#include <optional>

struct oriel_mir;

namespace oriel
{
class Shell : public msh::ShellWrapper
{
      public:
	Shell(std::shared_ptr<msh::Shell> const &wrapped, oriel_mir &mir);

#if ORIEL_MIR_AT_LEAST(21)
	auto create_surface(std::shared_ptr<ms::Session> const &session,
		msh::SurfaceSpecification const &spec,
		std::shared_ptr<ms::SurfaceObserver> const &observer, mir::Executor *executor)
		-> std::shared_ptr<ms::Surface> override;
#else
	auto create_surface(std::shared_ptr<ms::Session> const &session,
		mir::wayland::Weak<mir::frontend::WlSurface> const &wayland_surface,
		msh::SurfaceSpecification const &spec,
		std::shared_ptr<ms::SurfaceObserver> const &observer, mir::Executor *executor)
		-> std::shared_ptr<ms::Surface> override;
#endif
	void modify_surface(std::shared_ptr<ms::Session> const &session,
		std::shared_ptr<ms::Surface> const &surface,
		msh::SurfaceSpecification const &modifications) override;

	// Where the X11 window that is being created has put itself: Mir's placement loses it.
	static thread_local std::optional<geom::Point> wanted_position;

      private:
	auto amend(ms::Session const &session, msh::SurfaceSpecification const &spec) const
		-> msh::SurfaceSpecification;
	void created(msh::SurfaceSpecification const &spec, ms::Surface const &surface);

	oriel_mir &mir;
};
} // namespace oriel
