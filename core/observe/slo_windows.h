// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

namespace og {

// Good and bad events in buckets of five minutes, for three days: two rings of words that any
// process may write at any moment, and die while it does.
//
// A word has the ring's lap above and a count below. Who finds an older lap starts the word anew by
// the same compare-and-swap that counts, so nobody clears buckets, and a process that dies leaves
// an event counted or not. A newer lap means that the event is older than the ring: it is late.
//
// A window ends now. Its oldest bucket lies in it in part, and counts by that part, as if its
// events were spread evenly over it (as Cloudflare's sliding window counts). So a window of steady
// traffic is exact; one whose beginning falls into a bucket of changing traffic is wrong by less
// than that bucket.
class SloWindows {
 public:
  using Word = std::atomic<uint64_t>;

  static constexpr int64_t kBucketNs = 300'000'000'000;
  static constexpr int64_t kLongestNs = 864 * kBucketNs;  // three days
  static constexpr uint64_t kSlots = 868;  // those, the current one, and threads' skew
  static constexpr int kCountBits = 48;
  static constexpr uint64_t kMostCount = (uint64_t{1} << kCountBits) - 1;
  static constexpr uint64_t kBytes = 2 * kSlots * sizeof(Word);

  struct Events {
    double good = 0, bad = 0;
    double share() const noexcept { return bad / (good + bad); }
    bool empty() const noexcept { return good + bad <= 0; }
  };

  explicit SloWindows(char* cells) noexcept : words_(reinterpret_cast<Word*>(cells)) {}

  // Whether its bucket is still in the ring. A bucket that is full stays so.
  bool add(bool is_bad, uint64_t count, int64_t now) noexcept {
    const uint64_t bucket = bucket_of(now);
    const uint64_t lap = bucket / kSlots;
    Word& word = ring(is_bad)[bucket % kSlots];
    uint64_t seen = word.load(std::memory_order_relaxed);
    for (;;) {
      if (seen >> kCountBits > lap) return false;
      const uint64_t before = seen >> kCountBits == lap ? seen & kMostCount : 0;
      const uint64_t after = std::min(before + std::min(count, kMostCount), kMostCount);
      if (word.compare_exchange_weak(seen, lap << kCountBits | after, std::memory_order_relaxed))
        return true;
    }
  }

  // Of the last `window` before now: from a bucket's length to kLongestNs.
  Events in(int64_t window, int64_t now) const noexcept {
    const int64_t from = now - window;  // before 0: nothing lies there
    const uint64_t first = from > 0 ? bucket_of(from) : 0, last = bucket_of(now);
    Events sum;
    for (uint64_t bucket = first; bucket <= last; ++bucket) {
      double part = 1;
      if (bucket == first && from > 0)
        part = 1 - static_cast<double>(from % kBucketNs) / static_cast<double>(kBucketNs);
      sum.good += part * count(false, bucket);
      sum.bad += part * count(true, bucket);
    }
    return sum;
  }

  // What no call leaves behind.
  std::vector<std::string> faults() const {
    constexpr uint64_t kLastLap = static_cast<uint64_t>(INT64_MAX / kBucketNs) / kSlots;
    std::vector<std::string> found;
    for (uint64_t i = 0; i < 2 * kSlots; ++i) {
      const uint64_t lap = words_[i].load(std::memory_order_relaxed) >> kCountBits;
      if (lap > kLastLap)
        found.push_back("has a bucket of lap " + std::to_string(lap) + " in slot " +
                        std::to_string(i));
    }
    return found;
  }

 private:
  static uint64_t bucket_of(int64_t time) noexcept {
    return static_cast<uint64_t>(time / kBucketNs);
  }
  Word* ring(bool is_bad) const noexcept { return words_ + (is_bad ? kSlots : 0); }
  double count(bool is_bad, uint64_t bucket) const noexcept {
    const uint64_t word = ring(is_bad)[bucket % kSlots].load(std::memory_order_relaxed);
    return word >> kCountBits == bucket / kSlots ? static_cast<double>(word & kMostCount) : 0;
  }

  Word* const words_;
};

}  // namespace og
