// SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
// Starting Mir with the adapter in it, and ending it in good order.
#include "guest/mir/adapter_impl.h"
#include "guest/mir/internal_client.h"
#include "guest/mir/mir_log.h"
#include "guest/mir/policy.h"
#include "guest/mir/server_decoration.h"
#include "guest/mir/shell.h"
#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <cstring>
#include <mir/compositor/compositor.h>
#include <mir/compositor/scene.h>
#include <mir/logging/logger.h>
#include <mir/scene/session.h>
#include <mir/shell/surface_stack.h>
#include <miral/cursor_theme.h>
#include <miral/decorations.h>
#include <miral/set_window_management_policy.h>
#include <miral/wayland_extensions.h>
#include <miral/x11_support.h>
#include <sys/stat.h>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <wayland-server-core.h>

extern "C" {
#include "src/base/log.h"
}

using namespace oriel;
using namespace std::chrono_literals;

namespace
{
constexpr auto stop_limit = 5s;
constexpr char const *xwayland_path = "/usr/bin/Xwayland";
constexpr char const *x11_socket_folder = "/tmp/.X11-unix";

// Stands where Mir would compose a screen.
struct NoCompositor : mc::Compositor {
	explicit NoCompositor(oriel_mir &mir) : mir{mir}
	{
	}

	void start() override
	{
		scene = std::dynamic_pointer_cast<mc::Scene>(mir.server->the_surface_stack());
		scene->register_compositor(&mir);
		scene->add_observer(mir.windows);
	}
	void stop() override
	{
		if (!scene)
			return;
		scene->remove_observer(mir.windows);
		scene->unregister_compositor(&mir);
		scene.reset();
	}

	oriel_mir &mir;
	std::shared_ptr<mc::Scene> scene;
};

// Mir can hang for ever in wl_display_destroy(): nobody should wait for that.
class Watchdog
{
      public:
	void start()
	{
		std::lock_guard const lock{mutex};
		if (!thread.joinable() && !done)
			thread = std::thread{[this] { watch(); }};
	}
	~Watchdog()
	{
		{
			std::lock_guard const lock{mutex};
			done = true;
		}
		ended.notify_all();
		if (thread.joinable())
			thread.join();
	}

      private:
	void watch()
	{
		std::unique_lock lock{mutex};
		if (ended.wait_for(lock, stop_limit, [this] { return done; }))
			return;
		oriel_warning("Mir hangs while stopping: leaving it behind");
		_exit(EXIT_SUCCESS);
	}

	std::mutex mutex;
	std::condition_variable ended;
	std::thread thread;
	bool done{false};
};

// Sets an environment variable (null: unsets it) and puts the old value back.
class Environment
{
      public:
	Environment(char const *name, char const *value) : name{name}
	{
		if (char const *const before = getenv(name))
			old = before;
		set(value);
	}
	~Environment()
	{
		set(old ? old->c_str() : nullptr);
	}

      private:
	void set(char const *value)
	{
		if (value)
			setenv(name, value, 1);
		else
			unsetenv(name);
	}

