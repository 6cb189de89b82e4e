// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <utility>

#include "core/base/fork_mutex.h"
#include "core/scope/segment_layout.h"

namespace og {

// Which processes use which object of a segment: a bit for each object and attachment, in the
// segment, and one more for an object that a process without an attachment uses. In each process a
// count of the nouns that it has over the object.
//
// A bit means something only while its attachment's process lives, which the kernel knows. Whoever
// takes an attachment says for each object anew whether it uses it.
//
// To use an object and to take one down exclude each other by Dekker's argument; all four accesses
// are sequentially consistent:
//
//   to use         set the bit, then look whether the object still is
//   to take down   say that it is no more, then look at the bits: where one is set, it is again
class ObjectUsers {
 public:
  // Of a segment that is mapped. By one thread, once.
  void open(char* memory, const SegmentShape& shape);

  // This process has one more, or less, of the nouns over the object. attachment: its index, or
  // kNone.
  static constexpr uint32_t kNone = ~uint32_t{0};
  void add(uint32_t object, uint32_t attachment);
  void remove(uint32_t object, uint32_t attachment);
  // How many it has.
  uint32_t count(uint32_t object);

  // This process has taken the attachment; kNone: there is none for it. Allocates nothing.
  void attached(uint32_t attachment) noexcept;

  // Whether f(attachment) is true of one that has said that it uses it, or f(kNone) for those that
  // have none.
  template <class F>
  bool any(uint32_t object, F&& f) const {
    for (uint32_t i = 0; i <= attachments_; ++i) {
      const uint64_t bit = uint64_t{1} << i % 64;
      if ((word(object, i).load(std::memory_order_seq_cst) & bit) == 0) continue;
      if (f(i == attachments_ ? kNone : i)) return true;
    }
    return false;
  }

 private:
  using Word = std::atomic<uint64_t>;

  Word& word(uint32_t object, uint32_t attachment) const noexcept {
    return words_[object * words_an_object_ + attachment / 64];
  }
  void set(uint32_t object, uint32_t attachment, bool uses) noexcept OG_REQUIRES(mutex_);

  ForkMutex mutex_;  // of counts and bits, which change together
  Word* words_ = nullptr;
  std::unique_ptr<uint32_t[]> counts_ OG_GUARDED_BY(mutex_);  // an object
  uint32_t objects_ = 0, attachments_ = 0, words_an_object_ = 0;
};

// That this process uses an object, for as long as it lives.
class ObjectUse {
 public:
  ObjectUse() = default;  // by who only looks
  ObjectUse(ObjectUsers& users, uint32_t object, const std::atomic<uint64_t>& owner)
      : users_(&users), object_(object), owner_(&owner) {
    users_->add(object_, owner_index(owner_->load(std::memory_order_relaxed)));
  }
  ObjectUse(ObjectUse&& other) noexcept
      : users_(std::exchange(other.users_, nullptr)),
        object_(other.object_),
        owner_(other.owner_) {}
  ObjectUse& operator=(ObjectUse&&) = delete;
  ~ObjectUse() {
    if (users_) users_->remove(object_, owner_index(owner_->load(std::memory_order_relaxed)));
  }

 private:
  ObjectUsers* users_ = nullptr;
  uint32_t object_ = 0;
  const std::atomic<uint64_t>* owner_ = nullptr;
};

}  // namespace og
