// SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
#include "guest/mir/input_method.h"
#include <algorithm>
#include <utility>
#include <wayland-client.h>

extern "C" {
#include "src/base/log.h"
}

namespace oriel
{
namespace
{
// A Wayland message has 4096 bytes at most.
constexpr size_t text_limit = 4000;

// The protocol is not among wayland-protocols, and of what it has only this much is used. Requests
// and events have their places in these lists for opcodes.
namespace im
{
extern wl_interface const *no_types[];
extern wl_interface const *get_types[];

constexpr wl_message manager_requests[]{
	{"get_input_method", "on", get_types}, {"destroy", "", no_types}};
enum ManagerRequest { get_input_method, destroy_manager };

constexpr wl_message requests[]{{"commit_string", "s", no_types},
	{"set_preedit_string", "sii", no_types}, {"delete_surrounding_text", "uu", no_types},
	{"commit", "u", no_types}, {"get_input_popup_surface", "no", no_types},
	{"grab_keyboard", "n", no_types}, {"destroy", "", no_types}};
enum Request { commit_string, set_preedit, delete_surrounding, commit, popup, grab, destroy };

constexpr wl_message events[]{{"activate", "", no_types}, {"deactivate", "", no_types},
	{"surrounding_text", "suu", no_types}, {"text_change_cause", "u", no_types},
	{"content_type", "uu", no_types}, {"done", "", no_types}, {"unavailable", "", no_types}};

constexpr wl_interface manager{"zwp_input_method_manager_v2", 1, std::size(manager_requests),
	manager_requests, 0, nullptr};
constexpr wl_interface method{
	"zwp_input_method_v2", 1, std::size(requests), requests, std::size(events), events};

wl_interface const *no_types[]{nullptr, nullptr, nullptr};
wl_interface const *get_types[]{&wl_seat_interface, &method};
} // namespace im

// Up to a limit, and not into a character.
auto whole_characters(std::string const &text, size_t from) -> std::string
{
	size_t end = from + text_limit;

	if (end >= text.size())
		return text.substr(from);
	while (end > from && (text[end] & 0xc0) == 0x80)
		end--;
	return text.substr(from, end - from);
}
} // namespace

struct InputMethod::Listeners {
	using Function = void (*)();

	static auto self(void *data) -> InputMethod &
	{
		return *static_cast<InputMethod *>(data);
	}
	// What is not told after it is as of a new field.
	static void activate(void *data, wl_proxy *)
	{
		self(data).pending = TextField{};
		self(data).fresh = true;
	}
	static void deactivate(void *data, wl_proxy *)
	{
		self(data).pending.reset();
	}
	static void surrounding(
		void *data, wl_proxy *, char const *text, uint32_t cursor, uint32_t anchor)
	{
		auto &field = self(data).pending;
		if (!field)
			return;
		field->surrounding = text ? text : "";
		field->cursor = cursor;
		field->anchor = anchor;
	}
	static void change_cause(void *, wl_proxy *, uint32_t)
	{
	}
	static void content_type(void *data, wl_proxy *, uint32_t hints, uint32_t purpose)
	{
		auto &field = self(data).pending;
		if (!field)
			return;
		field->hints = hints;
		field->purpose = purpose;
	}
	static void done(void *data, wl_proxy *)
	{
		self(data).done();
	}
	static void unavailable(void *, wl_proxy *)
	{
		oriel_error("Mir has another input method: that of the host can't be used");
	}

	// In the order of im::events.
	static inline Function const table[]{reinterpret_cast<Function>(activate),
		reinterpret_cast<Function>(deactivate), reinterpret_cast<Function>(surrounding),
		reinterpret_cast<Function>(change_cause), reinterpret_cast<Function>(content_type),
		reinterpret_cast<Function>(done), reinterpret_cast<Function>(unavailable)};
};

InputMethod::InputMethod(wl_display *server, Changed changed, std::function<void()> lost_connection)
    : changed{std::move(changed)}, lost_connection{std::move(lost_connection)},
      client{std::make_unique<InnerClient>(
	      server,
	      [this](uint32_t name, std::string const &interface, uint32_t) {
		      global(name, interface);
	      },
	      [this] { lost(); })}
{
	if (!*client)
		oriel_error("no input method of the host: no connection to Mir");
}

InputMethod::~InputMethod()
{
	release();
}

void InputMethod::server_gone()
{
	client->server_gone();
}

void InputMethod::release()
{
	for (auto **proxy : {&method, &manager, &seat})
		if (*proxy)
			wl_proxy_destroy(std::exchange(*proxy, nullptr));
}

void InputMethod::lost()
{
	oriel_error("Mir has disconnected the input method: that of the host can't be used");
	release();
	active = false;
	lost_connection();
}

void InputMethod::global(uint32_t name, std::string const &interface)
{
	auto const bind = [&](wl_interface const &what, wl_proxy *&ret_proxy) {
		if (interface == what.name && !ret_proxy)
			ret_proxy = static_cast<wl_proxy *>(client->bind(name, what, 1));
	};

	bind(wl_seat_interface, seat);
	bind(im::manager, manager);
	if (!seat || !manager || method)
		return;
	method = wl_proxy_marshal_flags(
		manager, im::get_input_method, &im::method, 1, 0, seat, nullptr);
	if (method)
		wl_proxy_add_listener(
			method, const_cast<Listeners::Function *>(Listeners::table), this);
}

void InputMethod::done()
{
	serial++;
	active = pending.has_value();
	changed(pending, std::exchange(fresh, false));
}

void InputMethod::commit_string(std::string const &text)
{
	wl_proxy_marshal_flags(method, im::commit_string, nullptr, 1, 0, text.c_str());
}

void InputMethod::commit()
{
	wl_proxy_marshal_flags(method, im::commit, nullptr, 1, 0, serial);
}

void InputMethod::apply(TextChange const &change, std::function<void()> done)
{
	std::string const preedit = whole_characters(change.preedit, 0);
	int32_t const length = int32_t(preedit.size());
	std::string part = whole_characters(change.commit, 0);

	if (!method || !active)
		return done();
	if (change.delete_before || change.delete_after)
		wl_proxy_marshal_flags(method, im::delete_surrounding, nullptr, 1, 0,
			change.delete_before, change.delete_after);
	for (size_t at = part.size(); at < change.commit.size(); at += part.size()) {
		commit_string(part);
		commit();
		part = whole_characters(change.commit, at);
	}
	if (!part.empty())
		commit_string(part);
	// Committed text takes the place of what was being composed; clients of
	// zwp_text_input_v1 would take an empty preedit before it for text of its own.
	if (!preedit.empty() || part.empty())
		wl_proxy_marshal_flags(method, im::set_preedit, nullptr, 1, 0, preedit.c_str(),
			std::min(change.cursor_begin, length), std::min(change.cursor_end, length));
	commit();
	sync(std::move(done));
}

void InputMethod::sync(std::function<void()> done)
{
	client->sync(std::move(done));
	client->flush();
}
} // namespace oriel
