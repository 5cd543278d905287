// SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
// Claimed content: the newest buffers of a window's surfaces, held until the C side is done.
#include "guest/mir/adapter_impl.h"
#include "guest/mir/buffer.h"
#include <algorithm>
#include <cmath>
#include <mir/scene/surface.h>

extern "C" {
#include "src/wire/messages.h"
}

using namespace oriel;

struct oriel_mir_frame {
	struct Layer {
		std::shared_ptr<mg::Buffer> holder; // Mir's own reference
		Buffer const *buffer;
		std::shared_ptr<Pixels const> pixels; // once asked for
		bool reading;                         // between pixels() and pixels_done()
		std::vector<oriel_rect> damage;

		void begin_reading()
		{
			if (!pixels)
				pixels = buffer->pixels();
			if (!std::exchange(reading, true))
				pixels->begin();
		}
		void end_reading()
		{
			if (std::exchange(reading, false))
				pixels->end();
		}
	};
	oriel_mir *mir;
	std::shared_ptr<Window> window;
	std::vector<Layer> layers;
	std::vector<oriel_mir_layer> descriptions;
	struct oriel_mir_frame_info info{};
};

namespace
{
// Mir may hand out our buffer inside one of its own.
auto our_buffer(mg::Buffer &buffer) -> Buffer const *
{
	if (auto const *const ours = dynamic_cast<Buffer const *>(&buffer))
		return ours;
	return dynamic_cast<Buffer const *>(buffer.native_buffer_base());
}

// Mir 2.20 knows nothing of turned content: the mirror does.
void describe_place(oriel_mir_layer &to, mg::Renderable const &renderable, Buffer const &buffer,
	geom::Point origin)
{
	geom::Rectangle const at = renderable.screen_position();
	geom::RectangleD const src = renderable.src_bounds();
	Geometry const &geometry = buffer.ticket.geometry;

	to.dst = {(at.top_left.x - origin.x).as_int(), (at.top_left.y - origin.y).as_int(),
		at.size.width.as_int(), at.size.height.as_int()};
	to.src_x = src.top_left.x.as_value();
	to.src_y = src.top_left.y.as_value();
	to.src_width = src.size.width.as_value();
	to.src_height = src.size.height.as_value();
	if (!buffer.ticket.log || !geometry.transform)
		return;
	RectD const shown = geometry.shown();
	SizeD const size = geometry.surface_size();
	to.transform = uint8_t(geometry.transform);
	to.dst.width = int(std::lround(size.width));
	to.dst.height = int(std::lround(size.height));
	to.src_x = shown.x;
	to.src_y = shown.y;
	to.src_width = shown.width;
	to.src_height = shown.height;
}

// A client that was seen to use several buffers does not wait for this one.
auto may_settle(Ticket const &ticket) -> bool
{
	return !ticket.log || !ticket.log->several_buffers;
}

// What a claim changes of the window's memory of the layer, and what the caller hears of it.
void describe_change(oriel_mir_layer &to, std::vector<oriel_rect> &rects, LayerState &state,
	bool fresh, Buffer const &buffer)
{
	Ticket const &ticket = buffer.ticket;

	to.id = state.id;
	to.changed = fresh || state.buffer != buffer.id();
	to.n_damage = -1;
	if (!to.changed)
		return;
	state.buffer = buffer.id();
	Damage damage = ticket.log ? ticket.log->take(ticket.seq) : Damage{};
	if (fresh || damage.all)
		return;
	rects = std::move(damage.rects);
	to.n_damage = int(rects.size());
	to.damage = rects.data();
}

auto state_of_layer(Windows &windows, Window &window, mg::Renderable const &renderable,
	Buffer const &buffer, bool &ret_fresh) -> LayerState &
{
	auto const i = window.layers.find(renderable.id());
	DamageLog const *const log = buffer.ticket.log.get();

	ret_fresh = i == window.layers.end() || i->second.log != log;
	if (!ret_fresh)
		return i->second;
	// Mir may use the address of a stream that is gone for another wl_surface.
	LayerState const state{windows.next_layer_id(), log, buffer.id(), false};
	return window.layers.insert_or_assign(renderable.id(), state).first->second;
}

void add_layer(oriel_mir_frame &frame, Windows &windows, Window &window,
	mg::Renderable const &renderable, geom::Point origin)
{
	oriel_mir_frame::Layer layer{};
	oriel_mir_layer to{};
	bool fresh;

	layer.holder = renderable.buffer(); // claims it
	layer.buffer = layer.holder ? our_buffer(*layer.holder) : nullptr;
	if (!layer.buffer)
		return;
	Buffer const &buffer = *layer.buffer;
	LayerState &state = state_of_layer(windows, window, renderable, buffer, fresh);
	state.seen = true;
	// Mir goes on showing subsurfaces that were unmapped.
	if (buffer.ticket.log && !buffer.ticket.log->mapped)
		return;
	to.format = buffer.format() == mir_pixel_format_argb_8888 ? ORIEL_FORMAT_ARGB8888
								  : ORIEL_FORMAT_XRGB8888;
	to.buffer_width = buffer.size().width.as_int();
	to.buffer_height = buffer.size().height.as_int();
	describe_change(to, layer.damage, state, fresh, buffer);
	describe_place(to, renderable, buffer, origin);
	frame.info.commit_ns = std::max(frame.info.commit_ns, buffer.created_ns);
	frame.info.may_settle |= may_settle(buffer.ticket);
	frame.layers.push_back(std::move(layer));
	frame.descriptions.push_back(to);
}

void remember_surface(oriel_mir &mir, Window &window, oriel_mir_frame const &frame)
{
	if (frame.layers.empty() || !frame.layers.front().buffer->ticket.log)
		return;
	DamageLog const &root = *frame.layers.front().buffer->ticket.log;
	bool const same = window.client == root.client && window.wl_surface == root.surface;
	window.client = root.client;
	window.wl_surface = root.surface;
	window.root_x = frame.descriptions.front().dst.x;
	window.root_y = frame.descriptions.front().dst.y;
	// What it wished for before it was known whose that is.
	if (!same && mir.shortcuts.wish(root.client, root.surface))
		mir.notices.mark(window.shared_from_this(), Notices::changed);
}
} // namespace

