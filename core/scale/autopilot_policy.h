// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/scale/sizing_policy.h"

namespace og {

// One resource's limit by what it costs (autopilot_policy.h's essay is at AutopilotPolicy).
class CheapestLimit {
 public:
  CheapestLimit(const Buckets& buckets, const SizingRules& rules, bool peaks);

  void add(double value, double weight, int64_t at);
  double limit(int64_t now) const;       // 0: never observed
  double peak() const { return peak_; }  // of the window that is under way
  void state(StateArchive& archive);

 private:
  struct Shares {
    std::vector<double> weight;
    double total = 0;
  };
  void close(int64_t at);
  void fold(Shares& past) const;
  std::size_t cheapest(const Shares& shares, std::optional<std::size_t> before) const;

  const Buckets buckets_;
  const SizingRules rules_;
  const bool peaks_;
  const double decay_;
  Shares past_, window_;
  std::optional<int64_t> window_end_;
  std::optional<int32_t> limit_;  // the bucket at whose end it is
  double peak_ = 0, peak_weight_ = 0;
};

// The cost model of Google's Autopilot (Rzadca et al., EuroSys 2020, section 3.2.3). The use of
// each window (5 minutes) is a histogram s: of CPU all samples, of memory the peak alone. A limit L
// has two costs, which decay: o, the share of the use above it, and u, the share below,
//
//   o(L) <- (1 - d) o(L) + d sum of s above L      u(L) <- (1 - d) u(L) + d sum of s below L
//
// and the limit is the one of least overrun o + underrun u + change [L is not the last one]. As o
// and u are linear in s, one decayed histogram holds them for every L. A peak that is rare is left
// above the limit when what lies at the limit outweighs it, by overrun - underrun to underrun.
//
// The formula is told by summaries of the paper and by a published re-implementation, not by its
// text. Ours: costs are of shares of a window, not of counts, and of what was
// seen so far; the weights, which the paper does not tell; one model with one decay, where
// Autopilot runs many and takes the one that would have cost least; and that an out-of-memory holds
// the limit up for an interval.
class AutopilotPolicy final : public SizingPolicy {
 public:
  explicit AutopilotPolicy(const SizingRules& rules);

  void cpu(double cores, double weight, int64_t at) override;
  void memory(double bytes, double weight, int64_t at) override;
  void out_of_memory(double bytes, double weight, int64_t at) override;
  UseBounds cpu_bounds(int64_t now) const override;
  UseBounds memory_bounds(int64_t now) const override;
  void state(StateArchive& archive) override;

 private:
  const SizingRules rules_;
  CheapestLimit cpu_, memory_;
  double held_ = 0;  // by an out-of-memory, in bytes
  std::optional<int64_t> held_since_;
};

}  // namespace og
