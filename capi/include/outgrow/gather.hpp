// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <outgrow/gather_calls.hpp>
#include <outgrow/query.hpp>
#include <vector>

namespace outgrow {

// Scatter-gather: one query to several shards, their rows merged, and the shards that failed named.
// gather.h has the rules. Made once, and started for every query; safe from every thread.
class Gather : public detail::GatherCalls {
 public:
  using GatherCalls::GatherCalls;

  // To these shards, none twice; the deadline runs from now.
  [[nodiscard]] Query start(const std::vector<std::int32_t>& shards) {
    return Query(detail::make<og_query>(og_gather_start, handle(), shards.data(), size(shards)));
  }
  [[nodiscard]] Query start_at(const std::vector<std::int32_t>& shards, Time now) {
    return Query(detail::make<og_query>(og_gather_start_at, handle(), shards.data(), size(shards),
                                        detail::ns(now)));
  }
  // To shards 0 to count - 1.
  [[nodiscard]] Query start(std::int64_t count) {
    return Query(detail::make<og_query>(og_gather_start, handle(), nullptr, count));
  }
  [[nodiscard]] Query start_at(std::int64_t count, Time now) {
    return Query(
        detail::make<og_query>(og_gather_start_at, handle(), nullptr, count, detail::ns(now)));
  }

 private:
  static std::int64_t size(const std::vector<std::int32_t>& shards) {
    return static_cast<std::int64_t>(shards.size());
  }
};

}  // namespace outgrow
