// SPDX-License-Identifier: Apache-2.0
// What is reserved and settled, against one who knew at once what each would cost: no key ever has
// more than he would let it have, at any moment, whatever came in between. Nor has it less than one
// who takes each estimate for the cost lets it have.
#include <algorithm>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "core/limit/limiter.h"
#include "tests/catch.h"

namespace og {
namespace {

using Wide = __int128;
using Draws = std::mt19937_64;
constexpr int64_t kSecond = 1'000'000'000, kNever = 3600 * kSecond;

std::unique_ptr<Limiter> make(const std::string& rate, const std::string& policy, int64_t burst,
                              int64_t max_debt, int64_t reservations) {
  Config config;
  config.set("rate", rate);
  config.set("policy", policy);
  config.set_int("burst", burst);
  config.set_int("max_debt", max_debt);
  config.set_int("keys", 16);
  config.set_int("reservations", reservations);
  auto made = Limiter::create(config, make_manual_clock(0));
  if (!made) FAIL(made.error().message);
  return std::move(*made);
}

// In n-ths of a ns, so that a token of n in p ns is p of them.
struct KnowingBucket {
  Wide n, p, burst, max_debt, full = 0;

  Wide lacks(int64_t now) const { return std::max<Wide>(0, full - now * n); }
  bool has(int64_t now, int64_t cost) const { return lacks(now) + cost * p <= burst * p; }
  void take(int64_t now, int64_t cost) { full = std::max(full, now * n) + cost * p; }
  void charge(int64_t now, int64_t cost) {
    const Wide room = std::max<Wide>(0, (burst + max_debt) * p - lacks(now));
    full = std::max(full, now * n) + std::min(room, cost * p);
  }
  void give_back(int64_t now, int64_t cost) { full = std::max(full - cost * p, now * n); }
  // ns until all of it is there, rounded up.
  Wide until_full(int64_t now) const { return (lacks(now) + n - 1) / n; }
};

struct Out {
  int64_t id, amount, actual, deadline;
};

// What happens to a key, drawn; what those two are told.
struct Run {
  enum class Besides { kNothing, kChargesAndGives, kTurns };
  Limiter& limiter;
  KnowingBucket knowing;
  Draws& random;
  Besides besides;
  KnowingBucket estimating = knowing;
  int64_t now = 0;
  std::vector<Out> out{};
  int64_t above = 0, below = 0, wrongly = 0, reserved = 0, settled = 0, equal = 0, turns = 0;

