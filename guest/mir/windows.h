// SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
// Mir's scene as windows with ids. Mir's threads tell it what happens, the core thread asks Mir
// what the windows look like now and tells the C side.
#pragma once

#include "guest/mir/adapter.h"
#include "guest/mir/compat.h"
#include "guest/mir/damage.h"
#include "guest/mir/notices.h"
#include <map>
#include <mir/graphics/buffer_id.h>
#include <mir/graphics/renderable.h>
#include <mir/scene/null_observer.h>
#include <mir/scene/null_surface_observer.h>
#include <mir/shell/surface_specification.h>

namespace mir::scene
{
class Surface;
}

struct oriel_mir;

namespace oriel
{
// What the C side was last told of a window.
struct Description {
	oriel_mir_window window{};
	std::string title, app_id;

	auto same_as(Description const &other) const -> bool;
};

// A surface of a window as of its last claim.
struct LayerState {
	uint32_t id;
	DamageLog const *log; // whose content it is, if known
	mg::BufferID buffer;
	bool seen;
};

class Window : public ms::NullSurfaceObserver, public std::enable_shared_from_this<Window>
{
      public:
	Window(Notices &notices, std::shared_ptr<ms::Surface> const &surface, bool decorated);

	void attrib_changed(ms::Surface const *, MirWindowAttrib, int) override;
	void content_resized_to(ms::Surface const *, geom::Size const &) override;
	void moved_to(ms::Surface const *, geom::Point const &) override;
	void hidden_set_to(ms::Surface const *, bool) override;
	void frame_posted(ms::Surface const *, geom::Rectangle const &) override;
	void renamed(ms::Surface const *, std::string const &) override;
	void application_id_set_to(ms::Surface const *, std::string const &) override;

	std::weak_ptr<ms::Surface> const surface;
	std::atomic<bool> decorated; // the client leaves the frame to us
	uint8_t marks{0};            // belongs to Notices

	// The core thread only.
	uint32_t id{0};
	bool reported{false};   // the C side knows the id
	bool dirty_told{false}; // and has not claimed since
	bool dirty{false};
	bool fetched{false};
	Description told;
	std::map<mg::Renderable::ID, LayerState> layers;
	wl_client const *client{}; // the root wl_surface, once it was claimed
	uint32_t wl_surface{0};
	int32_t root_x{0}, root_y{0}; // of that surface, from the content's top left

      private:
	void mark(uint8_t marks);

	Notices &notices;
};

class Windows : public ms::NullObserver
{
      public:
	explicit Windows(oriel_mir &mir);

	// Mir's threads.
	void surface_added(std::shared_ptr<ms::Surface> const &surface) override;
	void surface_exists(std::shared_ptr<ms::Surface> const &surface) override;
	void surface_removed(std::shared_ptr<ms::Surface> const &surface) override;
	// The window of a surface or null. Any thread.
	auto of(ms::Surface const *surface) const -> std::shared_ptr<Window>;
	// Whether the client of the surface that is added next wants a frame around it.
	void set_decorated(ms::Surface const &surface, bool decorated);
	void mark(ms::Surface const *surface, uint8_t marks);
	// From now on frames of these streams, the surface's, are told to its window alone.
	void follow(
		ms::Surface const &surface, std::vector<msh::StreamSpecification> const &streams);
	void request(ms::Surface const *surface, uint8_t kind, uint32_t arg);

	// The core thread.
	void deliver(Batch &&batch);
	auto find(uint32_t id) const -> std::shared_ptr<Window>;
	auto find(wl_client const *client, uint32_t wl_surface) const -> std::shared_ptr<Window>;
	auto surface(uint32_t id) const -> std::shared_ptr<ms::Surface>;
	auto next_layer_id() -> uint32_t
	{
		return ++last_layer_id;
	}

	// The core thread: what the host has focused, and what it points at.
	uint32_t focused{0}, pointed{0};

      private:
	auto update(std::shared_ptr<Window> const &window, uint8_t marks) -> bool;
	auto describe(Window const &window, ms::Surface &surface) const -> Description;
	void describe_role(Description &to, Window const &window, ms::Surface &surface) const;
	void describe_x11(Description &to, Window const &window, ms::Surface &surface) const;
	auto x11_parent(Window const &window) const -> uint32_t;
	void place(Description &to, ms::Surface const &surface) const;
	void gone(Window &window);
	void tell_content(Window &window);

	oriel_mir &mir;
	mutable std::mutex mutex; // guards all
	std::map<ms::Surface const *, std::shared_ptr<Window>> all;
	std::map<uint32_t, std::shared_ptr<Window>> by_id;   // core thread
	std::vector<std::shared_ptr<Window>> waiting_parent; // core thread
	std::vector<Request> requests;                       // core thread; of windows to come
	uint32_t last_id{0}, last_layer_id{0};
};
} // namespace oriel
