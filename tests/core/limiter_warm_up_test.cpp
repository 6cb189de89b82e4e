// SPDX-License-Identifier: Apache-2.0
// Keys that warm up, against exact fractions with the stated roundings, and against the formula.
#include <map>
#include <random>
#include <string>
#include <vector>

#include "core/limit/limiter.h"
#include "core/limit/warm_up.h"
#include "tests/catch.h"
#include "tests/core/warm_up_model.h"

namespace og {
namespace {

using test::GuavaModel, test::WarmModel, test::WarmTerms;
constexpr int64_t kSecond = 1'000'000'000, kMs = 1'000'000, kMost = kNeverPasses;

Config config_of(const std::map<std::string, std::string>& options) {
  Config config;
  for (const auto& [name, value] : options) config.set(name, value);
  return config;
}
Result<std::unique_ptr<Limiter>> try_make(std::map<std::string, std::string> options) {
  options.emplace("policy", "warm_up");
  return Limiter::create(config_of(options), make_manual_clock(0));
}
std::unique_ptr<Limiter> make(const std::map<std::string, std::string>& options) {
  auto made = try_make(options);
  if (!made) FAIL(made.error().message);
  return std::move(*made);
}

struct Case {
  const char* rate;
  WarmTerms terms;
  std::map<std::string, std::string> options() const {
    const auto thousandths = std::to_string(terms.cold_thousandths % 1000);
    return {{"rate", rate},
            {"warm_up_ms", std::to_string(terms.warm_up / kMs)},
            {"cold_factor", std::to_string(terms.cold_thousandths / 1000) + "." +
                                std::string(3 - thousandths.size(), '0') + thousandths}};
  }
  WarmUpUnits units() const {
    WarmUpUnits made;
    REQUIRE(WarmUpUnits::create({terms.n, terms.p}, terms.warm_up,
                                static_cast<double>(terms.cold_thousandths) / 1000, 0, made));
    return made;
  }
  WarmModel model() const {
    const auto made = units();
    return {terms, made.time_bits(), made.permit_bits()};
  }
};
constexpr int64_t kMin = 60 * kSecond;
const Case kCases[] = {{"2/s", {2, kSecond, 4 * kSecond, 3000}},
                       {"5/s", {5, kSecond, 4 * kSecond, 10'000}},
                       {"5/s", {5, kSecond, 4 * kSecond, 1000}},
                       {"100/s", {100, kSecond, 10 * kSecond, 3000}},
                       {"7/s", {7, kSecond, 3 * kSecond, 2500}},
                       {"999983/min", {999983, kMin, 30 * kSecond, 4000}},
                       {"10000/s", {10000, kSecond, 10 * kSecond, 3000}},
                       {"1000000/s", {1'000'000, kSecond, 10 * kSecond, 3000}},
                       {"17/s", {17, kSecond, kSecond, 1000'000}},
                       {"3/h", {3, 60 * kMin, 24 * 60 * kMin, 7125}}};

struct Draws {
  std::mt19937_64 random;
  int64_t below(int64_t bound) {
    return static_cast<int64_t>(random() % static_cast<uint64_t>(bound));
  }
};

}  // namespace

TEST_CASE("limiter warm_up: it is the formula in fractions, with the roundings that are stated") {
  for (const Case& c : kCases) {
    INFO(c.rate << " cold " << c.terms.cold_thousandths);
    auto limiter = make(c.options());
    limiter->acquire_at("start", 1, 0);
    std::map<std::string, WarmModel> keys;
    Draws draws{std::mt19937_64(c.terms.n)};
    const int64_t each = c.terms.p / c.terms.n + 1;
    int64_t now = 0, wrong = 0, denied = 0, queued = 0, cold = 0, late = 0;
    for (int i = 0; i < 20'000; ++i) {
      const std::string key(1, static_cast<char>('a' + draws.below(6)));
      WarmModel& model = keys.try_emplace(key, c.model()).first->second;
      now += draws.below(3)    ? draws.below(each)
             : draws.below(50) ? 0
                               : draws.below(c.terms.warm_up);
      const int64_t at = draws.below(20) ? now : now - draws.below(std::min(now + 1, 2 * each));
      const int64_t cost = draws.below(4) ? 1 : 1 + draws.below(6), wait = model.wait(at);
      wrong += limiter->peek_at(key, cost, at) != wait;
      cold += model.stored == model.most();
      late += at < now;
      switch (draws.below(6)) {
        case 0: {
          const int64_t most = draws.below(2) ? kMost : draws.below(20 * each);
          Slot slot;
          const int64_t got = limiter->reserve_slot_at(key, cost, most, at, slot);
          wrong += got != (wait > most || wait > kUsualMaxWait ? wait : 0);
          if (got != 0) break;
          wrong += slot.after != wait || slot.number != at + wait;
          model.take(at, cost);
          queued += wait > 0;
          break;
        }
        case 1: {
          if (wait > 100 * each) break;
          model.take(at, cost);
          wrong += limiter->charge_at(key, cost, at) != model.wait(at);
          break;
        }
        case 2: {
          Standing standing;
          limiter->standing_at(key, at, standing);
          wrong += standing.limit != 1 || standing.remaining != (wait == 0) ||
                   standing.reset_after != wait || standing.next_after != wait;
          if (wait == 0) model.take(at, 1);
          wrong += limiter->acquire_up_to_at(key, cost, at) != (wait == 0);
          break;
        }
        case 3: {
          if (draws.below(20)) break;
          limiter->forget(key);
          model = c.model();
          break;
        }
        default:
          wrong += limiter->acquire_at(key, cost, at) != wait;
          if (wait == 0) model.take(at, cost);
          denied += wait > 0;
      }
    }
    CHECK(wrong == 0);
    CHECK(denied > 1000);
    CHECK(queued > 200);
    CHECK(cold > 100);
    CHECK(late > 100);
  }
}

TEST_CASE("limiter warm_up: the roundings are not seen: it is Guava's formula in floating point") {
  for (const Case& c : kCases) {
    INFO(c.rate << " cold " << c.terms.cold_thousandths);
    auto limiter = make(c.options());
    limiter->acquire_at("start", 1, 0);
    const double s = 1e9, each = static_cast<double>(c.terms.p) / static_cast<double>(c.terms.n);
    Draws draws{std::mt19937_64(c.terms.n)};
    int64_t now = 0;
    double worst = 0;
    for (int round = 0; round < 40; ++round) {
      now += 2 * c.terms.warm_up;
      const int64_t start = now;
      GuavaModel model{s / each, static_cast<double>(c.terms.warm_up) / s,
                       static_cast<double>(c.terms.cold_thousandths) / 1000};
      for (int i = 0; i < 100; ++i) {
        Slot slot;
        REQUIRE(limiter->reserve_slot_at("k", 1, kMost, now, slot) == 0);
        const double wait = model.wait(static_cast<double>(now - start) / s) * s;
        worst = std::max(worst, std::abs(static_cast<double>(slot.after) - wait) / each);
        model.take(static_cast<double>(now - start) / s, 1);
        now += slot.after + draws.below(3) * draws.below(c.terms.p / c.terms.n);
      }
      now += static_cast<int64_t>(each * static_cast<double>(c.terms.cold_thousandths) / 1000);
    }
    const double part = 1 / std::exp2(c.units().time_bits());  // in which time goes
    CHECK(worst < static_cast<double>(c.terms.cold_thousandths) / 1000 * 0.01 + 2 * part);
  }
}

// Guava's RateLimiterTest, testTimeToWarmUpIsHonouredEvenWithWeights.
TEST_CASE("limiter warm_up: from cold to the threshold takes the warm-up, whatever the costs") {
  Draws draws{std::mt19937_64(3)};
  for (const int64_t cold : {2, 3, 10}) {
    for (const int64_t tenths : {40, 20, 10, 5, 1}) {
      const int64_t ms = (1 + cold) * 10 * 10'000 / (2 * tenths);
      auto limiter = make({{"rate", std::to_string(tenths) + "/10s"},
                           {"warm_up_ms", std::to_string(ms)},
                           {"cold_factor", std::to_string(cold)}});
      limiter->acquire_at("start", 1, 0);
      for (int trial = 0; trial < 20; ++trial) {
        const std::string key = std::to_string(trial);
        Slot slot;
        for (int64_t left = 10; left > 0;) {
          const int64_t cost = std::max<int64_t>(1, draws.below(left));
          REQUIRE(limiter->reserve_slot_at(key, cost, kMost, 0, slot) == 0);
          left -= cost;
        }
        REQUIRE(limiter->reserve_slot_at(key, 1, kMost, 0, slot) == 0);
        INFO(cold << " " << tenths << " " << slot.after);
        // Each cost is rounded up to a part of 2^-10 of a permit's time, or less.
        CHECK(slot.after >= ms * kMs);
        CHECK(slot.after <= ms * kMs + 10 * 10 * kSecond / tenths / 1024);
      }
    }
  }
}

TEST_CASE("limiter warm_up: a change keeps turns, and how warm a key is") {
  const Case before = kCases[3];
  for (const Case& after : {Case{"50/s", {50, kSecond, 10 * kSecond, 3000}},
                            Case{"2000/s", {2000, kSecond, 3 * kSecond, 5000}},
                            Case{"6/min", {6, kMin, 60 * kMin, 2000}}}) {
    Draws draws{std::mt19937_64(after.terms.n)};
    int64_t wrong = 0, ahead = 0;
    for (int trial = 0; trial < 30; ++trial) {
      auto limiter = make(before.options());
      limiter->acquire_at("start", 1, 0);
      WarmModel model = before.model();
      int64_t now = 0;
      const auto ask = [&](int times, int64_t each) {
        for (int i = 0; i < times; ++i) {
          now += draws.below(each);
          const int64_t wait = model.wait(now), cost = 1 + draws.below(3);
          wrong += limiter->acquire_at("k", cost, now) != wait;
          if (wait == 0) model.take(now, cost);
        }
      };
      ask(1 + static_cast<int>(draws.below(60)), kSecond / 50);
      if (draws.below(4) == 0) now += 2 * kSecond;
      ahead += model.wait(now) > 0;
      REQUIRE(limiter->reconfigure_at(config_of(after.options()), now));
      const auto units = after.units();
      model.become(after.terms, units.time_bits(), units.permit_bits(), now);
      const int64_t changed = now;
      for (int i = 0; i < 60; ++i) {
        now += draws.below(2 * after.terms.p / after.terms.n);
        const int64_t wait = model.wait(now - changed);
        wrong += limiter->peek_at("k", 1, now) != wait;
        wrong += limiter->acquire_at("k", 1, now) != wait;
        if (wait == 0) model.take(now - changed, 1);
      }
      Config reset = config_of({{"tokens_inheritance", "reset"}});
      REQUIRE(limiter->reconfigure_at(reset, now));
      wrong += limiter->acquire_at("k", 1, now) != 0;
      Slot slot;
      REQUIRE(limiter->reserve_slot_at("k", 1, kMost, now, slot) == 0);
      WarmModel anew = after.model();
      anew.take(0, 1);
      wrong += slot.after != anew.wait(0);
    }
    CHECK(wrong == 0);
    CHECK(ahead > 5);
  }
}

// A small table, whose keys lose their cells all the time.
TEST_CASE("limiter warm_up: a key that lost its cell is as if it had not") {
  const Case c{"100/s", {100, kSecond, kSecond, 3000}};
  auto options = c.options();
  options["keys"] = "1";
  auto limiter = make(options);
  limiter->acquire_at("start", 1, 0);
  std::map<std::string, WarmModel> kept;
  Draws draws{std::mt19937_64(5)};
  int64_t now = 0, wrong = 0, crowded = 0;
  for (int i = 0; i < 30'000; ++i) {
    now += draws.below(kSecond / 80);
    const std::string key = std::to_string(draws.below(60));
    WarmModel& model = kept.try_emplace(key, c.model()).first->second;
    const int64_t before = limiter->crowded_out(), wait = model.wait(now);
    const int64_t cost = 1 + draws.below(20);
    const int64_t got = limiter->acquire_at(key, cost, now);
    if (limiter->crowded_out() > before) {
      ++crowded;
      continue;
    }
    wrong += got != wait;
    if (got == 0) model.take(now, cost);
  }
  CHECK(wrong == 0);
  CHECK(limiter->evictions() > 1000);
  CHECK(crowded > 10);
}

TEST_CASE("limiter warm_up: bounds, and what it does not do") {
  auto limiter = make({{"rate", "1/s"}, {"max_wait_ms", "20000"}});
  CHECK(limiter->acquire_at("k", 1, 0) == 0);
  CHECK(limiter->acquire_at("k", -1, 0) == static_cast<int64_t>(Status::kInvalidArgument));
  CHECK(limiter->keys_in_use() == 1);
  CHECK(limiter->acquire_at("k", 86'400 / 3, 0) == kNeverPasses);
  CHECK(limiter->give_back_at("k", 1, 0) == static_cast<int64_t>(Status::kUnsupported));
  Slot slot;
  CHECK(limiter->reserve_slot_at("k", 20, kMost, 0, slot) == 0);
  CHECK(limiter->cancel_slot_at("k", 20, slot.number, 0) == 0);
  CHECK(limiter->cancel_slot_at("k", -1, slot.number, 0) ==
        static_cast<int64_t>(Status::kInvalidArgument));
  CHECK(limiter->reserve_slot_at("k", 1, kMost, 0, slot) > 20 * kSecond);  // max_wait_ms
  for (int i = 0; i < 50; ++i) limiter->charge_at("k", kMost, 0);
  CHECK(limiter->peek_at("k", 1, 0) == 86'400 * kSecond);  // and no further
  CHECK(limiter->forget("k") == 1);
  CHECK(limiter->keys_in_use() == 0);

  struct Refused {
    const char *option, *value;
  };
  for (const auto& [option, value] :
       {Refused{"burst", "5"}, Refused{"initial", "0"}, Refused{"max_debt", "1"},
        Refused{"window_events", "9"}, Refused{"time_zone", "Europe/Paris"},
        Refused{"plans", "pro=9/s"}}) {
    auto made = try_make({{"rate", "5/s"}, {option, value}});
    REQUIRE_FALSE(made);
    CHECK(made.error().option == option);
    CHECK(made.error().message.find("warm_up") != std::string::npos);
  }
  for (const char* policy :
       {"token_bucket", "sliding_window", "fixed_window", "sliding_counter", "calendar_window"}) {
    for (const char* option : {"warm_up_ms", "cold_factor"}) {
      auto made = try_make({{"rate", "5/h"}, {"policy", policy}, {option, "7"}});
      REQUIRE_FALSE(made);
      CHECK(made.error().option == option);
      CHECK(made.error().message == std::string("option '") + option + "' is for warm_up: with " +
                                        policy + " no key is cold");
    }
  }
  for (const char* rate : {"1000000000/s", "1/30d", "1/day"}) {
    auto made = try_make({{"rate", rate}, {"cold_factor", "100"}});
    REQUIRE_FALSE(made);
    CHECK(made.error().option == "rate");
  }
  auto changed =
      limiter->reconfigure(config_of({{"rate", "2/s"}, {"tokens_inheritance", "as_is"}}));
  REQUIRE_FALSE(changed);
  CHECK(changed.error().option == "tokens_inheritance");
}

}  // namespace og
