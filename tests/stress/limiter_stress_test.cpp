// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "core/limit/limiter.h"
#include "tests/catch.h"

namespace og {
namespace {

constexpr int kThreads = 8;
constexpr int64_t kSecond = 1'000'000'000;

template <class F>
void run_threads(F body) {
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) threads.emplace_back([&, i] { body(i); });
  for (auto& thread : threads) thread.join();
}

std::unique_ptr<Limiter> make(const char* rate, const char* policy, int64_t keys,
                              std::shared_ptr<Clock> clock) {
  Config config;
  config.set("rate", rate);
  config.set("policy", policy);
  config.set_int("keys", keys);
  return std::move(*Limiter::create(config, std::move(clock)));
}

}  // namespace

TEST_CASE("limiter: eight threads on one key admit exactly its bound") {
  for (const char* policy : {"token_bucket", "sliding_window", "fixed_window", "sliding_counter"}) {
    INFO(policy);
    auto clock = make_manual_clock(0);
    auto limiter = make("500/s", policy, 64, clock);
    for (int64_t second = 1; second <= 3; ++second) {
      std::atomic<int64_t> passed{0};
      run_threads([&](int) {
        for (int i = 0; i < 500; ++i) passed += limiter->acquire("hot", 1) == 0;
      });
      CHECK(passed == 500);
      CHECK(limiter->allowed() == 500 * second);
      CHECK(limiter->denied() == (kThreads - 1) * 500 * second);
      clock->advance(2 * kSecond);
    }
  }
}

// Each holds what it took, and gives it back: together they never hold more than there is. A bucket
// is full again then; of a window two at a time may have given back less.
TEST_CASE("limiter: eight threads take and give back, and never hold more than the bound") {
  for (const char* policy : {"token_bucket", "sliding_window"}) {
    INFO(policy);
    auto limiter = make("5/min", policy, 64, make_manual_clock(0));
    std::atomic<int64_t> held{0}, over{0}, passed{0};
    run_threads([&](int) {
      for (int i = 0; i < 3000; ++i) {
        if (limiter->acquire("hot", 1) != 0) continue;
        over += held.fetch_add(1) >= 5;
        ++passed;
        held.fetch_sub(1);
        limiter->give_back("hot", 1);
      }
    });
    CHECK(over == 0);
    CHECK(passed >= 5);
    const int64_t left = limiter->acquire_up_to("hot", 100);
    CHECK(left <= 5);
    if (std::string(policy) == "token_bucket") CHECK(left == 5);
    CHECK(limiter->faults().empty());
  }
}

// A tenth of a second each: no two the same, and none between is missing.
TEST_CASE("limiter: the turns of eight threads are each another's, one behind the other") {
  auto limiter = make("10/s", "token_bucket", 64, make_manual_clock(0));
  for (int i = 0; i < 10; ++i) limiter->acquire("hot", 1);
  std::array<std::vector<int64_t>, kThreads> turns;
  run_threads([&](int thread) {
    for (int i = 0; i < 500; ++i) {
      Slot slot;
      if (limiter->reserve_slot("hot", 1, kNeverPasses, slot) == 0)
        turns[static_cast<size_t>(thread)].push_back(slot.number);
    }
  });
  std::vector<int64_t> all;
  for (const auto& own : turns) {
    CHECK(std::is_sorted(own.begin(), own.end()));
    all.insert(all.end(), own.begin(), own.end());
  }
  std::sort(all.begin(), all.end());
  int64_t wrong = all.size() != kThreads * 500;
  for (size_t i = 0; i < all.size(); ++i)
    wrong += all[i] != static_cast<int64_t>(i + 1) * (kSecond / 10);
  CHECK(wrong == 0);
}

// Whoever cancels has its turn back at most once: what is left of the queue is what is not
// cancelled, or more.
TEST_CASE("limiter: threads that reserve and cancel leave a queue no shorter than its turns") {
  auto limiter = make("10/s", "token_bucket", 64, make_manual_clock(0));
  for (int i = 0; i < 10; ++i) limiter->acquire("hot", 1);
  std::atomic<int64_t> kept{0}, cancelled{0}, latest{0};
  run_threads([&](int) {
    for (int i = 0; i < 2000; ++i) {
      Slot slot;
      if (limiter->reserve_slot("hot", 1, kNeverPasses, slot) != 0) continue;
      if (i % 3 && limiter->cancel_slot("hot", 1, slot.number) == 1) {
        ++cancelled;
        continue;
      }
      ++kept;
      int64_t seen = latest;
      while (seen < slot.number && !latest.compare_exchange_weak(seen, slot.number)) {
      }
    }
  });
  Slot next;
  REQUIRE(limiter->reserve_slot("hot", 1, kNeverPasses, next) == 0);
  CHECK(next.number == (kept + 1) * (kSecond / 10));
  CHECK(next.number > latest);
  CHECK(cancelled > 0);
}

TEST_CASE("limiter: threads that take what is there take it once") {
  for (const char* policy : {"token_bucket", "sliding_window"}) {
    INFO(policy);
    auto limiter = make("1000/min", policy, 64, make_manual_clock(0));
    std::atomic<int64_t> taken{0};
    run_threads([&](int i) {
      for (int64_t got = 1; got > 0; taken += got) got = limiter->acquire_up_to("hot", 7 + i);
    });
    CHECK(taken == 1000);
  }
}

TEST_CASE("limiter: eight threads meet forty new keys at once, each admitted exactly its bound") {
  for (const char* policy :
       {"token_bucket", "sliding_window", "fixed_window", "sliding_counter", "calendar_window"}) {
    INFO(policy);
    constexpr size_t kKeys = 40;
    auto limiter = make(policy[0] == 'c' ? "10/hour" : "10/min", policy, 256, make_manual_clock(0));
    std::array<std::atomic<int>, kKeys> passed{};
    run_threads([&](int) {
      for (int i = 0; i < 12; ++i) {
        for (size_t key = 0; key < kKeys; ++key) {
          passed[key] += limiter->acquire(std::to_string(key), 1) == 0;
        }
      }
    });
    for (const auto& count : passed) CHECK(count == 10);
  }
}

// Keys come and go in a table too small for them while the time moves: at any time a key has passed
// at most once, and once more for each second, or hour of a calendar.
TEST_CASE("limiter: eight threads in a table that is always full never exceed a key's bound") {
  for (const char* policy : {"token_bucket", "sliding_window", "fixed_window", "sliding_counter",
                             "warm_up", "calendar_window"}) {
    INFO(policy);
    constexpr size_t kKeys = 200;
    const int64_t period = policy[0] == 'c' ? 3600 * kSecond : kSecond;
    auto clock = make_manual_clock(0);
    auto limiter = make(policy[0] == 'c' ? "1/hour" : "1/s", policy, 16, clock);
    limiter->acquire("start", 1);
    std::array<std::atomic<int64_t>, kKeys> passed{};
    run_threads([&](int thread) {
      uint64_t random = static_cast<uint64_t>(thread) + 1;
      for (int i = 0; i < 4000; ++i) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        const size_t key = (random >> 33) % kKeys;
        passed[key] += limiter->acquire(std::to_string(key), 1) == 0;
        if (thread == 0 && i % 100 == 0) clock->advance(period / 5);
      }
    });
    const int64_t bound = 1 + clock->now() / period;
    for (const auto& count : passed) CHECK(count <= bound);
    CHECK(limiter->evictions() > 0);
  }
}

}  // namespace og
