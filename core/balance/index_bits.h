// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "core/base/double_word.h"

namespace og {

// A bit for each index of a set, in memory that processes share; none where it was given no memory.
class IndexBits {
 public:
  static constexpr uint64_t bytes_for(uint64_t capacity) { return (capacity + 511) / 512 * 64; }

  IndexBits() = default;
  // memory: bytes_for(capacity), zeroed or in use.
  explicit IndexBits(char* memory) : words_(reinterpret_cast<Memory::Word*>(memory)) {}

  bool has(int32_t index) const noexcept {
    return words_ && (word(index).load(std::memory_order_seq_cst) & bit(index)) != 0;
  }
  void set(int32_t index, bool has) const noexcept {
    if (!words_ || has == this->has(index)) return;
    if (has)
      word(index).fetch_or(bit(index), std::memory_order_seq_cst);
    else
      word(index).fetch_and(~bit(index), std::memory_order_seq_cst);
  }

 private:
  static uint64_t bit(int32_t index) noexcept { return uint64_t{1} << index % 64; }
  Memory::Word& word(int32_t index) const noexcept { return words_[index / 64]; }

  Memory::Word* words_ = nullptr;
};

}  // namespace og
