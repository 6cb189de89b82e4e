// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cstdint>

namespace og {

// A latency histogram with four buckets an octave (error under 19 %), from 1 us to 274 s: the
// log-linear layout of HdrHistogram at its coarsest useful grain. Recording is one relaxed add, any
// thread; it never allocates.
class Histogram {
 public:
  static constexpr int kSub = 4;
  static constexpr int kOctaves = 28;
  static constexpr int kBuckets = kOctaves * kSub + 1;

  void record(int64_t ns) noexcept {
    if (ns < 0) ns = 0;
    buckets_[static_cast<size_t>(bucket_of(ns))].fetch_add(1, std::memory_order_relaxed);
    sum_.fetch_add(ns, std::memory_order_relaxed);
  }

  // Bucket i holds (bound_ns(i - 1), bound_ns(i)]; the last has no upper bound.
  static constexpr int bucket_of(int64_t ns) noexcept {
    uint64_t units = ns <= 0 ? 0 : (static_cast<uint64_t>(ns) - 1) / kUnitNs;
    if (units < kSub) return static_cast<int>(units);
    int octave = std::bit_width(units) - 3;
    int bucket = (octave + 1) * kSub + static_cast<int>((units >> octave) & (kSub - 1));
    return bucket < kBuckets - 1 ? bucket : kBuckets - 1;
  }

  static constexpr int64_t bound_ns(int bucket) noexcept {
    int octave = bucket / kSub;
    if (octave == 0) return (bucket + 1) * kUnitNs;
    return (int64_t{kSub + bucket % kSub + 1} << (octave - 1)) * kUnitNs;
  }

  int64_t count(int bucket) const noexcept {
    return buckets_[static_cast<size_t>(bucket)].load(std::memory_order_relaxed);
  }
  int64_t sum_ns() const noexcept { return sum_.load(std::memory_order_relaxed); }

 private:
  static constexpr int64_t kUnitNs = 1024;
  std::array<std::atomic<int64_t>, kBuckets> buckets_{};
  std::atomic<int64_t> sum_{0};
};

}  // namespace og
