// SPDX-License-Identifier: Apache-2.0
// What a new key begins with, against a bucket in exact fractions that is reckoned anew from the
// list of what it gave: its first entry is what a new key lacks.
#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "core/limit/acquire_all.h"
#include "core/limit/limiter.h"
#include "tests/catch.h"

namespace og {
namespace {

using Wide = __int128;
constexpr int64_t kSecond = 1'000'000'000, kMost = kNeverPasses;

Config config_of(const std::map<std::string, std::string>& options) {
  Config config;
  for (const auto& [name, value] : options) config.set(name, value);
  return config;
}
Result<std::unique_ptr<Limiter>> try_make(const std::map<std::string, std::string>& options) {
  return Limiter::create(config_of(options), make_manual_clock(0));
}
std::unique_ptr<Limiter> make(const std::map<std::string, std::string>& options) {
  auto made = try_make(options);
  if (!made) FAIL(made.error().message);
  return std::move(*made);
}

// Time in n-ths of a ns, so that a token of n in p ns is p of them.
struct Given {
  Wide at, amount;
};
struct Bucket {
  Wide n, p, burst, initial;
  // Of a new key empty, else what it lacked at first, then what it took.
  std::vector<Given> given{};

  Wide full(int64_t now) const {
    if (given.empty()) return now * n + (burst - initial) * p;
    Wide full = 0;
    for (const Given& each : given) full = std::max(full, each.at) + each.amount;
    return full;
  }
  int64_t wait(int64_t now, int64_t cost) const {  // ns, rounded up
    const Wide over = std::max(full(now), now * n) + (cost - burst) * p - now * n;
    return over <= 0 ? 0 : static_cast<int64_t>((over + n - 1) / n);
  }
  Wide lacks(int64_t now) const { return std::max<Wide>(0, full(now) - now * n); }
  int64_t remaining(int64_t now) const {
    return static_cast<int64_t>(std::max<Wide>(0, burst * p - lacks(now)) / p);
  }
  void begin(int64_t now) {
    if (given.empty()) given.push_back({now * n, (burst - initial) * p});
  }
  void take(int64_t now, int64_t cost) { given.push_back({now * n, cost * p}); }
};

struct Case {
  const char* rate;
  int64_t n, p, burst, initial;
  bool is_exact = true;
};
struct Draws {
  std::mt19937_64 random;
  int64_t below(int64_t bound) {
    return static_cast<int64_t>(random() % static_cast<uint64_t>(bound));
  }
};
struct Seen {
  int64_t wrong = 0, early = 0, late = 0, begun_denied = 0, begun_passing = 0, queued = 0;
};

std::map<std::string, std::string> options_of(const Case& c) {
  return {{"rate", c.rate},
          {"burst", std::to_string(c.burst)},
          {"initial", std::to_string(c.initial)},
          {"keys", "4096"}};
}

// The life of one key.
void run(Limiter& limiter, const std::string& key, const Case& c, Draws& draws, int64_t now,
         Seen& seen) {
  Bucket model{c.n, c.p, c.burst, c.initial};
  const auto differs = [&](int64_t got, int64_t wait) {
    seen.wrong += c.is_exact && got != wait;
    seen.early += got < wait;
    seen.late += got > wait + 1;
  };
  for (int step = 0; step < 24; ++step) {
    if (step > 0 && draws.below(3) != 0) now += draws.below(3 * (c.p / c.n) + 2);
    const int64_t cost = draws.below(3) ? 1 : 1 + draws.below(c.burst);
    const bool is_new = model.given.empty();
    differs(limiter.peek_at(key, cost, now), model.wait(now, cost));
    if (c.is_exact) {
      Standing standing;
      limiter.standing_at(key, now, standing);
      seen.wrong += standing.remaining != model.remaining(now);
    }
    switch (draws.below(5)) {
      case 0: {
        Slot slot;
        model.begin(now);
        const int64_t wait = model.wait(now, cost);
        seen.wrong += limiter.reserve_slot_at(key, cost, kMost, now, slot) != 0;
        differs(slot.after, wait);
        seen.queued += wait > 0;
        model.take(now, cost);
        break;
      }
      case 1: {
        if (!c.is_exact) break;
        model.begin(now);
        const int64_t there = std::min(model.remaining(now), cost);
        seen.wrong += limiter.acquire_up_to_at(key, cost, now) != there;
        if (there > 0) model.take(now, there);
        break;
      }
      case 2: {
        if (!c.is_exact) break;
        model.begin(now);
        const Wide room = std::max<Wide>(0, now * c.n + c.burst * c.p - model.full(now));
        if (room > 0) model.given.push_back({now * c.n, std::min<Wide>(room, cost * c.p)});
        seen.wrong += limiter.charge_at(key, cost, now) != model.wait(now, 1);
        break;
      }
      default: {
        model.begin(now);
        const int64_t wait = model.wait(now, cost), got = limiter.acquire_at(key, cost, now);
        differs(got, wait);
        if (got == 0) model.take(now, cost);
        seen.begun_denied += is_new && got > 0;
        seen.begun_passing += is_new && got == 0;
      }
    }
    if (draws.below(30) == 0) {
      seen.wrong += limiter.forget(key) != !model.given.empty();
      model.given.clear();
    }
  }
}

}  // namespace

TEST_CASE("limiter initial: a new key's bucket is one that had just been asked for the rest") {
  const Case cases[] = {{"7/s", 7, kSecond, 7, 3},
                        {"100/s", 100, kSecond, 20, 0},
                        {"1000/min", 1000, 60 * kSecond, 1000, 600},
                        {"5/250ms", 5, kSecond / 4, 3, 1},
                        {"1000000000/s", 1, 1, 50, 10},
                        {"10/s", 10, kSecond, 4, 4},
                        {"999983/s", 999983, kSecond, 100, 10, false},
                        {"17/s", 17, kSecond, 5, 0, false},
                        {"31337/min", 31337, 60 * kSecond, 40, 20, false}};
  for (const Case& c : cases) {
    INFO(c.rate);
    auto limiter = make(options_of(c));
    limiter->acquire_at("start", 1, 0);
    Draws draws{std::mt19937_64(c.n + c.initial)};
    Seen seen;
    int64_t now = 0;
    for (int i = 0; i < 600; ++i, now += c.p / c.n)
      run(*limiter, std::to_string(i), c, draws, now, seen);
    CHECK(seen.wrong == 0);
    CHECK(seen.early == 0);
    CHECK(seen.late == 0);
    CHECK(seen.queued > 100);
    CHECK((seen.begun_denied > 10) == (c.initial < c.burst));
    CHECK((seen.begun_passing > 10) == (c.initial > 0));
  }
}

// A small table, whose keys lose their cells all the time.
TEST_CASE("limiter initial: a key that lost its cell never has more than if it had not") {
  for (const int64_t initial : {0, 1, 3, 5}) {
    INFO(initial);
    auto limiter = make(
        {{"rate", "10/s"}, {"burst", "5"}, {"initial", std::to_string(initial)}, {"keys", "1"}});
    std::map<std::string, Bucket> kept;
    Draws draws{std::mt19937_64(11)};
    int64_t now = 0, more = 0, less = 0;
    for (int i = 0; i < 30'000; ++i) {
      now += draws.below(kSecond / 8);
      const std::string key = std::to_string(draws.below(80));
      Bucket& model = kept.try_emplace(key, Bucket{10, kSecond, 5, initial, {}}).first->second;
      const int64_t cost = 1 + draws.below(5);
      model.begin(now);
      const int64_t wait = model.wait(now, cost), got = limiter->acquire_at(key, cost, now);
      more += got < wait;
      less += got > wait;
      if (got == 0) model.take(now, cost);
      if (model.given.size() > 200) model.given.erase(model.given.begin());
    }
    CHECK(more == 0);
    CHECK(limiter->evictions() > 100);
    CHECK((less > 0) == (initial < 5 || limiter->crowded_out() > 0));
  }
}

TEST_CASE("limiter initial: a change of it is for keys that come after it") {
  for (const bool has_plans : {false, true}) {
    std::map<std::string, std::string> options{{"rate", "10/s"}, {"burst", "5"}, {"initial", "2"}};
    if (has_plans) options["plan_keys"] = "8";
    auto limiter = make(options);
    const auto left = [&](const char* key) {
      Standing standing;
      limiter->acquire_detailed_at(key, 0, 0, standing);
      return standing.remaining;
    };
    const auto change = [&](const char* name, const char* value) {
      auto changed = limiter->reconfigure_at(config_of({{name, value}}), 0);
      return changed ? std::string("ok") : changed.error().message;
    };
    CHECK(limiter->acquire_at("old", 1, 0) == 0);
    CHECK(left("old") == 1);
    CHECK(change("initial", "0") == "ok");
    CHECK(left("old") == 1);
    CHECK(left("new") == 0);
    CHECK(limiter->acquire_at("new", 1, 0) == kSecond / 10);
    CHECK(change("initial", "4") == "ok");
    CHECK(left("new") == 0);
    CHECK(left("newer") == 4);
    CHECK(change("burst", "3") ==
          "option 'initial' cannot be 4: a bucket holds at most 3, its burst");
    CHECK(left("newer") == 4);
    CHECK(change("initial", "-1") == "ok");
    CHECK(left("newer") == 5);
    CHECK(change("burst", "3") == "ok");
    CHECK(left("newer") == 3);
  }
}

TEST_CASE("limiter initial: with plans a new key has as much, and no more than its plan's burst") {
  auto limiter = make({{"rate", "10/s"},
                       {"burst", "20"},
                       {"initial", "4"},
                       {"plans", "pro=100/s:200, small=1/s:2, free=unlimited"}});
  const auto left = [&](const char* key) {
    Standing standing;
    limiter->acquire_detailed_at(key, 0, 0, standing);
    return standing.remaining;
  };
  limiter->acquire_at("start", 1, 0);
  REQUIRE(limiter->set_plan_at("p", "pro", 0));
  REQUIRE(limiter->set_plan_at("s", "small", 0));
  REQUIRE(limiter->set_plan_at("f", "free", 0));
  CHECK(left("n") == 4);
  CHECK(left("p") == 4);
  CHECK(left("s") == 2);
  CHECK(limiter->acquire_at("f", 1'000'000, 0) == 0);
  CHECK(limiter->peek_at("n", 5, 0) == kSecond / 10);
  CHECK(limiter->acquire_at("n", 5, 0) == kSecond / 10);  // begins
  CHECK(limiter->peek_at("n", 5, kSecond / 10) == 0);
  CHECK(limiter->acquire_at("n", 5, kSecond / 10) == 0);
  CHECK(limiter->acquire_at("p", 4, 0) == 0);
  CHECK(limiter->acquire_at("p", 1, 0) == kSecond / 100);
  CHECK(limiter->acquire_as_at("q", "pro", 5, 0) == kSecond / 100);
  CHECK(limiter->acquire_up_to_at("r", 9, 0) == 4);
  CHECK(limiter->charge_at("t", 4, 0) == kSecond / 10);
  CHECK(limiter->charge_at("u", 7, 0) == kSecond / 10);  // to empty, and no further
}

TEST_CASE("limiter initial: among several limits, a key begins with the request that is refused") {
  auto first = make({{"rate", "10/s"}});
  auto second = make({{"rate", "10/s"}, {"burst", "5"}, {"initial", "2"}});
  const AcquireAll::Part parts[] = {{first.get(), "k", 3}, {second.get(), "k", 3}};
  for (const int64_t now : {kSecond, 2 * kSecond}) {
    const auto answer = AcquireAll::of(parts, now);
    if (now == kSecond) CHECK(answer.wait == kSecond / 10);
    if (now == kSecond) CHECK(first->peek_at("k", 10, now) == 0);
    if (now > kSecond) CHECK(answer.wait == 0);
  }
  CHECK(second->peek_at("k", 2, 2 * kSecond) == 0);
  CHECK(second->peek_at("k", 3, 2 * kSecond) > 0);
}

TEST_CASE("limiter initial: it is refused by name where it means nothing") {
  const std::map<std::string, std::string> base{{"rate", "10/min"}, {"initial", "0"}};
  for (const char* policy :
       {"sliding_window", "fixed_window", "sliding_counter", "calendar_window"}) {
    auto options = base;
    options["policy"] = policy;
    auto made = try_make(options);
    REQUIRE_FALSE(made);
    CHECK(made.error().option == "initial");
    CHECK(made.error().message == std::string("option 'initial' is for token_bucket: with ") +
                                      policy + " a new key has all of its window");
  }
  auto several = try_make({{"rate", "10/s, 100/min"}, {"initial", "5"}});
  REQUIRE_FALSE(several);
  CHECK(several.error().message ==
        "option 'initial' is of one rate: with several a new key has all of each");
  auto more = try_make({{"rate", "10/min"}, {"initial", "11"}});
  REQUIRE_FALSE(more);
  CHECK(more.error().message ==
        "option 'initial' cannot be 11: a bucket holds at most 10, its burst");
}

}  // namespace og
