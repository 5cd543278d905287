// SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
#pragma once

#include <condition_variable>
#include <mutex>

namespace oriel
{
// Lets another thread look at the scene between two commits, never in the middle of one: a parent
// and its synchronised subsurfaces change together.
class Gate
{
      public:
	void begin();
	void end();
	// Waits for the commit in progress, if any, and keeps the next one out while the lock
	// lives.
	auto between_commits() -> std::unique_lock<std::mutex>;

      private:
	std::mutex mutex;
	std::condition_variable ended;
	bool inside{false};
};
} // namespace oriel
