// SPDX-License-Identifier: Apache-2.0
#include "core/scale/autoscaler.h"

namespace og {
namespace {

constexpr double kYearMs = 31'536'000'000;
constexpr double kDayMs = 86'400'000;
constexpr double kPercentMax = 1e6;  // CPU counted by core goes beyond 100

using enum OptionType;

constexpr OptionSpec kRows[] = {
    {.name = "min_instances", .type = kInt, .fallback = "1", .min = 1,
     .max = Autoscaler::kMostInstances, .unit = "instances", .doc = "Never fewer."},
    {.name = "max_instances", .type = kInt, .fallback = "10", .min = 1,
     .max = Autoscaler::kMostInstances, .unit = "instances", .doc = "Never more."},
    {.name = "initial_instances", .type = kInt, .fallback = "0", .min = 0,
     .max = Autoscaler::kMostInstances, .unit = "instances",
     .doc = "How many run at creation; 0: min_instances."},
    {.name = "policy", .type = kEnum, .fallback = "proportional", .choices = "proportional|step",
     .doc = "As many as the load needs, or one more or fewer at a time."},
    {.name = "cpu_up", .type = kDouble, .fallback = "70", .min = 0, .max = kPercentMax,
     .unit = "percent", .doc = "CPU utilization above which more are needed."},
    {.name = "memory_up", .type = kDouble, .fallback = "80", .min = 0, .max = kPercentMax,
     .unit = "percent", .doc = "Memory utilization above which more are needed."},
    {.name = "response_time_up", .type = kDouble, .fallback = "1000", .min = 0, .max = 1e9,
     .unit = "milliseconds", .doc = "Response time above which one more is needed."},
    {.name = "error_rate_up", .type = kDouble, .fallback = "5", .min = 0, .max = 100,
     .unit = "percent", .doc = "Error rate above which one more is needed."},
    {.name = "cpu_down", .type = kDouble, .fallback = "30", .min = 0, .max = kPercentMax,
     .unit = "percent", .doc = "CPU utilization below which fewer may do."},
    {.name = "memory_down", .type = kDouble, .fallback = "40", .min = 0, .max = kPercentMax,
     .unit = "percent", .doc = "Memory utilization below which fewer may do."},
    {.name = "response_time_down", .type = kDouble, .fallback = "200", .min = 0, .max = 1e9,
     .unit = "milliseconds", .doc = "Response time below which fewer may do."},
    {.name = "error_rate_down", .type = kDouble, .fallback = "1", .min = 0, .max = 100,
     .unit = "percent", .doc = "Error rate below which fewer may do."},
    {.name = "memory_votes_down", .type = kBool, .fallback = "false",
     .doc = "Proportional: scale down only while memory, too, is below memory_down."},
    {.name = "memory_baseline", .type = kDouble, .fallback = "0", .min = 0, .max = kPercentMax,
     .unit = "percent", .doc = "Proportional: memory that an instance uses without any load."},
    {.name = "tolerance", .type = kDouble, .fallback = "0", .min = 0, .max = 10,
     .unit = "share",
     .doc = "Proportional: share by which CPU and memory may exceed their threshold unanswered."},
    {.name = "scale_down_window_ms", .type = kDuration, .fallback = "300000", .min = 0,
     .max = kDayMs, .unit = "ms",
     .doc = "Proportional: never fewer than were needed at any time within it."},
    {.name = "scale_up_cooldown_ms", .type = kDuration, .fallback = "0", .min = 0, .max = kYearMs,
     .unit = "ms", .doc = "Time that must pass after a scale-up before the next."},
    {.name = "scale_down_cooldown_ms", .type = kDuration, .fallback = "300000", .min = 0,
     .max = kYearMs, .unit = "ms",
     .doc = "Time that must pass after any change before a scale-down."},
    {.name = "max_step_up", .type = kInt, .fallback = "4", .min = 1,
     .max = Autoscaler::kMostInstances, .unit = "instances",
     .doc = "The most to add at once, or max_step_up_percent if that is more."},
    {.name = "max_step_up_percent", .type = kDouble, .fallback = "100", .min = 0, .max = 1e6,
     .unit = "percent", .doc = "The most to add at once, of the present count."},
    {.name = "max_step_down", .type = kInt, .fallback = "1", .min = 1,
     .max = Autoscaler::kMostInstances, .unit = "instances",
     .doc = "The most to remove at once, or max_step_down_percent if that is more."},
    {.name = "max_step_down_percent", .type = kDouble, .fallback = "50", .min = 0, .max = 100,
     .unit = "percent", .doc = "The most to remove at once, of the present count."},
    {.name = "stale_ms", .type = kDuration, .fallback = "180000", .min = 1, .max = kYearMs,
     .unit = "ms", .doc = "A metric not renewed within this time no longer counts."},
    {.name = "predictor", .type = kEnum, .fallback = "none", .choices = "none|linear|seasonal",
     .doc = "Model of the request rate; linear is the tutorial's, seasonal the better one."},
    {.name = "instance_capacity", .type = kDouble, .fallback = "1000", .min = 1e-6, .max = 1e12,
     .unit = "requests/min", .doc = "What one instance carries: turns a forecast into a count."},
    {.name = "horizon_ms", .type = kDuration, .fallback = "900000", .min = 1000, .max = kDayMs,
     .unit = "ms", .doc = "How far ahead to forecast: at least what an instance takes to start."},
    {.name = "forecast_margin", .type = kDouble, .fallback = "2", .min = 0, .max = 10,
     .unit = "deviations",
     .doc = "Standard deviations of the forecast's own errors to provide for on top of it."},
    {.name = "sample_bin_ms", .type = kDuration, .fallback = "300000", .min = 1000,
     .max = 3'600'000, .unit = "ms", .doc = "The predictor sees the rate's mean over such bins."},
    {.name = "warmup_ms", .type = kDuration, .fallback = "86400000", .min = 0, .max = kYearMs,
     .unit = "ms", .doc = "Samples that the seasonal model needs before it is asked."},
    {.name = "utc_offset_minutes", .type = kInt, .fallback = "0", .min = -840, .max = 840,
     .unit = "minutes", .doc = "Local time against UTC, for the hour and weekday of the predictor."},
    {.name = "history", .type = kInt, .fallback = "1024", .min = 1, .max = 1'000'000,
     .unit = "decisions", .doc = "Decisions kept."},
};

}  // namespace

const OptionTable kAutoscalerOptions{"autoscaler", kRows};

}  // namespace og
