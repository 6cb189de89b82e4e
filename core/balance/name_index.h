// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "core/base/hash.h"
#include "core/base/random.h"

namespace og {

// Finds endpoints by name. What it keeps of a name is a seeded hash: the names stay with the
// endpoints, and are compared there. A name is put in in two steps, of which the second cannot fail
// and the first changes nothing here, so that others may find names meanwhile.
class NameIndex {
  using Indexes = std::unordered_multimap<uint64_t, int32_t>;

 public:
  static constexpr int32_t kNone = -1;
  using Made = Indexes::node_type;

  explicit NameIndex(size_t capacity) { indexes_.reserve(capacity); }

  Made make(std::string_view name, int32_t index) const {
    Indexes one;
    return one.extract(one.emplace(hash64(name, seed_), index));
  }
  // Within the capacity.
  void put(Made made) noexcept { indexes_.insert(std::move(made)); }
  void remove(std::string_view name, int32_t index) noexcept {
    auto [at, end] = indexes_.equal_range(hash64(name, seed_));
    while (at != end && at->second != index) ++at;
    if (at != end) indexes_.erase(at);
  }
  // The first of which is(index) says that it has this name; kNone without one.
  template <class Is>
  int32_t find(std::string_view name, Is&& is) const {
    const auto [at, end] = indexes_.equal_range(hash64(name, seed_));
    for (auto each = at; each != end; ++each) {
      if (is(each->second)) return each->second;
    }
    return kNone;
  }

 private:
  uint64_t seed_ = entropy_seed();
  Indexes indexes_;
};

}  // namespace og
