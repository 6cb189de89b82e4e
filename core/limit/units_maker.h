// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <utility>

#include "core/limit/limit_words.h"

namespace og {

// Makes a policy's units of the words that its cells share and, where they say so by a Context, of
// what each process has of its own.
template <class Units>
class UnitsMaker {
 public:
  Units of(const LimitWords& words, auto... start) const noexcept {
    return Units::of(words, start...);
  }
  // Those of an epoch's set, of which tokens need no start.
  template <class Set>
  Units in(const Set& set, const LimitWords& words) const noexcept {
    if constexpr (Units::kAreTokens)
      return of(words);
    else
      return of(words, set.start.load(std::memory_order_acquire));
  }
};

template <class Units>
  requires requires { typename Units::Context; }
class UnitsMaker<Units> {
 public:
  UnitsMaker(typename Units::Context context) : context_(std::move(context)) {}

  Units of(const LimitWords& words, auto... start) const noexcept {
    return Units::of(context_, words, start...);
  }
  template <class Set>
  Units in(const Set& set, const LimitWords& words) const noexcept {
    return of(words, set.start.load(std::memory_order_acquire));
  }

 private:
  typename Units::Context context_;
};

}  // namespace og
