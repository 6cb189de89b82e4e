// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>

namespace og {

// Compares two adjacent words and swaps both, as one: x86-64's cmpxchg16b, AArch64's exclusive
// pair. The pair is 16-byte aligned. std::atomic of 16 bytes would do, but GCC turns it into calls
// of libatomic, which may take a lock that another process does not see. Sequentially consistent.
inline bool compare_and_swap_pair(std::atomic<uint64_t>* pair, uint64_t first, uint64_t second,
                                  uint64_t new_first, uint64_t new_second) noexcept {
#if defined(__x86_64__)
  bool swapped;
  asm volatile("lock cmpxchg16b %1"
               : "=@ccz"(swapped), "+m"(*reinterpret_cast<unsigned __int128*>(pair)), "+a"(first),
                 "+d"(second)
               : "b"(new_first), "c"(new_second)
               : "memory");
  return swapped;
#elif defined(__aarch64__)
  uint64_t seen_first, seen_second;
  uint32_t failed;
  asm volatile(
      "1: ldaxp %0, %1, [%3]\n"
      "   mov %w2, #1\n"
      "   cmp %0, %4\n"
      "   ccmp %1, %5, #0, eq\n"
      "   b.ne 2f\n"
      "   stlxp %w2, %6, %7, [%3]\n"
      "   cbnz %w2, 1b\n"
      "   b 3f\n"
      "2: clrex\n"
      "3: dmb ish\n"
      : "=&r"(seen_first), "=&r"(seen_second), "=&r"(failed)
      : "r"(pair), "r"(first), "r"(second), "r"(new_first), "r"(new_second)
      : "cc", "memory");
  return failed == 0;
#else
#error "outgrow needs a compare-and-swap of 16 bytes: x86-64 or AArch64"
#endif
}

// Keeps the larger of the word and `value`.
template <class Word>
void raise_to(Word& word, uint64_t value) noexcept {
  uint64_t seen = word.load(std::memory_order_relaxed);
  while (seen < value && !word.compare_exchange_strong(seen, value, std::memory_order_seq_cst)) {
  }
}

// Keeps the smaller of the word and `value`.
template <class Word>
void lower_to(Word& word, uint64_t value) noexcept {
  uint64_t seen = word.load(std::memory_order_relaxed);
  while (value < seen && !word.compare_exchange_strong(seen, value, std::memory_order_relaxed)) {
  }
}

// How cells reach their words. Tests put another in its place and stop before each access.
struct Memory {
  using Word = std::atomic<uint64_t>;
  static bool swap_pair(Word* pair, uint64_t first, uint64_t second, uint64_t new_first,
                        uint64_t new_second) noexcept {
    return compare_and_swap_pair(pair, first, second, new_first, new_second);
  }
};

}  // namespace og
