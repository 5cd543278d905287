// SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
// Who draws a window's frame, by KDE's protocol (org_kde_kwin_server_decoration): the only one in
// which GTK asks. Mir has none before 2.28, and that of later versions ends clients that make a
// second decoration for a surface, as GTK 4 does.
//
// The mode of a surface counts from its next commit on, as that of xdg-decoration does in Mir; of a
// window that has both, the last change counts. The Wayland thread only.
#pragma once

struct wl_display;
struct wl_resource;

namespace oriel
{
class Windows;

constexpr auto server_decoration_name = "org_kde_kwin_server_decoration_manager";

// Offers the global, for as long as the display lives.
void offer_server_decoration(wl_display *display);

// A wl_surface that is no subsurface has been committed.
void apply_server_decoration(Windows &windows, wl_resource *surface);
} // namespace oriel
