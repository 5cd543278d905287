// SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
#pragma once

namespace oriel
{
// Whether a client's connection was made by Mir itself, which it does for Xwayland (its peer
// credentials are our own then), and not through the listening socket.
auto is_internal_client(int fd) -> bool;
} // namespace oriel
