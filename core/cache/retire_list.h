// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "core/cache/hash_index.h"

namespace og {

// Unlinked entries and index tables on their way to being freed, chained through themselves so that
// retiring cannot fail. Lets go of them all when destroyed.
class RetireList {
 public:
  RetireList() = default;
  RetireList(const RetireList&) = delete;
  RetireList& operator=(const RetireList&) = delete;
  ~RetireList() { free_all(); }

  void add(CacheEntry* entry) noexcept {
    entry->older = entries_;
    entries_ = entry;
    bytes_ += static_cast<int64_t>(sizeof(CacheEntry)) + entry->key_size + entry->value_size;
  }
  void add(HashIndex::Table* table) noexcept {
    if (table == nullptr) return;
    table->retired_next = tables_;
    tables_ = table;
    bytes_ += static_cast<int64_t>((table->mask + 1) * sizeof(HashIndex::Slot));
  }
  bool empty() const noexcept { return entries_ == nullptr && tables_ == nullptr; }
  int64_t bytes() const noexcept { return bytes_; }

  // Moves all of `from` here, to a list that must be empty.
  void take(RetireList& from) noexcept {
    entries_ = std::exchange(from.entries_, nullptr);
    tables_ = std::exchange(from.tables_, nullptr);
    bytes_ = std::exchange(from.bytes_, 0);
  }

 private:
  void free_all() noexcept {
    while (entries_ != nullptr) std::exchange(entries_, entries_->older)->unref();
    while (tables_ != nullptr) delete std::exchange(tables_, tables_->retired_next);
  }

  CacheEntry* entries_ = nullptr;
  HashIndex::Table* tables_ = nullptr;
  int64_t bytes_ = 0;
};

}  // namespace og
