// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace og {

// The order of smooth weighted round robin as nginx has it since 1.3.1
// (ngx_http_upstream_round_robin.c): each pick adds every server's weight to its credit, takes the
// server with the most, the first of equals, and takes the sum of all weights off it. Weights 5, 1,
// 1 give a a b a c a a, and each server comes exactly as often as its weight in every cycle.
//
// The rule costs a look at every server a pick. Two things spare that:
//   - Servers of one weight are picked in turn, by position: their credits differ by whole sums, a
//     sum a pick. So they are one group, with a cursor. A cycle of L picks has at most sqrt(2 L)
//     weights.
//   - A group's credit is a line in time, weight * t - sum * picks. The line on top is found by a
//     kinetic tournament (Basch, Guibas and Hershberger 1997): a tree whose nodes know the winner
//     below them and the time until which no loser below can overtake. A pick plays its own group's
//     log k matches again, and those whose time has come.
//
// A cycle of L picks of k weights is drawn in O(L log k) matches, give or take an inverse Ackermann
// function.
class SmoothOrder {
 public:
  // Positive weights whose sum, times the number of picks, stays below 2^53.
  explicit SmoothOrder(std::span<const int64_t> weights);

  size_t next() noexcept;  // a position in the weights

  int64_t matches() const noexcept { return matches_; }  // played so far: what the order has cost

 private:
  struct Group {
    int64_t weight;
    int64_t picks = 0;           // of the server at the cursor
    size_t first, last, cursor;  // of positions_
  };
  struct Node {
    size_t winner;   // a group
    int64_t expiry;  // the first time at which it must be asked again
  };
  static constexpr int64_t kNever = INT64_MAX;

  size_t position(const Group& group) const noexcept { return positions_[group.cursor]; }
  int64_t credit(const Group& group) const noexcept {
    return group.weight * time_ - sum_ * group.picks;
  }
  void play(size_t node) noexcept;
  void renew(size_t node) noexcept;

  int64_t sum_ = 0;
  int64_t time_ = 1;  // how often the weights have been added
  int64_t matches_ = 0;
  std::vector<size_t> positions_;  // by weight, then as they came
  std::vector<Group> groups_;
  std::vector<Node> nodes_;  // 1 is the root, 2 i and 2 i + 1 are below i; the last half are groups
};

}  // namespace og
