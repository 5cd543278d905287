// SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
// The C functions that the core thread calls: what the host says, in Mir's words.
#include "guest/mir/adapter_impl.h"
#include <linux/input-event-codes.h>
#include <mir/scene/surface.h>
#include <mir/shell/shell.h>
#include <mir/shell/surface_specification.h>
#include <miral/window_info.h>
#include <miral/window_specification.h>
#include <stdexcept>

extern "C" {
#include "src/base/log.h"
#include "src/wire/messages.h"
}

using namespace oriel;

oriel_mir *oriel_mir::current;

oriel_mir::oriel_mir(oriel_mir_options const &options, oriel_mir_ops const &ops, void *user)
    : ops{ops}, user{user}, own_policy{options.own_policy},
      notices{[this] { mirror.gate.wake_up(); }}, mirror{[this] { this->ops.wake(this->user); }},
      selections{[this] { this->ops.wake(this->user); }},
      shortcuts{[this](SurfaceWish const &wish) { notices.shortcuts(wish); }},
      text_input{[this] { this->ops.wake(this->user); }},
      cursor{std::make_shared<HostCursor>(
	      [this](CursorPicture &&picture) { notices.cursor(std::move(picture)); })},
      windows{std::make_shared<Windows>(*this)}
{
	if (options.n_outputs > 0)
		outputs.set({options.outputs, size_t(options.n_outputs)});
}

oriel_mir::~oriel_mir() = default;

thread_local int oriel_mir::Alive::depth;

oriel_mir::Alive::Alive(oriel_mir *mir) : mir{mir}
{
	if (depth++ == 0)
		mir->life.lock_shared();
	alive = mir->alive && mir->tools;
}

oriel_mir::Alive::~Alive()
{
	if (--depth == 0)
		mir->life.unlock_shared();
}

void oriel_mir::set_alive(bool now, std::function<void()> const &change)
{
	std::unique_lock const lock{life};
	change();
	alive = now;
}

void oriel_mir::set_stop(std::function<void()> const &how)
{
	std::lock_guard const lock{stop_mutex};
	how_to_stop = how;
}

void oriel_mir::stop()
{
	std::lock_guard const lock{stop_mutex};
	if (how_to_stop)
		how_to_stop();
}

void oriel_mir::with_tools(std::function<void(miral::WindowManagerTools &)> const &f)
{
	tools->invoke_under_lock([&] { f(*tools); });
}

void oriel_mir::with_window(
	ms::Surface const *surface, std::function<void(miral::WindowInfo &)> const &f)
{
	auto const window = windows->of(surface);
	auto const alive = window ? window->surface.lock() : nullptr;

	if (!alive)
		return;
	with_tools([&](auto &tools) {
		try {
			f(tools.info_for(std::weak_ptr{alive}));
		} catch (std::out_of_range const &) {
			// Drag icons, and windows that are on their way out.
		} catch (std::runtime_error const &error) {
			oriel_warning("Mir refuses a change of a window: %s", error.what());
		}
	});
}

namespace
{
auto mir_state(uint8_t state) -> MirWindowState
{
	switch (state) {
	case ORIEL_STATE_MINIMIZED:
		return mir_window_state_minimized;
	case ORIEL_STATE_MAXIMIZED:
		return mir_window_state_maximized;
	case ORIEL_STATE_FULLSCREEN:
		return mir_window_state_fullscreen;
	case ORIEL_STATE_TILED:
		return mir_window_state_vertmaximized; // Mir 2.20 has no better one
	default:
		return mir_window_state_restored;
	}
}

auto content_origin(ms::Surface const &surface) -> geom::Point
{
	return surface.top_left() + surface.content_offset();
}

auto is_popup(ms::Surface const &surface) -> bool
{
	return surface.type() == mir_window_type_menu || surface.type() == mir_window_type_tip ||
	       surface.type() == mir_window_type_gloss;
}

auto is_x11(Window const &window) -> bool
{
	return window.told.window.flags & ORIEL_WINDOW_X11;
}

void raise(oriel_mir &mir, ms::Surface const &surface)
{
	mir.with_window(&surface, [&](auto &info) { mir.tools->raise_tree(info.window()); });
}
} // namespace

void oriel_mir_dispatch(oriel_mir *mir)
{
	oriel_mir::Alive const alive{mir};

	if (!alive)
		return;
	Batch batch = mir->notices.take();
	auto const cursor = std::move(batch.cursor);
	auto const memory_gone = std::move(batch.memory_gone);
	if (batch.started) {
		auto const &[wayland, x11] = *batch.started;
		mir->ops.started(mir->user, wayland.c_str(), x11 ? x11->c_str() : nullptr);
	}
	mir->windows->deliver(std::move(batch));
	for (uint64_t key : memory_gone)
		if (mir->ops.memory_gone)
			mir->ops.memory_gone(mir->user, key);
	mir->selections.deliver(mir->ops, mir->user);
	mir->pass_input(false);
	mir->text_input.deliver(mir->ops, mir->user, *mir->windows);
	if (!cursor)
		return;
	oriel_mir_cursor const picture{uint32_t(cursor->width), uint32_t(cursor->height),
		cursor->hot_x, cursor->hot_y, double(cursor->scale), cursor->pixels.data()};
	mir->ops.cursor(mir->user, &picture);
}

void oriel_mir_set_outputs(oriel_mir *mir, const oriel_mir_output *outputs, int n)
{
	mir->outputs.set({outputs, size_t(n)});
	mir->outputs.announce();
}

