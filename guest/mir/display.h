// SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
// The host's screens as Mir's outputs. Nothing is ever drawn on them.
#pragma once

#include "guest/mir/adapter.h"
#include "guest/mir/compat.h"
#include <mir/fd.h>
#include <mir/graphics/display.h>
#include <mir/graphics/display_configuration.h>
#include <mir/graphics/display_configuration_policy.h>
#include <mutex>
#include <string>
#include <vector>

namespace oriel
{
// What the host says its screens are. Any thread.
class Outputs
{
      public:
	Outputs();

	// At least one. Mir learns of it by announce().
	void set(std::span<oriel_mir_output const> outputs);
	void announce();
	auto configuration() const -> std::vector<mg::DisplayConfigurationOutput>;
	// The corner of the desktop that is covered least often.
	auto far_corner() const -> geom::Point;

	// Readable when announced.
	mir::Fd const changed;

      private:
	struct Output {
		oriel_mir_output output;
		std::string name;
	};
	mutable std::mutex mutex;
	std::vector<Output> outputs;
	std::vector<Output> unplugged; // Mir must hear that they are out of use
};

class Configuration : public mg::DisplayConfiguration
{
      public:
	explicit Configuration(std::vector<mg::DisplayConfigurationOutput> outputs);
	Configuration(Configuration const &other);

	void for_each_output(
		std::function<void(mg::DisplayConfigurationOutput const &)> f) const override;
	void for_each_output(std::function<void(mg::UserDisplayConfigurationOutput &)> f) override;
	auto clone() const -> std::unique_ptr<mg::DisplayConfiguration> override;

      private:
	std::vector<mg::DisplayConfigurationOutput> outputs;
};

class Display : public mg::Display
{
      public:
	Display(Outputs &outputs, std::shared_ptr<mg::Cursor> cursor);

	void for_each_display_sync_group(
		std::function<void(mg::DisplaySyncGroup &)> const &f) override;
	auto configuration() const -> std::unique_ptr<mg::DisplayConfiguration> override;
	auto apply_if_configuration_preserves_display_buffers(
		mg::DisplayConfiguration const &configuration) -> bool override;
	void configure(mg::DisplayConfiguration const &configuration) override;
	void register_configuration_change_handler(mg::EventHandlerRegister &handlers,
		mg::DisplayConfigurationChangeHandler const &changed) override;
	void pause() override;
	void resume() override;
	auto create_hardware_cursor() -> std::shared_ptr<mg::Cursor> override;

      private:
	Outputs &outputs;
	std::shared_ptr<mg::Cursor> const cursor;
	mutable std::mutex mutex;
	std::unique_ptr<mg::DisplayConfiguration> current;
};

// Mir's default policy puts all outputs at 0,0.
struct KeepPositions : mg::DisplayConfigurationPolicy {
	void apply_to(mg::DisplayConfiguration &) override
	{
	}
	void confirm(mg::DisplayConfiguration const &) override
	{
	}
};
} // namespace oriel
