// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/base/typed_options.h"
#include "core/limit/token_bucket.h"
#include "core/limit/window_options.h"

namespace og {

// Of a policy that has no options of its own: what is wrong with those that are given.
inline Result<void> refuse_options_of_others(const Options& options, const std::string& policy) {
  if (OptionsOf<kTokenBucketOptions>::among(options).integer("burst") != 0) {
    return fail(Status::kBadValue,
                "option 'burst' is for token_bucket: " + policy + " holds the rate's count",
                "burst");
  }
  if (OptionsOf<kTokenBucketOptions>::among(options).integer("max_debt") != 0) {
    return fail(Status::kBadValue,
                "option 'max_debt' is for token_bucket: with " + policy + " nobody can owe",
                "max_debt");
  }
  if (OptionsOf<kSlidingWindowOptions>::among(options).integer("window_events") != 0) {
    return fail(Status::kBadValue,
                "option 'window_events' is for sliding_window: " + policy + " keeps no log",
                "window_events");
  }
  return {};
}

}  // namespace og
