// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "core/base/cell_table.h"
#include "core/limit/limit_epochs.h"
#include "core/limit/policy.h"

namespace og {

// One limit's cells in a block of memory: the epochs of its configuration, its table, and the
// policy's words. A limiter's block begins with one; where it holds several limits, there is one
// behind the other, each of the same keys.
template <class M = Memory>
class LimitRegion {
 public:
  using Table = CellTable<M>;
  using Epochs = LimitEpochs<M>;

  static uint64_t bytes_for(uint64_t keys, uint64_t words_a_cell) noexcept {
    return words_at(keys) + Table::cells_for(keys) * words_a_cell * 8;
  }
  // How far behind it the next begins: on a boundary of its own.
  static uint64_t stride_for(uint64_t keys, uint64_t words_a_cell) noexcept {
    return (bytes_for(keys, words_a_cell) + 63) & ~uint64_t{63};
  }

  // Before anybody else sees it. memory: zeroed, on a 64-byte boundary.
  static void begin(char* memory, const typename Epochs::Begun& first,
                    uint64_t words_a_cell) noexcept {
    Epochs(memory).begin(first, words_a_cell);
  }

  // memory: so many bytes that were begun, on a 64-byte boundary; they outlive this. Where fewer
  // words lie in them than it was begun with, there are fewer. tag_mask(words a cell) is the
  // policy's.
  template <class F>
  LimitRegion(char* memory, uint64_t bytes, uint64_t keys, uint64_t seed, F&& tag_mask)
      : epochs_(memory),
        words_a_cell_(
            epochs_.words_a_cell((bytes - words_at(keys)) / (Table::cells_for(keys) * 8))),
        table_(memory + Epochs::kBytes, keys, seed, tag_mask(words_a_cell_)),
        words_(reinterpret_cast<typename M::Word*>(memory + words_at(keys))) {}
  LimitRegion(const LimitRegion&) = delete;  // cells refer to the table
  LimitRegion& operator=(const LimitRegion&) = delete;

  Table& table() noexcept { return table_; }
  const Table& table() const noexcept { return table_; }
  uint64_t words_a_cell() const noexcept { return words_a_cell_; }
  // What a policy decides on.
  CellsAt<M> cells() noexcept { return {table_, epochs_, words_, words_a_cell_}; }

 private:
  static uint64_t words_at(uint64_t keys) noexcept {
    return Epochs::kBytes + Table::bytes_for(keys);
  }

  Epochs epochs_;
  const uint64_t words_a_cell_;
  Table table_;
  typename M::Word* const words_;
};

}  // namespace og
