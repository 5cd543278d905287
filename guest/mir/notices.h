// SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
// What Mir's threads leave for the core thread. Writing takes no lock of Mir, so it is allowed
// inside any of Mir's callbacks.
#pragma once

#include "guest/mir/cursor.h"
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

struct wl_client;

namespace oriel
{
class Window;

struct Started {
	std::string wayland_display;
	std::optional<std::string> x11_display;
};

struct Request {
	std::shared_ptr<Window> window;
	uint8_t kind;
	uint32_t arg;
};

// What a client wishes for a window: its menu, or the host's shortcuts.
struct SurfaceWish {
	wl_client const *client;
	uint32_t surface; // the wl_surface
};

// What happened since the last take(), each thing once.
struct Batch {
	std::optional<Started> started;
	std::vector<std::shared_ptr<Window>> windows; // those with marks
	std::vector<Request> requests;
	std::vector<SurfaceWish> menus, shortcuts;
	std::optional<CursorPicture> cursor;
	std::vector<uint64_t> memory_gone; // keys
};

class Notices
{
      public:
	enum Mark : uint8_t {
		changed = 1, // something of its description
		dirty = 2,   // new content
		removed = 4,
		fetched = 8, // what a fetch had to wait for
	};

	// `wake` is called on any thread, once between two take()s.
	explicit Notices(std::function<void()> wake);

	void started(Started &&what);
	void mark(std::shared_ptr<Window> const &window, uint8_t marks);
	void request(Request &&request);
	void menu(SurfaceWish const &wish);
	void shortcuts(SurfaceWish const &wish); // or it has none any more
	void cursor(CursorPicture &&picture);
	void memory_gone(uint64_t key);

	// The core thread.
	auto take() -> Batch;
	// Clears and returns the marks of a window of a batch.
	auto marks(Window &window) -> uint8_t;

      private:
	void wake_up(std::unique_lock<std::mutex> &&lock);

	std::function<void()> const wake;
	std::mutex mutex;
	Batch batch;
	bool woken{false};
};
} // namespace oriel
