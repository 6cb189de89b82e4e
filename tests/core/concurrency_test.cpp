// SPDX-License-Identifier: Apache-2.0
#include "core/guard/concurrency.h"

#include <atomic>
#include <thread>
#include <vector>

#include "tests/core/host_processes.h"

namespace og {
namespace {

using test::start;
using test::wait_for;

constexpr int64_t kMs = 1'000'000;
constexpr auto kFull = static_cast<int64_t>(Status::kFull);

std::unique_ptr<ConcurrencyLimiter> make(int64_t limit, const char* permit_ms, ClockPtr clock) {
  Config config;
  config.set_int("limit", limit);
  config.set("permit_ms", permit_ms);
  auto made = ConcurrencyLimiter::create(config, std::move(clock));
  if (!made) FAIL(made.error().message);
  return std::move(*made);
}

}  // namespace

TEST_CASE("concurrency: a permit ends with its time and not before, whichever slots are full") {
  // Permits of every group run out one by one, while all others are held.
  auto clock = make_manual_clock(500'000);
  auto limiter = make(200, "1000", clock);
  std::vector<int64_t> permits;
  for (int i = 0; i < 200; ++i) {
    permits.push_back(limiter->enter());
    clock->advance(kMs);
  }
  // Permit i was given at i + 0.5 ms: it ends by i + 1001 ms, in whole milliseconds.
  for (int i = 0; i < 200; ++i) {
    clock->set((i + 1001) * kMs - 1);
    REQUIRE(limiter->enter() == kFull);
    clock->set((i + 1001) * kMs);
    REQUIRE(limiter->enter() > 0);
    REQUIRE(limiter->exit(permits[static_cast<size_t>(i)]) == Status::kLapsed);
  }
  CHECK(limiter->in_flight() == 200);
  CHECK(limiter->stat(ConcurrencyLimiter::kExpired) == 200);
  CHECK(limiter->stat(ConcurrencyLimiter::kLapsed) == 200);
  CHECK(limiter->stat(ConcurrencyLimiter::kAdmitted) == 400);
  CHECK(limiter->stat(ConcurrencyLimiter::kRefused) == 200);
}

TEST_CASE("concurrency: without a time limit a permit stands for ever") {
  auto clock = make_manual_clock();
  auto limiter = make(1, "0", clock);
  const int64_t permit = limiter->enter_at(0);
  const int64_t ages = std::numeric_limits<int64_t>::max();
  CHECK(limiter->enter_at(ages) == kFull);
  CHECK(limiter->in_flight_at(ages) == 1);
  CHECK(limiter->exit_at(permit, ages) == Status::kOk);
}

TEST_CASE("concurrency: threads are never more than the limit, and those within it never refused") {
  auto limiter = make(8, "60000", system_clock());
  std::atomic<int64_t> inside{0}, most{0}, refused{0};
  const auto work = [&] {
    for (int i = 0; i < 50'000; ++i) {
      const int64_t permit = limiter->enter();
      if (permit < 0) {
        refused.fetch_add(1);
        continue;
      }
      const int64_t now = inside.fetch_add(1) + 1;
      int64_t seen = most.load();
      while (seen < now && !most.compare_exchange_weak(seen, now)) {
      }
      inside.fetch_sub(1);
      limiter->exit(permit);
    }
  };
  const auto run = [&](int threads) {
    std::vector<std::thread> all;
    for (int i = 0; i < threads; ++i) all.emplace_back(work);
    for (auto& thread : all) thread.join();
  };
  run(8);
  CHECK(refused == 0);
  run(12);
  CHECK(most <= 8);
  CHECK(limiter->in_flight() == 0);
  CHECK(limiter->stat(ConcurrencyLimiter::kAdmitted) +
            limiter->stat(ConcurrencyLimiter::kRefused) ==
        20 * 50'000);
}

TEST_CASE(
    "concurrency: a forked child has nothing in flight, and its parent's permits are not its own") {
  auto limiter = make(2, "0", system_clock());
  const int64_t permit = limiter->enter();
  REQUIRE(limiter->enter() > 0);
  REQUIRE(limiter->enter() == kFull);
  CHECK(wait_for(start([&] {
          if (limiter->in_flight() != 0) return 1;
          if (limiter->exit(permit) != Status::kLapsed) return 2;
          if (limiter->enter() <= 0 || limiter->enter() <= 0 || limiter->enter() != kFull) return 3;
          return limiter->exit(permit) == Status::kLapsed ? 0 : 4;
        })) == 0);
  CHECK(limiter->in_flight() == 2);
  CHECK(limiter->exit(permit) == Status::kOk);
}

}  // namespace og
