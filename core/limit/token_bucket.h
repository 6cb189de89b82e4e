// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>

#include "core/base/cell_table.h"
#include "core/base/typed_options.h"
#include "core/limit/policy.h"
#include "core/limit/token_units.h"
#include "core/limit/verdict.h"

namespace og {

// A token bucket a key, each one word.
//
// The word holds the time, in units, at which the bucket will be full again: the theoretical
// arrival time of the generic cell rate algorithm (ITU-T I.371, annex A), which is a token bucket
// told by time instead of by tokens. An untouched bucket needs no refilling, a full one is an idle
// cell, and a decision is one compare-and-swap:
//
//   full' = max(full, now) + cost      passes while full' - now <= capacity
//
// A time before one already seen earns nothing twice: it finds the bucket that much emptier.
template <class M = Memory>
class TokenBucket {
 public:
  using Moment = TokenUnits::Moment;
  using Table = CellTable<M>;
  static constexpr int64_t kMaxElapsed = TokenUnits::kMaxElapsed;

  TokenBucket(TokenUnits units, Table& table) : units_(units), table_(table) {}

  Moment at(int64_t elapsed) const noexcept { return units_.at(elapsed); }
  uint64_t idle_line(Moment now) const noexcept { return now.floor; }

  Verdict acquire(uint64_t hash, Moment now, int64_t cost) noexcept {
    if (cost > units_.burst()) [[unlikely]]
      return {kNeverPasses};
    const uint64_t need = static_cast<uint64_t>(cost) * units_.per_token();
    for (;;) {
      auto view = table_.find(hash);
      if (!view.cell || view.pending()) [[unlikely]] {
        auto claimed = table_.claim(hash, now.floor, now.ceil);
        view = claimed.view;
        if (!view.cell) return {wait(claimed.soonest, now), true};
        if (view.pending()) {
          uint64_t start = std::max(now.ceil, table_.horizon());
          if (table_.swap_state(view, start + need)) return {0};
          continue;
        }
      }
      Decision decision = decide(view.value(), now, need);
      if (decision.wait > 0) return {decision.wait};
      if (table_.swap_state(view, decision.full)) [[likely]]
        return {0};
    }
  }

  Verdict peek(uint64_t hash, Moment now, int64_t cost) noexcept {
    if (cost > units_.burst()) return {kNeverPasses};
    const uint64_t need = static_cast<uint64_t>(cost) * units_.per_token();
    auto view = table_.find(hash);
    if (!view.cell) [[unlikely]]
      return newcomer(hash, now);
    if (view.pending()) return {0};
    return {decide(view.value(), now, need).wait};
  }

  // Of a key for which there is no cell: as peek answers it.
  Standing standing(uint64_t hash, Moment now, Crowd crowd) noexcept {
    auto view = table_.find(hash);
    Standing standing{units_.burst(), units_.burst(), 0};
    if (!view.cell && crowd == Crowd::kDeny) {
      if (Verdict verdict = newcomer(hash, now); verdict.crowded_out)
        return {units_.burst(), 0, verdict.wait};
    }
    if (!view.cell || view.pending() || view.value() <= now.floor) return standing;
    uint64_t owed = view.value() - now.floor;
    standing.remaining =
        owed > units_.capacity()
            ? 0
            : static_cast<int64_t>((units_.capacity() - owed) / units_.per_token());
    standing.reset_after = wait(view.value(), now);
    return standing;
  }

 private:
  struct Decision {
    uint64_t full;
    int64_t wait;
  };

  // A key without a cell has a full bucket, if there is a cell for it.
  Verdict newcomer(uint64_t hash, Moment now) noexcept {
    const uint64_t soonest = table_.crowded(hash, now.floor);
    return soonest == 0 ? Verdict{0} : Verdict{wait(soonest, now), true};
  }

  Decision decide(uint64_t full, Moment now, uint64_t need) const noexcept {
    if (full <= now.floor) return {now.ceil + need, 0};
    uint64_t next = full + need;
    if (next - now.floor <= units_.capacity()) return {next, 0};
    return {full, wait(next - units_.capacity(), now)};
  }
  // Of a request that did not pass, so never 0: not even where the cell is damaged.
  int64_t wait(uint64_t until, Moment now) const noexcept {
    return std::max<int64_t>(units_.when(until) - now.elapsed, 1);
  }

  const TokenUnits units_;
  Table& table_;
};

// clang-format off: a row an option
inline constexpr OptionSpec kTokenBucketRows[] = {
    {.name = "burst", .type = OptionType::kInt, .fallback = "0", .min = 0, .max = 1e12,
     .unit = "events",
     .doc = "What a full token bucket holds; 0: the rate's count."},
};
// clang-format on
inline constexpr OptionTable kTokenBucketOptions{"limiter", kTokenBucketRows};

class TokenBucketPolicy {
 public:
  using Cells = TokenBucket<>;
  static constexpr const char* kWord = "token_bucket";
  static constexpr std::span<const OptionSpec> kOptions = kTokenBucketRows;

  static Result<TokenBucketPolicy> create(const LimitSetup& setup) {
    const int64_t burst = OptionsOf<kTokenBucketOptions>::among(setup.options).integer("burst");
    auto units = TokenUnits::create(setup.rate, burst ? burst : setup.rate.count);
    if (!units) return tl::unexpected(std::move(units.error()));
    return TokenBucketPolicy(*units);
  }
  uint64_t tag_mask() const noexcept { return ~uint64_t{0}; }
  uint64_t words() const noexcept { return 0; }
  Cells over(CellTable<>& table, Memory::Word*) const noexcept { return {units_, table}; }

 private:
  explicit TokenBucketPolicy(TokenUnits units) : units_(units) {}

  TokenUnits units_;
};

}  // namespace og
