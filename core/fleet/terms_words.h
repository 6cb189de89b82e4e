// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "core/base/double_word.h"

namespace og {

// A few numbers that the processes of a machine share and that change together: under a number that
// is odd while they are written, by one caller at a time (Scope::change). Who dies in it leaves an
// odd one: readers go on with what they read last, and the next change writes over it. Zeroed
// memory.
template <size_t kCount>
class TermsWords {
 public:
  using Numbers = std::array<int64_t, kCount>;

  void write(const Numbers& numbers) noexcept {
    const uint64_t version = this->version() | 1;
    version_.store(version, std::memory_order_seq_cst);
    for (size_t i = 0; i < kCount; ++i)
      words_[i].store(static_cast<uint64_t>(numbers[i]), std::memory_order_release);
    version_.store(version + 1, std::memory_order_seq_cst);
  }
  uint64_t version() const noexcept { return version_.load(std::memory_order_acquire); }
  // Nothing while they are being written.
  std::optional<Numbers> read() const noexcept {
    const uint64_t version = this->version();
    Numbers numbers{};
    for (size_t i = 0; i < kCount; ++i)
      numbers[i] = static_cast<int64_t>(words_[i].load(std::memory_order_acquire));
    if ((version & 1) || this->version() != version) return std::nullopt;
    return numbers;
  }
  // One of them by itself, for who decides.
  const Memory::Word& word(size_t index) const noexcept { return words_[index]; }

 private:
  Memory::Word version_;
  std::array<Memory::Word, kCount> words_;
};

// An enumerator that stands there, up to `last`; the first where it is none of them.
template <class E>
constexpr E enum_of(int64_t number, E last) noexcept {
  return number >= 0 && number <= static_cast<int64_t>(last) ? static_cast<E>(number) : E{};
}

}  // namespace og
