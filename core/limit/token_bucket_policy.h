// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>

#include "core/base/typed_options.h"
#include "core/limit/policy.h"
#include "core/limit/token_bucket.h"
#include "core/limit/warm_up_options.h"
#include "core/limit/window_options.h"

namespace og {

inline constexpr int64_t kUsualMaxWait = int64_t{30} * 86'400'000'000'000;  // ns

// clang-format off: a row an option
inline constexpr OptionSpec kTokenBucketRows[] = {
    {.name = "burst", .type = OptionType::kInt, .fallback = "0", .min = 0, .max = 1e12,
     .unit = "events",
     .doc = "What a full token bucket holds, and a window of the clock with what earlier ones left; 0: the rate's count.",
     .changes = true},
    {.name = "initial", .type = OptionType::kInt, .fallback = "-1", .min = -1, .max = 1e12,
     .unit = "events",
     .doc = "What the token bucket of a new key holds, up to its burst; -1: all of it.",
     .changes = true},
    {.name = "max_debt", .type = OptionType::kInt, .fallback = "0", .min = 0, .max = 1e12,
     .unit = "events",
     .doc = "How many a key can owe beyond an empty token bucket, once it is charged.",
     .changes = true},
    {.name = "max_wait_ms", .type = OptionType::kDuration, .fallback = "2592000000", .min = 0,
     .max = 31536000000, .unit = "ms",
     .doc = "How far ahead a slot can be reserved: longer waits are refused at once; 0: none.",
     .changes = true},
};
// clang-format on
inline constexpr OptionTable kTokenBucketOptions{"limiter", kTokenBucketRows};

// 0: not said.
inline int64_t burst_of(const LimitSetup& setup) {
  if (setup.burst != 0) return setup.burst;
  return OptionsOf<kTokenBucketOptions>::among(setup.options).integer("burst");
}

// ns
inline uint64_t max_wait_of(const LimitSetup& setup) {
  return static_cast<uint64_t>(
      OptionsOf<kTokenBucketOptions>::among(setup.options).duration_ns("max_wait_ms"));
}

class TokenBucketPolicy {
 public:
  using Cells = TokenBucket<>;
  static constexpr const char* kWord = "token_bucket";
  static constexpr bool kHoldsBurst = true;
  static constexpr std::span<const OptionSpec> kOptions = kTokenBucketRows;

  static Result<TokenBucketPolicy> create(const LimitSetup& setup) {
    const auto options = OptionsOf<kTokenBucketOptions>::among(setup.options);
    const int64_t burst = burst_of(setup), max_debt = options.integer("max_debt");
    if (OptionsOf<kSlidingWindowOptions>::among(setup.options).integer("window_events") != 0) {
      return fail(
          Status::kBadValue,
          "option 'window_events' is for sliding_window: a token_bucket can be given any rate",
          "window_events");
    }
    if (auto zone = refuse_time_zone(setup.options, kWord); !zone)
      return tl::unexpected(std::move(zone.error()));
    if (auto warm = refuse_warm_up(setup.options, kWord); !warm)
      return tl::unexpected(std::move(warm.error()));
    auto units = TokenUnits::create(setup.rate, burst ? burst : setup.rate.count, max_debt,
                                    options.duration_ns("max_wait_ms"));
    if (!units) return tl::unexpected(std::move(units.error()));
    const int64_t initial = options.integer("initial");
    if (initial > units->burst()) {
      return fail(Status::kBadValue,
                  "option 'initial' cannot be " + std::to_string(initial) +
                      ": a bucket holds at most " + std::to_string(units->burst()) + ", its burst",
                  "initial");
    }
    return TokenBucketPolicy(*units, static_cast<uint64_t>(initial + 1));
  }
  static uint64_t tag_mask(uint64_t) noexcept { return ~uint64_t{0}; }
  Result<void> can_follow(uint64_t, TokensInheritance) const { return {}; }
  uint64_t words() const noexcept { return 0; }
  LimitWords kept() const noexcept {
    LimitWords words = units_.words();
    words[kOfNewKeys] = of_new_keys_;
    return words;
  }
  Cells over(const CellsAt<>& at) const noexcept { return {at.table, at.epochs}; }

 private:
  TokenBucketPolicy(TokenUnits units, uint64_t of_new_keys)
      : units_(units), of_new_keys_(of_new_keys) {}

  TokenUnits units_;
  uint64_t of_new_keys_;  // TokenUnits::lacks_at_first
};

}  // namespace og
