// SPDX-License-Identifier: Apache-2.0
// What is given back, charged and taken as far as it goes, against models that know each request: a
// bucket in exact fractions that is reckoned anew from the list of what it gave, a log as a list.
#include <algorithm>
#include <deque>
#include <random>
#include <string>
#include <vector>

#include "core/limit/limiter.h"
#include "tests/catch.h"

namespace og {
namespace {

using Wide = __int128;
constexpr int64_t kSecond = 1'000'000'000;

std::unique_ptr<Limiter> make(const std::string& rate, const std::string& policy, int64_t burst,
                              int64_t max_debt) {
  Config config;
  config.set("rate", rate);
  config.set("policy", policy);
  config.set_int("burst", burst);
  config.set_int("max_debt", max_debt);
  config.set_int("keys", 64);
  auto made = Limiter::create(config, make_manual_clock(0));
  if (!made) FAIL(made.error().message);
  return std::move(*made);
}

// Time in n-ths of a ns, so that a token of n in p ns is p of them.
struct Given {
  Wide at, amount;
};
struct KnowingBucket {
  Wide n, p, burst, max_debt;
  std::vector<Given> given;

  Wide full() const {
    Wide full = 0;
    for (const Given& each : given) full = std::max(full, each.at) + each.amount;
    return full;
  }
  Wide lacks(int64_t now) const { return std::max<Wide>(0, full() - now * n); }
  Wide wait(int64_t now, int64_t cost) const {  // ns, rounded up
    const Wide over = std::max(full(), now * n) + cost * p - burst * p - now * n;
    return over <= 0 ? 0 : (over + n - 1) / n;
  }
  void take(int64_t now, int64_t cost) { given.push_back({now * n, cost * p}); }
  int64_t take_up_to(int64_t now, int64_t most) {
    const Wide there = (burst * p - std::min(lacks(now), burst * p)) / p;
    const auto count = static_cast<int64_t>(std::min<Wide>(there, most));
    if (count > 0) take(now, count);
    return count;
  }
  void charge(int64_t now, int64_t cost) {
    const Wide room = std::max<Wide>(0, (burst + max_debt) * p - lacks(now));
    given.push_back({now * n, std::min(room, cost * p)});
  }
  // The last that it gave was never given.
  int64_t give_back(int64_t now, int64_t cost) {
    const Wide lacked = lacks(now);
    for (Wide rest = cost * p; rest > 0 && !given.empty();) {
      const Wide part = std::min(rest, given.back().amount);
      given.back().amount -= part;
      rest -= part;
      if (given.back().amount == 0) given.pop_back();
    }
    return static_cast<int64_t>(std::min<Wide>(lacked / p, cost));
  }
};

struct KnowingLog {
  int64_t limit, window, latest = 0;
  std::deque<int64_t> passed{};

