// SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
// Clipboard and primary selection of the Wayland clients. What they copy is seen by libwayland's
// protocol logger, and read as Mir would read it; what the host offers is set by a client of our
// own, inside of this process, that has no windows: Mir lets anybody set selections. X11 programs
// are not seen here, see guest/clipboard_x11.c.
#pragma once

#include "guest/mir/adapter.h"
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

struct wl_client;
struct wl_display;

namespace oriel
{
constexpr int selection_count = 2; // enum oriel_selection

class Selections
{
      public:
	using Types = std::vector<std::string>;

	// `wake` is called on the Wayland thread.
	explicit Selections(std::function<void()> wake);
	~Selections();

	// The Wayland thread.
	void watch(wl_display *display);
	// No types: takes back what was offered. known: what known_copies() was then; what a client
	// has copied since stands.
	void offer(uint8_t selection, Types &&types, unsigned known);
	void read(uint8_t selection, std::string const &type, int fd); // takes fd
	void stop();                                                   // disconnects our own client
	auto is_own(wl_client const *client) const -> bool;
	std::function<void()> on_x11_started;

	// The core thread: tells what has happened.
	void deliver(oriel_mir_ops const &ops, void *user);
	auto known_copies(uint8_t selection) const -> unsigned;

      private:
	struct Send {
		uint8_t selection;
		std::string type;
		int fd;
	};
	struct Change {
		Types types;
		unsigned copies;
	};
	// What the core thread has not been told yet.
	struct Batch {
		std::optional<Change> changed[selection_count];
		std::vector<Send> sends;
		bool x11_started{false};
	};
	struct Watcher;
	struct Owner;

	void changed(uint8_t selection, Types const &types);
	void overtook(uint8_t selection);
	void send(Send const &send);
	void x11_started();

	std::function<void()> const wake;
	std::mutex mutex; // guards batch
	Batch batch;
	unsigned copies[selection_count]{};  // by clients; the Wayland thread
	unsigned offered[selection_count]{}; // how many copies there were at our offer
	unsigned known[selection_count]{};   // of the copies; the core thread
	std::unique_ptr<Watcher> watcher;    // of other clients
	std::unique_ptr<Owner> owner;        // our own client
};
} // namespace oriel
