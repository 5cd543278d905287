// SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
#include "guest/mir/gate.h"
#include <chrono>

namespace oriel
{
Gate::Gate(std::function<void()> wake) : wake{std::move(wake)}
{
}

void Gate::begin()
{
	std::lock_guard const lock{mutex};
	inside = true;
}

void Gate::end()
{
	{
		std::lock_guard const lock{mutex};
		if (!inside)
			return;
		inside = false;
		ended.notify_all();
	}
	if (wake_due.exchange(false))
		wake();
}

void Gate::wake_up()
{
	wake_due = true;
	if (!inside && wake_due.exchange(false))
		wake();
}

auto Gate::between_commits() -> std::unique_lock<std::mutex>
{
	using namespace std::chrono_literals;
	std::unique_lock lock{mutex};

	// Commits take microseconds. The limit is for a Wayland thread that waits inside a commit
	// for a lock that this thread holds further up.
	ended.wait_for(lock, 20ms, [this] { return !inside; });
	return lock;
}
} // namespace oriel
