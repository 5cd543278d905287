// SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>

namespace oriel
{
// Lets another thread look at the scene between two commits, never in the middle of one: a parent
// and its synchronised subsurfaces change together.
class Gate
{
      public:
	// `wake` wakes that thread; it is called on any.
	explicit Gate(std::function<void()> wake);

	void begin();
	void end();
	// Wakes the other thread, but not in the middle of a commit: it would only wait for the end
	// of that. Takes no lock: who holds one of Mir may call it, and that thread takes those
	// between two commits.
	void wake_up();
	// Waits for the commit in progress, if any, and keeps the next one out while the lock
	// lives.
	auto between_commits() -> std::unique_lock<std::mutex>;

      private:
	std::function<void()> const wake;
	std::mutex mutex;
	std::condition_variable ended;
	std::atomic<bool> inside{false}, wake_due{false}; // `inside` changes under the mutex
};
} // namespace oriel
