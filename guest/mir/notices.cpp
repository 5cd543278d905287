// SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
#include "guest/mir/notices.h"
#include "guest/mir/windows.h"

namespace oriel
{
Notices::Notices(std::function<void()> wake) : wake{std::move(wake)}
{
}

void Notices::wake_up(std::unique_lock<std::mutex> &&lock)
{
	bool const was = std::exchange(woken, true);

	lock.unlock();
	if (!was)
		wake();
}

void Notices::started(Started &&what)
{
	std::unique_lock lock{mutex};

	batch.started = std::move(what);
	// A wake before Mir was up found nobody to take the batch.
	woken = false;
	wake_up(std::move(lock));
}

void Notices::mark(std::shared_ptr<Window> const &window, uint8_t marks)
{
	std::unique_lock lock{mutex};

	if (!window->marks)
		batch.windows.push_back(window);
	window->marks |= marks;
	wake_up(std::move(lock));
}

void Notices::request(Request &&request)
{
	std::unique_lock lock{mutex};

	batch.requests.push_back(std::move(request));
	wake_up(std::move(lock));
}

void Notices::menu(SurfaceWish const &wish)
{
	std::unique_lock lock{mutex};

	batch.menus.push_back(wish);
	wake_up(std::move(lock));
}

void Notices::shortcuts(SurfaceWish const &wish)
{
	std::unique_lock lock{mutex};

	batch.shortcuts.push_back(wish);
	wake_up(std::move(lock));
}

void Notices::cursor(CursorPicture &&picture)
{
	std::unique_lock lock{mutex};

	batch.cursor = std::move(picture);
	wake_up(std::move(lock));
}

void Notices::memory_gone(uint64_t key)
{
	std::unique_lock lock{mutex};

	batch.memory_gone.push_back(key);
	wake_up(std::move(lock));
}

auto Notices::take() -> Batch
{
	std::lock_guard const lock{mutex};

	woken = false;
	return std::exchange(batch, {});
}

auto Notices::marks(Window &window) -> uint8_t
{
	std::lock_guard const lock{mutex};

	return std::exchange(window.marks, 0);
}
} // namespace oriel
