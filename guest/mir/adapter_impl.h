// SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
// The parts of the adapter, put together.
#pragma once

#include "guest/mir/adapter.h"
#include "guest/mir/cursor.h"
#include "guest/mir/display.h"
#include "guest/mir/input.h"
#include "guest/mir/key_repeat.h"
#include "guest/mir/mirror.h"
#include "guest/mir/notices.h"
#include "guest/mir/selection.h"
#include "guest/mir/shortcuts.h"
#include "guest/mir/text_input.h"
#include "guest/mir/windows.h"
#include "guest/mir/x11_pids.h"
#include <functional>
#include <mir/server.h>
#include <miral/runner.h>
#include <miral/window_manager_tools.h>
#include <shared_mutex>

namespace miral
{
struct WindowInfo;
}

struct oriel_mir {
	oriel_mir(oriel_mir_options const &options, oriel_mir_ops const &ops, void *user);
	~oriel_mir();

	// The one that runs in this process. Set before the module is loaded, kept until the next
	// run.
	static oriel_mir *current;

	oriel_mir_ops const ops;
	void *const user;
	bool const own_policy;

	oriel::Notices notices;
	oriel::Mirror mirror;
	oriel::KeyRepeat key_repeat;
	oriel::Selections selections;
	oriel::Shortcuts shortcuts;
	oriel::X11Pids x11_pids;
	oriel::TextInput text_input;
	oriel::Outputs outputs;
	std::shared_ptr<oriel::HostCursor> const cursor;
	std::shared_ptr<oriel::Windows> const windows;
	oriel::Input input;

	// Keeps Mir from going away under a call of the core thread. False: it is gone. May be
	// nested, as the C side calls us from inside dispatch.
	class Alive
	{
	      public:
		explicit Alive(oriel_mir *mir);
		~Alive();
		Alive(Alive const &) = delete;
		auto operator=(Alive const &) = delete;
		explicit operator bool() const
		{
			return alive;
		}

	      private:
		static thread_local int depth;
		oriel_mir *const mir;
		bool alive;
	};

	// Runs `change` while the core thread is kept out.
	void set_alive(bool alive, std::function<void()> const &change = [] {});

	// Runs `f` with the window manager locked; not at all when Mir does not manage the window.
	void with_window(mir::scene::Surface const *surface,
		std::function<void(miral::WindowInfo &)> const &f);
	void with_tools(std::function<void(miral::WindowManagerTools &)> const &f);

	// While alive, the core thread: keys and text to Mir, in order; see TextInput::pop().
	void pass_input(bool all);

	mir::Server *server{};              // while alive
	miral::WindowManagerTools *tools{}; // while alive

	// What oriel_mir_stop() does; null: Mir is not running.
	void set_stop(std::function<void()> const &how);
	void stop();

      private:
	std::mutex stop_mutex;
	std::function<void()> how_to_stop;
	std::shared_mutex life;
	bool alive{false};
};
