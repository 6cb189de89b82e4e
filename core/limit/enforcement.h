// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "core/base/double_word.h"
#include "core/base/hash.h"

namespace og {

// Which of a limiter's denials hold: `enforce_percent` of them, as a new limit is brought in. Those
// that do not are let through and counted, as in Envoy's enforcement fraction or nginx's dry run.
//
// It goes by keys: so many in a hundred are denied, always the same ones, on every machine and
// after a restart, and who raises the percentage adds to them. So what is seen of some is what all
// will see; were each request drawn anew, whoever asks again would pass. Requests without a key are
// one in so many, evenly.
//
// Both words lie zeroed where all who share the limiter read them. Zero is all of them.
class Enforcement {
  using Word = Memory::Word;

 public:
  static constexpr int64_t kAll = 100;  // percent

  // spared: 100 less the percentage. turns: of denials without a key.
  Enforcement(Word& spared, Word& turns) noexcept : spared_(&spared), turns_(&turns) {}

  void set(int64_t percent) noexcept {
    spared_->store(static_cast<uint64_t>(kAll - percent), std::memory_order_release);
  }
  bool is_whole() const noexcept { return percent() == kAll; }

  // Of a denial.
  bool holds(std::string_view key) noexcept {
    return holds(key, [this] { return turns_->fetch_add(1, std::memory_order_relaxed); });
  }
  // Of one that would come now.
  bool would_hold(std::string_view key) const noexcept {
    return holds(key, [this] { return turns_->load(std::memory_order_relaxed); });
  }

 private:
  uint64_t percent() const noexcept {
    const uint64_t spared = spared_->load(std::memory_order_acquire);
    return kAll - std::min<uint64_t>(spared, kAll);
  }
  template <class F>
  bool holds(std::string_view key, F&& turn) const noexcept {
    const uint64_t now = percent();
    if (now == kAll || now == 0) return now != 0;
    return key.empty() ? holds_in_turn(turn(), now) : holds_for(key, now);
  }
  // By a hash that is the same everywhere: the table's has a seed.
  static bool holds_for(std::string_view key, uint64_t percent) noexcept {
    const auto share = static_cast<unsigned __int128>(hash64(key)) * kAll >> 64;
    return static_cast<uint64_t>(share) < percent;
  }
  // Of a hundred in a row, `percent`.
  static bool holds_in_turn(uint64_t turn, uint64_t percent) noexcept {
    const uint64_t at = turn % kAll;
    return (at + 1) * percent / kAll != at * percent / kAll;
  }

  Word* spared_;
  Word* turns_;
};

}  // namespace og
