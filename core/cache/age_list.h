// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <utility>

namespace og {

// What waits, in the order of its coming, so that how old the oldest is costs one look. A place is
// a member of what waits: it moves with it, and leaves the list when that is destroyed or
// overwritten. Not safe from two threads.
class AgeList {
 public:
  class Place {
   public:
    Place() = default;
    Place(Place&& other) noexcept { take(other); }
    Place& operator=(Place&& other) noexcept {
      if (this == &other) return *this;
      leave();
      take(other);
      return *this;
    }
    ~Place() { leave(); }

    int64_t since_ns = 0;  // set before it joins

    void leave() noexcept {
      if (older_ == nullptr) return;
      older_->newer_ = newer_;
      newer_->older_ = older_;
      older_ = newer_ = nullptr;
    }

   private:
    friend class AgeList;
    // Stands where the other stood.
    void take(Place& other) noexcept {
      since_ns = other.since_ns;
      if (other.older_ == nullptr) return;
      older_ = std::exchange(other.older_, nullptr);
      newer_ = std::exchange(other.newer_, nullptr);
      older_->newer_ = newer_->older_ = this;
    }

    Place* older_ = nullptr;  // null: in no list
    Place* newer_ = nullptr;
  };

  AgeList() { ends_.older_ = ends_.newer_ = &ends_; }
  AgeList(const AgeList&) = delete;
  AgeList& operator=(const AgeList&) = delete;
  ~AgeList() { ends_.older_ = ends_.newer_ = nullptr; }  // empty by now

  void join(Place& place) noexcept {
    place.leave();
    place.older_ = ends_.older_;
    place.newer_ = &ends_;
    place.older_->newer_ = ends_.older_ = &place;
  }
  bool empty() const noexcept { return ends_.newer_ == &ends_; }
  // When the oldest came; not of an empty list.
  int64_t oldest_ns() const noexcept { return ends_.newer_->since_ns; }

 private:
  Place ends_;
};

}  // namespace og
