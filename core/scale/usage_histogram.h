// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/scale/state_archive.h"

namespace og {

// Buckets that grow: the first is [0, first), and each is `growth` times as wide as the one before.
// The last begins at `most` or beyond and has no end. A growth of 1 has them all alike.
struct Buckets {
  double most, first, growth;

  std::size_t count() const;
  std::size_t of(double value) const;  // the closest, for a value outside
  double start(std::size_t bucket) const;
  double end(std::size_t bucket) const;  // of the last, its start
};

// How often values were used, of which the older weigh less: half as much each half-life. It is the
// histogram of Kubernetes' Vertical Pod Autoscaler (vertical-pod-autoscaler/pkg/recommender/util):
// a sample weighs 2^((its time - a reference) / half-life), so that nothing that is there need ever
// be weighed again. Where the exponent passes 100, the reference moves up to the sample.
class UsageHistogram {
 public:
  // What weighs less than `epsilon` in a bucket is nothing.
  UsageHistogram(const Buckets& buckets, int64_t half_life_ns, double epsilon);

  void add(double value, double weight, int64_t at);
  void subtract(double value, double weight, int64_t at);  // what was added before

  bool is_empty() const { return weights_[low_] < epsilon_; }
  // The end of the bucket by which so large a share of the weight is reached; 0 when empty.
  double percentile(double share) const;

  void state(StateArchive& archive);

 private:
  double decay(int64_t at);
  void find_ends();

  const Buckets buckets_;
  const double half_life_ns_, epsilon_;
  std::vector<double> weights_;
  double total_ = 0;
  std::size_t low_, high_ = 0;        // of the buckets that hold something
  std::optional<int64_t> reference_;  // a time
};

}  // namespace og
