// SPDX-License-Identifier: Apache-2.0
// A limiter that workers share under load, whose rate changes as they are replaced one by one.
#include <time.h>

#include <array>
#include <atomic>
#include <random>
#include <string>
#include <vector>

#include "core/limit/limiter.h"
#include "tests/catch.h"
#include "tests/core/host_processes.h"
#include "tests/shared_memory.h"

namespace og {
namespace {

using test::SegmentName;

constexpr int64_t kMs = 1'000'000, kSecond = 1'000 * kMs;

Config config_of(const char* rate, const char* rule = "proportional") {
  Config config;
  config.set("rate", rate);
  config.set("tokens_inheritance", rule);
  config.set_int("keys", 64);
  return config;
}

std::unique_ptr<Limiter> make(const Config& config, const SegmentName& name) {
  auto made = Limiter::create(config, system_clock(),
                              Place(test::attach(name.settings(8 << 20)), "logins"));
  if (!made) FAIL(made.error().message);
  return std::move(*made);
}

// What passed, by the time of the request.
struct Shared {
  static constexpr int64_t kSlice = 10 * kMs;
  int64_t begin;
  std::array<std::atomic<int64_t>, 60'000> admitted;
  std::atomic<int64_t> errors, asked;
  std::atomic<int> ready;
  std::atomic<bool> stop;
  std::array<std::atomic<bool>, 16> leave;

  size_t slice(int64_t time) const {
    return std::min(static_cast<size_t>((time - begin) / kSlice), admitted.size() - 1);
  }
  // More than `a_second` of them, and as many at once, over any time: how often.
  int64_t breaches(size_t from, size_t to, int64_t a_second) const {
    // Emptied as time goes by: what a bucket lacks of being full, each slice at its latest.
    double owed = 0;
    int64_t count = 0;
    for (size_t i = from; i < to; ++i) {
      owed = std::max(0.0, owed - static_cast<double>(a_second * kSlice) / kSecond);
      owed += static_cast<double>(admitted[i].load());
      // What passed in a slice may be of its beginning or its end.
      count += owed > static_cast<double>(a_second + a_second * kSlice / kSecond + 1);
    }
    return count;
  }
  int64_t sum(size_t from, size_t to) const {
    int64_t all = 0;
    for (size_t i = from; i < to; ++i) all += admitted[i].load();
    return all;
  }
};

// A worker as one of a server's that forks: its configuration is what the release says.
int work(const SegmentName& name, Shared& shared, const char* rate, int number) {
  auto limiter = make(config_of(rate), name);
  if (!limiter->reconfigure(config_of(rate))) ++shared.errors;
  ++shared.ready;
  while (!shared.leave[static_cast<size_t>(number)]) {
    const int64_t now = system_clock()->now();
    const int64_t wait = limiter->acquire_at("alice", 1, now);
    if (wait < 0) ++shared.errors;
    if (wait == 0) ++shared.admitted[shared.slice(now)];
    ++shared.asked;
    usleep(500);
  }
  return 0;
}

}  // namespace

TEST_CASE("limiter rolling: 100/s to 200/s and back, worker by worker, and never above either") {
  constexpr int kWorkers = 3;
  SegmentName name;
  auto* shared = test::make_shared_memory<Shared>();
  shared->begin = system_clock()->now();
  int started = 0;
  std::vector<std::pair<int, pid_t>> workers;
  const auto start_one = [&](const char* rate) {
    const int number = started++;
    workers.emplace_back(number,
                         test::start([&, number] { return work(name, *shared, rate, number); }));
    CHECK(test::comes_true([&] { return shared->ready == number + 1; }));
  };
  const auto roll = [&](const char* rate) {
    for (int i = 0; i < kWorkers; ++i) {
      const auto [number, worker] = workers.front();
      workers.erase(workers.begin());
      if (i == 0) {
        kill(worker, SIGKILL);
        CHECK(test::wait_for(worker) == -SIGKILL);
      } else {
        shared->leave[static_cast<size_t>(number)] = true;
        CHECK(test::wait_for(worker) == 0);
      }
      start_one(rate);
    }
    return system_clock()->now();
  };
  for (int i = 0; i < kWorkers; ++i) start_one("100/s");
  usleep(1'200'000);
  const size_t raised = shared->slice(roll("200/s"));
  usleep(1'500'000);
  const size_t middle = shared->slice(system_clock()->now());
  const size_t lowered = shared->slice(roll("100/s")) + 1;
  usleep(1'500'000);
  const size_t end = shared->slice(system_clock()->now());
  for (const auto& [number, worker] : workers) {
    shared->leave[static_cast<size_t>(number)] = true;
    CHECK(test::wait_for(worker) == 0);
  }
  CHECK(shared->errors == 0);
  CHECK(shared->breaches(0, end, 200) == 0);
  CHECK(shared->breaches(lowered, end, 100) == 0);
  // With either rate a token was there for who asked for long enough.
  const auto expected = [](size_t from, size_t to, int64_t rate) {
    return static_cast<int64_t>(to - from) * Shared::kSlice * rate / kSecond;
  };
  CHECK(shared->sum(raised, middle) > expected(raised, middle, 150) - 20);
  CHECK(shared->sum(lowered, end) > expected(lowered, end, 75) - 20);
  auto limiter = make(config_of("100/s"), name);
  CHECK(limiter->faults().empty());
}

TEST_CASE("limiter rolling: who is killed while it changes the rate leaves the rest working") {
  SegmentName name;
  auto* shared = test::make_shared_memory<Shared>();
  shared->begin = system_clock()->now();
  auto limiter = make(config_of("100/s"), name);
  std::vector<pid_t> workers;
  for (int i = 0; i < 2; ++i) {
    workers.push_back(test::start([&, i] {
      auto own = make(config_of("100/s"), name);
      std::mt19937_64 random(static_cast<uint64_t>(i));
      while (!shared->stop) {
        const int64_t now = system_clock()->now();
        const int64_t wait = own->acquire_at("alice", 1, now);
        if (wait < 0) ++shared->errors;
        if (wait == 0) ++shared->admitted[shared->slice(now)];
        if (own->acquire_at(std::to_string(random() % 300), 1, now) < 0) ++shared->errors;
      }
      return 0;
    }));
  }
  std::mt19937_64 random(1);
  for (int i = 0; i < 60; ++i) {
    std::atomic<bool>& began = shared->leave[0];
    began = false;
    const pid_t changer = test::start([&] {
      auto own = make(config_of("100/s"), name);
      for (int change = 0;; ++change) {
        if (!own->reconfigure(config_of(change % 2 ? "100/s" : "200/s"))) ++shared->errors;
        began = true;
      }
      return 0;
    });
    CHECK(test::comes_true([&] { return began.load(); }));
    usleep(static_cast<useconds_t>(random() % 3000));
    kill(changer, SIGKILL);
    CHECK(test::wait_for(changer) == -SIGKILL);
    if (i % 3 == 0) REQUIRE(limiter->reconfigure(config_of("50/s")));
  }
  shared->stop = true;
  for (pid_t worker : workers) CHECK(test::wait_for(worker) == 0);
  CHECK(shared->errors == 0);
  CHECK(shared->breaches(0, shared->admitted.size(), 200) == 0);
  CHECK(limiter->faults().empty());
  REQUIRE(limiter->reconfigure(config_of("3/s", "reset")));
  for (int i = 0; i < 3; ++i) CHECK(limiter->acquire("alice", 1) == 0);
  const int64_t wait = limiter->acquire("alice", 1);
  CHECK((wait > 0 && wait <= kSecond / 3));
}

}  // namespace og
