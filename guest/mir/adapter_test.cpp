// SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
#include "guest/mir/adapter_test.h"
#include "guest/mir/adapter_impl.h"
#include <cerrno>
#include <future>
#include <sys/socket.h>
#include <unistd.h>
#include <wayland-server-core.h>

namespace
{
void on_wayland_thread(oriel_mir &mir, std::function<void(wl_display *)> const &f)
{
	std::promise<void> done;

	mir.server->run_on_wayland_display([&](wl_display *display) {
		f(display);
		done.set_value();
	});
	done.get_future().wait();
}
} // namespace

int oriel_mir_test_connect(oriel_mir *mir, const void **ret_client)
{
	oriel_mir::Alive const alive{mir};
	int ends[2];
	wl_client *client = nullptr;

	if (!alive)
		return -ESHUTDOWN;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
		return -errno;
	// With a name, as accepted sockets have one: Mir's own connections are taken for Xwayland.
	sockaddr const autobind{AF_UNIX, {}};
	bind(ends[0], &autobind, sizeof autobind.sa_family);
	on_wayland_thread(*mir, [&](wl_display *d) { client = wl_client_create(d, ends[0]); });
	if (!client) {
		close(ends[0]);
		close(ends[1]);
		return -ENOMEM;
	}
	*ret_client = client;
	return ends[1];
}

void oriel_mir_test_sync(oriel_mir *mir)
{
	if (oriel_mir::Alive const alive{mir}; alive)
		on_wayland_thread(*mir, [](wl_display *) {});
}

uint32_t oriel_mir_test_window(oriel_mir *mir, const void *client, uint32_t surface)
{
	auto const window = mir->windows->find(static_cast<wl_client const *>(client), surface);

	return window ? window->id : 0;
}

void oriel_mir_test_motion(oriel_mir *mir, double x, double y)
{
	if (oriel_mir::Alive const alive{mir}; alive)
		mir->input.motion({float(x), float(y)}, {});
}

void oriel_mir_test_relative_motion(oriel_mir *mir, double dx, double dy)
{
	if (oriel_mir::Alive const alive{mir}; alive)
		mir->input.relative_motion({float(dx), float(dy)});
}

void oriel_mir_test_touch(oriel_mir *mir, uint32_t point, uint8_t action, double x, double y)
{
	if (oriel_mir::Alive const alive{mir}; alive)
		mir->input.touch(point, action, {float(x), float(y)});
}