  int64_t draw(int64_t from, int64_t to) {
    return std::uniform_int_distribution<int64_t>(from, to)(random);
  }
  void reserve() {
    const int64_t amount = draw(1, 12);
    // What expires costs nothing; who knows that knows it at once.
    const bool expires = draw(0, 9) == 0;
    const int64_t ttl = expires ? draw(1, 3 * kSecond) : kNever;
    const int64_t id = limiter.reserve_at("k", amount, ttl, now);
    wrongly += (id > 0) != (limiter.peek_at("k", amount, now) == 0 || id > 0);
    if (id <= 0) return;
    ++reserved;
    wrongly += !knowing.has(now, amount);
    const int64_t actual = expires ? 0 : draw(0, 3) == 0 ? 0 : draw(0, amount + 3);
    knowing.take(now, std::min(actual, amount));
    estimating.take(now, amount);
    out.push_back({id, amount, actual, expires ? now + ttl : kNever});
  }
  void settle() {
    if (out.empty()) return;
    const auto at = static_cast<size_t>(draw(0, static_cast<int64_t>(out.size()) - 1));
    const Out one = out[at];
    out.erase(out.begin() + static_cast<ptrdiff_t>(at));
    const bool is_late = one.deadline <= now;
    // Before its deadline one that is to expire is settled as nothing: the same.
    const Status answer = limiter.settle_at(one.id, is_late ? 7 : one.actual, now);
    wrongly += answer != (is_late ? Status::kLapsed : Status::kOk);
    wrongly += limiter.settle_at(one.id, 5, now) != Status::kLapsed;
    if (!is_late && one.actual > one.amount) charge(one.actual - one.amount);
  }
  void charge(int64_t cost) {
    knowing.charge(now, cost);
    estimating.charge(now, cost);
  }
  // The knowing one takes at the time that the turn was told.
  void turn() {
    const int64_t cost = draw(1, 8);
    Slot slot;
    if (limiter.reserve_slot_at("k", cost, draw(0, 4) * kSecond, now, slot) != 0) return;
    ++turns;
    const KnowingBucket before = knowing, before_too = estimating;
    wrongly += !knowing.has(now + slot.after, cost);
    knowing.take(now + slot.after, cost);
    estimating.take(now + slot.after, cost);
    if (draw(0, 2) > 0) return;
    settle();
    if (limiter.cancel_slot_at("k", cost, slot.number, now) != 1) return;
    knowing = before;
    estimating = before_too;
  }
  void step() {
    now += draw(0, 1) * draw(0, kSecond / 2);
    const int64_t what = draw(0, besides == Besides::kChargesAndGives ? 12 : 9);
    if (what < 4) {
      reserve();
    } else if (what < 7) {
      settle();
    } else if (what < 10) {
      if (besides == Besides::kTurns && draw(0, 1) == 0) return turn();
      const int64_t cost = draw(1, 8);
      if (limiter.acquire_at("k", cost, now) == 0) {
        wrongly += !knowing.has(now, cost);
        knowing.take(now, cost);
        estimating.take(now, cost);
      }
    } else if (what == 10) {
      const int64_t cost = draw(1, 20);
      limiter.charge_at("k", cost, now);
      charge(cost);
    } else if (what == 11) {
      const int64_t cost = draw(1, 6);
      limiter.give_back_at("k", cost, now);
      knowing.give_back(now, cost);
      estimating.give_back(now, cost);
    } else if (draw(0, 3) == 0) {
      limiter.forget("k");
      knowing.full = estimating.full = 0;
    }
  }
  void step_and_look() {
    step();
    Standing standing;
    limiter.standing_at("k", now, standing);
    above += standing.reset_after < knowing.until_full(now);
    below += standing.reset_after > estimating.until_full(now);
    settled += out.empty();
    equal += out.empty() && standing.reset_after == knowing.until_full(now);
  }
};

struct Rates {
  const char* text;
  int64_t n, p;
};
// 10 and 7 a second, reduced.
constexpr Rates kRates[] = {{"10/s", 1, kSecond / 10}, {"7/s", 7, kSecond}};

}  // namespace

TEST_CASE("reservations: never more than for one who knew the costs") {
  Draws random(20240601);
  int64_t above = 0, below = 0, wrongly = 0, reserved = 0, settled = 0, equal = 0, turns = 0;
  for (int run = 0; run < 30'000; ++run) {
    const Rates rate = kRates[run % 2];
    const int64_t burst = 20, max_debt = run % 3 * 10;
    const auto limiter = make(rate.text, "token_bucket", burst, max_debt, 16);
    Run one{*limiter,
            {rate.n, rate.p, burst, max_debt},
            random,
            static_cast<Run::Besides>(run % 7 % 3)};
    for (int i = 0; i < 40; ++i) one.step_and_look();
    above += one.above;
    below += one.below;
    turns += one.turns;
    wrongly += one.wrongly;
    reserved += one.reserved;
    if (one.besides == Run::Besides::kTurns) continue;
    settled += one.settled;
    equal += one.equal;
  }
  CHECK(above == 0);
  CHECK(below == 0);
  CHECK(wrongly == 0);
  CHECK(reserved > 100'000);
  CHECK(turns > 10'000);
  // With nothing out it is mostly as much: less where time or others have been in between, and
  // where turns are to come.
  CHECK(settled > 100'000);
  CHECK(equal * 10 > settled * 7);
}

// Where no time passes nothing is refilled: each settlement gives back all that it can, in any
// order.
TEST_CASE("reservations: at one moment all that was not used comes back") {
  Draws random(3);
  int64_t wrong = 0;
  for (int run = 0; run < 2'000; ++run) {
    const auto limiter = make("10/s", "token_bucket", 1000, 0, 16);
    std::vector<int64_t> ids;
    std::vector<int64_t> actual;
    int64_t used = 0;
    for (int i = 0; i < 10; ++i) {
      ids.push_back(limiter->reserve_at("k", 50, kNever, kSecond));
      actual.push_back(static_cast<int64_t>(random() % 70));
      used += actual.back();
    }
    std::vector<size_t> order(10);
    for (size_t i = 0; i < 10; ++i) order[i] = i;
    std::shuffle(order.begin(), order.end(), random);
    for (const size_t i : order)
      wrong += limiter->settle_at(ids[i], actual[i], kSecond) != Status::kOk;
    Standing standing;
    limiter->standing_at("k", kSecond, standing);
    wrong += standing.remaining != 1000 - used;
  }
  CHECK(wrong == 0);
}

// Another limiter, to which each request is told with what it costs, is the one who knows.
TEST_CASE("reservations: windows have no more, and as much where nothing is forgiven or kept") {
  struct Windows {
    const char* rate;
    const char* policy;
    int64_t burst, step;
  };
  constexpr Windows kAll[] = {{"20/s", "fixed_window", 0, kSecond / 4},
                              {"20/s", "fixed_window", 50, kSecond / 4},
                              {"20/h", "calendar_window", 0, 900 * kSecond},
                              {"20/h", "calendar_window", 30, 900 * kSecond}};
  Draws random(7);
  int64_t above = 0, unequal = 0, wrongly = 0;
  for (int run = 0; run < 8'000; ++run) {
    const Windows& windows = kAll[run % 4];
    const bool charges = run / 4 % 2 == 0;
    const auto limiter = make(windows.rate, windows.policy, windows.burst, 0, 16);
    const auto knowing = make(windows.rate, windows.policy, windows.burst, 0, 0);
    std::vector<Out> out;
    int64_t now = 1'700'000'000 * kSecond;
    for (int i = 0; i < 40; ++i) {
      now += static_cast<int64_t>(random() % 2 * (random() % static_cast<uint64_t>(windows.step)));
      const uint64_t what = random() % (charges ? 10 : 9);
      const auto cost = static_cast<int64_t>(random() % 6 + 1);
      if (what < 4) {
        const int64_t id = limiter->reserve_at("k", cost, 24 * kNever, now);
        if (id <= 0) continue;
        const int64_t actual = random() % 2 == 0 ? cost : cost / 2;
        wrongly += knowing->acquire_at("k", actual, now) != 0;
        out.push_back({id, cost, actual, kNever});
      } else if (what < 7 && !out.empty()) {
        const size_t at = random() % out.size();
        wrongly += limiter->settle_at(out[at].id, out[at].actual, now) != Status::kOk;
        out.erase(out.begin() + static_cast<ptrdiff_t>(at));
      } else if (what < 9) {
        if (limiter->acquire_at("k", cost, now) == 0)
          wrongly += knowing->acquire_at("k", cost, now) != 0;
      } else {
        limiter->charge_at("k", 3 * cost, now);
        knowing->charge_at("k", 3 * cost, now);
      }
      Standing ours, theirs;
      limiter->standing_at("k", now, ours);
      knowing->standing_at("k", now, theirs);
      above += ours.remaining > theirs.remaining;
      unequal +=
          !charges && windows.burst == 0 && out.empty() && ours.remaining != theirs.remaining;
    }
  }
  CHECK(above == 0);
  CHECK(unequal == 0);
  CHECK(wrongly == 0);
}

// A trial run denies nobody: what would have been denied takes nothing, and is charged nothing.
TEST_CASE("reservations: what is let through by enforce_percent takes nothing") {
  Config config;
  config.set("rate", "10/1000s");
  config.set_int("reservations", 1);
  config.set_int("enforce_percent", 0);
  const auto limiter = Limiter::create(config, make_manual_clock(0)).value();
  const int64_t first = limiter->reserve("k", 8, 0);
  const int64_t over = limiter->reserve("k", 8, 0), no_room = limiter->reserve("k", 1, 0);
  CHECK(first > Limiter::kSparedReservation);
  CHECK(over == Limiter::kSparedReservation);
  CHECK(no_room == Limiter::kSparedReservation);
  CHECK(limiter->reserved(Limiter::Reserved::kReservations) == 1);
  CHECK(limiter->settle(over, 100) == Status::kOk);
  CHECK(limiter->settle(first, 3) == Status::kOk);
  Standing standing;
  limiter->standing("k", standing);
  CHECK(standing.remaining == 7);
  CHECK(limiter->spared() == 2);
  CHECK(limiter->denied() == 0);
  CHECK(limiter->allowed() == 1);
}

}  // namespace og
