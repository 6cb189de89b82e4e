// SPDX-License-Identifier: Apache-2.0
#include "core/data/row_merge.h"

#include <algorithm>

namespace og {

bool RowMerge::after(const Cursor& a, const Cursor& b) const {
  int order = order_ == RowOrder::kShard ? 0 : a.rows->key(a.at).compare(b.rows->key(b.at));
  if (order == 0) return a.place > b.place;
  return order_ == RowOrder::kKeyDescending ? order < 0 : order > 0;
}

void RowMerge::add(int32_t shard, const ShardRows& rows) {
  size_t place = places_++;
  if (rows.size() == 0) return;
  heap_.push_back({shard, place, &rows});
  std::push_heap(heap_.begin(), heap_.end(), [this](auto& a, auto& b) { return after(a, b); });
}

bool RowMerge::next(MergedRow* out) {
  if (left_ == 0 || heap_.empty()) return false;
  --left_;
  auto later = [this](const Cursor& a, const Cursor& b) { return after(a, b); };
  std::pop_heap(heap_.begin(), heap_.end(), later);
  Cursor& top = heap_.back();
  *out = {top.shard, top.rows->key(top.at), top.rows->row(top.at)};
  if (++top.at == top.rows->size()) {
    heap_.pop_back();
  } else {
    std::push_heap(heap_.begin(), heap_.end(), later);
  }
  return true;
}

}  // namespace og
