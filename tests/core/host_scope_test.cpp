// SPDX-License-Identifier: Apache-2.0
// Limiter and breaker in a segment: one for all processes, whoever dies.
#include <atomic>
#include <random>
#include <vector>

#include "core/guard/breaker.h"
#include "core/limit/limiter.h"
#include "core/observe/metrics.h"
#include "tests/core/host_processes.h"
#include "tests/shared_memory.h"

namespace og {
namespace {

using test::SegmentName;
using test::start;
using test::wait_for;

constexpr int64_t kMs = 1'000'000;

Config limit(const char* rate, const char* policy = "token_bucket") {
  Config config;
  config.set("rate", rate);
  config.set("policy", policy);
  if (policy != std::string("count_min")) config.set_int("keys", 64);
  return config;
}

template <class N>
std::unique_ptr<N> make(const Config& config, const SegmentName& name, ClockPtr clock) {
  auto segment = Segment::attach(name.settings(64 << 20));
  if (!segment) FAIL(segment.error().message);
  auto made = N::create(config, std::move(clock), Place(*segment, "api"));
  if (!made) FAIL(made.error().message);
  return std::move(*made);
}

// Shared between a test and its processes, without a segment.
struct Shared {
  std::atomic<int64_t> admitted{0}, asked{0};
  std::atomic<bool> stop{false};
};

}  // namespace

TEST_CASE("host scope: eight processes admit together what one would") {
  const char* policy = GENERATE("token_bucket", "sliding_window", "fixed_window", "sliding_counter",
                                "calendar_window", "count_min");
  const char* rate = policy == std::string("calendar_window") ? "1000/day" : "1000/s";
  SegmentName name;
  auto* shared = test::make_shared_memory<Shared>();
  std::vector<pid_t> children;
  for (int i = 0; i < 8; ++i) {
    children.push_back(start([&] {
      auto limiter = make<Limiter>(limit(rate, policy), name, make_manual_clock(0));
      for (int j = 0; j < 1000; ++j) {
        if (limiter->acquire("a", 1) == 0) shared->admitted.fetch_add(1);
      }
      return 0;
    }));
  }
  for (pid_t child : children) CHECK(wait_for(child) == 0);
  CHECK(shared->admitted == 1000);  // the burst, as the clock stands
  auto limiter = make<Limiter>(limit(rate, policy), name, make_manual_clock(0));
  CHECK(limiter->allowed() == 1000);
  CHECK(limiter->denied() == 7000);
  CHECK(limiter->acquire("a", 1) > 0);
  CHECK(limiter->acquire("b", 1) == 0);
}

TEST_CASE("host scope: while processes are killed, the bound holds and nobody hangs") {
  const char* policy =
      GENERATE("token_bucket", "sliding_window", "fixed_window", "sliding_counter", "warm_up");
  SegmentName name;
  auto* shared = test::make_shared_memory<Shared>();
  auto work = [&] {
    auto limiter = make<Limiter>(limit("5000/s", policy), name, system_clock());
    std::vector<std::string> keys;
    for (int i = 0; i < 200; ++i) keys.push_back("other-" + std::to_string(i));
    for (size_t turn = 0; !shared->stop.load(std::memory_order_relaxed); ++turn) {
      shared->asked.fetch_add(1, std::memory_order_relaxed);
      if (limiter->acquire("hot", 1) == 0) shared->admitted.fetch_add(1, std::memory_order_relaxed);
      limiter->acquire(keys[turn % keys.size()], 1);  // cells claimed, taken over, crowded out
    }
    return 0;
  };
  const int64_t began = monotonic_ns();
  std::vector<pid_t> workers;
  for (int i = 0; i < 6; ++i) workers.push_back(start(work));
  std::mt19937 random(3);
  constexpr int kKills = 100;
  for (int i = 0; i < kKills; ++i) {
    usleep(random() % 4000);
    pid_t& victim = workers[random() % workers.size()];
    kill(victim, SIGKILL);
    REQUIRE(wait_for(victim) == -SIGKILL);
    victim = start(work);
  }
  const int64_t asked = shared->asked;
  CHECK(test::comes_true([&] { return shared->asked > asked; }));  // the living go on
  shared->stop = true;
  for (pid_t worker : workers) CHECK(wait_for(worker) == 0);
  // Each of the dead may have been admitted without having said so, never the other way round.
  const double seconds = static_cast<double>(monotonic_ns() - began) / 1e9;
  // Of windows that are the clock's, one more may have begun meanwhile.
  const bool of_clock = policy[0] == 'f' || policy == std::string("sliding_counter");
  CHECK(static_cast<double>(shared->admitted) <= 5000 * (of_clock ? 2 + seconds : 1 + seconds));
  // A key without a cell gets one when another is idle, which all are after a period.
  auto limiter = make<Limiter>(limit("5000/s", policy), name, system_clock());
  CHECK(limiter->peek_at("new", 1, system_clock()->now() + 2'000'000'000) == 0);
}

TEST_CASE("host scope: a breaker that one process opens is open for all") {
  Config config;
  config.set_int("failure_threshold", 2);
  config.set("open_ms", "1s");
  config.set_int("success_threshold", 1);
  SegmentName name;
  auto clock = make_manual_clock(0);
  auto breaker = make<Breaker>(config, name, clock);
  CHECK(wait_for(start([&] {
          auto theirs = make<Breaker>(config, name, make_manual_clock(0));
          for (int i = 0; i < 2; ++i) theirs->exit(theirs->enter(), false);
          return static_cast<int>(theirs->state());
        })) == static_cast<int>(BreakerState::kOpen));
  CHECK(breaker->state() == BreakerState::kOpen);
  CHECK(breaker->enter() == static_cast<int64_t>(Status::kRefused));
  CHECK(breaker->transitions() == 1);

  // Half-open, one permit for all; that of a process which died with it is given again.
  clock->set(1000 * kMs);
  int ready[2];
  REQUIRE(pipe(ready) == 0);
  pid_t holder = start([&] {
    auto theirs = make<Breaker>(config, name, clock);
    bool entered = theirs->enter() > 0;
    if (write(ready[1], &entered, 1) != 1) return 1;
    for (;;) pause();
  });
  bool entered = false;
  REQUIRE(read(ready[0], &entered, 1) == 1);
  CHECK(entered);
  CHECK(breaker->state() == BreakerState::kHalfOpen);
  CHECK(breaker->enter() == static_cast<int64_t>(Status::kRefused));
  kill(holder, SIGKILL);
  CHECK(wait_for(holder) == -SIGKILL);
  int64_t permit = breaker->enter();
  CHECK(permit > 0);
  CHECK(breaker->enter() == static_cast<int64_t>(Status::kRefused));
  CHECK(breaker->exit(permit, true) == Status::kOk);
  CHECK(breaker->state() == BreakerState::kClosed);
  for (int fd : ready) close(fd);
}

TEST_CASE("host scope: who asks for other options gets what is there, and is told, or refuses it") {
  SegmentName name;
  auto segment = test::attach(name.settings(64 << 20));
  auto clock = make_manual_clock(0);
  Config config = limit("60/min");
  const auto user = Limiter::create(config, clock, Place(segment, "api"));
  REQUIRE(user);
  config.set("rate", "60/60s");  // the same, spelled otherwise
  REQUIRE(Limiter::create(config, clock, Place(segment, "api")));
  config.set("rate", "61/min");
  auto other = Limiter::create(config, clock, Place(segment, "api"));
  REQUIRE(other);
  for (int i = 0; i < 60; ++i) REQUIRE((*other)->acquire("k", 1) == 0);
  CHECK((*other)->acquire("k", 1) == 1'000'000'000);  // of 60 a minute, not of 61
  const std::string told =
      "segment '" + name.text + "': limiter 'api' is there with rate=60/60s, not with rate=61/60s";
  CHECK(segment->differences() == std::vector{told});
  CHECK(segment->stat(Scope::Stat::kDifferences) == 1);
  config.set("max_memory", "1GiB");  // the caller's own
  config.set("on_mismatch", "refuse");
  auto refused = Limiter::create(config, clock, Place(segment, "api"));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().message ==
        told + "; for all it is changed by: outgrow host set " + name.text + " api rate=61/60s");
  CHECK(refused.error().option == "rate");
  CHECK(Breaker::create({}, clock, Place(segment, "api")));  // of another kind
}

TEST_CASE("host scope: what processes count is one series, whoever made it first") {
  SegmentName name;
  auto registry = [&] {
    auto made = Metrics::create({}, Place(test::attach(name.settings(4 << 20)), "checkout"));
    if (!made) FAIL(made.error().message);
    return std::move(*made);
  };
  auto metrics = registry();
  using Kind = OwnSeries::Kind;
  std::vector<pid_t> children;
  for (int i = 0; i < 4; ++i) {
    children.push_back(start([&, i] {
      auto mine = registry();
      for (int j = 0; j < 50; ++j) {
        const std::string instance = std::to_string((i + j) % 50);  // each in an order of its own
        auto id = mine->own().define(Kind::kCounter, "jobs_total", "Jobs.", instance);
        if (!id || mine->own().increment(*id, 1) != Status::kOk) return 1;
      }
      auto seconds = mine->own().define(Kind::kHistogram, "job_seconds", "", "");
      return seconds && mine->own().observe(*seconds, 1000) == Status::kOk ? 0 : 2;
    }));
  }
  for (pid_t child : children) CHECK(wait_for(child) == 0);
  const std::string text = metrics->render();
  for (int i = 0; i < 50; ++i) {
    const std::string line = "\njobs_total{name=\"" + std::to_string(i) + "\"} 4\n";
    CHECK(text.find(line) != text.npos);
  }
  CHECK(text.find("\njob_seconds_count 4\n") != text.npos);
}

}  // namespace og
