// SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
// The text field in use, from Mir's threads to the core thread. What it says of itself comes from
// our input method; where its caret is, Mir does not pass on: that is read from the clients'
// requests by libwayland's protocol logger.
#pragma once

#include "guest/mir/adapter.h"
#include "guest/mir/input_method.h"
#include <atomic>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>

struct wl_client;
struct wl_display;
struct wl_resource;

namespace oriel
{
class Windows;

class TextInput
{
      public:
	// `wake` is called on the Wayland thread.
	explicit TextInput(std::function<void()> wake);
	~TextInput();

	// The Wayland thread. `later` calls in a later turn of it.
	void watch(wl_display *display, std::function<void(std::function<void()>)> later);
	void apply(TextChange const &change);
	void stop(); // disconnects the input method

	// The core thread: tells what has happened.
	void deliver(oriel_mir_ops const &ops, void *user, Windows const &windows);

	// Text takes a longer way through Mir than keys do. So what comes behind a text waits until
	// the client has taken it.
	struct Input {
		std::optional<TextChange> text; // null: a key
		uint32_t code;
		bool down;
	};
	// The core thread. Adds to what waits; then take out what need not wait.
	void push(Input &&input);
	// The next one, in order; what waits for text only when `all`.
	auto pop(bool all) -> std::optional<Input>;

      private:
	struct Watcher;

	// A wl_surface and a place in it.
	struct Caret {
		wl_client const *client{};
		uint32_t surface{0};
		oriel_rect rect{};
	};
	struct Now {
		std::optional<TextField> field;
		Caret caret;
	};
	// What the C side was last told.
	struct Told {
		uint32_t window{0};
		oriel_rect caret{};
		TextField field;
	};

	void sent();
	void repeat();
	void taken();
	void changed(std::optional<TextField> const &field, bool is_fresh);
	void moved(Caret const &caret);
	auto place(Now const &what, Windows const &windows) const -> Told;
	void tell(oriel_mir_ops const &ops, void *user, Told &&what);

	std::function<void()> const wake;
	std::function<void(std::function<void()>)> later;
	std::unique_ptr<Watcher> watcher;
	std::unique_ptr<InputMethod> method;
	std::mutex mutex; // guards now and fresh
	Now now;
	bool fresh{false}; // another field than the core thread was told of
	Told told;         // the core thread
	TextChange last{}; // the Wayland thread
	std::deque<Input> waiting;
	std::atomic<uint32_t> under_way{0}; // texts
};
} // namespace oriel
