// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>

#include "core/base/registry.h"
#include "core/base/typed_options.h"
#include "core/scale/autoscaler.h"
#include "core/scale/saved_state.h"

namespace og {
namespace {

constexpr double kYearMs = 31'536'000'000;
constexpr double kDayMs = 86'400'000;
constexpr double kPercentMax = 1e6;  // CPU counted by core goes beyond 100

// clang-format off: a row an option
constexpr OptionSpec kPolicyRows[] = {
    {.name = "min_instances", .type = OptionType::kInt, .fallback = "1", .min = 1,
     .max = Autoscaler::kMostInstances, .unit = "instances",
     .doc = "Never fewer.", .changes = true},
    {.name = "max_instances", .type = OptionType::kInt, .fallback = "10", .min = 1,
     .max = Autoscaler::kMostInstances, .unit = "instances",
     .doc = "Never more.", .changes = true},
    {.name = "initial_instances", .type = OptionType::kInt, .fallback = "0", .min = 0,
     .max = Autoscaler::kMostInstances, .unit = "instances",
     .doc = "How many run at creation; 0: unknown, nothing is decided until it is set. A replay "
            "begins at min_instances."},
    {.name = "policy", .type = OptionType::kEnum, .fallback = kReactivePolicies[0].word,
     .choices = RegisteredWords<kReactivePolicies>::kText,
     .doc = "As many as the thresholds need, one more or fewer at a time, or as many as the load's "
            "level and its noise need."},
};
constexpr OptionSpec kCommonRows[] = {
    {.name = "cpu_up", .type = OptionType::kDouble, .fallback = "70", .min = 0, .max = kPercentMax,
     .unit = "percent",
     .doc = "CPU utilization above which more are needed.", .changes = true},
    {.name = "memory_up", .type = OptionType::kDouble, .fallback = "80", .min = 0,
     .max = kPercentMax, .unit = "percent",
     .doc = "Memory utilization above which more are needed.", .changes = true},
    {.name = "response_time_up", .type = OptionType::kDouble, .fallback = "1000", .min = 0,
     .max = 1e9, .unit = "milliseconds",
     .doc = "Response time above which one more is needed; proportional: if CPU is high.",
     .changes = true},
    {.name = "error_rate_up", .type = OptionType::kDouble, .fallback = "5", .min = 0, .max = 100,
     .unit = "percent",
     .doc = "Error rate above which error_rate_role says what is done.", .changes = true},
    {.name = "error_rate_role", .type = OptionType::kEnum, .fallback = "freeze",
     .choices = "freeze|up|off",
     .doc = "Of errors over error_rate_up, but for step, which adds one. freeze: nothing shrinks or "
            "is learned until 5 minutes after; up: one more, if CPU is high; off: nothing.",
     .changes = true},
    {.name = "cpu_down", .type = OptionType::kDouble, .fallback = "30", .min = 0,
     .max = kPercentMax, .unit = "percent",
     .doc = "CPU utilization below which fewer may do.", .changes = true},
    {.name = "memory_down", .type = OptionType::kDouble, .fallback = "40", .min = 0,
     .max = kPercentMax, .unit = "percent",
     .doc = "Memory utilization below which fewer may do.", .changes = true},
    {.name = "response_time_down", .type = OptionType::kDouble, .fallback = "200", .min = 0,
     .max = 1e9, .unit = "milliseconds",
     .doc = "Response time below which fewer may do.", .changes = true},
    {.name = "error_rate_down", .type = OptionType::kDouble, .fallback = "1", .min = 0, .max = 100,
     .unit = "percent",
     .doc = "Error rate below which fewer may do.", .changes = true},
    {.name = "memory_votes_down", .type = OptionType::kBool, .fallback = "false",
     .doc = "Proportional: scale down only while memory, too, is below memory_down.",
     .changes = true},
    {.name = "memory_baseline", .type = OptionType::kDouble, .fallback = "0", .min = 0,
     .max = kPercentMax, .unit = "percent",
     .doc = "Proportional: memory that an instance uses without any load.", .changes = true},
    {.name = "tolerance", .type = OptionType::kDouble, .fallback = "0", .min = 0, .max = 10,
     .unit = "share",
     .doc = "Proportional: share by which CPU and memory may exceed their threshold unanswered.",
     .changes = true},
    {.name = "metrics", .type = OptionType::kString, .fallback = "",
     .doc = "Metrics of your own, up to 16: queue: backlog target=30s service=200ms arrivals=jobs; "
            "jobs: input; rps: total target=50; busy: utilization target=0.7; open: concurrency "
            "target=20; failing: health up=5."},
    {.name = "tolerance_up", .type = OptionType::kDouble, .fallback = "0", .min = 0, .max = 10,
     .unit = "share",
     .doc = "Metrics: share by which one may exceed its target unanswered.", .changes = true},
    {.name = "tolerance_down", .type = OptionType::kDouble, .fallback = "0.1", .min = 0, .max = 1,
     .unit = "share",
     .doc = "Metrics: share by which one may fall short of its target unanswered.",
     .changes = true},
    {.name = "scale_up_window_ms", .type = OptionType::kDuration, .fallback = "0", .min = 0,
     .max = kDayMs, .unit = "ms",
     .doc = "Metrics: never more than were needed all the time within it."},
    {.name = "scale_down_window_ms", .type = OptionType::kDuration, .fallback = "300000", .min = 0,
     .max = kDayMs, .unit = "ms",
     .doc = "Proportional, metrics: never fewer than were needed at any time within it."},
    {.name = "scale_down_landing", .type = OptionType::kDouble, .fallback = "0.5", .min = 0,
     .max = 1, .unit = "share",
     .doc = "Proportional: where between its thresholds a scale-down lands a metric: 0 at the lower, "
            "1 at the upper one, as Kubernetes' autoscaler.",
     .changes = true},
    {.name = "scale_up_cooldown_ms", .type = OptionType::kDuration, .fallback = "0", .min = 0,
     .max = kYearMs, .unit = "ms",
     .doc = "Time that must pass after a scale-up before the next.", .changes = true},
    {.name = "scale_down_cooldown_ms", .type = OptionType::kDuration, .fallback = "300000",
     .min = 0, .max = kYearMs, .unit = "ms",
     .doc = "Time that must pass after any change before a scale-down.", .changes = true},
    {.name = "max_step_up", .type = OptionType::kInt, .fallback = "4", .min = 1,
     .max = Autoscaler::kMostInstances, .unit = "instances",
     .doc = "The most to add within max_step_period_ms, or max_step_up_percent if that is more.",
     .changes = true},
    {.name = "max_step_up_percent", .type = OptionType::kDouble, .fallback = "100", .min = 0,
     .max = 1e6, .unit = "percent",
     .doc = "The most to add within a period, of the count before it.", .changes = true},
    {.name = "max_step_down", .type = OptionType::kInt, .fallback = "1", .min = 1,
     .max = Autoscaler::kMostInstances, .unit = "instances",
     .doc = "The most to remove within a period, or max_step_down_percent if that is more.",
     .changes = true},
    {.name = "max_step_down_percent", .type = OptionType::kDouble, .fallback = "50", .min = 0,
     .max = 100, .unit = "percent",
     .doc = "The most to remove within a period, of the count before it.", .changes = true},
    {.name = "max_step_period_ms", .type = OptionType::kDuration, .fallback = "15000", .min = 1,
     .max = kDayMs, .unit = "ms",
     .doc = "Time within which the max_step options bound what decisions change."},
    {.name = "scale_up_velocity", .type = OptionType::kString, .fallback = "",
     .doc = "In place of max_step_up: bounds of which the widest counts, 4/15s, 100%/1m; or min: and "
            "the narrowest; or disabled.",
     .changes = true},
    {.name = "scale_down_velocity", .type = OptionType::kString, .fallback = "",
     .doc = "In place of max_step_down: as scale_up_velocity, per cent of what there was a period ago.",
     .changes = true},
    {.name = "stale_ms", .type = OptionType::kDuration, .fallback = "180000", .min = 1,
     .max = kYearMs, .unit = "ms",
     .doc = "A metric not renewed within this time no longer counts.", .changes = true},
    {.name = "outage_hold_ms", .type = OptionType::kDuration, .fallback = "1800000", .min = 0,
     .max = kDayMs, .unit = "ms",
     .doc = "Seasonal, pool: how long nothing shrinks or is learned once far fewer requests come than usual "
            "at this time of day; 0: no such look.",
     .changes = true},
    {.name = "predictor", .type = OptionType::kEnum, .fallback = kForecasters[0].word,
     .choices = RegisteredWords<kForecasters>::kText,
     .doc = "Model of the request rate: the tutorial's line, a day's season, or a pool of eleven "
            "that learns which of them holds, with weeks and a bound that holds as often as asked."},
    {.name = "forecast_mode", .type = OptionType::kEnum, .fallback = "scale",
     .choices = "scale|forecast_only",
     .doc = "forecast_only: forecasts and their accuracy are shown, and decisions are as without a "
            "predictor.",
     .changes = true},
    {.name = "instance_capacity", .type = OptionType::kDouble, .fallback = "1000", .min = 1e-6,
     .max = 1e12, .unit = "requests/min",
     .doc = "What one instance carries: turns a forecast into a count.", .changes = true},
    {.name = "horizon_ms", .type = OptionType::kDuration, .fallback = "900000", .min = 1000,
     .max = kDayMs, .unit = "ms",
     .doc = "How far ahead to forecast: at least what an instance takes to start."},
    {.name = "forecast_hold_ms", .type = OptionType::kDuration, .fallback = "900000", .min = 0,
     .max = kDayMs, .unit = "ms",
     .doc = "Pool: forecasts the highest rate from horizon_ms on for so long: what a shrink must not "
            "be undone within."},
    {.name = "forecast_quantile", .type = OptionType::kDouble, .fallback = "0.98", .min = 0.5,
     .max = 0.999, .unit = "share",
     .doc = "Pool: how often the load is to stay under what is provided for."},
    {.name = "forecast_margin", .type = OptionType::kDouble, .fallback = "2", .min = 0, .max = 10,
     .unit = "deviations",
     .doc = "Linear, seasonal: standard deviations of the forecast's own errors to provide for on "
            "top of it.",
     .changes = true},
    {.name = "sample_bin_ms", .type = OptionType::kDuration, .fallback = "300000", .min = 1000,
     .max = 3'600'000, .unit = "ms",
     .doc = "The predictor sees the rate's mean over such bins."},
    {.name = "warmup_ms", .type = OptionType::kDuration, .fallback = "86400000", .min = 0,
     .max = kYearMs, .unit = "ms",
     .doc = "Samples that the seasonal model and the pool need before they are asked."},
    {.name = "utc_offset_minutes", .type = OptionType::kInt, .fallback = "0", .min = -840,
     .max = 840, .unit = "minutes",
     .doc = "Local time against UTC, for the hour and weekday of the predictor."},
    {.name = "history", .type = OptionType::kInt, .fallback = "1024", .min = 1, .max = 1'000'000,
     .unit = "decisions",
     .doc = "Decisions kept."},
};
// clang-format on
constexpr auto kRows = with_registered<kReactivePolicies>(kPolicyRows, kCommonRows);

// Of whole weeks: keeps UTC positive for what is learned of the time before, and moves neither hour
// nor weekday.
constexpr int64_t kCenturyNs = 5218 * 7 * kDayNs;

}  // namespace

constexpr OptionTable kAutoscalerOptions{"autoscaler", kRows};

Result<Autoscaler::Settings> Autoscaler::read(const Config& config, const Clock& clock) {
  auto options = OptionsOf<kAutoscalerOptions>::resolve(config);
  if (!options) return tl::unexpected(options.error());
  using Names = OptionsOf<kAutoscalerOptions>;
  const auto count = [&](Names::Integer name) {
    return static_cast<int32_t>(options->integer(name));
  };

  Settings s{};
  s.policy = &kReactivePolicies[options->chosen("policy")];
  s.predictor = &kForecasters[options->chosen("predictor")];
  s.min_instances = count("min_instances");
  s.max_instances = count("max_instances");
  if (s.min_instances > s.max_instances) {
    return fail(Status::kBadValue,
                "min_instances is " + std::to_string(s.min_instances) +
                    ", above max_instances, which is " + std::to_string(s.max_instances),
                "min_instances");
  }
  s.initial_instances = count("initial_instances");

  constexpr Names::Number kNames[][2] = {{"cpu_up", "cpu_down"},
                                         {"memory_up", "memory_down"},
                                         {"response_time_up", "response_time_down"},
                                         {"error_rate_up", "error_rate_down"}};
  for (std::size_t i = 0; i < std::size(kNames); ++i) {
    const auto [up, down] = kNames[i];
    s.thresholds.up[kThresholdMetrics[i]] = options->number(up);
    s.thresholds.down[kThresholdMetrics[i]] = options->number(down);
    if (options->number(down) > options->number(up)) {
      return fail(Status::kBadValue, std::string(down.text()) + " is above " + up.text(),
                  down.text());
    }
  }
  s.thresholds.error_role = options->choice<ErrorRole>("error_rate_role");
  s.thresholds.memory_votes_down = options->flag("memory_votes_down");
  s.thresholds.memory_baseline = options->number("memory_baseline");
  if (s.thresholds.memory_baseline >= options->number("memory_up")) {
    return fail(Status::kBadValue, "memory_baseline is not below memory_up", "memory_baseline");
  }
  s.thresholds.tolerance = options->number("tolerance");
  s.thresholds.landing = options->number("scale_down_landing");
  s.thresholds.window_ns = options->duration_ns("scale_down_window_ms");
  auto metrics = parse_metric_rules(options->text("metrics"));
  if (!metrics) return tl::unexpected(metrics.error());
  s.metrics = std::move(*metrics);
  s.named.tolerance_up = options->number("tolerance_up");
  s.named.tolerance_down = options->number("tolerance_down");
  s.named.up_window_ns = options->duration_ns("scale_up_window_ms");
  s.named.down_window_ns = s.thresholds.window_ns;
  s.named.stale_ns = options->duration_ns("stale_ms");
  s.up_cooldown_ns = options->duration_ns("scale_up_cooldown_ms");
  s.down_cooldown_ns = options->duration_ns("scale_down_cooldown_ms");
  s.stale_ns = options->duration_ns("stale_ms");
  s.max_step_up = count("max_step_up");
  s.max_step_down = count("max_step_down");
  s.step_up_share = options->number("max_step_up_percent") / 100;
  s.step_down_share = options->number("max_step_down_percent") / 100;
  auto up = Velocity::parse("scale_up_velocity", options->text("scale_up_velocity"));
  if (!up) return tl::unexpected(up.error());
  auto down = Velocity::parse("scale_down_velocity", options->text("scale_down_velocity"));
  if (!down) return tl::unexpected(down.error());
  s.up_velocity = std::move(*up);
  s.down_velocity = std::move(*down);
  s.outage_hold_ns = options->duration_ns("outage_hold_ms");
  s.step_period_ns = options->duration_ns("max_step_period_ms");
  s.instance_capacity = options->number("instance_capacity");
  s.forecast_margin = options->number("forecast_margin");
  s.bins.bin_ns = options->duration_ns("sample_bin_ms");
  s.clock_began = kCenturyNs + offset_to_utc(clock);
  s.bins.offset_ns = s.clock_began + options->integer("utc_offset_minutes") * kMinuteNs;
  s.bins.horizon_bins = (options->duration_ns("horizon_ms") + s.bins.bin_ns - 1) / s.bins.bin_ns;
  if (s.predictor->looks_at_hold) {
    s.bins.hold_bins =
        (options->duration_ns("forecast_hold_ms") + s.bins.bin_ns - 1) / s.bins.bin_ns;
  }
  s.forecast_quantile = options->number("forecast_quantile");
  s.forecast_only = options->chosen("forecast_mode") == 1;
  s.warmup_bins = (options->duration_ns("warmup_ms") + s.bins.bin_ns - 1) / s.bins.bin_ns;
  s.history = static_cast<std::size_t>(options->integer("history"));
  s.meaning = options->meaning();
  s.options = std::make_shared<const Options>(*options);
  return s;
}

Result<void> Autoscaler::reconfigure(const Config& config) {
  ForkLock lock(mutex_);
  auto change = Options::change(kAutoscalerOptions, settings_.meaning, config);
  if (!change) return tl::unexpected(std::move(change.error()));
  auto settings = read(change->after.to_config(), *clock_);
  if (!settings) return tl::unexpected(std::move(settings.error()));
  settings->bins = settings_.bins;  // local time is that of its creation
  settings->clock_began = settings_.clock_began;
  settings_ = std::move(*settings);
  policy_->use(settings_.thresholds, *settings_.options);
  upstream_.use(settings_.outage_hold_ns);
  steps_.use(settings_.kept_ns());
  if (bins_) bins_->use(settings_.forecast_margin);
  return {};
}

}  // namespace og
