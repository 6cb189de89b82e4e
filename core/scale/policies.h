// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>

#include "core/scale/demand_policy.h"
#include "core/scale/forecaster.h"
#include "core/scale/linear_forecaster.h"
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
  std::unique_ptr<Forecaster> (*make)(const BinLayout& bins, int64_t warmup_bins);
};
inline constexpr ForecasterRow kForecasters[] = {
    {"none", [](const BinLayout&, int64_t) { return std::unique_ptr<Forecaster>(); }},
    {"linear",
     [](const BinLayout& bins, int64_t) -> std::unique_ptr<Forecaster> {
       return std::make_unique<LinearForecaster>(bins);
     }},
    {"seasonal",
     [](const BinLayout& bins, int64_t warmup_bins) -> std::unique_ptr<Forecaster> {
       return std::make_unique<SeasonalForecaster>(bins, warmup_bins);
     }},
};

}  // namespace og
