// SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
#include "guest/mir/text_input.h"
#include "guest/mir/adapter_impl.h"
#include "guest/mir/surface_state.h"
#include <string_view>
#include <tuple>
#include <wayland-server-core.h>

namespace oriel
{
namespace
{
auto key(oriel_rect const &r)
{
	return std::tuple{r.x, r.y, r.width, r.height};
}

auto key(TextField const &f)
{
	return std::tie(f.surrounding, f.cursor, f.anchor, f.hints, f.purpose);
}
} // namespace

// Where the clients say that their carets are.
struct TextInput::Watcher {
	// A zwp_text_input_v1, v2 or v3.
	struct Input {
		Hook gone;
		Watcher *self;
		wl_resource *resource;
		bool enabled{false};
		Caret caret;
		// Of v3: how often the client committed, and as of which commit it was last written
		// to.
		uint32_t commits{0}, written{0};
	};

	explicit Watcher(TextInput &text) : text{text}
	{
	}
	~Watcher()
	{
		for (auto const &[resource, input] : inputs)
			wl_list_remove(&input->gone.listener.link);
	}

	void request(wl_protocol_logger_message const &message);
	void event(wl_protocol_logger_message const &message);
	auto input(wl_resource *resource) -> Input &;
	void use(Input &input);
	auto ask() -> bool;
	void answered(wl_protocol_logger_message const &pong);
	void forget(Input const &input);

