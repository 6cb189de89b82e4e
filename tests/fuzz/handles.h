// SPDX-License-Identifier: Apache-2.0
// Handles of the C interface that a target makes, and its manual clock.
#pragma once

#include <outgrow.h>

#include <cstdlib>
#include <initializer_list>
#include <memory>
#include <utility>
#include <vector>

#include "tests/fuzz/input.h"

namespace og::fuzz {

template <class Handle, void (*kDestroy)(Handle**)>
class Held {
 public:
  Held() = default;
  ~Held() { kDestroy(&handle_); }
  Held(const Held&) = delete;
  Held& operator=(const Held&) = delete;
  Handle** out() {
    kDestroy(&handle_);
    return &handle_;
  }
  operator Handle*() const { return handle_; }
  Handle* release() { return std::exchange(handle_, nullptr); }

 private:
  Handle* handle_ = nullptr;
};
using Value = Held<og_value, og_value_destroy>;

using Options = std::initializer_list<std::pair<const char*, const char*>>;

class ConfigOf {
 public:
  explicit ConfigOf(Options options) {
    og_config_create(config_.out(), nullptr);
    for (auto [name, value] : options) {
      if (og_config_set(config_, name, value) != OG_OK) std::abort();
    }
  }
  operator const og_config*() const { return config_; }

 private:
  Held<og_config, og_config_destroy> config_;
};

// What create() makes; a target whose noun cannot be made is wrong.
inline void must(og_status status) {
  if (status != OG_OK) std::abort();
}

// A clock that the input starts anywhere, and moves.
class ManualClock {
 public:
  explicit ManualClock(Input& input) {
    must(og_clock_create_manual(input.time(), clock_.out(), nullptr));
  }
  operator const og_clock*() const { return clock_; }
  void move(Input& input) {
    if (input.below(4) == 0)
      og_clock_set(clock_, input.time());
    else
      og_clock_advance(clock_, static_cast<int64_t>(input.number<uint32_t>()) * 1000);
  }
  // A time to be given: the clock's, or any, a negative one too.
  int64_t given(Input& input) const {
    return input.below(4) == 0 ? input.number<int64_t>() : og_clock_now(clock_);
  }

 private:
  Held<og_clock, og_clock_destroy> clock_;
};

// What is to be given back: permits, tickets, leases. The input returns one, one twice, or one that
// never was.
class Claims {
 public:
  void keep(int64_t claim) {
    if (claim > 0 && claims_.size() < 64) claims_.push_back(claim);
  }
  int64_t some(Input& input) {
    if (claims_.empty() || input.below(8) == 0) return input.number<int64_t>();
    const auto at = input.below(claims_.size());
    const int64_t claim = claims_[at];
    if (input.below(4) != 0) claims_.erase(claims_.begin() + static_cast<std::ptrdiff_t>(at));
    return claim;
  }

 private:
  std::vector<int64_t> claims_;
};

}  // namespace og::fuzz
