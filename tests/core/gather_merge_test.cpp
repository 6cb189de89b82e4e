// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>
#include <vector>

#include "core/base/random.h"
#include "core/data/row_merge.h"
#include "tests/catch.h"

namespace og {
namespace {

struct Row {
  int32_t shard;
  std::string key, row;
  bool operator==(const Row&) const = default;
};

}  // namespace

TEST_CASE("a merge is a stable sort of all rows by key") {
  Random random(3);
  for (int round = 0; round < 400; ++round) {
    auto order = static_cast<RowOrder>(random.below(3));
    std::vector<ShardRows> shards(random.below(6));
    std::vector<Row> wanted;
    for (size_t s = 0; s < shards.size(); ++s) {
      for (uint64_t n = random.below(8); n > 0; --n) {
        std::string key(random.below(3), static_cast<char>(random.below(2) ? 'a' : '\xff'));
        std::string row = std::to_string(wanted.size());
        shards[s].add(key, row);
        wanted.push_back({static_cast<int32_t>(10 + s), key, row});
      }
    }
    if (order != RowOrder::kShard) {
      bool descending = order == RowOrder::kKeyDescending;
      std::stable_sort(wanted.begin(), wanted.end(), [&](const Row& a, const Row& b) {
        return descending ? a.key > b.key : a.key < b.key;
      });
      for (ShardRows& rows : shards) rows.sort(descending);
    }
    auto limit = static_cast<int64_t>(random.below(30));
    wanted.resize(std::min(wanted.size(), static_cast<size_t>(limit)));

    RowMerge merge(order, limit);
    for (size_t s = 0; s < shards.size(); ++s) merge.add(static_cast<int32_t>(10 + s), shards[s]);
    std::vector<Row> seen;
    MergedRow row;
    while (merge.next(&row))
      seen.push_back({row.shard, std::string(row.key), std::string(row.row)});
    REQUIRE(seen == wanted);
  }
}

}  // namespace og