int oriel_mir_set_keymap(oriel_mir *mir, const char *model, const char *layout, const char *variant,
	const char *options, uint32_t repeat_rate, uint32_t repeat_delay_ms)
{
	auto const text = [](char const *s) { return std::string{s ? s : ""}; };
	oriel_mir::Alive const alive{mir};

	if (!mir->input.keyboard.set_keymap(
		    {text(model), text(layout), text(variant), text(options)}, bool(alive)))
		return -EINVAL;
	if (alive)
		mir->key_repeat.set(*mir->server, int32_t(repeat_rate), int32_t(repeat_delay_ms));
	return 0;
}

// Mir works out where a pointer is kept when the client asks, and does not follow the window.
static void move_confinement(oriel_mir &mir, std::shared_ptr<ms::Surface> const &surface)
{
	msh::SurfaceSpecification spec;

	if (surface->confine_pointer_state() == mir_pointer_unconfined)
		return;
	spec.confine_pointer = surface->confine_pointer_state();
	mir.server->the_shell()->modify_surface(surface->session().lock(), surface, spec);
}

void oriel_mir_configure(
	oriel_mir *mir, uint32_t id, const oriel_rect *content, uint8_t state, bool hidden)
{
	oriel_mir::Alive const alive{mir};
	auto const surface = alive ? mir->windows->surface(id) : nullptr;

	(void)hidden; // the core slows the frame callbacks of hidden windows down; Mir need not
		      // know
	if (!surface)
		return;
	miral::WindowSpecification spec;
	spec.top_left() = geom::Point{content->x, content->y} - surface->content_offset();
	if (content->width > 0 && content->height > 0 && !is_popup(*surface))
		spec.size() = geom::Size{content->width, content->height}; // Mir draws no frame
	mir->with_window(surface.get(), [&](miral::WindowInfo &info) {
		if (!is_popup(*surface) && info.state() != mir_state(state))
			spec.state() = mir_state(state);
		mir->tools->modify_window(info, spec);
	});
	move_confinement(*mir, surface);
}

void oriel_mir_close(oriel_mir *mir, uint32_t id)
{
	oriel_mir::Alive const alive{mir};
	auto const window = alive ? mir->windows->find(id) : nullptr;
	auto const surface = window ? window->surface.lock() : nullptr;

	if (!surface)
		return;
	surface->request_client_surface_close();
	// X11 has no way to dismiss a menu but what the user would do.
	if (is_x11(*window) && window->told.window.kind == ORIEL_KIND_POPUP) {
		mir->input.keyboard.key(KEY_ESC, true);
		mir->input.keyboard.key(KEY_ESC, false);
	}
}

void oriel_mir_focus(oriel_mir *mir, uint32_t id, const uint32_t *keys, int n_keys, uint32_t locked)
{
	oriel_mir::Alive const alive{mir};
	std::span const held{keys, size_t(n_keys)};

	if (!alive)
		return;
	mir->pass_input(true);
	auto const surface = mir->windows->surface(id);
	bool const same = surface && mir->windows->focused == id &&
			  surface->focus_state() != mir_window_focus_state_unfocused;
	mir->windows->focused = surface ? id : 0;
	mir->input.keyboard.release_others(held);
	// Nobody is to see how the keyboard gets into its new state. But two changes of focus are
	// more than one, so only if there is something to see.
	if (!surface || (!same && mir->input.keyboard.differs(held, locked)))
		mir->with_tools([](auto &tools) { tools.select_active_window({}); });
	mir->input.keyboard.set_state(held, locked);
	if (surface && !same)
		mir->with_window(surface.get(),
			[&](auto &info) { mir->tools->select_active_window(info.window()); });
}

void oriel_mir_key(oriel_mir *mir, uint32_t, uint32_t code, bool down)
{
	oriel_mir::Alive const alive{mir};

	if (!alive)
		return;
	mir->text_input.push({{}, code, down});
	mir->pass_input(false);
}

void oriel_mir_motion(
	oriel_mir *mir, uint32_t, uint32_t id, double x, double y, double dx, double dy)
{
	oriel_mir::Alive const alive{mir};
	auto const surface = alive ? mir->windows->surface(id) : nullptr;

	if (!surface)
		return;
	if (mir->windows->pointed != id) {
		mir->windows->pointed = id;
		raise(*mir, *surface);
	}
	geom::Point const origin = content_origin(*surface);
	mir->input.motion({float(origin.x.as_int() + x), float(origin.y.as_int() + y)},
		{float(dx), float(dy)});
}

void oriel_mir_leave(oriel_mir *mir, uint32_t)
{
	oriel_mir::Alive const alive{mir};

	if (!alive)
		return;
	mir->windows->pointed = 0;
	mir->input.leave(mir->outputs.far_corner());
}

void oriel_mir_button(oriel_mir *mir, uint32_t, uint32_t code, bool down)
{
	if (oriel_mir::Alive const alive{mir}; alive)
		mir->input.button(code, down);
}

void oriel_mir_axis(oriel_mir *mir, uint32_t, uint8_t source, double dx, double dy, int32_t x120,
	int32_t y120, bool stop)
{
	if (oriel_mir::Alive const alive{mir}; alive)
		mir->input.axis(source, {float(dx), float(dy)}, x120, y120, stop);
}

void oriel_mir_touch(
	oriel_mir *mir, uint32_t, uint32_t id, uint32_t point, uint8_t action, double x, double y)
{
	oriel_mir::Alive const alive{mir};
	auto const surface = alive ? mir->windows->surface(id) : nullptr;

	if (!surface)
		return;
	if (action == 0)
		raise(*mir, *surface);
	geom::Point const origin = content_origin(*surface);
	mir->input.touch(
		point, action, {float(origin.x.as_int() + x), float(origin.y.as_int() + y)});
}
