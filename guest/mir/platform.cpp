// SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
// The entry points by which Mir uses this shared object as its graphics and its input platform.
// The linker script gives them the version nodes that the installed Mir looks for.
#include "guest/mir/adapter_impl.h"
#include "guest/mir/buffer.h"
#include <mir/assert_module_entry_point.h>
#include <mir/dispatch/action_queue.h>
#include <mir/graphics/platform.h>
#include <mir/input/platform.h>
#include <mir/udev/wrapper.h>
#include <stdexcept>

namespace oriel
{
namespace
{
// The module is loaded by oriel_mir_run(): there always is one.
auto mir_of_process() -> oriel_mir &
{
	if (!oriel_mir::current)
		throw std::logic_error{"the Oriel platform works inside orield only"};
	return *oriel_mir::current;
}

struct DisplayPlatform : mg::DisplayPlatform {
	auto create_display(std::shared_ptr<mg::DisplayConfigurationPolicy> const &,
		std::shared_ptr<mg::GLConfig> const &) -> mir::UniqueModulePtr<mg::Display> override
	{
		oriel_mir &mir = mir_of_process();
		return mir::make_module_ptr<Display>(mir.outputs, mir.cursor);
	}
	auto maybe_create_provider(mg::DisplayProvider::Tag const &)
		-> std::shared_ptr<mg::DisplayProvider> override
	{
		return {};
	}
};

struct RenderingPlatform : mg::RenderingPlatform {
	auto create_buffer_allocator(mg::Display const &)
		-> mir::UniqueModulePtr<mg::GraphicBufferAllocator> override
	{
		return mir::make_module_ptr<Allocator>(mir_of_process());
	}
	auto maybe_create_provider(mg::RenderingProvider::Tag const &)
		-> std::shared_ptr<mg::RenderingProvider> override
	{
		return {};
	}
};

// The devices are virtual ones (input.h): the platform itself has none.
struct InputPlatform : mi::Platform {
	auto dispatchable() -> std::shared_ptr<mir::dispatch::Dispatchable> override
	{
		return queue;
	}
	void start() override
	{
	}
	void stop() override
	{
	}
	void pause_for_config() override
	{
	}
	void continue_after_config() override
	{
	}

	std::shared_ptr<mir::dispatch::ActionQueue> const queue{
		std::make_shared<mir::dispatch::ActionQueue>()};
};

mir::ModuleProperties const properties{"mir:oriel", MIR_SERVER_MAJOR_VERSION,
	MIR_SERVER_MINOR_VERSION, MIR_SERVER_MICRO_VERSION, "oriel-mir"};

// One device that is better than all others.
auto one_device() -> std::vector<mg::SupportedDevice>
{
	std::vector<mg::SupportedDevice> devices;

	devices.push_back({nullptr, mg::probe::best + 1, nullptr});
	return devices;
}
} // namespace
} // namespace oriel

using namespace oriel;

void add_graphics_platform_options(boost::program_options::options_description &)
{
}

auto probe_display_platform(std::shared_ptr<mir::ConsoleServices> const &,
	std::shared_ptr<mir::udev::Context> const &, mir::options::Option const &)
	-> std::vector<mg::SupportedDevice>
{
	return one_device();
}

auto probe_rendering_platform(std::span<std::shared_ptr<mg::DisplayPlatform>> const &,
	mir::ConsoleServices &, std::shared_ptr<mir::udev::Context> const &,
	mir::options::Option const &) -> std::vector<mg::SupportedDevice>
{
	return one_device();
}

auto create_display_platform(mg::SupportedDevice const &,
	std::shared_ptr<mir::options::Option> const &,
	std::shared_ptr<mir::EmergencyCleanupRegistry> const &,
	std::shared_ptr<mir::ConsoleServices> const &, std::shared_ptr<mg::DisplayReport> const &)
	-> mir::UniqueModulePtr<mg::DisplayPlatform>
{
	return mir::make_module_ptr<oriel::DisplayPlatform>();
}

auto create_rendering_platform(mg::SupportedDevice const &,
	std::vector<std::shared_ptr<mg::DisplayPlatform>> const &, mir::options::Option const &,
	mir::EmergencyCleanupRegistry &) -> mir::UniqueModulePtr<mg::RenderingPlatform>
{
	return mir::make_module_ptr<oriel::RenderingPlatform>();
}

mir::ModuleProperties const *describe_graphics_module()
{
	return &properties;
}

auto create_input_platform(mir::options::Option const &,
	std::shared_ptr<mir::EmergencyCleanupRegistry> const &,
	std::shared_ptr<mi::InputDeviceRegistry> const &,
	std::shared_ptr<mir::ConsoleServices> const &, std::shared_ptr<mi::InputReport> const &)
	-> mir::UniqueModulePtr<mi::Platform>
{
	return mir::make_module_ptr<oriel::InputPlatform>();
}

void add_input_platform_options(boost::program_options::options_description &)
{
}

auto probe_input_platform(mir::options::Option const &, mir::ConsoleServices &)
	-> mi::PlatformPriority
{
	return mi::PlatformPriority::best;
}

mir::ModuleProperties const *describe_input_module()
{
	return &properties;
}
