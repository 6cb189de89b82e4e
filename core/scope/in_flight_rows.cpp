// SPDX-License-Identifier: Apache-2.0
#include "core/scope/in_flight_rows.h"

#include "core/base/double_word.h"

namespace og {
namespace {

// The caller's own attachment, as a scope's owner number has it.
struct Self {
  explicit Self(uint64_t owner)
      : column(owner_index(owner)), generation(static_cast<uint32_t>(owner_generation(owner))) {}
  uint32_t column;
  uint32_t generation;
};

}  // namespace

InFlightRows::InFlightRows(char* memory, const Scope& scope)
    : scope_(scope),
      attachments_(scope.attachment_limit()),
      head_(reinterpret_cast<Head*>(memory)),
      notes_(reinterpret_cast<Note*>(memory + sizeof(Head))),
      rows_(reinterpret_cast<Word*>(memory + sizeof(Head) + notes_bytes(attachments_))) {}

void InFlightRows::add(Word* row) noexcept {
  if (scope_.owner() == 0) [[unlikely]]
    scope_.regain();
  const Self self(scope_.owner());
  if (self.column >= attachments_) return;
  // Noted before it counts; and again, should another have taken this process for dead.
  Note& note = notes_[self.column];
  if (note.load(std::memory_order_relaxed) != self.generation) [[unlikely]] {
    raise_to(head_->columns, uint64_t{self.column} + 1);
    note.store(self.generation, std::memory_order_release);
  }
  Word& word = row[self.column];
  uint64_t seen = word.load(std::memory_order_relaxed);
  while (static_cast<uint32_t>(seen >> 32) != self.generation) [[unlikely]] {  // a former holder's
    const uint64_t first = uint64_t{self.generation} << 32 | 1;
    if (word.compare_exchange_strong(seen, first, std::memory_order_seq_cst)) return;
  }
  word.fetch_add(1, std::memory_order_seq_cst);
}

void InFlightRows::subtract(Word* row) noexcept {
  const Self self(scope_.owner());
  if (self.column >= attachments_) return;
  Word& word = row[self.column];
  const uint64_t seen = word.load(std::memory_order_relaxed);
  const bool counted =
      static_cast<uint32_t>(seen >> 32) == self.generation && static_cast<uint32_t>(seen) != 0;
  if (counted) [[likely]]
    word.fetch_sub(1, std::memory_order_seq_cst);
}

void InFlightRows::reclaim() noexcept {
  for (uint64_t i = 0; i < attachments_; ++i) {
    uint32_t generation = notes_[i].load(std::memory_order_acquire);
    if (generation == 0) continue;
    if (scope_.is_alive(owner_of(i, generation))) continue;
    notes_[i].compare_exchange_strong(generation, 0, std::memory_order_acq_rel);
  }
}

void InFlightRows::reclaim_since(uint64_t last, int64_t now) noexcept {
  const auto present = static_cast<uint64_t>(now);
  if (head_->reclaimed_at.compare_exchange_strong(last, present, std::memory_order_relaxed))
    reclaim();
}

std::vector<std::string> InFlightRows::faults(uint64_t rows) const {
  std::vector<std::string> faults;
  const uint64_t columns = head_->columns.load(std::memory_order_acquire);
  if (columns > attachments_)
    faults.push_back("has calls of attachment " + std::to_string(columns - 1));
  for (uint64_t i = columns; i < attachments_; ++i) {
    if (notes_[i].load(std::memory_order_acquire) == 0) continue;
    faults.push_back("has calls of attachment " + std::to_string(i) + ", which has made none");
  }
  for (uint64_t i = 0; i < rows; ++i) {
    const int64_t out = total(row(i));
    if (out <= INT32_MAX) continue;
    faults.push_back("endpoint " + std::to_string(i) + " has " + std::to_string(out) +
                     " calls in flight");
  }
  return faults;
}

}  // namespace og
