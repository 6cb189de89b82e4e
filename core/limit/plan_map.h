// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "core/base/double_word.h"
#include "core/base/hash.h"
#include "core/limit/plan_list.h"

namespace og {

// Which plan a key has, where all who share a limiter read it: one word a key, of zeroed memory.
// Only what is set is there, and it stays until it is changed: no key makes room for another.
//
//   word   the key's hash, without its lowest 5 bits | its plan; kGone: no key's any more
//
// A key's word is the first with its hash on the way from its home to a word that is 0. It never
// moves, and words before it never become 0: so who looks sees what was set before, or after, and
// needs no lock. Who changes it holds one. Each step of a change is one word, so that who dies
// between two leaves a map that is right; at worst `used` is too high, and is counted anew when the
// map seems full.
//
// A word that is no key's any more is taken by the next key that comes by. It becomes 0 once the
// one behind it is 0: so keys that come and go leave nothing that others have to pass.
template <class M = Memory>
class PlanMap {
 public:
  using Word = typename M::Word;

  // Room for `keys` at half load.
  static uint64_t slots_for(uint64_t keys) noexcept { return 2 * keys + 8; }
  static uint64_t bytes_for(uint64_t keys) noexcept {
    return sizeof(Head) + slots_for(keys) * sizeof(Word);
  }

  // memory: bytes_for(keys), on a 64-byte boundary.
  PlanMap(void* memory, uint64_t keys) noexcept
      : head_(static_cast<Head*>(memory)),
        words_(reinterpret_cast<Word*>(head_ + 1)),
        keys_(keys),
        slots_(slots_for(keys)) {}

  void prefetch(uint64_t hash) const noexcept { __builtin_prefetch(words_ + home(hash)); }
  // kDefaultPlan where none was set.
  uint64_t find(uint64_t hash) const noexcept {
    uint64_t at = home(hash);
    for (uint64_t i = 0; i < slots_; ++i, at = after(at)) {
      const uint64_t word = words_[at].load(std::memory_order_seq_cst);
      if (word == 0) break;
      if ((word & ~kPlan) == (hash & ~kPlan) && (word & kPlan) != kGone)
        return (word & kPlan) < kPlanNumbers ? word & kPlan : kDefaultPlan;
    }
    return kDefaultPlan;
  }
  // False: there is no room for another key. One caller at a time.
  bool set(uint64_t hash, uint64_t plan) noexcept {
    const Place place = place_of(hash);
    if (place.is_there) {
      if (plan != kDefaultPlan)
        words_[place.at].store((hash & ~kPlan) | plan, std::memory_order_seq_cst);
      else
        remove(place.at);
      return true;
    }
    if (plan == kDefaultPlan) return true;
    if (place.at == kNowhere || (used() >= keys_ && recount() >= keys_)) return false;
    head_->used.fetch_add(1, std::memory_order_relaxed);
    words_[place.at].store((hash & ~kPlan) | plan, std::memory_order_seq_cst);
    return true;
  }
  uint64_t used() const noexcept { return head_->used.load(std::memory_order_relaxed); }
  uint64_t keys() const noexcept { return keys_; }
  // Calls f(plan) for each key that has one. Reads the whole map.
  template <class F>
  void each(F&& f) const noexcept {
    for (uint64_t i = 0; i < slots_; ++i) {
      const uint64_t plan = words_[i].load(std::memory_order_relaxed) & kPlan;
      if (plan != kDefaultPlan && plan < kPlanNumbers) f(plan);
    }
  }

 private:
  static constexpr uint64_t kPlan = 31, kGone = 31, kNowhere = ~uint64_t{0};
  struct alignas(64) Head {
    Word used;
  };
  struct Place {
    uint64_t at = kNowhere;  // its word, or else the first that it could have
    bool is_there = false;
  };

  uint64_t home(uint64_t hash) const noexcept { return reduce64(hash, slots_); }
  uint64_t after(uint64_t at) const noexcept { return at + 1 == slots_ ? 0 : at + 1; }
  uint64_t before(uint64_t at) const noexcept { return at == 0 ? slots_ - 1 : at - 1; }

  Place place_of(uint64_t hash) const noexcept {
    Place place;
    uint64_t at = home(hash);
    for (uint64_t i = 0; i < slots_; ++i, at = after(at)) {
      const uint64_t word = words_[at].load(std::memory_order_relaxed);
      const bool is_vacant = word == 0 || (word & kPlan) == kGone;
      if (is_vacant && place.at == kNowhere) place.at = at;
      if (word == 0) break;
      if (!is_vacant && (word & ~kPlan) == (hash & ~kPlan)) return {at, true};
    }
    return place;
  }
  void remove(uint64_t at) noexcept {
    words_[at].store(kGone, std::memory_order_seq_cst);
    head_->used.fetch_add(~uint64_t{0}, std::memory_order_relaxed);  // one less
    if (words_[after(at)].load(std::memory_order_relaxed) != 0) return;
    for (uint64_t i = 0; i < slots_; ++i, at = before(at)) {
      if (words_[at].load(std::memory_order_relaxed) != kGone) break;
      words_[at].store(0, std::memory_order_seq_cst);
    }
  }
  uint64_t recount() noexcept {
    uint64_t count = 0;
    each([&](uint64_t) { ++count; });
    head_->used.store(count, std::memory_order_relaxed);
    return count;
  }

  Head* head_;
  Word* words_;
  uint64_t keys_, slots_;
};

}  // namespace og
