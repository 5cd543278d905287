// SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
// The host's keyboard, pointer and touch screen as virtual input devices of Mir.
// The core thread only, but for start().
#pragma once

#include "guest/mir/adapter.h"
#include "guest/mir/compat.h"
#include "guest/mir/keyboard.h"
#include <map>
#include <memory>
#include <mir/events/scroll_axis.h>
#include <mir/geometry/displacement.h>
#include <mir/geometry/point.h>
#include <mir/input/virtual_input_device.h>
#include <mir_toolkit/event.h>

namespace mir
{
class Server;
}

namespace oriel
{
class Input
{
      public:
	Input();

	// Adds the devices to Mir.
	void start(mir::Server &server);

	// Positions are Mir's, that is on the desktop.
	void motion(geom::PointF position, geom::DisplacementF moved);
	void leave(geom::Point parking);
	void button(uint32_t code, bool down);
	void axis(uint8_t source, geom::DisplacementF moved, int x120, int y120, bool stop);
	void touch(uint32_t point, uint8_t action, geom::PointF position);
	// For tests: movement that Mir adds up itself.
	void relative_motion(geom::DisplacementF moved);

	Keyboard keyboard;

      private:
	void pointer_event(MirPointerAction action, std::optional<geom::PointF> position,
		geom::DisplacementF moved,
		MirPointerAxisSource source = mir_pointer_axis_source_none,
		mir::events::ScrollAxisH horizontal = {}, mir::events::ScrollAxisV vertical = {});
	// Clicks of 120ths that were added up on an axis.
	static auto clicks(int &rest, int v120) -> int;

	std::shared_ptr<mi::VirtualInputDevice> const pointer, touch_screen;
	MirPointerButtons buttons{0};
	std::optional<geom::PointF> at;
	int rest_x{0}, rest_y{0};
	std::map<uint32_t, geom::PointF> touches;
};
} // namespace oriel
