// SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
#include "guest/mir/mir_log.h"
#include <algorithm>
#include <array>
#include <mir/logging/logger.h>
#include <string>
#include <string_view>

extern "C" {
#include "src/base/log.h"
}

namespace oriel
{
namespace
{
using mir::logging::Severity;

// Said at each start or for each X11 window, and no fault: there is no screen to shoot, no GL, and
// a property that is not there is no error.
constexpr std::array<std::string_view, 4> harmless{
	"BasicScreenShooter", "Unable to watch directory", "Is a directory", "no reply data"};

auto level_of(Severity severity, std::string_view message) -> oriel_log_level
{
	auto const said = [=](std::string_view part) { return message.contains(part); };

	if (std::ranges::any_of(harmless, said))
		return ORIEL_LOG_DEBUG;
	switch (severity) {
	case Severity::critical:
	case Severity::error:
		return ORIEL_LOG_ERROR;
	default: // Mir's warnings are about what clients do, and nothing that users can mend
		return ORIEL_LOG_DEBUG;
	}
}

struct MirLogger : mir::logging::Logger {
	using Logger::log;
	void log(Severity severity, std::string const &message,
		std::string const &component) override
	{
		oriel_log(level_of(severity, message), "Mir: %s: %s", component.c_str(),
			message.c_str());
	}
};
} // namespace

auto make_mir_logger() -> std::shared_ptr<mir::logging::Logger>
{
	return std::make_shared<MirLogger>();
}
} // namespace oriel
