// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace og {

// The rows that one shard answered, with the keys that they are ordered by: bytes end to end and a
// small record each, so that a row costs no allocation of its own. One user at a time.
class ShardRows {
 public:
  static constexpr int64_t kOverhead = 24;  // bytes charged for a row besides its own

  void add(std::string_view key, std::string_view row);
  // By key, equals in the order of their arrival. Nothing to do when the shard sorted them itself.
  void sort(bool descending);
  void clear() noexcept;

  size_t size() const noexcept { return rows_.size(); }
  int64_t bytes() const noexcept;  // as charged
  std::string_view key(size_t i) const noexcept { return at(rows_[i].offset, rows_[i].key_len); }
  std::string_view row(size_t i) const noexcept {
    return at(rows_[i].offset + rows_[i].key_len, rows_[i].row_len);
  }

 private:
  struct Row {
    size_t offset;  // of the key, which the row follows
    size_t key_len;
    size_t row_len;
  };
  static_assert(sizeof(Row) == kOverhead);
  std::string_view at(size_t offset, size_t len) const noexcept {
    return {bytes_.data() + offset, len};
  }

  std::string bytes_;
  std::vector<Row> rows_;
};

}  // namespace og
