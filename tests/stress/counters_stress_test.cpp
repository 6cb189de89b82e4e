// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <set>
#include <thread>
#include <vector>

#include "core/base/counters.h"
#include "core/base/histogram.h"
#include "tests/catch.h"

namespace og {
namespace {

template <class F>
void run_threads(int count, F body) {
  std::vector<std::thread> threads;
  for (int i = 0; i < count; ++i) threads.emplace_back([&, i] { body(i); });
  for (auto& thread : threads) thread.join();
}

}  // namespace

TEST_CASE("eight threads lose no count, and reading meanwhile never sees too much") {
  StripedCounters<2> counters;
  constexpr int kEach = 100'000;
  std::atomic<bool> done{false};
  std::thread reader([&] {
    int64_t last = 0;
    while (!done) {
      int64_t seen = counters.total(0);
      if (seen < last || seen > 8 * kEach) FAIL("total went from " << last << " to " << seen);
      last = seen;
    }
  });
  run_threads(8, [&](int) {
    for (int i = 0; i < kEach; ++i) {
      counters.add(0);
      counters.add(1, 3);
    }
  });
  done = true;
  reader.join();
  CHECK(counters.total(0) == 8 * kEach);
  CHECK(counters.total(1) == 24 * kEach);
}

TEST_CASE("more threads than stripes share the last one and lose no count") {
  StripedCounters<1> counters;
  constexpr int kThreads = 3 * kOwnedStripes, kEach = 2'000;
  std::atomic<int> arrived{0}, on_the_shared_one{0};
  run_threads(kThreads, [&](int) {
    counters.add(0, 0);  // claims a stripe
    arrived.fetch_add(1);
    while (arrived.load() < kThreads) std::this_thread::yield();
    on_the_shared_one.fetch_add(thread_stripe() == kOwnedStripes);
    for (int i = 0; i < kEach; ++i) counters.add(0);
  });
  CHECK(on_the_shared_one.load() >= kThreads - kOwnedStripes);
  CHECK(counters.total(0) == int64_t{kThreads} * kEach);
}

TEST_CASE("stripes of threads that ended serve new ones") {
  StripedCounters<1> counters;
  std::set<int> stripes;
  constexpr int kRounds = 100;
  for (int round = 0; round < kRounds; ++round) {
    std::atomic<int> seen[4];
    run_threads(4, [&](int i) {
      counters.add(0, i + 1);
      seen[i] = thread_stripe();
    });
    for (auto& stripe : seen) stripes.insert(stripe.load());
  }
  CHECK(counters.total(0) == kRounds * (1 + 2 + 3 + 4));
  CHECK(stripes.size() <= 5);  // this thread may hold one of its own
  CHECK(stripes.count(kOwnedStripes) == 0);
}

TEST_CASE("eight threads lose no sample of a histogram") {
  Histogram histogram;
  run_threads(8, [&](int thread) {
    for (int i = 0; i < 20'000; ++i) histogram.record((i % 100) * 10'000 + thread);
  });
  int64_t count = 0;
  for (int i = 0; i < Histogram::kBuckets; ++i) count += histogram.count(i);
  CHECK(count == 160'000);
  CHECK(histogram.sum_ns() == 8 * 20'000 * INT64_C(495'000) + 20'000 * 28);
}

}  // namespace og
