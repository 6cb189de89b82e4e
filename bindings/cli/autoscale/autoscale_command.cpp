// SPDX-License-Identifier: Apache-2.0
#include "bindings/cli/autoscale/autoscale_command.h"

#include <signal.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <iostream>

#include "bindings/cli/autoscale/leader_lock.h"
#include "bindings/cli/autoscale/scaling_loop.h"
#include "bindings/cli/given.h"
#include "bindings/cli/signals_held.h"

namespace og::cli {
namespace {

using Steady = std::chrono::steady_clock;

constexpr char kAbout[] =
    "Scales whatever a shell can ask and order: commands tell what there is, and one makes it so.";
constexpr char kFooter[] =
    "FILE.toml has the autoscaler's options in [autoscaler], and above that the commands, each a\n"
    "line for sh:\n"
    "\n"
    "  current          prints how many instances are wanted now (needed)\n"
    "  ready            prints how many serve\n"
    "  cpu_utilization  prints per cent, and so memory_utilization and error_rate;\n"
    "  request_rate     requests a minute; response_time ms\n"
    "  apply            makes it $OUTGROW_DESIRED\n"
    "\n"
    "and every (15s), timeout (10s), state, textfile, name, dry_run. A decision is a line of "
    "JSON.\n"
    "examples/autoscale has whole files.\n"
    "\n"
    "Exit status: 0 done, or ended by a signal; 2 the file is no good, another process goes by "
    "it,\n"
    "or with --once nothing could be decided or done.";

std::string now_text() {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  tm at{};
  ::gmtime_r(&now.tv_sec, &at);
  char text[40];
  const std::size_t size = ::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &at);
  std::snprintf(text + size, sizeof text - size, ".%03ldZ", now.tv_nsec / 1'000'000);
  return text;
}

void print(const ScalingLoop::Round& round) {
  nlohmann::ordered_json line{{"at", now_text()}};
  line.update(round.line);
  using Json = nlohmann::ordered_json;
  std::cout << line.dump(-1, ' ', false, Json::error_handler_t::replace) << std::endl;
}

// Until then, or a signal by which a user ends it: true.
bool is_ended_before(Steady::time_point then) {
  sigset_t ending;
  sigemptyset(&ending);
  for (const int signal : kEndingSignals) sigaddset(&ending, signal);
  const auto left = std::max(then - Steady::now(), Steady::duration::zero());
  const auto ns = std::chrono::duration_cast<std::chrono::nanoseconds>(left).count();
  const timespec time{ns / 1'000'000'000, ns % 1'000'000'000};
  return ::sigtimedwait(&ending, nullptr, &time) > 0;
}

}  // namespace

AutoscaleCommand::AutoscaleCommand(CLI::App& app)
    : command_(app.add_subcommand("autoscale", kAbout)) {
  command_->footer(kFooter);
  command_->add_option("FILE.toml", file_, "What is scaled, and how")
      ->required()
      ->type_name("")
      ->check(given());
  command_->add_flag("--once", once_, "One round, as for cron");
  command_->add_flag("--dry-run", dry_run_, "Decides, and orders nothing");
}

Result<void> AutoscaleCommand::run() const {
  auto settings = LoopSettings::load(file_, dry_run_);
  if (!settings) return tl::unexpected(settings.error());
  const auto lock = LeaderLock::take(file_, settings->state);
  if (!lock) return tl::unexpected(lock.error());
  const auto every = settings->every;
  auto loop = ScalingLoop::create(std::move(*settings));
  if (!loop) return tl::unexpected(loop.error());

  const SignalsHeld held;  // a round is finished, and its state written
  auto next = Steady::now();
  for (;;) {
    const ScalingLoop::Round round = loop->round();
    print(round);
    if (once_) return round.failed.empty() ? Result<void>() : fail(round.failed);
    next = std::max(next + every, Steady::now());
    if (is_ended_before(next)) return {};
  }
}

}  // namespace og::cli
