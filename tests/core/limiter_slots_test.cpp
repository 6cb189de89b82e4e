// SPDX-License-Identifier: Apache-2.0
// Turns to come, against a model that knows each: a bucket in exact fractions, reckoned anew from
// the list of what was taken and not given back.
#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "core/limit/limiter.h"
#include "tests/catch.h"

namespace og {
namespace {

using Wide = __int128;
constexpr int64_t kSecond = 1'000'000'000, kMost = kNeverPasses;

std::unique_ptr<Limiter> make(const std::string& rate, int64_t burst, int64_t max_wait_ms = -1) {
  Config config;
  config.set("rate", rate);
  config.set_int("burst", burst);
  if (max_wait_ms >= 0) config.set_int("max_wait_ms", max_wait_ms);
  config.set_int("keys", 64);
  auto made = Limiter::create(config, make_manual_clock(0));
  if (!made) FAIL(made.error().message);
  return std::move(*made);
}

// Time in n-ths of a ns, so that a token of n in p ns is p of them.
struct Taken {
  Wide came, turn;
  int64_t cost, at;  // `at` as the limiter told it
};
struct KnowingQueue {
  Wide n, p, burst;
  std::vector<Taken> taken{};

  Wide full() const {
    Wide full = 0;
    for (const Taken& each : taken) full = std::max(full, each.came) + each.cost * p;
    return full;
  }
  Wide over(int64_t now, int64_t cost) const {
    return std::max(full(), now * n) + cost * p - burst * p - now * n;
  }
  int64_t wait(int64_t now, int64_t cost) const {  // ns, rounded up
    const Wide much = over(now, cost);
    return much <= 0 ? 0 : static_cast<int64_t>((much + n - 1) / n);
  }
  void take(int64_t now, int64_t cost, int64_t at) {
    const Wide turn = now * n + std::max<Wide>(0, over(now, cost));
    taken.push_back({now * n, turn, cost, at});
  }
  // The greatest excess of what takes its turn within any time over the burst and the rate.
  Wide excess() const {
    auto turns = taken;
    std::stable_sort(turns.begin(), turns.end(),
                     [](const Taken& a, const Taken& b) { return a.turn < b.turn; });
    Wide most = -burst * p;
    for (size_t i = 0; i < turns.size(); ++i) {
      Wide cost = 0;
      for (size_t j = i; j < turns.size(); ++j) {
        cost += turns[j].cost * p;
        most = std::max(most, cost - burst * p - (turns[j].turn - turns[i].turn));
      }
    }
    return most;
  }
};

struct Case {
  const char* rate;
  int64_t n, p, burst;
};

struct Draws {
  std::mt19937_64 random;
  int64_t now = 0, step = 1;
  int64_t below(int64_t bound) {
    return static_cast<int64_t>(random() % static_cast<uint64_t>(bound));
  }
  int64_t next() {
    if (below(3) == 0) now += below(below(8) ? step : 20 * step);
    return now;
  }
};

struct Seen {
  int64_t wrong = 0, early = 0, late = 0, queued = 0, refused = 0, cancelled = 0, kept = 0;
};

// One schedule of `steps`; what is exact is compared, else what is early or late.
void run(Limiter& limiter, const std::string& key, const Case& c, Draws& draws, int steps,
         bool is_exact, Seen& seen) {
  KnowingQueue model{c.n, c.p, c.burst};
  const int64_t start = draws.now;
  for (int i = 0; i < steps; ++i) {
    const int64_t now = draws.next();
    const int64_t cost = draws.below(3) ? 1 : 1 + draws.below(c.burst + 1);
    const int64_t most = draws.below(4) ? kMost : draws.below(20) * draws.step;
    const int64_t wait = model.wait(now, cost);
    const auto differs = [&](int64_t got) {
      seen.wrong += is_exact && got != wait;
      seen.early += got < wait;
      seen.late += got > wait + 1;
    };
    switch (draws.below(6)) {
      case 0: {
        const int64_t got = limiter.acquire_at(key, cost, now);
        if (cost > c.burst) {
          seen.wrong += got != kNeverPasses;
          break;
        }
        differs(got);
        if (got == 0) model.take(now, cost, now);
        break;
      }
      case 1: {
        if (model.taken.empty()) break;
        const size_t from_end = draws.below(2) ? 0 : static_cast<size_t>(draws.below(4));
        if (from_end >= model.taken.size()) break;
        const size_t which = model.taken.size() - 1 - from_end;
        const Taken one = model.taken[which];
        const int64_t got = limiter.cancel_slot_at(key, one.cost, one.at, now);
        const bool is_last = from_end == 0 && one.at > now;
        seen.wrong += got != (is_last ? 1 : 0);
        seen.cancelled += got == 1;
        seen.kept += got == 0 && one.at > now;
        if (got == 1) model.taken.pop_back();
        break;
      }
      default: {
        Slot slot;
        const int64_t got = limiter.reserve_slot_at(key, cost, most, now, slot);
        if (cost > c.burst) {
          seen.wrong += got != kNeverPasses;
          break;
        }
        if (got != 0) {
          differs(got);
          seen.wrong += got <= most;
          ++seen.refused;
          break;
        }
        differs(slot.after);
        seen.wrong += slot.number != now + slot.after || slot.after > most;
        seen.queued += slot.after > 0;
        model.take(now, cost, slot.number);
      }
    }
    const int64_t peeked = limiter.peek_at(key, 1, now), due = model.wait(now, 1);
    seen.wrong += is_exact ? peeked != due : peeked < due || peeked > due + 1;
  }
  seen.wrong += model.excess() > 0;
  draws.now = std::max(draws.now, start) + 2 * static_cast<int64_t>(steps * c.burst * c.p / c.n);
}

int64_t reserve(Limiter& limiter, int64_t cost, int64_t now, int64_t most = kMost) {
  Slot slot;
  REQUIRE(limiter.reserve_slot_at("k", cost, most, now, slot) == 0);
  return slot.number;
}

}  // namespace

TEST_CASE("limiter slots: turns are those of a bucket that is reckoned anew from the list") {
  const Case exact[] = {{"7/s", 7, kSecond, 7},         {"10/s", 10, kSecond, 1},
                        {"100/s", 100, kSecond, 20},    {"1000/min", 1000, 60 * kSecond, 1000},
                        {"5/250ms", 5, kSecond / 4, 3}, {"1000000000/s", 1, 1, 5}};
  for (const Case& c : exact) {
    INFO(c.rate);
    auto limiter = make(c.rate, c.burst);
    limiter->acquire_at("start", 1, 0);
    Draws draws{std::mt19937_64(c.n), 0, c.p / c.n + 1};
    Seen seen;
    for (int i = 0; i < 300; ++i) run(*limiter, std::to_string(i), c, draws, 40, true, seen);
    CHECK(seen.wrong == 0);
    CHECK(seen.queued > 1000);
    CHECK(seen.refused > 100);
    CHECK(seen.cancelled > 300);
    CHECK(seen.kept > 100);
  }
}

TEST_CASE("limiter slots: a turn is not early with odd rates either, and at most 1 ns late") {
  const Case odd[] = {{"999983/s", 999983, kSecond, 100},
                      {"17/s", 17, kSecond, 5},
                      {"31337/min", 31337, 60 * kSecond, 40}};
  for (const Case& c : odd) {
    INFO(c.rate);
    auto limiter = make(c.rate, c.burst);
    limiter->acquire_at("start", 1, 0);
    Draws draws{std::mt19937_64(c.n), 0, c.p / c.n + 1};
    Seen seen;
    for (int i = 0; i < 300; ++i) run(*limiter, std::to_string(i), c, draws, 40, false, seen);
    CHECK(seen.early == 0);
    CHECK(seen.late == 0);
    CHECK(seen.queued > 1000);
  }
}

// Small ones come with each tick and take what is there; the large one comes once, before them.
TEST_CASE("limiter slots: a large cost has its turn while small ones keep coming") {
  const auto served_at = [](bool reserves) {
    auto limiter = make("10/s", 10);
    limiter->acquire_at("k", 10, 0);
    int64_t due = reserves ? reserve(*limiter, 10, 0) : 0;
    for (int64_t now = 0; now < 100 * kSecond; now += kSecond / 10) {
      if (reserves ? now >= due : limiter->acquire_at("k", 10, now) == 0) return now;
      for (int i = 0; i < 3; ++i) limiter->acquire_at("k", 1, now);
    }
    return int64_t{-1};
  };
  CHECK(served_at(true) == kSecond);
  CHECK(served_at(false) == -1);
}

TEST_CASE("limiter slots: the option bounds the queue, and changes") {
  auto limiter = make("10/s", 1, 250);
  Slot slot;
  CHECK(reserve(*limiter, 1, 0) == 0);
  CHECK(reserve(*limiter, 1, 0) == kSecond / 10);
  CHECK(reserve(*limiter, 1, 0) == kSecond / 5);
  CHECK(limiter->reserve_slot_at("k", 1, kMost, 0, slot) == 3 * kSecond / 10);
  Config change;
  change.set_int("max_wait_ms", 301);
  REQUIRE(limiter->reconfigure_at(change, 0));
  const int64_t at = reserve(*limiter, 1, 0);
  CHECK(at >= 3 * kSecond / 10);
  CHECK(at <= 3 * kSecond / 10 + 1);
  CHECK(limiter->reserve_slot_at("k", 1, kMost, 0, slot) > 3 * kSecond / 10);
  auto exactly = make("10/s", 1, 200);
  CHECK(reserve(*exactly, 1, 0) == 0);
  CHECK(reserve(*exactly, 1, 0) == kSecond / 10);
  CHECK(reserve(*exactly, 1, 0) == kSecond / 5);
  CHECK(exactly->reserve_slot_at("k", 1, kMost, 0, slot) == 3 * kSecond / 10);
  auto none = make("10/s", 1, 0);
  CHECK(reserve(*none, 1, 0) == 0);
  CHECK(none->reserve_slot_at("k", 1, kMost, 0, slot) == kSecond / 10);
  CHECK(none->reserve_slot_at("k", 1, kMost, kSecond / 10, slot) == 0);
}

// Turns of before stay, those of after come behind them at the new rate, and none of before is
// given back, as a token is not what it was.
TEST_CASE("limiter slots: a change of the rate moves no turn and passes none") {
  for (const char* rate : {"1/s", "10/s", "1000/s", "999983/s"}) {
    for (const char* burst : {"1", "7", "100"}) {
      for (const char* rule : {"proportional", "as_is", "additive"}) {
        INFO(rate << " " << burst << " " << rule);
        if (rule == std::string("additive") && burst == std::string("100"))
          continue;                                                              // grants some
        if (rate == std::string("10/s") && burst == std::string("7")) continue;  // no change
        auto limiter = make("10/s", 7);
        limiter->acquire_at("k", 7, 0);
        int64_t last = 0;
        for (int i = 1; i <= 50; ++i) last = reserve(*limiter, 1, 0);
        CHECK(last == 5 * kSecond);
        Config change;
        change.set("rate", rate);
        change.set("burst", burst);
        change.set("tokens_inheritance", rule);
        REQUIRE(limiter->reconfigure_at(change, kSecond));
        CHECK(limiter->cancel_slot_at("k", 1, last, kSecond) == 0);
        const int64_t at = reserve(*limiter, 1, kSecond);
        const int64_t token = rate == std::string("1/s")      ? kSecond
                              : rate == std::string("10/s")   ? kSecond / 10
                              : rate == std::string("1000/s") ? kSecond / 1000
                                                              : kSecond / 999983;
        CHECK(at >= last + token);
        CHECK(at <= last + token + 3);
        CHECK(limiter->cancel_slot_at("k", 1, at, kSecond) == 1);
        CHECK(limiter->cancel_slot_at("k", 1, last, kSecond) == 0);
        CHECK(std::abs(reserve(*limiter, 1, 2 * kSecond) - at) <= 1);
      }
    }
  }
}

// Each change carries what was taken for months to come; values end where they are to.
TEST_CASE("limiter slots: changes under a long queue end with an error, and pass nobody") {
  auto limiter = make("1/d", 1, 31'536'000'000);
  constexpr int64_t kDay = 86'400 * kSecond;
  int64_t last = 0, changes = 0;
  for (int i = 0; i < 365; ++i) last = reserve(*limiter, 1, 0);
  CHECK(last == 364 * kDay);
  for (; changes < 100'000; ++changes) {
    Config change;
    change.set("rate", changes % 2 ? "1/d" : "2/d");
    if (const auto done = limiter->reconfigure_at(change, 0); !done) {
      CHECK(done.error().code == Status::kFull);
      break;
    }
    REQUIRE(limiter->peek_at("k", 1, 0) > last);
    REQUIRE(limiter->peek_at("k", 1, 0) <= last + kDay + 2 * changes + 4);
  }
  CHECK(changes >= 3);
  CHECK(limiter->peek_at("k", 1, last) > 0);
  CHECK(limiter->acquire_at("k", 1, last + kDay + 2 * changes + 4) == 0);
}

// Without a queue a change uses up what it did: nothing of the option's.
TEST_CASE("limiter slots: changes are as many as ever where nobody has a turn to come") {
  auto limiter = make("100/s", 100);
  for (int i = 0; i < 200'000; ++i) {
    Config change;
    change.set("rate", i % 2 ? "100/s" : "200/s");
    if (const auto done = limiter->reconfigure_at(change, i * kSecond / 1000); !done)
      FAIL(done.error().message);
    limiter->acquire_at("k", 1, i * kSecond / 1000);
  }
}

TEST_CASE("limiter slots: bad arguments, odd costs and turns that are none") {
  auto limiter = make("10/s", 5);
  Slot slot;
  const auto invalid = static_cast<int64_t>(Status::kInvalidArgument);
  CHECK(limiter->reserve_slot_at("k", -1, kMost, 0, slot) == invalid);
  CHECK(limiter->reserve_slot_at("k", 1, -1, 0, slot) == invalid);
  CHECK(limiter->reserve_slot_at("k", 6, kMost, 0, slot) == kNeverPasses);
  CHECK(limiter->reserve_slot_at("k", 0, 0, 0, slot) == 0);
  CHECK(slot.after == 0);
  CHECK(limiter->cancel_slot_at("k", 1, -1, 0) == invalid);
  CHECK(limiter->cancel_slot_at("k", -1, 1, 0) == invalid);
  CHECK(limiter->cancel_slot_at("k", 1, 1, 0) == 0);
  CHECK(limiter->cancel_slot_at("k", 0, 1, 0) == 0);
  CHECK(limiter->cancel_slot_at("k", 1, kMost, 0) == 0);
  CHECK(reserve(*limiter, 5, 0) == 0);
  CHECK(limiter->cancel_slot_at("k", 5, 0, 0) == 0);  // its turn has come
  const int64_t at = reserve(*limiter, 5, 0);
  CHECK(limiter->cancel_slot_at("other", 5, at, 0) == 0);
  const int64_t next = limiter->peek_at("k", 1, 0);
  CHECK(limiter->cancel_slot_at("k", 5, at + 1, 0) == 0);  // nobody's
  CHECK(limiter->cancel_slot_at("k", 5, at + kSecond, 0) == 0);
  CHECK(limiter->cancel_slot_at("k", 5, at - 1, 0) == 0);
  CHECK(limiter->cancel_slot_at("k", 0, at, 0) == 0);
  CHECK(limiter->cancel_slot_at("k", 6, at, 0) == 0);
  CHECK(limiter->peek_at("k", 1, 0) == next);
  CHECK(limiter->cancel_slot_at("k", 5, at, at) == 0);
  CHECK(limiter->cancel_slot_at("k", 5, at, at - 1) == 1);
  CHECK(limiter->cancel_slot_at("k", 5, at, at - 1) == 0);
}

// Cells are given to others by a time that a caller's is before. A value never goes under that, or
// who read the cell while it was another key's could take it for what it was; and it never rises:
// who gives back would have less.
TEST_CASE("limiter slots: a turn is given back by a time before that of others") {
  bool is_kept = false;
  for (int i = 0; i < 99 && !is_kept; ++i) {
    Config config;
    config.set("rate", "1/s");
    config.set("burst", "100");
    config.set_int("keys", 1);  // 33 cells
    auto made = Limiter::create(config, make_manual_clock(0));
    REQUIRE(made);
    Limiter& limiter = **made;
    const std::string key = std::to_string(i);
    limiter.acquire_at("idle soon", 1, 0);
    limiter.acquire_at(key, 100, 0);
    Slot slot;
    REQUIRE(limiter.reserve_slot_at(key, 10, kMost, 0, slot) == 0);
    REQUIRE(slot.number == 10 * kSecond);
    for (int other = 0; other < 32; ++other)  // one of them has the cell of one that is idle
      REQUIRE(limiter.acquire_at("other " + std::to_string(other), 1, 150 * kSecond) == 0);
    is_kept = limiter.cancel_slot_at(key, 10, slot.number, 5 * kSecond) == 1;
    if (!is_kept) continue;
    CHECK(limiter.peek_at(key, 1, 5 * kSecond) == 6 * kSecond);
    CHECK(limiter.acquire_at(key, 100, 111 * kSecond) == 0);
  }
  CHECK(is_kept);
}

// As far as nine years of an epoch go, and the option.
TEST_CASE("limiter slots: turns at the end of time") {
  auto limiter = make("1/d", 1, 31'536'000'000);
  constexpr int64_t kDay = 86'400 * kSecond;
  const int64_t late = (int64_t{1} << 58) - 10 * kDay;
  limiter->acquire_at("k", 1, 0);
  int64_t reserved = 0, wait = 0;
  Slot slot;
  for (; reserved < 400 && wait == 0; ++reserved)
    wait = limiter->reserve_slot_at("k", 1, kMost, late, slot);
  CHECK(reserved == 12);  // at once, ten in the days that are left, and one that is refused
  CHECK(wait == 11 * kDay);
  CHECK(limiter->acquire_at("k", 1, late) > 0);
  CHECK(limiter->faults().empty());
}

}  // namespace og
