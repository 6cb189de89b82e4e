// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>

#include "core/base/double_word.h"

namespace og {

// A permit that is out: two adjacent words, which all who give permits see.
//
//   holder      tag in 26 bits, deadline in 38 (ms)
//   attachment  of the segment's, whose process holds it; 0 on the heap
//
// The words are all there is: no count stands beside them that could be left wrong by a process that
// dies between two updates. A slot is free when its deadline has passed. One that was returned has
// deadline 0, which always has, and so does zeroed memory. The tag tells the holder from those before.
template <class M = Memory>
struct alignas(16) PermitSlot {
  using Word = typename M::Word;
  static constexpr int kTagBits = 26, kDeadlineBits = 38;
  static constexpr uint64_t kMostTag = (uint64_t{1} << kTagBits) - 1;
  static constexpr uint64_t kLastDeadline = (uint64_t{1} << kDeadlineBits) - 1;  // in eight years

  Word holder;
  Word attachment;

  struct View {
    uint64_t holder, attachment;
    uint64_t tag() const noexcept { return holder >> kDeadlineBits; }
    uint64_t deadline_ms() const noexcept { return holder & kLastDeadline; }
    bool is_free(int64_t now) const noexcept { return deadline_ms() <= in_ms(now); }
    bool was_returned() const noexcept { return deadline_ms() == 0; }
  };

  static uint64_t in_ms(int64_t now) noexcept { return static_cast<uint64_t>(now) / 1'000'000; }
  // The first millisecond by which permit_ns are over: no permit ends early.
  static uint64_t deadline_ms(int64_t now, int64_t permit_ns) noexcept {
    return std::min((static_cast<uint64_t>(now) + static_cast<uint64_t>(permit_ns) + 999'999) / 1'000'000,
                    kLastDeadline);
  }

  // The words may be of two holders; then claim() and give_back() fail.
  View look() const noexcept {
    const uint64_t seen = holder.load(std::memory_order_seq_cst);
    return {seen, attachment.load(std::memory_order_acquire)};
  }
  // False when it has changed since it was seen.
  bool claim(const View& seen, uint64_t tag, uint64_t deadline_ms, uint64_t by) noexcept {
    return M::swap_pair(&holder, seen.holder, seen.attachment, tag << kDeadlineBits | deadline_ms, by);
  }
  bool give_back(const View& seen) noexcept {
    uint64_t expected = seen.holder;
    return holder.compare_exchange_strong(expected, seen.tag() << kDeadlineBits,
                                          std::memory_order_seq_cst);
  }
};

}  // namespace og
