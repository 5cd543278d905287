// SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
#include "guest/mir/input.h"
#include <array>
#include <linux/input-event-codes.h>
#include <mir/input/event_builder.h>
#include <mir/input/input_device_registry.h>
#include <mir/input/input_sink.h>
#include <mir/server.h>

extern "C" {
#include "src/wire/messages.h"
}

namespace oriel
{
namespace
{
using Capability = mi::DeviceCapability;

auto button_bit(uint32_t code) -> MirPointerButtons
{
	switch (code) {
	case BTN_LEFT:
		return mir_pointer_button_primary;
	case BTN_RIGHT:
		return mir_pointer_button_secondary;
	case BTN_MIDDLE:
		return mir_pointer_button_tertiary;
	case BTN_SIDE:
		return mir_pointer_button_side;
	case BTN_EXTRA:
		return mir_pointer_button_extra;
	case BTN_FORWARD:
		return mir_pointer_button_forward;
	case BTN_BACK:
		return mir_pointer_button_back;
	case BTN_TASK:
		return mir_pointer_button_task;
	default:
		return 0;
	}
}

auto axis_source(uint8_t source) -> MirPointerAxisSource
{
	switch (source) {
	case ORIEL_AXIS_WHEEL:
		return mir_pointer_axis_source_wheel;
	case ORIEL_AXIS_FINGER:
		return mir_pointer_axis_source_finger;
	default:
		return mir_pointer_axis_source_continuous;
	}
}
} // namespace

Input::Input()
    : pointer{std::make_shared<mi::VirtualInputDevice>(
	      "oriel-pointer", mi::DeviceCapabilities{Capability::pointer})},
      touch_screen{std::make_shared<mi::VirtualInputDevice>("oriel-touch",
	      mi::DeviceCapabilities{Capability::touchscreen} | Capability::multitouch)}
{
}

void Input::start(mir::Server &server)
{
	auto const registry = server.the_input_device_registry();

	registry->add_device(pointer);
	registry->add_device(touch_screen);
	keyboard.start(server);
}

void Input::pointer_event(MirPointerAction action, std::optional<geom::PointF> position,
	geom::DisplacementF moved, MirPointerAxisSource source, mir::events::ScrollAxisH horizontal,
	mir::events::ScrollAxisV vertical)
{
	pointer->if_started_then([&](mi::InputSink *sink, mi::EventBuilder *builder) {
		sink->handle_input(builder->pointer_event(std::nullopt, action, buttons, position,
			moved, source, horizontal, vertical));
	});
}

void Input::motion(geom::PointF position, geom::DisplacementF moved)
{
	at = position;
	pointer_event(mir_pointer_action_motion, at, moved);
}

// The pointer may be parked on a window, if there is one in that corner: Mir sends the client
// under it the leave event that it would have got from there.
void Input::leave(geom::Point parking)
{
	if (!at)
		return;
	at = geom::PointF{parking};
	pointer_event(mir_pointer_action_leave, at, {});
}

void Input::button(uint32_t code, bool down)
{
	MirPointerButtons const bit = button_bit(code);

	if (!bit || bool(buttons & bit) == down)
		return;
	buttons ^= bit;
	pointer_event(down ? mir_pointer_action_button_down : mir_pointer_action_button_up, at, {});
}

auto Input::clicks(int &rest, int v120) -> int
{
	if ((rest < 0) != (v120 < 0))
		rest = 0;
	rest += v120;
	int const whole = rest / 120;
	rest -= whole * 120;
	return whole;
}

void Input::axis(uint8_t source, geom::DisplacementF moved, int x120, int y120, bool stop)
{
	mir::events::ScrollAxisH horizontal{
		moved.dx, geom::DeltaX{clicks(rest_x, x120)}, geom::DeltaX{x120}, stop};
	mir::events::ScrollAxisV vertical{
		moved.dy, geom::DeltaY{clicks(rest_y, y120)}, geom::DeltaY{y120}, stop};

	pointer_event(mir_pointer_action_motion, at, {}, axis_source(source), horizontal, vertical);
}

void Input::relative_motion(geom::DisplacementF moved)
{
	at.reset();
	pointer_event(mir_pointer_action_motion, at, moved);
}

// Mir's events carry all points of the screen, with what has become of each.
void Input::touch(uint32_t point, uint8_t action, geom::PointF position)
{
	static constexpr std::array actions{
		mir_touch_action_down, mir_touch_action_change, mir_touch_action_up};
	std::vector<mir::events::TouchContact> contacts;

	if (action >= actions.size() || (action != 0 && !touches.contains(point)))
		return;
	touches[point] = position;
	for (auto const &[id, where] : touches)
		contacts.emplace_back(MirTouchId(id),
			id == point ? actions[action] : mir_touch_action_change,
			mir_touch_tooltype_finger, where, 1.0f, 1.0f, 1.0f, 0.0f);
	if (action == 2)
		touches.erase(point);
	touch_screen->if_started_then([&](mi::InputSink *sink, mi::EventBuilder *builder) {
		sink->handle_input(builder->touch_event(std::nullopt, contacts));
	});
}
} // namespace oriel
