// SPDX-License-Identifier: Apache-2.0
// Somebody who scribbles over shared memory, and somebody who watches that all others get on.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include "core/base/random.h"

namespace og::test {

// Changes words as a wild pointer, a torn write or a failing bit would.
class Scribbler {
 public:
  explicit Scribbler(uint64_t seed) : random_(seed) {}

  void scribble(void* memory, uint64_t bytes) {
    auto* words = static_cast<std::atomic<uint64_t>*>(memory);
    const uint64_t count = bytes / 8, at = random_.below(count);
    const uint64_t old = words[at].load(std::memory_order_relaxed);
    words[at].store(other(words, count, at, old), std::memory_order_relaxed);
  }
  uint64_t below(uint64_t n) { return random_.below(n); }

 private:
  uint64_t other(std::atomic<uint64_t>* words, uint64_t count, uint64_t at, uint64_t old) {
    switch (random_.below(10)) {
      case 0:
        return 0;
      case 1:
        return ~uint64_t{0};
      case 2:
        return uint64_t{1} << 63;
      case 3:
        return random_.next();
      case 4:
        return random_.below(1000);
      case 5:
        return words[at > 0 ? at - 1 : at].load(std::memory_order_relaxed);
      case 6:
        return words[at + 1 < count ? at + 1 : at].load(std::memory_order_relaxed);
      case 7:
        return words[random_.below(count)].load(std::memory_order_relaxed);
      case 8:
        return old + random_.below(5) - 2;
      default:
        return old ^ uint64_t { 1 } << random_.below(64);
    }
  }
  Random random_;
};

// Ends the test program when a heart does not beat for 20 s: a call that loops for ever.
class Watchdog {
 public:
  static constexpr int kHearts = 8;

  ~Watchdog() {
    done_ = true;
    thread_.join();
  }
  void beat(int heart, const char* doing) {
    doing_[heart].store(doing, std::memory_order_relaxed);
    beats_[heart].fetch_add(1, std::memory_order_relaxed);
  }
  int64_t beats(int heart) const { return beats_[heart].load(std::memory_order_relaxed); }
  void rest(int heart) { beats_[heart] = -1; }

 private:
  void watch() {
    int64_t seen[kHearts] = {};
    int still[kHearts] = {};
    while (!done_) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
      for (int i = 0; i < kHearts; ++i) {
        const int64_t now = beats(i);
        still[i] = now <= 0 || now != seen[i] ? 0 : still[i] + 1;
        seen[i] = now;
        if (still[i] < 2000) continue;
        std::fprintf(stderr, "no end of: %s, after %lld calls\n", doing_[i].load(),
                     static_cast<long long>(now));
        std::abort();
      }
    }
  }
  std::atomic<int64_t> beats_[kHearts] = {};
  std::atomic<const char*> doing_[kHearts] = {};
  std::atomic<bool> done_{false};
  std::thread thread_{[this] { watch(); }};
};

}  // namespace og::test
