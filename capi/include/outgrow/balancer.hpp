// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <outgrow/balancer_calls.hpp>
#include <vector>

namespace outgrow {

// Which endpoint takes a call: balancer.h has the policies. Picks hold no lock and allocate
// nothing; safe from every thread. The key matters to consistent_hash alone.
class Balancer : public detail::BalancerCalls {
 public:
  using BalancerCalls::BalancerCalls;

  using BalancerCalls::pick_many;
  // `count` picks without keys.
  void pick_many(std::size_t count, std::vector<std::int32_t>& out) {
    out.resize(count);
    detail::checked(og_balancer_pick_many(handle(), nullptr, nullptr,
                                          static_cast<std::int64_t>(count), out.data()),
                    "og_balancer_pick_many");
  }
};

}  // namespace outgrow
