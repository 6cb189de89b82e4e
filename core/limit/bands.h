// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "core/base/cell_table.h"
#include "core/base/visit_variant.h"
#include "core/limit/policy.h"
#include "core/limit/verdict.h"

namespace og {

// How a limiter of several rates decides ("100/s, 5000/h, 50000/d"): each rate, a band, has a table
// of its own with the policy's cells, and a request passes when it passes in each.
//
// A decision looks at all bands but the first and then takes from each, so that a request which one
// of them refuses writes nothing. Where others take from the same key between look and take, a band
// may refuse after all: what the earlier ones gave is given back at the same time, exactly. For
// that moment others find less than there is, and nobody finds more. Who dies within a decision
// leaves some bands with less than the others would say: never with more.
//
// One cell of several values would need none of that, and a decision of its own: swaps of more
// words, conversions where one of the rates changes, give_back for each policy. Here every band is
// the policy as it is alone, with all that is shown of it.
//
// A band whose table has no room for the key decides as when_full says, and the others as ever.
template <class Cells>
class Bands {
 public:
  static constexpr size_t kMost = 8;

  struct Band {
    CellTable<>* table;
    Cells cells;  // of any policy
  };

  Bands(std::vector<Band> bands, Crowd crowd) : bands_(std::move(bands)), crowd_(crowd) {}

  [[gnu::noinline]] Verdict acquire(uint64_t hash, int64_t time, int64_t cost) noexcept {
    prefetch(hash);
    Longest longest = look_from(1, hash, time, cost);
    if (longest.passes()) return take(hash, time, cost).verdict;
    if (longest.verdict.is_answer) longest.see(0, look(0, hash, time, cost));
    return longest.verdict;
  }
  [[gnu::noinline]] Verdict peek(uint64_t hash, int64_t time, int64_t cost) noexcept {
    return longest(hash, time, cost).verdict;
  }
  // Which has the request wait the longest; the number of bands where it passes.
  size_t which(uint64_t hash, int64_t time, int64_t cost) noexcept {
    const Longest found = longest(hash, time, cost);
    return found.passes() ? bands_.size() : found.band;
  }

  // Of all bands together: what may be taken at once and now is the least of theirs, and the times
  // are those after which as many, or one more, pass.
  Standing standing(uint64_t hash, int64_t time, Crowd crowd) noexcept {
    Standing all = standing_of(0, hash, time, crowd);
    for (size_t i = 1; i < bands_.size(); ++i) {
      const Standing one = standing_of(i, hash, time, crowd);
      all.limit = std::min(all.limit, one.limit);
      all.remaining = std::min(all.remaining, one.remaining);
    }
    const bool is_full = all.remaining >= all.limit;
    all.next_after = is_full ? 0 : wait_of(peek(hash, time, all.remaining + 1));
    all.reset_after = is_full ? 0 : std::max(wait_of(peek(hash, time, all.limit)), all.next_after);
    return all;
  }
  Standing standing_of(size_t band, uint64_t hash, int64_t time, Crowd crowd) noexcept {
    return in(band, [&](auto& cells) { return cells.standing(hash, time, crowd); });
  }

  // The most that any of them lacked.
  int64_t give_back(uint64_t hash, int64_t time, int64_t cost) noexcept {
    int64_t most = 0;
    for (size_t i = 0; i < bands_.size(); ++i) {
      const int64_t lacked = in(i, [&](auto& cells) { return cells.give_back(hash, time, cost); });
      if (lacked < 0) return lacked;
      most = std::max(most, lacked);
    }
    return most;
  }
  Verdict charge(uint64_t hash, int64_t time, int64_t cost) noexcept {
    Longest longest;
    for (size_t i = 0; i < bands_.size(); ++i) {
      longest.see(i, by_crowd(in(i, [&](auto& cells) { return cells.charge(hash, time, cost); })));
      if (longest.verdict.wait < 0) break;
    }
    return longest.verdict;
  }
  // band_slots.h has these two.
  Slot reserve(uint64_t hash, int64_t time, int64_t cost, int64_t most) noexcept;
  int64_t cancel(uint64_t hash, int64_t time, int64_t cost, int64_t number) noexcept;
  int64_t forget(uint64_t hash) noexcept {
    int64_t was_known = 0;
    for (size_t i = 0; i < bands_.size() && was_known >= 0; ++i) {
      const int64_t known = in(i, [&](auto& cells) -> int64_t { return cells.forget(hash); });
      was_known = known < 0 ? known : was_known | known;
    }
    return was_known;
  }
  // Of the band that has most: a key is busy longest where the rate is least.
  int64_t in_use(int64_t time) noexcept {
    int64_t most = 0;
    for (size_t i = 0; i < bands_.size(); ++i)
      most = std::max(most, in(i, [&](auto& cells) { return cells.in_use(time); }));
    return most;
  }

