// SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
#include "guest/mir/display.h"
#include <algorithm>
#include <cmath>
#include <mir/graphics/event_handler_register.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace oriel
{
namespace
{
// Until the host has said what its screens are.
constexpr oriel_mir_output first_output{1, {0, 0, 1280, 800}, 1.0, 60000, 0, 0, "host"};
constexpr double default_hz = 60;
constexpr size_t max_unplugged = 64;
constexpr double mm_per_unit = 25.4 / 96;

auto physical(uint32_t mm, int units) -> int
{
	return mm ? int(mm) : int(std::lround(units * mm_per_unit));
}

auto mode_of(oriel_mir_output const &o) -> mg::DisplayConfigurationMode
{
	return {geom::Size{
			std::lround(o.area.width * o.scale), std::lround(o.area.height * o.scale)},
		o.refresh_mhz ? o.refresh_mhz / 1000.0 : default_hz};
}

auto describe(oriel_mir_output const &o, std::string const &name) -> mg::DisplayConfigurationOutput
{
	mg::DisplayConfigurationOutput out{};

	out.id = mg::DisplayConfigurationOutputId(int(o.id));
	out.type = mg::DisplayConfigurationOutputType::virt;
	out.pixel_formats = {mir_pixel_format_argb_8888};
	out.modes = {mode_of(o)};
	out.physical_size_mm = {
		physical(o.width_mm, o.area.width), physical(o.height_mm, o.area.height)};
	out.connected = out.used = true;
	out.top_left = {o.area.x, o.area.y};
	out.current_format = mir_pixel_format_argb_8888;
	out.power_mode = mir_power_mode_on;
	out.orientation = mir_orientation_normal;
	out.scale = float(o.scale);
	out.form_factor = mir_form_factor_monitor;
	out.subpixel_arrangement = mir_subpixel_arrangement_unknown;
	out.gamma_supported = mir_output_gamma_unsupported;
	// Rounding of the mode's pixels must not change the logical size.
	out.custom_logical_size = geom::Size{o.area.width, o.area.height};
	if (!name.empty())
		out.name = name;
	return out;
}
} // namespace

Outputs::Outputs() : changed{eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)}
{
	outputs.push_back({first_output, first_output.name});
}

void Outputs::set(std::span<oriel_mir_output const> list)
{
	std::lock_guard const lock{mutex};

	std::ranges::move(outputs, std::back_inserter(unplugged));
	outputs.clear();
	for (auto const &o : list) {
		std::erase_if(unplugged, [&](auto const &u) { return u.output.id == o.id; });
		outputs.push_back({o, o.name ? o.name : ""});
	}
	if (unplugged.size() > max_unplugged)
		unplugged.erase(unplugged.begin(), unplugged.end() - max_unplugged);
}

void Outputs::announce()
{
	eventfd_write(changed, 1);
}

auto Outputs::configuration() const -> std::vector<mg::DisplayConfigurationOutput>
{
	std::lock_guard const lock{mutex};
	std::vector<mg::DisplayConfigurationOutput> result;

	for (auto const &o : outputs)
		result.push_back(describe(o.output, o.name));
	for (auto const &o : unplugged) {
		auto gone = describe(o.output, o.name);
		gone.used = gone.connected = false;
		result.push_back(gone);
	}
	return result;
}

auto Outputs::far_corner() const -> geom::Point
{
	std::lock_guard const lock{mutex};
	oriel_rect const &area = outputs.back().output.area;

	return {area.x + area.width - 1, area.y + area.height - 1};
}

Configuration::Configuration(std::vector<mg::DisplayConfigurationOutput> outputs)
    : outputs{std::move(outputs)}
{
}

Configuration::Configuration(Configuration const &other)
    : mg::DisplayConfiguration{}, outputs{other.outputs}
{
}

void Configuration::for_each_output(
	std::function<void(mg::DisplayConfigurationOutput const &)> f) const
{
	for (auto const &o : outputs)
		f(o);
}

void Configuration::for_each_output(std::function<void(mg::UserDisplayConfigurationOutput &)> f)
{
	for (auto &o : outputs) {
		mg::UserDisplayConfigurationOutput user{o};
		f(user);
	}
}

auto Configuration::clone() const -> std::unique_ptr<mg::DisplayConfiguration>
{
	return std::make_unique<Configuration>(*this);
}

Display::Display(Outputs &outputs, std::shared_ptr<mg::Cursor> cursor)
    : outputs{outputs}, cursor{std::move(cursor)},
      current{std::make_unique<Configuration>(outputs.configuration())}
{
}

void Display::for_each_display_sync_group(std::function<void(mg::DisplaySyncGroup &)> const &)
{
}

auto Display::configuration() const -> std::unique_ptr<mg::DisplayConfiguration>
{
	std::lock_guard const lock{mutex};
	return current->clone();
}

auto Display::apply_if_configuration_preserves_display_buffers(
	mg::DisplayConfiguration const &configuration) -> bool
{
	configure(configuration);
	return true;
}

void Display::configure(mg::DisplayConfiguration const &configuration)
{
	std::lock_guard const lock{mutex};
	current = configuration.clone();
}

void Display::register_configuration_change_handler(
	mg::EventHandlerRegister &handlers, mg::DisplayConfigurationChangeHandler const &changed)
{
	handlers.register_fd_handler({outputs.changed}, this,
		mir::make_module_ptr<std::function<void(int)>>([this, changed](int fd) {
			eventfd_t count;
			if (eventfd_read(fd, &count) < 0)
				return;
			{
				std::lock_guard const lock{mutex};
				current = std::make_unique<Configuration>(outputs.configuration());
			}
			changed();
		}));
}

void Display::pause()
{
}

void Display::resume()
{
}

auto Display::create_hardware_cursor() -> std::shared_ptr<mg::Cursor>
{
	return cursor;
}
} // namespace oriel
