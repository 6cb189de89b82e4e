// SPDX-License-Identifier: Apache-2.0
#include "core/balance/smooth_order.h"

#include <algorithm>
#include <numeric>

namespace og {

SmoothOrder::SmoothOrder(std::span<const int64_t> weights) : positions_(weights.size()) {
  std::iota(positions_.begin(), positions_.end(), size_t{0});
  std::stable_sort(positions_.begin(), positions_.end(),
                   [&](size_t a, size_t b) { return weights[a] < weights[b]; });
  for (size_t i = 0; i < positions_.size(); ++i) {
    const int64_t weight = weights[positions_[i]];
    sum_ += weight;
    if (groups_.empty() || groups_.back().weight != weight) {
      groups_.push_back({.weight = weight, .first = i, .last = i, .cursor = i});
    }
    groups_.back().last = i;
  }
  const size_t count = groups_.size();
  nodes_.resize(2 * count);
  for (size_t i = 0; i < count; ++i) nodes_[count + i] = {i, kNever};
  for (size_t node = count; node-- > 1;) play(node);
}

// Of a server that is overtaken the time is rounded down: asked once too early does no harm.
void SmoothOrder::play(size_t node) noexcept {
  ++matches_;
  const Node &left = nodes_[2 * node], &right = nodes_[2 * node + 1];
  const Group *winner = &groups_[left.winner], *loser = &groups_[right.winner];
  const int64_t ahead = credit(*winner) - credit(*loser);
  if (ahead < 0 || (ahead == 0 && position(*loser) < position(*winner))) std::swap(winner, loser);
  int64_t expiry = std::min(left.expiry, right.expiry);
  if (loser->weight > winner->weight) {
    const auto gap = static_cast<double>(sum_ * (loser->picks - winner->picks));
    const auto overtakes =
        static_cast<int64_t>(gap / static_cast<double>(loser->weight - winner->weight));
    expiry = std::min(expiry, std::max(overtakes, time_ + 1));
  }
  nodes_[node] = {static_cast<size_t>(winner - groups_.data()), expiry};
}

void SmoothOrder::renew(size_t node) noexcept {
  if (nodes_[node].expiry > time_) return;
  renew(2 * node);
  renew(2 * node + 1);
  play(node);
}

size_t SmoothOrder::next() noexcept {
  const size_t count = groups_.size();
  const size_t best = count == 1 ? 0 : nodes_[1].winner;
  Group &group = groups_[best];
  const size_t picked = position(group);
  if (group.cursor++ == group.last) {
    group.cursor = group.first;
    ++group.picks;
  }
  ++time_;
  for (size_t child = count + best; child > 1; child /= 2) {
    renew(child ^ 1);  // all that is beside the way to the root is below one of these
    play(child / 2);
  }
  return picked;
}

}  // namespace og
