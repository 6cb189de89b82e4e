// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <initializer_list>
#include <memory>
#include <utility>

#include "core/cache/cache.h"
#include "tests/catch.h"

namespace og {

inline constexpr int64_t kMs = 1'000'000;

inline std::unique_ptr<Cache> make_cache(
    std::initializer_list<std::pair<const char*, const char*>> options = {},
    ClockPtr clock = make_manual_clock()) {
  Config config;
  config.set("seed", "7");
  for (auto [name, value] : options) config.set(name, value);
  auto cache = Cache::create(config, std::move(clock));
  if (!cache) FAIL(cache.error().message);
  return std::move(*cache);
}

}  // namespace og
