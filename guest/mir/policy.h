// SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
// Window management. The host manages windows: what clients ask for becomes a request, and
// windows change when the host says so. With own_policy, Mir's simple desktop policy decides.
// All on Mir's threads.
#pragma once

#include <cstdint>
#include <miral/minimal_window_manager.h>
#include <miral/window_info.h>
#include <miral/window_specification.h>

struct oriel_mir;

namespace oriel
{
class Policy : public miral::MinimalWindowManager
{
      public:
	Policy(miral::WindowManagerTools const &tools, oriel_mir &mir);
	~Policy();

	auto place_new_window(miral::ApplicationInfo const &app,
		miral::WindowSpecification const &requested) -> miral::WindowSpecification override;
	void handle_window_ready(miral::WindowInfo &info) override;
	void handle_modify_window(
		miral::WindowInfo &info, miral::WindowSpecification const &modifications) override;
	void handle_raise_window(miral::WindowInfo &info) override;
	auto confirm_placement_on_display(miral::WindowInfo const &info, MirWindowState state,
		mir::geometry::Rectangle const &placement) -> mir::geometry::Rectangle override;
	auto handle_keyboard_event(MirKeyboardEvent const *event) -> bool override;
	auto handle_touch_event(MirTouchEvent const *event) -> bool override;
	auto handle_pointer_event(MirPointerEvent const *event) -> bool override;
	void handle_request_move(miral::WindowInfo &info, MirInputEvent const *event) override;
	void handle_request_resize(
		miral::WindowInfo &info, MirInputEvent const *event, MirResizeEdge edge) override;

      private:
	void request(miral::WindowInfo const &info, uint8_t kind, uint32_t arg = 0);

	oriel_mir &mir;
};
} // namespace oriel
