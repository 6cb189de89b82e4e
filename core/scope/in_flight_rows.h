// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "core/scope/scope.h"
#include "core/scope/segment_layout.h"

namespace og {

// How many calls are out at each of many callees, counted by the processes that made them, so that
// those of a process end with it.
//
// A callee has a row of words, one for each attachment of the scope: the generation of the
// attachment in the upper half, its calls in the lower. A call is counted in the word of the
// caller's own attachment. A row's total is the sum of those words whose generation is the one
// noted, for the set as a whole, as living; so when somebody finds a process dead and strikes its
// note out, all that it had out is gone at once, everywhere. There is no total that could drift
// when a process dies between two updates.
//
// Only words up to the highest attachment that ever counted are read: eight processes, one line.
//
// Lies in shared cells, zeroed at first: notes, then rows. Lock-free. What is scribbled over it
// makes counts wrong, at worst until the process next counts.
class InFlightRows {
 public:
  using Word = std::atomic<uint64_t>;

  static uint64_t bytes_for(uint64_t rows, uint32_t attachments) {
    return sizeof(Head) + notes_bytes(attachments) + rows * row_words(attachments) * sizeof(Word);
  }
  // memory: bytes_for(rows, the scope's attachments), on a cache line's boundary.
  InFlightRows(char* memory, const Scope& scope);

  Word* row(uint64_t index) const noexcept { return rows_ + index * row_words(attachments_); }

  // One more of this process, one less. A process without an attachment is not counted.
  void add(Word* row) noexcept;
  void subtract(Word* row) noexcept;
  int64_t total(const Word* row) const noexcept { return sum(row, std::memory_order_relaxed); }
  // Ordered after all that this thread did before, where add() is by those who count.
  bool is_idle(const Word* row) const noexcept { return sum(row, std::memory_order_seq_cst) == 0; }

  // Strikes out the dead: a system call for each that counted and was not struck out before.
  void reclaim() noexcept;
  // The same, by one process every 100 ms of the caller's clock.
  void reclaim_at(int64_t now) noexcept {
    const uint64_t last = head_->reclaimed_at.load(std::memory_order_relaxed);
    // Unsigned: a time before the last, of whoever's clock, is long after it.
    if (static_cast<uint64_t>(now) - last < kReclaimEvery) [[likely]]
      return;
    reclaim_since(last, now);
  }

  std::vector<std::string> faults(uint64_t rows) const;  // what no call leaves behind

 private:
  static constexpr uint64_t kReclaimEvery = 100'000'000;
  using Note = std::atomic<uint32_t>;  // the living attachment's generation; 0: nobody who counted

  struct alignas(64) Head {
    std::atomic<uint64_t> reclaimed_at;
    std::atomic<uint64_t> columns;  // words of a row that were ever counted in
  };

  static uint64_t notes_bytes(uint32_t attachments) {
    return aligned(uint64_t{attachments} * sizeof(Note));
  }
  static uint64_t row_words(uint32_t attachments) { return (uint64_t{attachments} + 7) / 8 * 8; }

  int64_t sum(const Word* row, std::memory_order order) const noexcept {
    uint64_t columns = head_->columns.load(std::memory_order_relaxed);
    if (columns > attachments_) columns = attachments_;
    int64_t sum = 0;
    for (uint64_t i = 0; i < columns; ++i) {
      const uint64_t word = row[i].load(order);
      const bool lives =
          static_cast<uint32_t>(word >> 32) == notes_[i].load(std::memory_order_acquire);
      sum += lives ? static_cast<uint32_t>(word) : 0;
    }
    return sum;
  }

  void reclaim_since(uint64_t last, int64_t now) noexcept;

  const Scope& scope_;
  const uint32_t attachments_;
  Head* head_;
  Note* notes_;
  Word* rows_;
};

}  // namespace og