	TextInput &text;
	Hook display_gone;
	std::map<wl_resource *, std::unique_ptr<Input>> inputs;
	Input *current{};
	// Who was asked whether it has taken a text.
	Input *asked{};
	uint32_t ping{0};
	int repeats{0};
};

auto TextInput::Watcher::input(wl_resource *resource) -> Input &
{
	auto &entry = inputs[resource];

	if (!entry) {
		entry = std::make_unique<Input>();
		entry->self = this;
		entry->resource = resource;
		entry->caret.client = wl_resource_get_client(resource);
		entry->gone.owner = entry.get();
		entry->gone.listener.notify = [](wl_listener *l, void *) {
			auto const *const input = owner_of<Input>(l);
			auto *const self = input->self;
			if (self->current == input)
				self->current = nullptr;
			self->forget(*input);
			self->inputs.erase(input->resource);
		};
		wl_resource_add_destroy_listener(resource, &entry->gone.listener);
	}
	return *entry;
}

void TextInput::Watcher::use(Input &input)
{
	if (input.enabled)
		current = &input;
	if (current == &input)
		text.moved(input.caret);
}

static auto is_v3(wl_resource *input) -> bool
{
	return std::string_view{wl_resource_get_class(input)}.ends_with("v3");
}

static auto object(wl_protocol_logger_message const &m, int i) -> wl_resource *
{
	return reinterpret_cast<wl_resource *>(m.arguments[i].o);
}

// The versions differ in what their requests are called. Rectangles of v3 count from its commit;
// some clients of the others send theirs after it.
void TextInput::Watcher::request(wl_protocol_logger_message const &m)
{
	std::string_view const request = m.message->name;
	Input &in = input(m.resource);
	bool const v3 = is_v3(m.resource);

	if (request == "set_cursor_rectangle") {
		in.caret.rect = {
			m.arguments[0].i, m.arguments[1].i, m.arguments[2].i, m.arguments[3].i};
		if (!v3 && current == &in)
			use(in);
	} else if (request == "activate" || request == "enable") {
		auto *const surface = v3 ? nullptr : object(m, request == "activate" ? 1 : 0);
		in.enabled = true;
		in.caret.rect = {};
		if (surface)
			in.caret.surface = wl_resource_get_id(surface);
	} else if (request == "deactivate" || request == "disable") {
		in.enabled = false;
		// v1 has nothing that would make it count, and Mir waits for that.
		if (request == "deactivate" && current == &in)
			text.changed({}, false);
	} else if (request == "commit" || request == "commit_state" ||
		   request == "show_input_panel" || request == "update_state") {
		in.commits++;
		use(in);
	}
}

void TextInput::Watcher::event(wl_protocol_logger_message const &m)
{
	std::string_view const event = m.message->name;
	bool const v2 = std::string_view{wl_resource_get_class(m.resource)}.ends_with("v2");
	bool const v3 = is_v3(m.resource);

	if (event == "enter") {
		if (auto *const surface = object(m, v2 ? 1 : 0))
			input(m.resource).caret.surface = wl_resource_get_id(surface);
	} else if (event == "leave" && v3) { // in the others it may come between activate and use
		Input &in = input(m.resource);
		in.enabled = false;
		forget(in);
	} else if (event == "done" && v3) {
		input(m.resource).written = m.arguments[0].u;
	}
}

// There are clients (foot) that put text aside when they have committed since what it was written
// for, until they are written to again. Whether that has happened is known when the client has
// answered a ping that was sent behind the text: of zwp_text_input, nothing answers.

static auto find_shell(wl_client *client) -> wl_resource *
{
	wl_resource *shell{};

	wl_client_for_each_resource(
		client,
		[](wl_resource *resource, void *ret_shell) {
			if (std::string_view{wl_resource_get_class(resource)} != "xdg_wm_base")
				return WL_ITERATOR_CONTINUE;
			*static_cast<wl_resource **>(ret_shell) = resource;
			return WL_ITERATOR_STOP;
		},
		&shell);
	return shell;
}

// Returns whether an answer will come.
auto TextInput::Watcher::ask() -> bool
{
	constexpr uint32_t ping_opcode = 0;

	// Of several that did not wait for one another, the last one's answer is enough.
	if (std::exchange(asked, nullptr))
		text.taken();
	if (!current || !current->enabled || !is_v3(current->resource))
		return false;
	auto *const client = wl_resource_get_client(current->resource);
	auto *const shell = find_shell(client);
	if (!shell)
		return false;
	asked = current;
	ping = wl_display_next_serial(wl_client_get_display(client));
	wl_resource_post_event(shell, ping_opcode, ping);
	return true;
}

void TextInput::Watcher::answered(wl_protocol_logger_message const &pong)
{
	// A client that answers each text with a commit is not written to for ever.
	constexpr int most_repeats = 3;

	if (!asked || pong.arguments[0].u != ping ||
		wl_resource_get_client(pong.resource) != wl_resource_get_client(asked->resource))
		return;
	bool const is_late = asked == current && asked->enabled && asked->written != asked->commits;
	if (!is_late || repeats++ >= most_repeats)
		return forget(*asked);
	asked = nullptr;
	text.repeat();
}

// Nothing waits for it any more.
void TextInput::Watcher::forget(Input const &input)
{
	if (asked != &input)
		return;
	asked = nullptr;
	repeats = 0;
	text.taken();
}

TextInput::TextInput(std::function<void()> wake) : wake{std::move(wake)}
{
}

TextInput::~TextInput() = default;

void TextInput::watch(wl_display *display, std::function<void(std::function<void()>)> later)
{
	this->later = std::move(later);
	watcher = std::make_unique<Watcher>(*this);
	wl_display_add_protocol_logger(
		display,
		[](void *data, wl_protocol_logger_type type, wl_protocol_logger_message const *m) {
			auto const &watcher = static_cast<TextInput *>(data)->watcher;
			std::string_view const name = wl_resource_get_class(m->resource);
			bool const is_request = type == WL_PROTOCOL_LOGGER_REQUEST;
			if (!watcher)
				return;
			if (name.starts_with("zwp_text_input_v"))
				is_request ? watcher->request(*m) : watcher->event(*m);
			else if (is_request && watcher->asked && name == "xdg_wm_base" &&
				 m->message->name == std::string_view{"pong"})
				watcher->answered(*m);
		},
		this);
	// When Mir does not end in good order.
	watcher->display_gone.owner = this;
	watcher->display_gone.listener.notify = [](wl_listener *l, void *) {
		auto &method = owner_of<TextInput>(l)->method;
		if (method)
			method->server_gone();
		method.reset();
	};
	wl_display_add_destroy_listener(display, &watcher->display_gone.listener);
	method = std::make_unique<InputMethod>(
		display, [this](auto const &field, bool is_fresh) { changed(field, is_fresh); },
		[this] {
			changed({}, false);
			under_way = 0;
		});
}

void TextInput::apply(TextChange const &change)
{
	// Mir has it when it answers the input method, and sends it to the client in its next turn.
	auto const answered = [this] { later([this] { sent(); }); };

	last = change;
	if (method)
		method->apply(change, answered);
	else
		answered();
}

void TextInput::sent()
{
	if (!watcher->ask())
		taken();
}

// What was put aside is taken when nothing new is with it. What is being composed stays so. The
// input method has to know of the client's commit before.
void TextInput::repeat()
{
	later([this] {
		if (!method)
			return;
		method->sync([this] {
			apply({0, 0, {}, last.preedit, last.cursor_begin, last.cursor_end});
		});
	});
}

void TextInput::taken()
{
	if (under_way)
		under_way--;
	wake();
}

void TextInput::stop()
{
	method.reset();
	under_way = 0;
}

void TextInput::push(Input &&input)
{
	waiting.push_back(std::move(input));
}

auto TextInput::pop(bool all) -> std::optional<Input>
{
	if (waiting.empty() || (under_way && !all))
		return {};
	auto const input = std::move(waiting.front());
	waiting.pop_front();
	if (input.text)
		under_way++;
	return input;
}

// Between the threads -----------------------------------------------------------------------------

void TextInput::changed(std::optional<TextField> const &field, bool is_fresh)
{
	{
		std::lock_guard const lock{mutex};
		now.field = field;
		fresh |= is_fresh;
	}
	wake();
}

void TextInput::moved(Caret const &caret)
{
	{
		std::lock_guard const lock{mutex};
		now.caret = caret;
	}
	wake();
}

// Carets are told in the coordinates of the wl_surface, which may have a shadow around its content.
auto TextInput::place(Now const &what, Windows const &windows) const -> Told
{
	auto window =
		what.caret.surface ? windows.find(what.caret.client, what.caret.surface) : nullptr;

	// Not drawn yet: it is not known which wl_surface it is.
	if (!window)
		window = windows.find(windows.focused);
	if (!what.field || !window || !window->reported)
		return {};
	Told to{window->id, what.caret.rect, *what.field};
	// Any numbers may come.
	to.caret.x = int32_t(int64_t(to.caret.x) + window->root_x);
	to.caret.y = int32_t(int64_t(to.caret.y) + window->root_y);
	return to;
}

void TextInput::tell(oriel_mir_ops const &ops, void *user, Told &&what)
{
	if (what.window == told.window && key(what.caret) == key(told.caret) &&
		key(what.field) == key(told.field))
		return;
	told = std::move(what);
	auto const &field = told.field;
	oriel_mir_text_input const to{told.window, told.caret, field.purpose, field.hints,
		field.surrounding.c_str(), field.cursor, field.anchor};
	ops.text_input(user, &to);
}

void TextInput::deliver(oriel_mir_ops const &ops, void *user, Windows const &windows)
{
	std::unique_lock lock{mutex};
	Now const what = now;
	bool const is_fresh = std::exchange(fresh, false);

	lock.unlock();
	if (!ops.text_input)
		return;
	if (is_fresh)
		tell(ops, user, {});
	tell(ops, user, place(what, windows));
}
} // namespace oriel

using namespace oriel;

void oriel_mir_text(oriel_mir *mir, const struct oriel_mir_text *text)
{
	oriel_mir::Alive const alive{mir};

	if (!alive)
		return;
	mir->text_input.push({TextChange{text->delete_before, text->delete_after, text->commit,
				      text->preedit, text->cursor_begin, text->cursor_end},
		0, false});
	mir->pass_input(false);
}

void oriel_mir::pass_input(bool all)
{
	while (auto const input = text_input.pop(all)) {
		if (input->text)
			server->run_on_wayland_display([this, change = *input->text](wl_display *) {
				text_input.apply(change);
			});
		else
			this->input.keyboard.key(input->code, input->down);
	}
}
