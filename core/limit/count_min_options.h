// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/base/options.h"
#include "core/base/typed_options.h"

namespace og {

inline constexpr const char* kCountMinWord = "count_min";
inline constexpr int64_t kUsualSketchWidth = 65536, kUsualSketchDepth = 4;

// clang-format off: a row an option
inline constexpr OptionSpec kCountMinRows[] = {
    {.name = "sketch_width", .type = OptionType::kInt, .fallback = "65536", .min = 16,
     .max = 1073741824, .unit = "counters",
     .doc = "count_min: counters a row, 8 bytes each. Of N events let through in a window, a key counts no more than 2.72 * N / sketch_width too many, but for one in 2.72^sketch_depth."},
    {.name = "sketch_depth", .type = OptionType::kInt, .fallback = "4", .min = 1, .max = 8,
     .unit = "rows",
     .doc = "count_min: rows of counters; 4: 98 % of keys count no more than that too many."},
};
// clang-format on
inline constexpr OptionTable kCountMinOptions{"limiter", kCountMinRows};

// Of any other policy.
inline Result<void> refuse_sketch(const Options& options, const std::string& policy) {
  const auto own = OptionsOf<kCountMinOptions>::among(options);
  const bool is_width = own.integer("sketch_width") != kUsualSketchWidth;
  if (!is_width && own.integer("sketch_depth") == kUsualSketchDepth) return {};
  const char* given = is_width ? "sketch_width" : "sketch_depth";
  return fail(Status::kBadValue,
              std::string("option '") + given + "' is for count_min: " + policy +
                  " has a cell for each key, as many as option 'keys' says",
              given);
}

}  // namespace og
