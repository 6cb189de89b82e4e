// SPDX-License-Identifier: Apache-2.0
// The limiter against models that anyone can check by hand: a bucket in exact fractions of 128
// bits, a log as a list.
#include <algorithm>
#include <deque>
#include <map>
#include <random>
#include <string>

#include "core/limit/limiter.h"
#include "tests/catch.h"

namespace og {
namespace {

using Wide = __int128;

std::unique_ptr<Limiter> make(const std::string& rate, const std::string& policy, int64_t burst,
                              int64_t keys) {
  Config config;
  config.set("rate", rate);
  config.set("policy", policy);
  config.set_int("burst", burst);
  config.set_int("keys", keys);
  auto made = Limiter::create(config, make_manual_clock(0));
  REQUIRE(made);
  return std::move(*made);
}

// Time in n-ths of a ns, so that a token of n in p ns is p of them: nothing is ever rounded.
struct Bucket {
  Wide n, p, burst, full = 0;

  Wide wait(int64_t now, int64_t cost) const {  // ns, rounded up
    Wide over = std::max(full, now * n) + cost * p - burst * p - now * n;
    return over <= 0 ? 0 : (over + n - 1) / n;
  }
  void take(int64_t now, int64_t cost) { full = std::max(full, now * n) + cost * p; }
};

struct Log {
  int64_t limit, window, latest = 0;
  std::deque<int64_t> passed;

