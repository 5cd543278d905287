// SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
// The only input method that Mir has: a client of our own (zwp_input_method_v2) that passes on
// what the text field in use says of itself, and what the host's input method does to it. Mir
// brings that to clients of zwp_text_input_v1, v2 and v3 alike. The Wayland thread only.
#pragma once

#include "guest/mir/inner_client.h"
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

struct wl_proxy;

namespace oriel
{
// What a text field says of itself.
struct TextField {
	std::string surrounding;
	uint32_t cursor{0}, anchor{0}; // bytes, not checked
	uint32_t hints{0}, purpose{0}; // of zwp_text_input_v3
};

// As struct oriel_mir_text.
struct TextChange {
	uint32_t delete_before, delete_after;
	std::string commit, preedit;
	int32_t cursor_begin, cursor_end;
};

class InputMethod
{
      public:
	// `changed`: nothing: no field is in use; `fresh`: another one than before.
	using Changed = std::function<void(std::optional<TextField> const &field, bool fresh)>;

	// `lost`: it is of no use any more.
	InputMethod(wl_display *server, Changed changed, std::function<void()> lost);
	~InputMethod();
	InputMethod(InputMethod const &) = delete;
	auto operator=(InputMethod const &) = delete;

	// As InnerClient::server_gone().
	void server_gone();
	// Nothing is written when no field is in use. `done` is called once Mir has it, unless the
	// connection ends.
	void apply(TextChange const &change, std::function<void()> done);
	// `done` is called once it is known what Mir has said till now, unless the connection ends.
	void sync(std::function<void()> done);

      private:
	struct Listeners;

	void global(uint32_t name, std::string const &interface);
	void done();
	void lost();
	void release();
	void commit_string(std::string const &text);
	void commit();

	Changed const changed;
	std::function<void()> const lost_connection;
	std::unique_ptr<InnerClient> client;
	wl_proxy *seat{}, *manager{}, *method{};
	std::optional<TextField> pending;
	bool fresh{false}, active{false};
	uint32_t serial{0}; // how often we were told "done"
};
} // namespace oriel