  int64_t at(int64_t now) const { return std::max(now, latest); }
  int64_t held(int64_t now) const {
    return std::count_if(passed.begin(), passed.end(),
                         [&](int64_t each) { return each + window > at(now); });
  }
  int64_t wait(int64_t now, int64_t cost) const {
    const int64_t over = held(now) + cost - limit;
    if (over <= 0) return 0;
    return passed[passed.size() - static_cast<size_t>(held(now) - over + 1)] + window - now;
  }
  void take(int64_t now, int64_t cost) {
    if (cost == 0) return;
    latest = at(now);
    passed.insert(passed.end(), static_cast<size_t>(cost), latest);
    while (static_cast<int64_t>(passed.size()) > 8 * limit) passed.pop_front();
  }
  int64_t give_back(int64_t now, int64_t cost) {
    const int64_t given = std::min(held(now), cost);  // who has left is not called back
    passed.resize(passed.size() - static_cast<size_t>(given));
    return given;
  }
};

struct Case {
  const char* rate;
  int64_t n, p, burst, max_debt;
};

struct Draws {
  std::mt19937_64 random;
  int64_t now = 0, step;
  int64_t below(int64_t bound) {
    return static_cast<int64_t>(random() % static_cast<uint64_t>(bound));
  }
  int64_t next() {
    switch (below(6)) {
      case 0:
        return now;
      case 1:
        return now += below(8 * step + 1);
      default:
        return now += below(step + 1);
    }
  }
};

}  // namespace

TEST_CASE("limiter amends: a bucket is what it would be had the last never been taken") {
  const Case exact[] = {{"7/s", 7, kSecond, 7, 0},
                        {"100/s", 100, kSecond, 20, 30},
                        {"1000/min", 1000, 60 * kSecond, 1000, 1},
                        {"5/250ms", 5, kSecond / 4, 3, 12},
                        {"1000000000/s", 1, 1, 50, 50}};
  for (const Case& c : exact) {
    INFO(c.rate);
    auto limiter = make(c.rate, "token_bucket", c.burst, c.max_debt);
    limiter->acquire_at("start", 1, 0);
    KnowingBucket model{c.n, c.p, c.burst, c.max_debt, {}};
    Draws draws{std::mt19937_64(c.n), 0, c.p / c.n + 1};
    int64_t wrong = 0, given = 0, owed = 0, denied = 0;
    for (int i = 0; i < 8'000; ++i) {
      const int64_t now = draws.next();
      const int64_t cost = draws.below(4) ? 1 : 1 + draws.below(2 * c.burst);
      switch (draws.below(5)) {
        case 0: {
          const int64_t back = limiter->give_back_at("k", cost, now);
          wrong += back != model.give_back(now, cost);
          given += back;
          break;
        }
        case 1: {
          model.charge(now, cost);
          wrong += limiter->charge_at("k", cost, now) != model.wait(now, 1);
          owed += model.lacks(now) > c.burst * c.p;
          break;
        }
        case 2:
          wrong += limiter->acquire_up_to_at("k", cost, now) != model.take_up_to(now, cost);
          break;
        default: {
          if (cost > c.burst) break;
          const Wide wait = model.wait(now, cost);
          wrong += limiter->acquire_at("k", cost, now) != wait;
          if (wait == 0) model.take(now, cost);
          denied += wait > 0;
        }
      }
      wrong += limiter->peek_at("k", c.burst, now) != model.wait(now, c.burst);
      if (model.given.size() > 400) model.given.erase(model.given.begin());
    }
    CHECK(wrong == 0);
    CHECK(given > 300);
    CHECK(denied > 100);
    CHECK((owed > 100) == (c.max_debt > 0));
  }
}

// Of rates that no unit holds. As with what is only taken: a token is never early, at most 1 ns
// late.
TEST_CASE("limiter amends: what is given back is not early with odd rates either") {
  const Case odd[] = {{"999983/s", 999983, kSecond, 100, 10},
                      {"17/s", 17, kSecond, 5, 5},
                      {"31337/min", 31337, 60 * kSecond, 40, 0}};
  for (const Case& c : odd) {
    INFO(c.rate);
    auto limiter = make(c.rate, "token_bucket", c.burst, c.max_debt);
    limiter->acquire_at("start", 1, 0);
    KnowingBucket model{c.n, c.p, c.burst, c.max_debt, {}};
    Draws draws{std::mt19937_64(c.n), 0, c.p / c.n + 1};
    int64_t early = 0, late = 0;
    for (int i = 0; i < 8'000; ++i) {
      const int64_t now = draws.next();
      const int64_t cost = draws.below(4) ? 1 : 1 + draws.below(c.burst);
      if (draws.below(3) == 0) {
        limiter->give_back_at("k", cost, now);
        model.give_back(now, cost);
      } else if (draws.below(4) == 0 && model.wait(now, cost) == 0) {
        limiter->charge_at("k", cost, now);
        model.charge(now, cost);
      } else {
        const Wide wait = model.wait(now, cost);
        const int64_t got = limiter->acquire_at("k", cost, now);
        early += got < wait;
        late += got > wait + 1;
        if (got == 0) model.take(now, cost);
      }
      if (model.given.size() > 400) model.given.erase(model.given.begin());
    }
    CHECK(early == 0);
    CHECK(late == 0);
  }
}

TEST_CASE("limiter amends: a window is what it would be had the last never passed") {
  const Case cases[] = {{"1/s", 1, kSecond, 0, 0},
                        {"5/250ms", 5, kSecond / 4, 0, 0},
                        {"40/min", 40, 60 * kSecond, 0, 0}};
  for (const Case& c : cases) {
    INFO(c.rate);
    auto limiter = make(c.rate, "sliding_window", 0, 0);
    limiter->acquire_at("start", 1, 0);
    KnowingLog model{c.n, c.p};
    Draws draws{std::mt19937_64(c.n), 0, c.p / c.n + 1};
    int64_t wrong = 0, given = 0, denied = 0;
    for (int i = 0; i < 20'000; ++i) {
      const int64_t now = draws.next();
      const int64_t cost = draws.below(4) ? 1 : 1 + draws.below(c.n + 1);
      const int64_t there = model.limit - model.held(now);
      switch (draws.below(5)) {
        case 0: {
          const int64_t back = limiter->give_back_at("k", cost, now);
          wrong += back != model.give_back(now, cost);
          given += back;
          break;
        }
        case 1:
          model.take(now, std::min(there, cost));
          wrong += limiter->charge_at("k", cost, now) != model.wait(now, 1);
          break;
        case 2:
          model.take(now, std::min(there, cost));
          wrong += limiter->acquire_up_to_at("k", cost, now) != std::min(there, cost);
          break;
        default: {
          if (cost > c.n) break;
          const int64_t wait = model.wait(now, cost);
          wrong += limiter->acquire_at("k", cost, now) != wait;
          if (wait == 0) model.take(now, cost);
          denied += wait > 0;
        }
      }
      Standing standing;
      limiter->acquire_detailed_at("k", 0, now, standing);
      wrong += standing.remaining != model.limit - model.held(now);
      wrong += (standing.reset_after == 0) != (model.held(now) == 0);
      wrong += limiter->peek_at("k", c.n, now) != model.wait(now, c.n);
    }
    CHECK(wrong == 0);
    CHECK(given > 1000);
    CHECK(denied > 1000);
  }
}

// By a time before one that was seen a window may deny what the list allows, never the other way.
TEST_CASE("limiter amends: times that step back let nobody through a window early") {
  for (const int64_t room : {int64_t{5}, int64_t{9}}) {
    Config config;
    config.set("rate", "5/250ms");
    config.set("policy", "sliding_window");
    config.set_int("window_events", room);
    auto made = Limiter::create(config, make_manual_clock(0));
    REQUIRE(made);
    KnowingLog model{5, kSecond / 4};
    Draws draws{std::mt19937_64(static_cast<uint64_t>(room)), 0, kSecond / 20};
    int64_t early = 0, passed = 0, given = 0;
    for (int i = 0; i < 20'000; ++i) {
      const int64_t now = std::max<int64_t>(0, draws.next() - draws.below(4) * draws.step / 2);
      const int64_t cost = 1 + draws.below(3);
      if (draws.below(3) == 0) {
        const int64_t back = (*made)->give_back_at("k", cost, now);
        given += back;
        model.give_back(now, back);
      } else if ((*made)->acquire_at("k", cost, now) == 0) {
        early += model.wait(now, cost) != 0;
        model.take(now, cost);
        ++passed;
      }
    }
    CHECK(early == 0);
    CHECK(given > 1000);
    CHECK(passed > 5000);
  }
}

// The bound that the header states: against who knows which request was given back, a key has no
// less, and at most that request's cost more.
TEST_CASE("limiter amends: who gives back an earlier request has up to its cost more") {
  std::mt19937_64 seeds(7);
  int64_t less = 0, beyond = 0, more = 0;
  for (int run = 0; run < 5'000; ++run) {
    Draws draws{std::mt19937_64(seeds()), 0, kSecond / 10};
    auto limiter = make("10/s", "token_bucket", 10, 0);
    limiter->acquire_at("start", 1, 0);
    KnowingBucket knows{10, kSecond, 10, 0, {}};
    for (int i = 0; i < 12; ++i) {
      const int64_t now = draws.next(), cost = 1 + draws.below(6);
      if (limiter->acquire_at("k", cost, now) == 0) knows.take(now, cost);
    }
    const auto meant = static_cast<size_t>(draws.below(static_cast<int64_t>(knows.given.size())));
    const auto cost = static_cast<int64_t>(knows.given[meant].amount / kSecond);
    const int64_t now = draws.next();
    knows.given[meant].amount = 0;
    limiter->give_back_at("k", cost, now);
    const int64_t had = limiter->peek_at("k", 10, now);  // ns until all is there
    const auto due = static_cast<int64_t>(knows.wait(now, 10));
    less += had > due;
    beyond += due - had > cost * kSecond / 10;
    more += had < due;
  }
  CHECK(less == 0);
  CHECK(beyond == 0);
  CHECK(more > 100);  // so the bound is needed
}

TEST_CASE("limiter amends: a key that takes over a forgotten window's cell has all of it") {
  auto limiter = make("5/s", "sliding_window", 0, 0);
  for (int round = 0; round < 200; ++round) {
    const std::string key = std::to_string(round);
    for (int i = 0; i < 5; ++i) REQUIRE(limiter->acquire_at(key, 1, round) == 0);
    REQUIRE(limiter->acquire_at(key, 1, round) > 0);
    CHECK(limiter->forget(key) == 1);
    CHECK(limiter->forget(key) == 0);
  }
  CHECK(limiter->evictions() == 0);
  CHECK(limiter->faults().empty());
}

TEST_CASE("limiter amends: what is owed outlives a change as so many events") {
  const auto owing = [](const char* name, const char* value, const char* rule) {
    auto limiter = make("100/s", "token_bucket", 100, 50);
    CHECK(limiter->charge_at("k", 130, 0) == 31 * kSecond / 100);
    Config change;
    change.set(name, value);
    change.set("tokens_inheritance", rule);
    REQUIRE(limiter->reconfigure_at(change, 0));
    return limiter->peek_at("k", 1, 0);
  };
  CHECK(owing("rate", "200/s", "proportional") == 31 * kSecond / 200);
  CHECK(owing("burst", "10", "proportional") == 31 * kSecond / 100);
  CHECK(owing("burst", "10", "as_is") == 31 * kSecond / 100);
  CHECK(owing("max_debt", "20", "proportional") == 21 * kSecond / 100);
  CHECK(owing("max_debt", "0", "proportional") == kSecond / 100);
  CHECK(owing("burst", "200", "reset") == 0);
}

}  // namespace og