  int64_t ask(int64_t now, int64_t cost) {
    const int64_t at = std::max(now, latest);
    size_t gone = 0;  // counted anew each time, as the time may be earlier than it was
    while (gone < passed.size() && passed[gone] + window <= at) ++gone;
    const int64_t over = static_cast<int64_t>(passed.size() - gone) + cost - limit;
    if (over > 0) return passed[gone + static_cast<size_t>(over - 1)] + window - now;
    latest = at;
    passed.insert(passed.end(), static_cast<size_t>(cost), at);
    while (static_cast<int64_t>(passed.size()) > limit) passed.pop_front();
    return 0;
  }
};

// Mostly forward, by steps of all sizes around `step`; sometimes back.
struct Schedule {
  std::mt19937_64 random;
  int64_t now = 0, step;
  int64_t draw(int64_t below) {
    return static_cast<int64_t>(random() % static_cast<uint64_t>(below));
  }
  int64_t next() {
    switch (draw(8)) {
      case 0:
        return now;
      case 1:
        return now = std::max<int64_t>(0, now - draw(step + 1));
      case 2:
        return now += draw(8 * step + 1);
      case 3:
        return ++now;
      default:
        return now += draw(step + 1);
    }
  }
};

struct Case {
  const char* rate;
  int64_t n, p, burst;
};

constexpr int64_t kSecond = 1'000'000'000;
// As many decisions as there is time for: a limiter is told of nine years at most.
int64_t decisions(const Schedule& schedule) {
  return std::min<int64_t>(40'000, 9 * 365 * 86'400 * kSecond / (2 * schedule.step));
}

}  // namespace

TEST_CASE("limiter: a token bucket decides as exact fractions do") {
  const Case exact[] = {{"1/d", 1, 86'400 * kSecond, 1}, {"7/s", 7, kSecond, 7},
                        {"100/s", 100, kSecond, 20},     {"1000/min", 1000, 60 * kSecond, 1000},
                        {"5/250ms", 5, kSecond / 4, 3},  {"1000000000/s", 1, 1, 50}};
  for (const Case& c : exact) {
    INFO(c.rate);
    auto limiter = make(c.rate, "token_bucket", c.burst, 64);
    limiter->acquire_at("start", 1, 0);
    std::map<std::string, Bucket> model;
    Schedule schedule{std::mt19937_64(c.n), 0, c.p / c.n + 1};
    int64_t wrong = 0, passed = 0, denied = 0;
    for (int64_t i = decisions(schedule); i > 0; --i) {
      const std::string key(1, static_cast<char>('a' + schedule.draw(3)));
      const int64_t cost = schedule.draw(4) ? 1 : 1 + schedule.draw(c.burst);
      const int64_t now = schedule.next();
      Bucket& bucket = model.try_emplace(key, Bucket{c.n, c.p, c.burst}).first->second;
      const Wide wait = bucket.wait(now, cost);
      wrong += limiter->peek_at(key, cost, now) != wait;
      wrong += limiter->acquire_at(key, cost, now) != wait;
      if (wait == 0) bucket.take(now, cost);
      ++(wait == 0 ? passed : denied);
    }
    CHECK(wrong == 0);
    CHECK(passed > decisions(schedule) / 20);
    CHECK(denied > decisions(schedule) / 20);
  }
}

TEST_CASE("limiter: with rates that no unit holds, a token is never early and at most 1 ns late") {
  const Case odd[] = {{"999983/s", 999983, kSecond, 100},
                      {"17/s", 17, kSecond, 5},
                      {"31337/min", 31337, 60 * kSecond, 40},
                      {"19/h", 19, 3600 * kSecond, 19}};
  for (const Case& c : odd) {
    INFO(c.rate);
    auto limiter = make(c.rate, "token_bucket", c.burst, 64);
    limiter->acquire_at("start", 1, 0);
    Bucket bucket{c.n, c.p, c.burst};
    Schedule schedule{std::mt19937_64(c.n), 0, c.p / c.n + 1};
    int64_t early = 0, late = 0, passed = 0;
    for (int64_t i = decisions(schedule); i > 0; --i) {
      const int64_t cost = schedule.draw(4) ? 1 : 1 + schedule.draw(c.burst);
      const int64_t now = schedule.next();
      const Wide wait = bucket.wait(now, cost);
      const int64_t got = limiter->acquire_at("k", cost, now);
      early += got < wait;
      late += got > wait + 1;
      if (got == 0) bucket.take(now, cost);
      passed += got == 0;
    }
    CHECK(early == 0);
    CHECK(late == 0);
    CHECK(passed > 1000);
  }
}

TEST_CASE("limiter: a sliding window decides as a list of times does") {
  const Case cases[] = {
      {"1/s", 1, kSecond, 0}, {"5/250ms", 5, kSecond / 4, 0}, {"100/min", 100, 60 * kSecond, 0}};
  for (const Case& c : cases) {
    INFO(c.rate);
    auto limiter = make(c.rate, "sliding_window", 0, 64);
    limiter->acquire_at("start", 1, 0);
    std::map<std::string, Log> model;
    Schedule schedule{std::mt19937_64(c.n), 0, c.p / c.n + 1};
    int64_t wrong = 0, passed = 0, denied = 0;
    for (int64_t i = decisions(schedule); i > 0; --i) {
      const std::string key(1, static_cast<char>('a' + schedule.draw(3)));
      const int64_t cost = schedule.draw(4) ? 1 : 1 + schedule.draw(c.n);
      const int64_t now = schedule.next();
      const int64_t wait = model.try_emplace(key, Log{c.n, c.p}).first->second.ask(now, cost);
      wrong += limiter->acquire_at(key, cost, now) != wait;
      ++(wait == 0 ? passed : denied);
    }
    CHECK(wrong == 0);
    CHECK(passed > decisions(schedule) / 20);
    CHECK(denied > decisions(schedule) / 20);
  }
}

// Far more keys than cells: forgetting a key may deny what the model allows, never the other way.
TEST_CASE("limiter: no key passes more than its bound, whichever keys make room for it") {
  for (const char* policy : {"token_bucket", "sliding_window"}) {
    INFO(policy);
    const bool window = std::string(policy) == "sliding_window";
    auto limiter = make("3/s", policy, 0, 8);
    limiter->acquire_at("start", 1, 0);
    std::map<int64_t, Bucket> buckets;
    std::map<int64_t, Log> logs;
    Schedule schedule{std::mt19937_64(8), 0, kSecond / 60};
    int64_t over = 0, passed = 0;
    for (int i = 0; i < 60'000; ++i) {
      const int64_t id = std::min(schedule.draw(400), schedule.draw(400));
      const std::string key = std::to_string(id);
      const int64_t now = schedule.next();
      if (limiter->acquire_at(key, 1, now) != 0) continue;
      ++passed;
      if (window) {
        over += logs.try_emplace(id, Log{3, kSecond}).first->second.ask(now, 1) != 0;
      } else {
        Bucket& bucket = buckets.try_emplace(id, Bucket{3, kSecond, 3}).first->second;
        over += bucket.wait(now, 1) != 0;
        bucket.take(now, 1);
      }
    }
    CHECK(over == 0);
    CHECK(passed > 1000);
    CHECK(limiter->evictions() > 100);
    CHECK(limiter->crowded_out() > 0);
  }
}

// At 1e9 a second a token is a ns; of those only 2^61 fit into a bucket.
TEST_CASE(
    "limiter: a burst beyond what a bucket can count is refused, and the largest is counted") {
  const int64_t most = int64_t{1} << 61;
  for (int64_t burst : {most + 1, INT64_MAX}) {
    auto units = TokenUnits::create({1, 1}, burst);
    REQUIRE(!units);
    CHECK(units.error().option == "burst");
    CHECK(units.error().message.find(std::to_string(most)) != std::string::npos);
  }
  auto units = TokenUnits::create({1, 1}, most);
  REQUIRE(units);
  CHECK(units->per_token() == 1);
  CHECK(units->when(1) == 1);

  Config config;  // without a burst it is the rate's count
  config.set("rate", "9000000000000000000/9000000000s");
  auto made = Limiter::create(config, make_manual_clock(0));
  REQUIRE(!made);
  CHECK(made.error().option == "burst");
}

}  // namespace og
