// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "core/base/options.h"
#include "core/base/typed_options.h"

namespace og {

inline constexpr int64_t kUsualWarmUp = int64_t{10} * 1'000'000'000;  // ns
inline constexpr double kUsualColdFactor = 3;

// clang-format off: a row an option
inline constexpr OptionSpec kWarmUpRows[] = {
    {.name = "warm_up_ms", .type = OptionType::kDuration, .fallback = "10000", .min = 1,
     .max = 86400000, .unit = "ms",
     .doc = "warm_up: how long a cold key that always asks takes to get to the rate.",
     .changes = true},
    {.name = "cold_factor", .type = OptionType::kDouble, .fallback = "3", .min = 1, .max = 1000,
     .doc = "warm_up: how many times longer than at the rate a cold key waits between two.",
     .changes = true},
};
// clang-format on
inline constexpr OptionTable kWarmUpOptions{"limiter", kWarmUpRows};

// Of any other policy.
inline Result<void> refuse_warm_up(const Options& all, const std::string& policy) {
  const auto options = OptionsOf<kWarmUpOptions>::among(all);
  const char* odd = nullptr;
  if (options.duration_ns("warm_up_ms") != kUsualWarmUp) odd = "warm_up_ms";
  if (options.number("cold_factor") != kUsualColdFactor) odd = "cold_factor";
  if (!odd) return {};
  return fail(
      Status::kBadValue,
      "option '" + std::string(odd) + "' is for warm_up: with " + policy + " no key is cold", odd);
}

}  // namespace og
