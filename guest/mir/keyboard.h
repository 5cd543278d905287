// SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
// The host's keyboard: layout, keys that are held, locks. The core thread only, but for start().
#pragma once

#include "guest/mir/compat.h"
#include <memory>
#include <mir/input/virtual_input_device.h>
#include <set>
#include <span>
#include <string>

struct xkb_context;
struct xkb_keymap;
struct xkb_state;

namespace mir
{
class Server;
namespace input
{
class Device;
}
} // namespace mir

namespace oriel
{
struct KeymapNames {
	std::string model, layout, variant, options; // "": default
};

class Keyboard
{
      public:
	Keyboard();
	~Keyboard();

	void start(mir::Server &server);

	// False: XKB knows no such keymap, the old one stays. Not live: it is used from start() on.
	auto set_keymap(KeymapNames const &names, bool live) -> bool;

	void key(uint32_t code, bool down);
	// Lets go the keys that are down but not in the list.
	void release_others(std::span<uint32_t const> keys);
	// Whether set_state() would send anything.
	auto differs(std::span<uint32_t const> keys, uint32_t locked) const -> bool;
	// Presses the keys of the list that are not down and turns the locks. Best called while no
	// client is focused: the next one then gets all of it with its focus, and no events.
	// `locked` as in the focus message.
	void set_state(std::span<uint32_t const> keys, uint32_t locked);

      private:
	void send(uint32_t code, bool down);
	auto is_locked(char const *led) const -> bool;
	void set_lock(char const *led, uint32_t code, bool on);
	auto load(KeymapNames const &names) -> xkb_keymap *;
	void apply();

	std::shared_ptr<mi::VirtualInputDevice> const device;
	std::weak_ptr<mi::Device> registered;
	KeymapNames names;
	xkb_context *const context;
	xkb_state *state{}; // as Mir's own, to know which locks are on
	std::set<uint32_t> down;
};
} // namespace oriel
