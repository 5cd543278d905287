// SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
// What differs between the versions of Mir that the adapter is built for (2.20 to 2.28), in one
// place, and the names of Mir's namespaces that all files of the adapter use.
#pragma once

#include <cstddef>
#include <mir/renderer/sw/pixel_source.h>
#include <mir/version.h>

#define ORIEL_MIR_AT_LEAST(minor) \
	(MIR_SERVER_MAJOR_VERSION > 2 || \
		(MIR_SERVER_MAJOR_VERSION == 2 && MIR_SERVER_MINOR_VERSION >= (minor)))

namespace mir::compositor
{
}
namespace mir::graphics
{
}
namespace mir::input
{
}
namespace mir::scene
{
}
namespace mir::shell
{
}

namespace oriel
{
namespace mc = mir::compositor;
namespace mg = mir::graphics;
namespace mi = mir::input;
namespace ms = mir::scene;
namespace msh = mir::shell;
namespace mrs = mir::renderer::software;
namespace geom = mir::geometry;

// 2.21 and later: mapping is a matter of const, and bytes are std::byte.
#if ORIEL_MIR_AT_LEAST(21)
using MappableBase = mrs::RWMappable;
using Byte = std::byte;
#else
using MappableBase = mrs::RWMappableBuffer;
using Byte = unsigned char;
#endif
} // namespace oriel