  size_t size() const noexcept { return bands_.size(); }
  Cells& cells(size_t band) noexcept { return bands_[band].cells; }
  CellTable<>& table(size_t band) const noexcept { return *bands_[band].table; }

 private:
  // The longest wait seen, and whose it is.
  struct Longest {
    Verdict verdict{};
    size_t band = 0;

    bool passes() const noexcept { return verdict.wait == 0 && verdict.is_answer; }
    // One that passes where there was no cell for the key is noted as long as none refuses.
    void see(size_t from, const Verdict& seen) noexcept {
      if (!seen.is_answer || seen.wait > verdict.wait) {
        verdict = seen;
        band = from;
      } else if (verdict.wait == 0) {
        verdict.crowded_out |= seen.crowded_out;
      }
    }
  };

  template <class F>
  decltype(auto) in(size_t band, F&& f) noexcept {
    return visit_variant(bands_[band].cells, std::forward<F>(f));
  }
  static int64_t wait_of(const Verdict& verdict) noexcept {
    return std::max<int64_t>(verdict.wait, 0);
  }
  // The first is on its way.
  void prefetch(uint64_t hash) const noexcept {
    for (size_t i = 1; i < bands_.size(); ++i) bands_[i].table->prefetch(hash);
  }
  Verdict by_crowd(Verdict verdict) const noexcept {
    if (verdict.crowded_out && crowd_ == Crowd::kAllow) verdict.wait = 0;
    return verdict;
  }
  Verdict look(size_t band, uint64_t hash, int64_t time, int64_t cost) noexcept {
    return by_crowd(in(band, [&](auto& cells) { return cells.peek(hash, time, cost); }));
  }
  Longest longest(uint64_t hash, int64_t time, int64_t cost) noexcept {
    return look_from(0, hash, time, cost);
  }
  Longest look_from(size_t first, uint64_t hash, int64_t time, int64_t cost) noexcept {
    Longest longest;
    for (size_t i = first; i < bands_.size() && longest.verdict.is_answer; ++i)
      longest.see(i, look(i, hash, time, cost));
    return longest;
  }
  Longest take(uint64_t hash, int64_t time, int64_t cost) noexcept {
    return take_by(hash, time, cost,
                   [&](size_t, auto& cells) { return cells.acquire(hash, time, cost); });
  }
  // What the bands before one that refuses gave is given back at `time`.
  template <class Take>
  Longest take_by(uint64_t hash, int64_t time, int64_t cost, Take take) noexcept {
    Longest longest;
    std::array<bool, kMost> taken{};
    for (size_t i = 0; i < bands_.size(); ++i) {
      const Verdict verdict = by_crowd(in(i, [&](auto& cells) { return take(i, cells); }));
      longest.see(i, verdict);
      taken[i] = longest.passes() && !verdict.crowded_out;
      if (longest.passes()) continue;
      for (size_t earlier = 0; earlier < i; ++earlier) {
        if (taken[earlier])
          in(earlier, [&](auto& cells) { return cells.give_back(hash, time, cost); });
      }
      break;
    }
    return longest;
  }

  bool has_turns() const noexcept;
  int64_t max_wait() noexcept;
  using Stamps = std::array<uint64_t, kMost>;
  // Which turn it is: told by what each band was left with.
  int64_t number_of(const Stamps& stamps) const noexcept;

  std::vector<Band> bands_;
  Crowd crowd_;
};

}  // namespace og

#include "core/limit/band_slots.h"  // IWYU pragma: export