	char const *const name;
	std::optional<std::string> old;
};

auto log_level(int detail) -> oriel_log_level
{
	return oriel_log_level(
		std::clamp<int>(ORIEL_LOG_INFO + detail, ORIEL_LOG_ERROR, ORIEL_LOG_DEBUG));
}

auto x11_possible() -> bool
{
	if (access(xwayland_path, X_OK) < 0) {
		oriel_warning("no X11 programs: install the package xwayland");
		return false;
	}
	// Mir does not make it, and then goes without X11 and says nothing.
	if (mkdir(x11_socket_folder, 01777) == 0)
		chmod(x11_socket_folder, 01777);
	return true;
}

auto arguments(oriel_mir_options const &options) -> std::vector<std::string>
{
	std::vector<std::string> result{options.argc > 0 ? options.argv[0] : "orield",
		"--platform-path", options.platform_path, "--console-provider", "none"};

	if (options.x11 && x11_possible())
		for (auto const *s : {"--enable-x11", "true", "--xwayland-path", xwayland_path})
			result.emplace_back(s);
	for (int i = 1; i < options.argc; i++)
		result.emplace_back(options.argv[i]);
	return result;
}

// Inside a handler: logs why Mir has not started, or has ended, and returns the error for it.
auto report_exception() -> int
{
	try {
		throw;
	} catch (std::system_error const &error) {
		if (strstr(error.what(), "WAYLAND_DISPLAY"))
			return -EADDRINUSE; // which the caller can say better
		oriel_error("Mir: %s", error.what());
	} catch (std::exception const &error) {
		oriel_error("Mir: %s", error.what());
	} catch (...) {
		oriel_error("Mir: unknown failure");
	}
	return -EIO;
}

// Two live clients can make Mir hang when it stops. Xwayland is left to Mir, which would start it
// again.
void disconnect_clients(wl_display *display)
{
	std::vector<wl_client *> clients;
	wl_client *client;

	wl_client_for_each(
		client, wl_display_get_client_list(
				display)) if (!is_internal_client(wl_client_get_fd(client)))
		clients.push_back(client);
	for (auto *each : clients)
		wl_client_destroy(each);
}

void stop_in_order(oriel_mir &mir, miral::MirRunner &runner)
{
	oriel_mir::Alive const alive{&mir};

	if (!alive)
		return;
	mir.server->run_on_wayland_display([&mir, &runner](wl_display *display) {
		mir.selections.stop();
		mir.text_input.stop();
		disconnect_clients(display);
		runner.stop();
	});
}

void set_up_cursor(mir::Server &server, miral::CursorTheme const &theme, bool found)
{
	if (found)
		theme(server);
	else
		oriel_warning("no cursor theme: install the package dmz-cursor-theme");
}

void customise(mir::Server &server, oriel_mir &mir)
{
	mir.server = &server;
	mir.selections.on_x11_started = [&mir] { mir.x11_pids.start(); };
	server.override_the_logger([] { return make_mir_logger(); });
	server.override_the_compositor([&mir] { return std::make_shared<NoCompositor>(mir); });
	server.wrap_display_configuration_policy(
		[](auto const &) { return std::make_shared<KeepPositions>(); });
	server.wrap_shell(
		[&mir](auto const &wrapped) { return std::make_shared<Shell>(wrapped, mir); });
	server.add_init_callback([&] {
		server.run_on_wayland_display([&mir](wl_display *d) {
			mir.text_input.watch(d, [&mir](auto &&work) {
				mir.server->run_on_wayland_display(
					[work](wl_display *) { work(); });
			});
			mir.mirror.watch(d);
			offer_server_decoration(d);
			mir.key_repeat.watch(d);
			mir.selections.watch(d);
			mir.x11_pids.watch(d);
			mir.shortcuts.offer(d);
		});
		mir.set_alive(true, [&] { mir.input.start(server); });
	});
	server.add_stop_callback([&mir] { mir.set_alive(false); });
	server.set_terminator([&mir](int) { mir.stop(); });
}

auto run(oriel_mir &mir, miral::MirRunner &runner) -> int
{
	std::string const themes = cursor_themes();
	miral::CursorTheme const theme{themes};
	miral::WaylandExtensions extensions;

	for (auto const *name : {"zwp_primary_selection_device_manager_v1",
		     "zwp_pointer_constraints_v1", "zwp_relative_pointer_manager_v1"})
		extensions.enable(name);
	// Of what Mir knows by name, it would hide ours as well. Of two, programs take the last.
	if (extensions.all_supported().contains(server_decoration_name))
		extensions.enable(server_decoration_name);
	// Who has it writes into every program.
	extensions.conditionally_enable(miral::WaylandExtensions::zwp_input_method_manager_v2,
		[](auto const &info) { return is_internal_client(info.app()->socket_fd()); });
	return runner.run_with({
		miral::set_window_management_policy<Policy>(mir),
		miral::X11Support{},
		miral::Decorations::prefer_ssd(),
		extensions,
		[&](mir::Server &server) { set_up_cursor(server, theme, !themes.empty()); },
		[&](mir::Server &server) { customise(server, mir); },
	});
}
} // namespace

// Runs Mir until it is stopped; 0 or -errno.
static auto run_until_stopped(oriel_mir &mir, std::vector<std::string> const &args) -> int
{
	std::vector<char const *> argv;
	std::atomic<bool> up{false}, stop_wanted{false};
	Watchdog watchdog;
	int error = 0;

	for (auto const &arg : args)
		argv.push_back(arg.c_str());
	argv.push_back(nullptr);
	miral::MirRunner runner{int(args.size()), argv.data(), "oriel-mir.config"};
	mir.set_stop([&] {
		watchdog.start();
		stop_wanted = true;
		if (up)
			stop_in_order(mir, runner);
	});
	runner.set_exception_handler([&] { error = report_exception(); });
	runner.add_start_callback([&] {
		up = true;
		if (stop_wanted)
			return stop_in_order(mir, runner);
		mir.x11_pids.set_display(mir.server->x11_display().value_or(""));
		mir.notices.started(
			{mir.server->wayland_display().value_or(""), mir.server->x11_display()});
	});
	int const status = run(mir, runner);
	mir.set_stop({});
	mir.set_alive(false);
	mir.server = nullptr;
	return error ? error : status ? -EIO : 0;
}

int oriel_mir_run(
	const oriel_mir_options *options, const oriel_mir_ops *ops, void *user, oriel_mir **ret_mir)
try {
	// Kept after Mir has ended: the core thread may still call, and hears that nothing is
	// there.
	static std::unique_ptr<oriel_mir> kept;
	static std::string const program =
		basename(options->argc > 0 ? options->argv[0] : "orield");

	// This library has its own copy of the log.
	oriel_log_init(program.c_str(), log_level(options->log_detail));
	mir::logging::set_logger(make_mir_logger());
	Environment const display{"WAYLAND_DISPLAY", options->wayland_display};
	// X11 menus may lie outside their parent's content.
	Environment const anchors{"MIR_ANCHOR_RECTANGLE_UNCONSTRAINED", "1"};
	kept = std::make_unique<oriel_mir>(*options, *ops, user);
	oriel_mir::current = kept.get();
	kept->mirror.on_menu = [mir = kept.get()](wl_client const *client, uint32_t surface) {
		mir->notices.menu({client, surface});
	};
	kept->mirror.on_committed = [mir = kept.get()](wl_resource *surface) {
		apply_server_decoration(*mir->windows, surface);
	};
	*ret_mir = kept.get();
	return run_until_stopped(*kept, arguments(*options));
} catch (...) {
	return report_exception();
}

void oriel_mir_stop(oriel_mir *mir)
{
	mir->stop();
}
