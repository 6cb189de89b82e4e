// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>

#include "core/scale/demand_policy.h"
#include "core/scale/forecaster.h"
#include "core/scale/linear_forecaster.h"
#include "core/scale/pool_forecaster.h"
#include "core/scale/reactive_policy.h"
#include "core/scale/seasonal_forecaster.h"

namespace og {

// How an autoscaler answers to metrics: a word of its option `policy`. The first is the default.
inline constexpr ReactivePolicyRow kReactivePolicies[] = {
    {.word = "proportional", .make = &make_proportional_policy},
    {.word = "step", .answers_errors = true, .make = &make_step_policy},
    kDemand,
};

// What forecasts its load: a word of its option `predictor`.
struct ForecasterRow {
  const char* word;
  bool looks_at_hold = false;  // forecasts the highest rate within forecast_hold_ms
  std::unique_ptr<Forecaster> (*make)(const BinLayout& bins, int64_t warmup_bins, double quantile);
};
inline constexpr ForecasterRow kForecasters[] = {
    {.word = "none",
     .make = [](const BinLayout&, int64_t, double) { return std::unique_ptr<Forecaster>(); }},
    {.word = "linear",
     .make = [](const BinLayout& bins, int64_t, double) -> std::unique_ptr<Forecaster> {
       return std::make_unique<LinearForecaster>(bins);
     }},
    {.word = "seasonal",
     .make = [](const BinLayout& bins, int64_t warmup_bins, double) -> std::unique_ptr<Forecaster> {
       return std::make_unique<SeasonalForecaster>(bins, warmup_bins);
     }},
    {.word = "pool",
     .looks_at_hold = true,
     .make = [](const BinLayout& bins, int64_t warmup_bins,
                double quantile) -> std::unique_ptr<Forecaster> {
       return std::make_unique<PoolForecaster>(bins, warmup_bins, quantile);
     }},
};

}  // namespace og
