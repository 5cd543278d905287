// SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
#include "guest/mir/keyboard.h"
#include <algorithm>
#include <linux/input-event-codes.h>
#include <mir/input/device.h>
#include <mir/input/event_builder.h>
#include <mir/input/input_device_registry.h>
#include <mir/input/input_sink.h>
#include <mir/input/mir_keyboard_config.h>
#include <mir/input/parameter_keymap.h>
#include <mir/server.h>
#include <stdexcept>
#include <vector>
#include <xkbcommon/xkbcommon.h>

namespace oriel
{
namespace
{
constexpr uint32_t xkb_offset = 8; // XKB key codes are evdev's plus 8

enum Locked : uint32_t {
	caps_lock = 1,
	num_lock = 2,
	scroll_lock = 4,
};

auto or_default(std::string const &value, char const *other) -> std::string
{
	return value.empty() ? other : value;
}
} // namespace

Keyboard::Keyboard()
    : device{std::make_shared<mi::VirtualInputDevice>(
	      "oriel-keyboard", mi::DeviceCapabilities{mi::DeviceCapability::keyboard} |
					mi::DeviceCapability::alpha_numeric)},
      context{xkb_context_new(XKB_CONTEXT_NO_FLAGS)}
{
	if (!context)
		throw std::runtime_error{"out of memory for XKB"};
	if (!set_keymap({}, false))
		throw std::runtime_error{"XKB finds no keymap: install xkb-data"};
}

Keyboard::~Keyboard()
{
	xkb_state_unref(state);
	xkb_context_unref(context);
}

void Keyboard::start(mir::Server &server)
{
	registered = server.the_input_device_registry()->add_device(device);
	apply();
}

auto Keyboard::load(KeymapNames const &n) -> xkb_keymap *
{
	xkb_rule_names const rules{
		"evdev", n.model.c_str(), n.layout.c_str(), n.variant.c_str(), n.options.c_str()};

	return xkb_keymap_new_from_names(context, &rules, XKB_KEYMAP_COMPILE_NO_FLAGS);
}

auto Keyboard::set_keymap(KeymapNames const &wanted, bool live) -> bool
{
	KeymapNames const full{or_default(wanted.model, mi::ParameterKeymap::default_model),
		or_default(wanted.layout, mi::ParameterKeymap::default_layout), wanted.variant,
		wanted.options};
	xkb_keymap *const keymap = load(full);

	if (!keymap)
		return false;
	xkb_state_unref(state);
	state = xkb_state_new(keymap);
	xkb_keymap_unref(keymap);
	names = full;
	if (live)
		apply();
	return true;
}

// A new keymap makes Mir forget which keys are down.
void Keyboard::apply()
{
	if (auto const to = registered.lock()) {
		std::shared_ptr<mi::Keymap> const keymap = std::make_shared<mi::ParameterKeymap>(
			names.model, names.layout, names.variant, names.options);
		to->apply_keyboard_configuration(MirKeyboardConfig{keymap});
	}
	std::vector<uint32_t> const held{down.begin(), down.end()};
	for (uint32_t const code : held)
		xkb_state_update_key(state, code + xkb_offset, XKB_KEY_DOWN);
	device->if_started_then(
		[&](mi::InputSink *sink, mi::EventBuilder *) { sink->key_state(held); });
}

void Keyboard::send(uint32_t code, bool pressed)
{
	device->if_started_then([&](mi::InputSink *sink, mi::EventBuilder *builder) {
		sink->handle_input(builder->key_event(std::nullopt,
			pressed ? mir_keyboard_action_down : mir_keyboard_action_up,
			XKB_KEY_NoSymbol, int(code)));
	});
	xkb_state_update_key(state, code + xkb_offset, pressed ? XKB_KEY_DOWN : XKB_KEY_UP);
}

void Keyboard::key(uint32_t code, bool pressed)
{
	bool const changed = pressed ? down.insert(code).second : down.erase(code) != 0;

	if (changed)
		send(code, pressed);
}

void Keyboard::release_others(std::span<uint32_t const> keys)
{
	std::set<uint32_t> const keep{keys.begin(), keys.end()};

	for (uint32_t const code : std::set{down})
		if (!keep.contains(code))
			key(code, false);
}

auto Keyboard::is_locked(char const *led) const -> bool
{
	return xkb_state_led_name_is_active(state, led) > 0;
}

// Pressing the key is the only way to turn a lock: nothing else reaches all of Mir's keymaps. In
// layouts without that key nothing changes, and then the key has done no harm.
void Keyboard::set_lock(char const *led, uint32_t code, bool on)
{
	if (is_locked(led) == on || down.contains(code))
		return;
	send(code, true);
	send(code, false);
}

auto Keyboard::differs(std::span<uint32_t const> keys, uint32_t locked) const -> bool
{
	auto const is_down = [this](uint32_t code) { return down.contains(code); };

	return !std::ranges::all_of(keys, is_down) ||
	       is_locked(XKB_LED_NAME_CAPS) != bool(locked & caps_lock) ||
	       is_locked(XKB_LED_NAME_NUM) != bool(locked & num_lock) ||
	       is_locked(XKB_LED_NAME_SCROLL) != bool(locked & scroll_lock);
}

void Keyboard::set_state(std::span<uint32_t const> keys, uint32_t locked)
{
	set_lock(XKB_LED_NAME_CAPS, KEY_CAPSLOCK, locked & caps_lock);
	set_lock(XKB_LED_NAME_NUM, KEY_NUMLOCK, locked & num_lock);
	set_lock(XKB_LED_NAME_SCROLL, KEY_SCROLLLOCK, locked & scroll_lock);
	for (uint32_t const code : keys)
		key(code, true);
}
} // namespace oriel
