// SPDX-License-Identifier: Apache-2.0
// Turns to come of windows and of several rates, against models that note each at its time: a turn
// is the first moment, no earlier than the last one that was given, at which it passes.
#include <algorithm>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "tests/core/window_models.h"

namespace og {
namespace {

using namespace test;

constexpr int64_t kMost = kNeverPasses;

std::unique_ptr<Limiter> make(std::vector<std::pair<std::string, std::string>> options) {
  Config config;
  for (const auto& [name, value] : options) config.set(name, value);
  config.set_int("keys", 64);
  auto made = Limiter::create(config, make_manual_clock(0));
  if (!made) FAIL(made.error().message);
  return std::move(*made);
}

// Of every policy: what passed at which moment; a turn passes at its own.
struct Taken {
  int64_t at, cost;
};
struct Queue {
  int64_t count, period;
  std::vector<Taken> taken{};

  int64_t latest() const { return taken.empty() ? 0 : taken.back().at; }
  int64_t in(int64_t after, int64_t until) const {
    int64_t sum = 0;
    for (const Taken& each : taken) sum += each.at > after && each.at <= until ? each.cost : 0;
    return sum;
  }
};
struct LogQueue : Queue {
  bool passes(int64_t at, int64_t cost) const { return in(at - period, at) + cost <= count; }
};
struct FixedQueue : Queue {
  bool passes(int64_t at, int64_t cost) const {
    const int64_t begins = at / period * period;
    return in(begins - 1, begins + period - 1) + cost <= count;
  }
};
struct CounterQueue : Queue {
  bool passes(int64_t at, int64_t cost) const {
    const int64_t begins = at / period * period;
    const __int128 before = in(begins - period - 1, begins - 1);
    const __int128 present = in(begins - 1, begins + period - 1);
    return before * (period - at % period) + (present + cost) * period <= __int128{count} * period;
  }
};
struct Seen {
  int64_t wrong = 0, queued = 0, refused = 0, cancelled = 0, over = 0;
};

template <class Model>
Seen follows(const std::string& policy, bool is_by_window) {
  Seen seen;
  for (uint64_t seed = 1; seed <= 60; ++seed) {
    std::mt19937_64 random(seed);
    const auto below = [&](int64_t bound) {
      return static_cast<int64_t>(random() % static_cast<uint64_t>(bound));
    };
    const int64_t count = 1 + below(6), period = 40 + below(60);
    auto limiter = make({{"policy", policy}, {"rate", text_of(count, period)}});
    Model model{{count, period}};
    int64_t now = 0;
    bool gave_turns = false;
    for (int step = 0; step < 400; ++step) {
      now += below(3) ? 0 : below(period);
      const int64_t cost = below(3) ? 1 : 1 + below(count);
      // By a window, what is of one that has not begun waits for its beginning.
      int64_t from = now;
      if (is_by_window && model.latest() / period > now / period)
        from = model.latest() / period * period;
      if (!is_by_window) from = std::max(now, model.latest());
      int64_t turn = from;  // looked for a ns at a time: periods are short
      while (!model.passes(turn, cost)) ++turn;
      if (below(3) == 0) {
        seen.wrong += limiter->acquire_at("k", cost, now) != turn - now;
        if (turn == now) model.taken.push_back({now, cost});
        continue;
      }
      const int64_t most = below(4) ? kMost : below(2 * period);
      Slot slot;
      const int64_t wait = limiter->reserve_slot_at("k", cost, most, now, slot);
      if (turn - now > most) {
        seen.wrong += wait != turn - now;
        ++seen.refused;
        continue;
      }
      seen.wrong += wait != 0 || slot.after != turn - now;
      seen.queued += slot.after > 0;
      gave_turns |= slot.after > 0;
      model.taken.push_back({turn, cost});
      if (slot.after == 0) seen.wrong += limiter->cancel_slot_at("k", cost, slot.number, now) != 0;
    }
    for (const Taken& each : model.taken) {
      if (policy == "sliding_window")
        seen.over += model.in(each.at - period, each.at) > count;
      else if (policy == "fixed_window")
        seen.over += model.in(each.at / period * period - 1, each.at) > count;
    }
    seen.wrong += !limiter->faults().empty() || !gave_turns;
  }
  return seen;
}

void holds(const Seen& seen) {
  CHECK(seen.wrong == 0);
  CHECK(seen.over == 0);
  CHECK(seen.queued > 2'000);
  CHECK(seen.refused > 500);
}

TEST_CASE("limiter turns: of a sliding window each comes as the log says", "[limiter][turns]") {
  holds(follows<LogQueue>("sliding_window", false));
}
TEST_CASE("limiter turns: of a fixed window each begins with the first that has room",
          "[limiter][turns]") {
  holds(follows<FixedQueue>("fixed_window", true));
}
TEST_CASE("limiter turns: of two counters each comes as the formula says", "[limiter][turns]") {
  holds(follows<CounterQueue>("sliding_counter", true));
}

TEST_CASE("limiter turns: of a day by the calendar", "[limiter][turns]") {
  Config config;
  config.set("rate", "2/day");
  config.set("policy", "calendar_window");
  config.set("time_zone", "Europe/Paris");
  auto made = Limiter::create(config, make_manual_clock(0));
  if (!made) FAIL(made.error().message);
  // 2026-03-28 22:00 UTC: midnight is in an hour, and the day after it has 23.
  constexpr int64_t kHour = 3600 * kSecond, kNow = 1'774'735'200 * kSecond;
  Slot slot;
  std::vector<int64_t> after;
  for (int i = 0; i < 6; ++i) {
    REQUIRE((*made)->reserve_slot_at("k", 1, kMost, kNow, slot) == 0);
    after.push_back(slot.after / kHour);
  }
  CHECK(after == std::vector<int64_t>{0, 0, 1, 1, 24, 24});
  CHECK((*made)->acquire_at("k", 1, kNow) == 48 * kHour);
}

TEST_CASE("limiter turns: the last of a window's is given back, and none that others are behind",
          "[limiter][turns]") {
  for (const char* policy : {"fixed_window", "sliding_counter", "sliding_window"}) {
    INFO(policy);
    auto limiter = make({{"policy", policy}, {"rate", "2/s"}});
    Slot slots[5];
    for (Slot& slot : slots) REQUIRE(limiter->reserve_slot_at("k", 1, kMost, 0, slot) == 0);
    CHECK(slots[0].after == 0);
    CHECK(slots[4].after >= slots[3].after);
    CHECK(limiter->cancel_slot_at("k", 1, slots[0].number, 0) == 0);
    CHECK(limiter->cancel_slot_at("k", 1, slots[4].number, 0) == 1);
    Slot again;
    REQUIRE(limiter->reserve_slot_at("k", 1, kMost, 0, again) == 0);
    CHECK(again.after == slots[4].after);
    CHECK(limiter->cancel_slot_at("k", 1, again.number, again.after) == 0);  // it has come
    CHECK(limiter->faults().empty());
  }
}

TEST_CASE("limiter turns: while one is to come a window is empty for who comes",
          "[limiter][turns]") {
  for (const char* policy : {"fixed_window", "sliding_window"}) {
    INFO(policy);
    auto limiter = make({{"policy", policy}, {"rate", "5/s"}});
    Slot slot;
    REQUIRE(limiter->acquire_at("k", 3, 0) == 0);
    REQUIRE(limiter->reserve_slot_at("k", 4, kMost, 0, slot) == 0);  // not before the second's end
    CHECK(slot.after == kSecond);
    CHECK(limiter->peek_at("k", 1, 1) == kSecond - 1);  // though there are two
    CHECK(limiter->acquire_at("k", 1, 1) == kSecond - 1);
    Standing standing;
    limiter->acquire_detailed_at("k", 0, 1, standing);
    CHECK(standing.remaining == 0);
    CHECK(standing.next_after == kSecond - 1);
    CHECK(limiter->acquire_at("k", 1, kSecond) == 0);
    CHECK(limiter->acquire_at("k", 1, kSecond) > 0);
  }
}

TEST_CASE("limiter turns: what is taken after a change of the windows comes behind",
          "[limiter][turns]") {
  for (const char* policy : {"fixed_window", "sliding_window"}) {
    INFO(policy);
    auto limiter = make({{"policy", policy},
                         {"rate", "2/min"},
                         {"window_events", std::string(policy) == "sliding_window" ? "10" : "0"}});
    Slot slot;
    for (int i = 0; i < 6; ++i) REQUIRE(limiter->reserve_slot_at("k", 1, kMost, 0, slot) == 0);
    CHECK(slot.after == 120 * kSecond);
    Config config;
    config.set("rate", "10/s");
    REQUIRE(limiter->reconfigure_at(config, kSecond));
    CHECK(limiter->acquire_at("k", 1, kSecond) >= 119 * kSecond);
    REQUIRE(limiter->reserve_slot_at("k", 1, kMost, kSecond, slot) == 0);
    CHECK(slot.after >= 119 * kSecond);
    CHECK(slot.after <= 120 * kSecond);
    CHECK(limiter->faults().empty());
  }
}

// A bucket of each rate in exact fractions, and what was taken from each at its turn.
struct Band {
  int64_t token, burst;  // ns, tokens
  int64_t full = 0;
  int64_t earliest(int64_t now, int64_t cost) const {
    return std::max(now, std::max(full, now) + (cost - burst) * token);
  }
  void take(int64_t at, int64_t cost) { full = std::max(full, at) + cost * token; }
};

TEST_CASE("limiter turns: of several rates each comes once all have room", "[limiter][turns]") {
  int64_t wrong = 0, queued = 0, cancelled = 0, kept = 0;
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    std::mt19937_64 random(seed);
    const auto below = [&](int64_t bound) {
      return static_cast<int64_t>(random() % static_cast<uint64_t>(bound));
    };
    auto limiter = make({{"rate", "10/s:3, 60/min:20, 1/5s:40"}});
    Band rates[] = {{kSecond / 10, 3}, {kSecond, 20}, {5 * kSecond, 40}};
    int64_t now = 0;
    for (int step = 0; step < 300; ++step) {
      now += below(3) ? 0 : below(4 * kSecond);
      const int64_t cost = 1 + below(3);
      int64_t turn = now, last = -1;
      while (turn != last) {
        last = turn;
        for (const Band& rate : rates) {
          const int64_t at = rate.earliest(turn, cost);
          turn = std::max(turn, at);
        }
      }
      if (below(4) == 0) {
        const bool passed = limiter->acquire_at("k", cost, now) == 0;
        wrong += passed != (turn == now);
        if (passed)
          for (Band& rate : rates) rate.take(now, cost);
        continue;
      }
      Slot slot;
      wrong += limiter->reserve_slot_at("k", cost, kMost, now, slot) != 0;
      wrong += slot.after != turn - now;
      queued += slot.after > 0;
      for (Band& rate : rates) rate.take(turn, cost);
      if (below(3) != 0) continue;
      if (below(2) == 0) {  // others come behind it
        Slot behind;
        wrong += limiter->reserve_slot_at("k", 1, kMost, now, behind) != 0;
        wrong += limiter->cancel_slot_at("k", cost, slot.number, now) != 0;
        turn = now + behind.after;
        for (Band& rate : rates) {
          wrong += rate.earliest(now, 1) > turn;
          rate.take(turn, 1);
        }
        ++kept;
      } else {
        const int64_t back = limiter->cancel_slot_at("k", cost, slot.number, now);
        wrong += back != (slot.after > 0 ? 1 : 0);
        cancelled += back;
        // What is left of it is no less than before, and no more than when all of it was there.
        if (back == 1) {
          for (int i = 0; i < 3; ++i)
            rates[i].full = std::max(now, rates[i].full - cost * rates[i].token);
        }
      }
    }
    wrong += !limiter->faults().empty();
  }
  CHECK(wrong == 0);
  CHECK(queued > 3'000);
  CHECK(cancelled > 200);
  CHECK(kept > 200);
}

TEST_CASE("limiter turns: windows of several rates, one of each day", "[limiter][turns]") {
  auto limiter = make({{"policy", "sliding_window"}, {"rate", "2/s, 5/min"}});
  std::vector<int64_t> after;
  Slot slot;
  for (int i = 0; i < 8; ++i) {
    REQUIRE(limiter->reserve_slot_at("k", 1, kMost, 0, slot) == 0);
    after.push_back(slot.after / kSecond);
  }
  CHECK(after == std::vector<int64_t>{0, 0, 1, 1, 2, 60, 60, 61});
  CHECK(limiter->acquire_at("k", 1, kSecond / 2) > kSecond);
}

TEST_CASE("limiter turns: of several rates one that has come is not given back",
          "[limiter][turns]") {
  auto limiter = make({{"rate", "1/s, 100/h"}});
  Slot slot;
  REQUIRE(limiter->acquire_at("k", 1, 0) == 0);
  REQUIRE(limiter->reserve_slot_at("k", 1, kMost, 0, slot) == 0);
  CHECK(slot.after == kSecond);
  CHECK(limiter->cancel_slot_at("k", 1, slot.number, kSecond) == 0);
  CHECK(limiter->peek_at("k", 1, kSecond) == kSecond);
}

// Two a second. What is behind the one that is given back stays where it is.
TEST_CASE("limiter turns: of a log one from the middle is given back, and it alone",
          "[limiter][turns]") {
  constexpr int64_t kNow = 600 * kMs;
  auto limiter = make({{"policy", "sliding_window"}, {"rate", "2/s"}});
  REQUIRE(limiter->acquire_at("k", 1, 0) == 0);
  REQUIRE(limiter->acquire_at("k", 1, 500 * kMs) == 0);
  Slot first, second, third, fourth;
  REQUIRE(limiter->reserve_slot_at("k", 1, kMost, kNow, first) == 0);
  REQUIRE(limiter->reserve_slot_at("k", 1, kMost, kNow, second) == 0);
  CHECK(first.after == 400 * kMs);
  CHECK(second.after == 900 * kMs);
  CHECK(limiter->cancel_slot_at("k", 1, first.number, kNow) == 1);
  REQUIRE(limiter->reserve_slot_at("k", 1, kMost, kNow, third) == 0);
  REQUIRE(limiter->reserve_slot_at("k", 1, kMost, kNow, fourth) == 0);
  CHECK(third.after == 900 * kMs);
  CHECK(fourth.after == 1900 * kMs);
}

TEST_CASE("limiter turns: a sketch has none, and says so", "[limiter][turns]") {
  Slot slot;
  Config config;
  config.set("policy", "count_min");
  config.set("rate", "10/s");
  auto limiter = *Limiter::create(config, make_manual_clock(0));
  CHECK(limiter->reserve_slot_at("k", 1, kMost, 0, slot) ==
        static_cast<int64_t>(Status::kUnsupported));
}

TEST_CASE("limiter turns: by the plan of the key, and behind those of the plan before",
          "[limiter][turns]") {
  auto limiter =
      make({{"rate", "1/s"}, {"burst", "2"}, {"plans", "pro=10/s:5"}, {"plan_keys", "8"}});
  Slot slot;
  std::vector<int64_t> after;
  const auto reserve = [&](int64_t now) {
    REQUIRE(limiter->reserve_slot_at("k", 1, kMost, now, slot) == 0);
    after.push_back(slot.after);
  };
  for (int i = 0; i < 5; ++i) reserve(0);
  CHECK(after == std::vector<int64_t>{0, 0, kSecond, 2 * kSecond, 3 * kSecond});
  CHECK(limiter->acquire_at("k", 1, 0) == 4 * kSecond);
  CHECK(limiter->cancel_slot_at("k", 1, 2 * kSecond, 0) == 0);
  CHECK(limiter->cancel_slot_at("k", 1, 3 * kSecond, 0) == 1);
  REQUIRE(limiter->set_plan("k", "pro"));
  CHECK(limiter->cancel_slot_at("k", 1, 2 * kSecond, 0) == 0);  // of the plan before
  after.clear();
  for (int i = 0; i < 2; ++i) reserve(0);
  CHECK(after ==
        std::vector<int64_t>{2 * kSecond + kSecond / 10 + 1, 2 * kSecond + kSecond / 5 + 1});
  CHECK(limiter->reserve_slot_at("other", 2, 0, 0, slot) == 0);
  REQUIRE(limiter->set_plan("k", "exempt"));
  after.clear();
  reserve(0);
  CHECK(after[0] == 0);
  REQUIRE(limiter->set_plan("k", "blocked"));
  CHECK(limiter->reserve_slot_at("k", 1, kMost, 0, slot) == kNeverPasses);
  CHECK(limiter->faults().empty());
}

// Keys share the words that keep when plans changed: hours of turns of one cost no other any.
TEST_CASE("limiter turns: a long queue and changes of its plan leave other keys alone",
          "[limiter][turns]") {
  auto limiter = make({{"rate", "1/min"}, {"plans", "pro=2/min:1"}, {"plan_keys", "400"}});
  Slot slot;
  for (int i = 0; i < 100; ++i) REQUIRE(limiter->reserve_slot_at("k", 1, kMost, 0, slot) == 0);
  REQUIRE(limiter->set_plan("k", "pro"));
  REQUIRE(limiter->reserve_slot_at("k", 1, kMost, 0, slot) == 0);
  CHECK(slot.after >= 99 * 60 * kSecond + 30 * kSecond);
  int64_t denied = 0;
  for (int i = 0; i < 40; ++i) {
    const std::string key = "other " + std::to_string(i);
    denied += limiter->acquire_at(key, 1, 0) != 0;
    REQUIRE(limiter->set_plan(key, "pro"));
    denied += limiter->acquire_at(key, 1, 61 * kSecond) != 0;
  }
  CHECK(denied == 0);
}

}  // namespace
}  // namespace og
