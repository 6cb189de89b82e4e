// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <span>

#include "core/base/typed_options.h"
#include "core/guard/breaker_policy.h"

namespace og {

// clang-format off: a row an option
inline constexpr OptionSpec kConsecutiveRows[] = {
    {.name = "failure_threshold", .type = OptionType::kInt, .fallback = "5", .min = 1, .max = 65535,
     .unit = "failures",
     .doc = "Failures in a row that open the breaker.", .changes = true},
};
// clang-format on
inline constexpr OptionTable kConsecutiveOptions{"breaker", kConsecutiveRows};

// Opens after so many failures in a row (Nygard, Release It!, 2007). The count in the breaker's
// word is that of the failures since the last success.
class Consecutive {
 public:
  static constexpr const char* kWord = "consecutive";
  static constexpr std::span<const OptionSpec> kOptions = kConsecutiveRows;
  static constexpr uint64_t kBytes = sizeof(std::atomic<int64_t>);

  static std::function<void(char* cells)> writer(const Options& options) {
    const auto own = OptionsOf<kConsecutiveOptions>::among(options);
    return [threshold = own.integer("failure_threshold")](char* cells) {
      threshold_in(cells).store(threshold, std::memory_order_relaxed);
    };
  }
  explicit Consecutive(char* cells) noexcept : threshold_(threshold_in(cells)) {}

  Judged judge(int64_t count, bool success) const noexcept {
    if (success) return {0};
    return {count + 1, count + 1 >= threshold_.load(std::memory_order_relaxed)};
  }

 private:
  static std::atomic<int64_t>& threshold_in(char* cells) noexcept {
    return *reinterpret_cast<std::atomic<int64_t>*>(cells);
  }

  const std::atomic<int64_t>& threshold_;
};

}  // namespace og
