// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "core/data/shard_rows.h"

namespace og {

struct MergedRow {
  int32_t shard = 0;
  std::string_view key;
  std::string_view row;
};

enum class RowOrder { kShard, kKeyAscending, kKeyDescending };

// The rows of several shards as one sequence: a shard after the other, or by key through a binary
// heap of the shards' next rows, O(log shards) a row. Rows of equal keys come in the order of the
// shards, within one in the order of their arrival. Each shard's rows are sorted already. One user
// at a time.
class RowMerge {
 public:
  RowMerge(RowOrder order, int64_t limit) : order_(order), left_(limit) {}

  // In the shards' order; before the first next().
  void add(int32_t shard, const ShardRows& rows);
  // False at the end, or when `limit` rows were handed out.
  bool next(MergedRow* out);

 private:
  struct Cursor {
    int32_t shard;
    size_t place;  // among the shards
    const ShardRows* rows;
    size_t at = 0;
  };
  bool after(const Cursor& a, const Cursor& b) const;

  const RowOrder order_;
  int64_t left_;
  size_t places_ = 0;
  std::vector<Cursor> heap_;  // the next row's cursor on top
};

}  // namespace og
