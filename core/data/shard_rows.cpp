// SPDX-License-Identifier: Apache-2.0
#include "core/data/shard_rows.h"

#include <algorithm>

namespace og {

void ShardRows::add(std::string_view key, std::string_view row) {
  size_t offset = bytes_.size();
  bytes_.append(key);
  bytes_.append(row);
  rows_.push_back({offset, key.size(), row.size()});
}

void ShardRows::sort(bool descending) {
  auto before = [&](const Row& a, const Row& b) {
    int order = at(a.offset, a.key_len).compare(at(b.offset, b.key_len));
    return descending ? order > 0 : order < 0;
  };
  if (std::is_sorted(rows_.begin(), rows_.end(), before)) return;
  std::stable_sort(rows_.begin(), rows_.end(), before);
}

void ShardRows::clear() noexcept {
  std::string().swap(bytes_);
  std::vector<Row>().swap(rows_);
}

int64_t ShardRows::bytes() const noexcept {
  return static_cast<int64_t>(bytes_.size()) + kOverhead * static_cast<int64_t>(rows_.size());
}

}  // namespace og
