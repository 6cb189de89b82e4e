// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "core/base/double_word.h"

namespace og {

// A permit that is out: two adjacent words, which all who give permits see.
//
//   holder      tag in 26 bits, the low 38 of the deadline (ms)
//   attachment  the deadline's 6 high bits, and in 58 the segment's attachment whose process holds
//               the permit; 0 on the heap
//
// The words are all there is: no count stands beside them that could be left wrong by a process
// that dies between two updates. A slot is free when its deadline has passed. One that was returned
// has 0 in the holder's part of it, which no deadline has, and so does zeroed memory. The tag tells
// the holder from those before.
//
// A deadline is a time of the clock, wherever that stands: 44 bits of ms hold every time that 63
// bits of ns do. Its high bits change every 8.7 years. Who reads the words of two holders on either
// side of that moment reads a deadline that is neither's, and decides nothing by it: claim() and
// give_back() fail where the slot has changed.
template <class M = Memory>
struct alignas(16) PermitSlot {
  using Word = typename M::Word;
  static constexpr int kTagBits = 26, kLowBits = 38, kAttachmentBits = 58;
  static constexpr uint64_t kMostTag = (uint64_t{1} << kTagBits) - 1;
  static constexpr uint64_t kLowMask = (uint64_t{1} << kLowBits) - 1;
  static constexpr uint64_t kAttachmentMask = (uint64_t{1} << kAttachmentBits) - 1;
  static constexpr uint64_t kLastDeadline = (uint64_t{1} << (kLowBits + 64 - kAttachmentBits)) - 1;

  Word holder;
  Word attachment;

  struct View {
    uint64_t holder, second;
    uint64_t tag() const noexcept { return holder >> kLowBits; }
    uint64_t attachment() const noexcept { return second & kAttachmentMask; }
    uint64_t deadline_ms() const noexcept {
      return (second >> kAttachmentBits) << kLowBits | (holder & kLowMask);
    }
    bool was_returned() const noexcept { return (holder & kLowMask) == 0; }
    bool is_free(int64_t now) const noexcept {
      return was_returned() || deadline_ms() <= in_ms(now);
    }
  };

  static uint64_t in_ms(int64_t now) noexcept { return static_cast<uint64_t>(now) / 1'000'000; }
  // The first millisecond by which permit_ns are over: no permit ends early. Or the next, where
  // that would look like one returned.
  static uint64_t deadline_ms(int64_t now, int64_t permit_ns) noexcept {
    const uint64_t end = static_cast<uint64_t>(now) + static_cast<uint64_t>(permit_ns);
    const uint64_t ms = (end + 999'999) / 1'000'000;
    return ms + ((ms & kLowMask) == 0);
  }

  // The words may be of two holders; then claim() and give_back() fail.
  View read() const noexcept {
    const uint64_t seen = holder.load(std::memory_order_seq_cst);
    return {seen, attachment.load(std::memory_order_acquire)};
  }
  // False when it has changed since it was seen.
  bool claim(const View& seen, uint64_t tag, uint64_t deadline_ms, uint64_t by) noexcept {
    return M::swap_pair(&holder, seen.holder, seen.second,
                        tag << kLowBits | (deadline_ms & kLowMask),
                        (deadline_ms >> kLowBits) << kAttachmentBits | (by & kAttachmentMask));
  }
  bool give_back(const View& seen) noexcept {
    uint64_t expected = seen.holder;
    return holder.compare_exchange_strong(expected, seen.tag() << kLowBits,
                                          std::memory_order_seq_cst);
  }
};

}  // namespace og
