// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <thread>
#include <vector>

#include "core/guard/breaker.h"
#include "tests/catch.h"

namespace og {
namespace {

constexpr int kThreads = 8;

template <class F>
void run_threads(F body) {
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) threads.emplace_back([&, i] { body(i); });
  for (auto& thread : threads) thread.join();
}

}  // namespace

TEST_CASE("half-open never has more permits out than its bound") {
  Config config;
  config.set_int("failure_threshold", 1);
  config.set("open_ms", "1ms");
  config.set_int("half_open_permits", 3);
  config.set_int("success_threshold", 5);
  config.set("permit_ms", "1d");
  auto clock = make_manual_clock(0);
  auto breaker = std::move(*Breaker::create(config, clock));
  std::atomic<int> out{0}, most{0};
  std::atomic<int64_t> half_open_calls{0};
  run_threads([&](int thread) {
    for (int i = 0; i < 20'000; ++i) {
      clock->advance(1'000);
      int64_t permit = breaker->enter();
      if (permit <= 0) continue;
      bool half_open = ((permit >> 12) & 127) != 0;  // the permit names a slot
      if (half_open) {
        int now_out = out.fetch_add(1) + 1;
        int seen = most.load();
        while (seen < now_out && !most.compare_exchange_weak(seen, now_out)) {
        }
        half_open_calls.fetch_add(1);
        out.fetch_sub(1);
      }
      breaker->exit(permit, (i + thread) % 97 != 0);
    }
  });
  CHECK(half_open_calls.load() > 0);
  CHECK(most.load() <= 3);
  CHECK(breaker->transitions() > 2);
}

TEST_CASE("failures in a row from many threads open the breaker once") {
  Config config;
  config.set_int("failure_threshold", kThreads * 1000);
  auto breaker = std::move(*Breaker::create(config, make_manual_clock(0)));
  run_threads([&](int) {
    for (int i = 0; i < 1000; ++i) breaker->exit(breaker->enter(), false);
  });
  CHECK(breaker->state() == BreakerState::kOpen);
  CHECK(breaker->transitions() == 1);
}

}  // namespace og
