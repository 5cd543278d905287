// SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
// The state of a wl_surface as the mirror keeps it: what is pending, cached by a synchronised
// subsurface, and applied. The Wayland thread only.
#pragma once

#include "guest/mir/damage.h"
#include <optional>
#include <wayland-server-core.h>

namespace oriel
{
// A listener that knows whose it is. Standard layout, so that the cast back is defined.
struct Hook {
	wl_listener listener{};
	void *owner{};
};

template <class T>
auto owner_of(wl_listener *listener) -> T *
{
	return static_cast<T *>(reinterpret_cast<Hook *>(listener)->owner);
}

// A wl_buffer that may be destroyed between attach and commit.
class BufferRef
{
      public:
	explicit BufferRef(wl_resource *buffer) : resource{buffer}
	{
		hook.owner = this;
		hook.listener.notify = [](wl_listener *l, void *) {
			owner_of<BufferRef>(l)->resource = nullptr;
		};
		wl_resource_add_destroy_listener(buffer, &hook.listener);
	}
	~BufferRef()
	{
		if (resource)
			wl_list_remove(&hook.listener.link);
	}
	BufferRef(BufferRef const &) = delete;
	auto operator=(BufferRef const &) = delete;

	wl_resource *resource;

      private:
	Hook hook;
};

// Double-buffered requests. A set optional: to be changed by the commit.
struct State {
	std::vector<oriel_rect> surface_damage, buffer_damage;
	std::optional<std::shared_ptr<BufferRef>> buffer; // null inside: detach
	std::optional<int> scale, transform;
	std::optional<std::optional<RectD>> src;
	std::optional<std::optional<SizeD>> dst;

	void merge(State &&newer);
};

struct Surface {
	explicit Surface(wl_resource *surface)
	    : resource{surface}, log{std::make_shared<DamageLog>(wl_resource_get_client(surface),
					 wl_resource_get_id(surface))}
	{
	}

	auto synchronised() const -> bool
	{
		return subsurface && (sync || (parent && parent->synchronised()));
	}
	auto damage() const -> Damage;

	wl_resource *const resource;
	std::shared_ptr<DamageLog> const log;
	Hook gone;
	State pending;
	std::optional<State> cached;
	Geometry now;
	bool fresh{true}; // the next buffer can't be compared with the one before
	std::vector<oriel_rect> surface_damage, buffer_damage; // applied, not yet a buffer's
	wl_resource *last_buffer{};
	uint64_t seq{0};
	bool subsurface{false}, sync{true};
	Surface *parent{};
	std::vector<Surface *> children; // in Mir's order
};

void append(std::vector<oriel_rect> &to, std::vector<oriel_rect> const &from);
} // namespace oriel
