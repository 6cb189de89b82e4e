// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cstdint>
#include <limits>

namespace og {

// A latency histogram with four buckets an octave, from 1 us to 549 s: the log-linear layout of
// HdrHistogram at its coarsest useful grain. From 4 us on, a bucket's bounds are within a quarter
// of each other. Recording is two relaxed adds, from any thread; it never allocates.
class Histogram {
 public:
  static constexpr int kSub = 4;
  static constexpr int kOctaves = 28;
  static constexpr int kBuckets = kOctaves * kSub + 1;

  // Less than 0 counts as 0, more than a day as a day: one absurd sample must not turn the sum.
  void record(int64_t ns) noexcept {
    ns = std::clamp<int64_t>(ns, 0, kLongestNs);
    buckets_[static_cast<size_t>(bucket_of(ns))].fetch_add(1, std::memory_order_relaxed);
    sum_.fetch_add(ns, std::memory_order_relaxed);
  }

  // Bucket i holds (bound_ns(i - 1), bound_ns(i)]; the last has no upper bound.
  static constexpr int bucket_of(int64_t ns) noexcept {
    uint64_t units = ns <= 0 ? 0 : (static_cast<uint64_t>(ns) - 1) / kUnitNs;
    if (units < kSub) return static_cast<int>(units);
    int octave = static_cast<int>(std::bit_width(units)) - 3;
    int bucket = (octave + 1) * kSub + static_cast<int>((units >> octave) & (kSub - 1));
    return bucket < kBuckets - 1 ? bucket : kBuckets - 1;
  }

  static constexpr int64_t bound_ns(int bucket) noexcept {
    int octave = bucket / kSub;
    if (octave == 0) return (bucket + 1) * kUnitNs;
    return (int64_t{kSub + bucket % kSub + 1} << (octave - 1)) * kUnitNs;
  }

  // Within bounds, so that sums are too: in a segment others can scribble over it.
  int64_t count(int bucket) const noexcept {
    return std::clamp<int64_t>(
        buckets_[static_cast<size_t>(bucket)].load(std::memory_order_relaxed), 0,
        std::numeric_limits<int64_t>::max() / kBuckets);
  }
  int64_t sum_ns() const noexcept { return sum_.load(std::memory_order_relaxed); }

  // The upper bound of the bucket in which `share` (0 to 1) of the records end; 0 when there is
  // none.
  int64_t quantile(double share) const noexcept {
    int64_t total = 0, seen = 0;
    for (int i = 0; i < kBuckets; ++i) total += count(i);
    for (int i = 0; i < kBuckets; ++i) {
      seen += count(i);
      if (seen > 0 && static_cast<double>(seen) >= share * static_cast<double>(total))
        return bound_ns(i);
    }
    return 0;
  }

  struct Counts {
    std::array<int64_t, kBuckets> buckets{};
    int64_t sum_ns = 0;
  };
  Counts counts() const noexcept {
    Counts counts;
    for (int i = 0; i < kBuckets; ++i) counts.buckets[static_cast<size_t>(i)] = count(i);
    counts.sum_ns = sum_ns();
    return counts;
  }
  // As if all of them were recorded.
  void add(const Counts& counts) noexcept {
    for (size_t i = 0; i < buckets_.size(); ++i) {
      if (counts.buckets[i] != 0)
        buckets_[i].fetch_add(counts.buckets[i], std::memory_order_relaxed);
    }
    sum_.fetch_add(counts.sum_ns, std::memory_order_relaxed);
  }

  // For a new owner. Nobody records meanwhile.
  void reset() noexcept {
    for (auto& bucket : buckets_) bucket.store(0, std::memory_order_relaxed);
    sum_.store(0, std::memory_order_relaxed);
  }

 private:
  static constexpr int64_t kUnitNs = 1024;
  static constexpr int64_t kLongestNs = 86'400'000'000'000;
  std::array<std::atomic<int64_t>, kBuckets> buckets_{};
  std::atomic<int64_t> sum_{0};
};

}  // namespace og