int oriel_mir_frame_claim(oriel_mir *mir, uint32_t id, oriel_mir_frame **ret_frame)
{
	oriel_mir::Alive const alive{mir};
	auto const window = mir->windows->find(id);
	auto const surface = alive && window ? window->surface.lock() : nullptr;

	if (!surface)
		return -ENOENT;
	auto frame = std::make_unique<oriel_mir_frame>();
	frame->mir = mir;
	frame->window = window;
	auto const gate = mir->mirror.gate.between_commits();
	geom::Point const origin = surface->top_left() + surface->content_offset();
	auto const renderables = surface->generate_renderables(mir);
	window->dirty_told = false;
	frame->layers.reserve(renderables.size());
	for (auto &[key, layer] : window->layers)
		layer.seen = false;
	for (auto const &renderable : renderables)
		add_layer(*frame, *mir->windows, *window, *renderable, origin);
	std::erase_if(window->layers, [](auto const &i) { return !i.second.seen; });
	if (frame->layers.empty())
		return -EAGAIN;
	remember_surface(*mir, *window, *frame);
	frame->info.width = surface->content_size().width.as_int();
	frame->info.height = surface->content_size().height.as_int();
	frame->info.n_layers = int(frame->descriptions.size());
	frame->info.layers = frame->descriptions.data();
	*ret_frame = frame.release();
	return 0;
}

const struct oriel_mir_frame_info *oriel_mir_frame_info(const oriel_mir_frame *frame)
{
	return &frame->info;
}

const void *oriel_mir_frame_pixels(oriel_mir_frame *frame, int layer, size_t *ret_stride)
{
	auto &l = frame->layers.at(layer);

	l.begin_reading();
	*ret_stride = l.pixels->stride;
	return l.pixels->data;
}

void oriel_mir_frame_pixels_done(oriel_mir_frame *frame, int layer)
{
	frame->layers.at(layer).end_reading();
}

int oriel_mir_frame_memory(
	const oriel_mir_frame *frame, int layer, struct oriel_mir_memory *ret_memory)
{
	return frame->layers.at(layer).buffer->describe(*ret_memory) ? 0 : -ENOENT;
}

int oriel_mir_frame_fetch(oriel_mir_frame *frame, int layer, const struct oriel_rect *part)
{
	oriel_mir::Alive const alive{frame->mir};

	if (!alive)
		return -EIO;
	return frame->layers.at(layer).buffer->fetch(
		*part, [mir = frame->mir, window = frame->window] {
			mir->notices.mark(window, Notices::fetched);
		});
}

// Says what was wrong with what the C side has read, before the client hears of anything else.
static void check(oriel_mir_frame &frame)
{
	for (auto &layer : frame.layers) {
		layer.end_reading();
		if (layer.pixels)
			layer.buffer->check(*layer.pixels);
	}
}

void oriel_mir_frame_done(oriel_mir_frame *frame)
{
	check(*frame);
	for (auto const &layer : frame->layers)
		layer.buffer->consume();
}

void oriel_mir_frame_settle(oriel_mir_frame *frame)
{
	check(*frame);
	for (auto &layer : frame->layers) {
		if (!may_settle(layer.buffer->ticket))
			continue;
		layer.buffer->settle();
		layer.pixels.reset();
	}
}

void oriel_mir_frame_unref(oriel_mir_frame *frame)
{
	if (!frame)
		return;
	oriel_mir_frame_done(frame);
	delete frame;
}
