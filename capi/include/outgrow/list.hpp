// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>

namespace outgrow::detail {

// begin() and end() for a list that has size() and operator[].
template <class Derived>
class List {
 public:
  class Iterator {
   public:
    using iterator_category = std::input_iterator_tag;  // each dereference makes its element
    using difference_type = std::ptrdiff_t;
    using pointer = void;

    Iterator(const Derived* list, std::int64_t index) noexcept : list_(list), index_(index) {}
    auto operator*() const { return (*list_)[index_]; }
    Iterator& operator++() noexcept {
      ++index_;
      return *this;
    }
    bool operator==(const Iterator& other) const noexcept { return index_ == other.index_; }
    bool operator!=(const Iterator& other) const noexcept { return index_ != other.index_; }

   private:
    const Derived* list_;
    std::int64_t index_;
  };

  Iterator begin() const { return {static_cast<const Derived*>(this), 0}; }
  Iterator end() const {
    auto list = static_cast<const Derived*>(this);
    return {list, list->size()};
  }
};

}  // namespace outgrow::detail
