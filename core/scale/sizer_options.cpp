// SPDX-License-Identifier: Apache-2.0
#include "core/base/typed_options.h"
#include "core/scale/saved_state.h"
#include "core/scale/sizer.h"

namespace og {
namespace {

constexpr double kSizerYearMs = 31'536'000'000;

// clang-format off: a row an option
constexpr OptionSpec kSizerRows[] = {
    {.name = "policy", .type = OptionType::kEnum, .fallback = "vpa", .choices = "vpa|autopilot",
     .doc = "What says how much the use asks for: percentiles of it, as Kubernetes' Vertical Pod "
            "Autoscaler; or the limit that costs least, as Google's Autopilot."},
    {.name = "half_life_ms", .type = OptionType::kDuration, .fallback = "86400000", .min = 60'000,
     .max = kSizerYearMs, .unit = "ms",
     .doc = "Time after which what was used weighs half as much."},
    {.name = "memory_interval_ms", .type = OptionType::kDuration, .fallback = "86400000",
     .min = 60'000, .max = kSizerYearMs, .unit = "ms",
     .doc = "Policy vpa: of each such time, memory's peak alone counts. Autopilot: how long an "
            "out-of-memory holds the limit up."},
    {.name = "lower_percentile", .type = OptionType::kDouble, .fallback = "50", .min = 0,
     .max = 100, .unit = "percent",
     .doc = "Policy vpa: share of the use that the lower bound covers."},
    {.name = "target_percentile", .type = OptionType::kDouble, .fallback = "90", .min = 0,
     .max = 100, .unit = "percent",
     .doc = "Policy vpa: share of the use that the target covers."},
    {.name = "upper_percentile", .type = OptionType::kDouble, .fallback = "95", .min = 0,
     .max = 100, .unit = "percent",
     .doc = "Policy vpa: share of the use that the upper bound covers."},
    {.name = "margin_percent", .type = OptionType::kDouble, .fallback = "15", .min = 0,
     .max = 1000, .unit = "percent",
     .doc = "Added to what the policy says."},
    {.name = "confidence_ms", .type = OptionType::kDuration, .fallback = "86400000",
     .min = 60'000, .max = kSizerYearMs, .unit = "ms",
     .doc = "History that is one of confidence, at a sample a minute."},
    {.name = "min_cpu", .type = OptionType::kDouble, .fallback = "0.025", .min = 0, .max = 1e6,
     .unit = "cores",
     .doc = "Never fewer."},
    {.name = "max_cpu", .type = OptionType::kDouble, .fallback = "1000", .min = 0.001, .max = 1e6,
     .unit = "cores",
     .doc = "Never more."},
    {.name = "min_memory", .type = OptionType::kBytes, .fallback = "250MiB", .min = 0,
     .max = 1e15, .unit = "bytes",
     .doc = "Never less."},
    {.name = "max_memory", .type = OptionType::kBytes, .fallback = "1TiB", .min = 4096,
     .max = 1e15, .unit = "bytes",
     .doc = "Never more."},
    {.name = "oom_ratio", .type = OptionType::kDouble, .fallback = "1.2", .min = 1, .max = 100,
     .unit = "times",
     .doc = "An out-of-memory asks for this much of what was used, or for oom_bytes more."},
    {.name = "oom_bytes", .type = OptionType::kBytes, .fallback = "100MiB", .min = 0, .max = 1e15,
     .unit = "bytes",
     .doc = "The least that an out-of-memory asks for on top of what was used."},
    {.name = "startup_boost", .type = OptionType::kDouble, .fallback = "2", .min = 1, .max = 100,
     .unit = "times",
     .doc = "CPU while a process starts, of its target."},
    {.name = "weekend_weight", .type = OptionType::kDouble, .fallback = "100", .min = 1,
     .max = 100, .unit = "percent",
     .doc = "What Saturdays and Sundays weigh: less keeps a quiet weekend from shrinking what Monday "
            "gets."},
    {.name = "utc_offset_minutes", .type = OptionType::kInt, .fallback = "0", .min = -840,
     .max = 840, .unit = "minutes",
     .doc = "Local time against UTC, for the weekday."},
    {.name = "window_ms", .type = OptionType::kDuration, .fallback = "300000", .min = 1000,
     .max = 86'400'000, .unit = "ms",
     .doc = "Policy autopilot: the use of such times is a histogram of its own, and the limit moves "
            "at their ends."},
    {.name = "overrun_cost", .type = OptionType::kDouble, .fallback = "1", .min = 1e-6, .max = 1e6,
     .doc = "Policy autopilot: cost of the share of the use that is above the limit."},
    {.name = "underrun_cost", .type = OptionType::kDouble, .fallback = "0.05", .min = 0,
     .max = 1e6,
     .doc = "Policy autopilot: cost of the share of the use that is below the limit."},
    {.name = "change_cost", .type = OptionType::kDouble, .fallback = "0.01", .min = 0, .max = 1e6,
     .doc = "Policy autopilot: cost of another limit than the one before."},
};
// clang-format on

Result<void> in_order(double low, double high, const char* low_name, const char* high_name) {
  if (low <= high) return {};
  return fail(Status::kBadValue, std::string(low_name) + " is above " + high_name, low_name);
}

}  // namespace

constexpr OptionTable kSizerOptions{"sizer", kSizerRows};

Result<Sizer::Settings> Sizer::read(const Config& config, const Clock& clock) {
  auto options = OptionsOf<kSizerOptions>::resolve(config);
  if (!options) return tl::unexpected(options.error());
  const auto share = [&](double percent) { return percent / 100; };
  Settings s{
      .policy = options->choice<SizerPolicy>("policy"),
      .rules = {.half_life_ns = options->duration_ns("half_life_ms"),
                .interval_ns = options->duration_ns("memory_interval_ms"),
                .lower = share(options->number("lower_percentile")),
                .target = share(options->number("target_percentile")),
                .upper = share(options->number("upper_percentile")),
                .oom_ratio = options->number("oom_ratio"),
                .oom_bytes = static_cast<double>(options->bytes("oom_bytes")),
                .overrun = options->number("overrun_cost"),
                .underrun = options->number("underrun_cost"),
                .change = options->number("change_cost"),
                .window_ns = options->duration_ns("window_ms")},
      .margin = 1 + share(options->number("margin_percent")),
      .weekend = share(options->number("weekend_weight")),
      .startup = options->number("startup_boost"),
      .cpu = {options->number("min_cpu"), 0, options->number("max_cpu")},
      .memory = {static_cast<double>(options->bytes("min_memory")), 0,
                 static_cast<double>(options->bytes("max_memory"))},
      .confidence_ns = options->duration_ns("confidence_ms"),
      .utc_offset_ns = options->integer("utc_offset_minutes") * 60'000'000'000,
      .clock_began = offset_to_utc(clock),
  };
  const Result<void> checks[] = {
      in_order(s.rules.lower, s.rules.target, "lower_percentile", "target_percentile"),
      in_order(s.rules.target, s.rules.upper, "target_percentile", "upper_percentile"),
      in_order(s.cpu.lower, s.cpu.upper, "min_cpu", "max_cpu"),
      in_order(s.memory.lower, s.memory.upper, "min_memory", "max_memory"),
  };
  for (const Result<void>& check : checks) {
    if (!check) return tl::unexpected(check.error());
  }
  return s;
}

}  // namespace og
