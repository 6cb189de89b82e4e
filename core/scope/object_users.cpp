// SPDX-License-Identifier: Apache-2.0
#include "core/scope/object_users.h"

#include <mutex>

namespace og {

void ObjectUsers::open(char* memory, const SegmentShape& shape) {
  words_ = reinterpret_cast<Word*>(memory + users_offset(shape));
  objects_ = shape.objects;
  attachments_ = shape.attachments;
  words_an_object_ = user_words(shape);
  ForkLock lock(mutex_);
  counts_ = std::make_unique<uint32_t[]>(objects_);
}

// Where the process has no attachment, nobody could tell when it has gone: what it uses stays used.
void ObjectUsers::set(uint32_t object, uint32_t attachment, bool uses) noexcept {
  const bool has_none = attachment >= attachments_;
  const uint32_t at = has_none ? attachments_ : attachment;
  const uint64_t bit = uint64_t{1} << at % 64;
  Word& marks = word(object, at);
  const bool is_set = (marks.load(std::memory_order_seq_cst) & bit) != 0;
  if (uses && !is_set) marks.fetch_or(bit, std::memory_order_seq_cst);
  if (!uses && is_set && !has_none) marks.fetch_and(~bit, std::memory_order_seq_cst);
}

void ObjectUsers::add(uint32_t object, uint32_t attachment) {
  ForkLock lock(mutex_);
  ++counts_[object];
  set(object, attachment, true);
}

void ObjectUsers::remove(uint32_t object, uint32_t attachment) {
  ForkLock lock(mutex_);
  if (--counts_[object] == 0) set(object, attachment, false);
}

uint32_t ObjectUsers::count(uint32_t object) {
  ForkLock lock(mutex_);
  return counts_[object];
}

// Also in a forked child, whose thread may hold the lock for the fork.
void ObjectUsers::attached(uint32_t attachment) noexcept {
  std::unique_lock lock(mutex_, std::defer_lock);
  if (!mutex_.is_mine()) lock.lock();
  mutex_.assert_held();
  for (uint32_t i = 0; counts_ && i < objects_; ++i) {
    if (attachment < attachments_ || counts_[i] > 0) set(i, attachment, counts_[i] > 0);
  }
}

}  // namespace og
