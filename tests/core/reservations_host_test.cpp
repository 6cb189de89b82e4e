// SPDX-License-Identifier: Apache-2.0
// What processes reserve of one limit in a segment, and what becomes of it where they are killed.
#include <atomic>
#include <random>
#include <vector>

#include "core/limit/limiter.h"
#include "tests/core/host_processes.h"
#include "tests/shared_memory.h"

namespace og {
namespace {

using test::SegmentName;
using test::start;
using test::wait_for;

constexpr int64_t kHour = 3'600'000'000'000;

// So slow that nothing refills while a test runs.
std::unique_ptr<Limiter> make(int64_t tokens, const SegmentName& name) {
  Config config;
  config.set("rate", std::to_string(tokens) + "/1000d");
  config.set_int("keys", 16);
  config.set_int("reservations", 64);
  auto made = Limiter::create(config, system_clock(),
                              Place(test::attach(name.settings(4 << 20)), "tokens"));
  if (!made) FAIL(made.error().message);
  return std::move(*made);
}

}  // namespace

TEST_CASE("host reservations: what a killed process reserved comes back long before its time") {
  SegmentName name;
  auto limiter = make(10, name);
  auto* reserved = test::make_shared_memory<std::atomic<int64_t>>();
  const pid_t child = start([&] {
    auto own = make(10, name);
    reserved->store(own->reserve("k", 7, kHour));
    for (;;) pause();
    return 0;
  });
  REQUIRE(test::comes_true([&] { return reserved->load() != 0; }));
  CHECK(*reserved > 0);
  CHECK(limiter->acquire("k", 8) > 0);
  CHECK(limiter->settle(*reserved, 0) == Status::kLapsed);  // another's
  CHECK(limiter->reserved(Limiter::Reserved::kAmount) == 7);
  kill(child, SIGKILL);
  CHECK(wait_for(child) == -SIGKILL);
  CHECK(test::comes_true([&] { return limiter->acquire("k", 10) == 0; }));
  CHECK(limiter->reserved(Limiter::Reserved::kReservations) == 0);
  CHECK(limiter->reserved(Limiter::Reserved::kOrphaned) == 1);
}

TEST_CASE("host reservations: processes killed at random settle no more than there is") {
  constexpr int64_t kTokens = 100'000, kAmount = 50;
  SegmentName name;
  auto limiter = make(kTokens, name);
  struct Shared {
    std::atomic<int64_t> used{0}, settled{0};
  };
  auto* shared = test::make_shared_memory<Shared>();
  std::mt19937_64 random(11);
  const auto work = [&](uint64_t seed) {
    return start([&, seed] {
      auto own = make(kTokens, name);
      std::mt19937_64 draws(seed);
      for (;;) {
        const int64_t id = own->reserve("k", kAmount, kHour);
        if (id <= 0) continue;
        const auto actual = static_cast<int64_t>(draws() % 8);
        if (own->settle(id, actual) != Status::kOk) return 1;
        shared->used.fetch_add(actual);
        shared->settled.fetch_add(1);
      }
    });
  };
  std::vector<pid_t> children;
  for (uint64_t i = 0; i < 4; ++i) children.push_back(work(i));
  int64_t killed = 0;
  for (uint64_t i = 0; i < 40; ++i) {
    usleep(static_cast<useconds_t>(random() % 20'000));
    pid_t& child = children[random() % children.size()];
    kill(child, SIGKILL);
    CHECK(wait_for(child) == -SIGKILL);
    ++killed;
    child = work(100 + i);
  }
  for (const pid_t child : children) {
    kill(child, SIGKILL);
    CHECK(wait_for(child) == -SIGKILL);
    ++killed;
  }
  Standing standing;
  CHECK(test::comes_true([&] {
    limiter->standing("k", standing);
    return limiter->reserved(Limiter::Reserved::kReservations) == 0;
  }));
  limiter->standing("k", standing);
  CHECK(shared->settled > 1000);
  CHECK(shared->used + standing.remaining <= kTokens);
  CHECK(limiter->faults().empty());
  CHECK(killed == 44);
}

}  // namespace og
