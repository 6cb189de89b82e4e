// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/base/typed_options.h"
#include "core/limit/token_bucket_policy.h"
#include "core/limit/warm_up_options.h"
#include "core/limit/window_options.h"
#include "core/limit/window_units.h"

namespace og {

inline Result<void> refuse_max_wait(const Options& options, const std::string& policy) {
  if (OptionsOf<kTokenBucketOptions>::among(options).duration_ns("max_wait_ms") == kUsualMaxWait)
    return {};
  return fail(Status::kBadValue,
              "option 'max_wait_ms' is not for " + policy + ": no slot can be reserved with it",
              "max_wait_ms");
}

inline Result<void> refuse_initial(const Options& options, const std::string& policy,
                                   const char* instead = "has all of its window") {
  if (OptionsOf<kTokenBucketOptions>::among(options).integer("initial") == -1) return {};
  return fail(Status::kBadValue,
              "option 'initial' is for token_bucket: with " + policy + " a new key " + instead,
              "initial");
}

enum class Holds { kCount, kLog, kBurst, kOne };

// Of a policy without tokens: what is wrong with the options of others that are given.
inline Result<void> refuse_options_of_others(const Options& options, const std::string& policy,
                                             Holds holds = Holds::kCount) {
  if (holds != Holds::kBurst &&
      OptionsOf<kTokenBucketOptions>::among(options).integer("burst") != 0) {
    return fail(
        Status::kBadValue,
        "option 'burst' is for token_bucket and windows of the clock: " + policy +
            (holds == Holds::kOne ? " lets one at a time through" : " holds the rate's count"),
        "burst");
  }
  if (OptionsOf<kTokenBucketOptions>::among(options).integer("max_debt") != 0) {
    return fail(Status::kBadValue,
                "option 'max_debt' is for token_bucket: with " + policy +
                    (holds == Holds::kOne ? " a charge has no bound" : " nobody can owe"),
                "max_debt");
  }
  if (holds != Holds::kLog &&
      OptionsOf<kSlidingWindowOptions>::among(options).integer("window_events") != 0) {
    return fail(Status::kBadValue,
                "option 'window_events' is for sliding_window: " + policy + " keeps no log",
                "window_events");
  }
  if (holds == Holds::kOne) return refuse_initial(options, policy, "is cold");
  if (auto initial = refuse_initial(options, policy); !initial) return initial;
  return refuse_warm_up(options, policy);
}

// Of those whose windows hold a burst.
inline Result<void> check_window_count(Rate rate, const std::string& policy) {
  constexpr uint64_t kMost = kMostInWindow;
  if (static_cast<uint64_t>(rate.count) <= kMost) return {};
  return fail(Status::kBadValue,
              "option 'rate' cannot be " + std::to_string(rate.count) +
                  " events in its period with " + policy + ": use up to " + std::to_string(kMost),
              "rate");
}

}  // namespace og
