// SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
// Mir's messages as lines of ours. Mir's own logger writes to standard output, which may be the
// link to the host.
#pragma once

#include <memory>

namespace mir::logging
{
class Logger;
}

namespace oriel
{
auto make_mir_logger() -> std::shared_ptr<mir::logging::Logger>;
}
