// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <mutex>
#include <numeric>
#include <vector>

#include "core/balance/policy.h"

namespace og {
namespace {

// Smooth weighted round robin as nginx has it since 1.3.1 (ngx_http_upstream_round_robin.c): each
// pick adds every server's weight to its credit, takes the server with the most, the first of equals,
// and takes the sum of all weights off it. Weights 5, 1, 1 give a a b a c a a, and each server comes
// exactly as often as its weight in every cycle.
class SmoothOrder {
 public:
  explicit SmoothOrder(std::span<const Member> members) {
    for (const Member& m : members) {
      if (m.healthy && m.weight > 0) servers_.push_back({m.endpoint->index, m.weight, 0});
    }
    int64_t divisor = 0;
    for (const Server& s : servers_) divisor = std::gcd(divisor, s.weight);
    for (Server& s : servers_) total_ += s.weight /= divisor;
  }

  int32_t next() noexcept {
    Server* best = nullptr;
    for (Server& s : servers_) {
      s.credit += s.weight;
      if (!best || s.credit > best->credit) best = &s;
    }
    best->credit -= total_;
    return best->index;
  }

  int64_t cycle() const noexcept { return total_; }  // picks until the order begins anew

 private:
  struct Server {
    int32_t index;
    int64_t weight;
    int64_t credit;
  };
  std::vector<Server> servers_;
  int64_t total_ = 0;
};

// The order repeats after the sum of the weights over their greatest common divisor, so a cycle is
// written down once and a pick is one atomic add, whatever the number of servers. A plan begins at
// the cycle's start.
class WrittenOrder final : public Plan {
 public:
  explicit WrittenOrder(SmoothOrder order) : cycle_(static_cast<size_t>(order.cycle())) {
    for (int32_t& index : cycle_) index = order.next();
  }

  int32_t pick(std::string_view) const noexcept override {
    if (cycle_.empty()) return kNobody;
    return cycle_[turn_.take() % cycle_.size()];
  }

 private:
  std::vector<int32_t> cycle_;
  mutable Turn turn_;
};

// Cycles too long to write down (weights such as 99991 beside 99989) are stepped through: the order
// is as exact, a pick looks at every server, and the picks of all threads queue at a mutex.
class SteppedOrder final : public Plan {
 public:
  explicit SteppedOrder(SmoothOrder order) : order_(std::move(order)) {}

  int32_t pick(std::string_view) const noexcept override {
    std::lock_guard lock(mutex_);
    return order_.next();
  }

 private:
  mutable std::mutex mutex_;
  mutable SmoothOrder order_;
};

constexpr int64_t kLongestWritten = 65536;  // 256 KiB of sequence

}  // namespace

std::unique_ptr<const Plan> plan_weighted_round_robin(std::span<const Member> members) {
  SmoothOrder order(members);
  if (order.cycle() <= kLongestWritten) return std::make_unique<WrittenOrder>(std::move(order));
  return std::make_unique<SteppedOrder>(std::move(order));
}

}  // namespace og
