// SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
#include "guest/mir/internal_client.h"
#include <cstddef>
#include <sys/socket.h>
#include <sys/un.h>

namespace oriel
{
auto is_internal_client(int fd) -> bool
{
	sockaddr_un address{};
	socklen_t length = sizeof address;

	// An accepted socket bears the name of the listening one, one of a pair has no name.
	return getsockname(fd, reinterpret_cast<sockaddr *>(&address), &length) == 0 &&
	       length <= offsetof(sockaddr_un, sun_path);
}
} // namespace oriel
