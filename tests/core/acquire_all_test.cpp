// SPDX-License-Identifier: Apache-2.0
// Several limits as one decision, against buckets in exact integers that are all looked at before
// any of them is touched; and by threads, none of which may leave a part of a decision behind.
#include "core/limit/acquire_all.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "tests/catch.h"

namespace og {
namespace {

using Wide = __int128;
constexpr int64_t kSecond = 1'000'000'000;

std::unique_ptr<Limiter> make(const std::string& rate, int64_t burst = 0,
                              const std::string& policy = "token_bucket",
                              ClockPtr clock = make_manual_clock(0), const char* more = "",
                              int64_t keys = 64) {
  Config config;
  config.set("rate", rate);
  config.set("policy", policy);
  config.set_int("burst", burst);
  config.set_int("keys", keys);
  if (*more) config.set("when_full", more);
  auto made = Limiter::create(config, std::move(clock));
  if (!made) FAIL(made.error().message);
  return std::move(*made);
}

// Time in n-ths of a ns, so that a token of n in p ns is p of them.
struct ExactBucket {
  Wide n, p, burst;
  std::map<std::string, Wide> full{};

  Wide wait(const std::string& key, int64_t now, Wide cost) {
    if (cost > burst) return kNeverPasses;
    const Wide over = std::max(full[key], now * n) + cost * p - burst * p - now * n;
    return over <= 0 ? 0 : (over + n - 1) / n;
  }
  void take(const std::string& key, int64_t now, Wide cost) {
    full[key] = std::max(full[key], now * n) + cost * p;
  }
};

struct Drawn {
  size_t limiter;
  std::string key;
  int64_t cost;
};
struct Expected {
  Wide wait = 0;
  int64_t which = AcquireAll::kNone;
};

Expected decide(std::vector<ExactBucket>& models, const std::vector<Drawn>& drawn, int64_t now) {
  std::map<std::pair<size_t, std::string>, std::pair<Wide, int64_t>> sums;  // and who was first
  for (size_t i = 0; i < drawn.size(); ++i) {
    if (drawn[i].cost == 0) continue;
    auto [at, is_new] = sums.try_emplace({drawn[i].limiter, drawn[i].key}, 0, i);
    at->second.first += drawn[i].cost;
  }
  Expected expected;
  for (const auto& [of, sum] : sums) {
    const Wide wait = models[of.first].wait(of.second, now, sum.first);
    if (wait > expected.wait || (wait > 0 && wait == expected.wait && sum.second < expected.which))
      expected = {wait, sum.second};
  }
  if (expected.wait == 0) {
    for (const auto& [of, sum] : sums) models[of.first].take(of.second, now, sum.first);
  }
  return expected;
}

}  // namespace

TEST_CASE("all of a request's limits are taken or none, as buckets in exact integers say",
          "[acquire_all]") {
  for (unsigned seed = 0; seed < 40; ++seed) {
    CAPTURE(seed);
    std::mt19937_64 random(seed);
    const auto below = [&](uint64_t bound) { return static_cast<int64_t>(random() % bound); };
    std::vector<std::unique_ptr<Limiter>> limiters;
    limiters.push_back(make("10/s", 4));
    limiters.push_back(make("7/s", 20));
    limiters.push_back(make("100/min", 9));
    std::vector<ExactBucket> models{{10, kSecond, 4}, {7, kSecond, 20}, {100, 60 * kSecond, 9}};
    std::vector<int64_t> passed(3), refused(3);
    int64_t now = 0;
    for (int step = 0; step < 3000; ++step) {
      now += below(4) == 0 ? 0 : below(kSecond / 5);
      std::vector<Drawn> drawn(static_cast<size_t>(below(5)));
      std::vector<AcquireAll::Part> parts;
      for (Drawn& each : drawn) {
        each = {static_cast<size_t>(below(3)), std::string(1, "abc"[below(3)]), below(4)};
        if (below(40) == 0) each.cost = 25;  // more than any holds
      }
      for (const Drawn& each : drawn)
        parts.push_back({limiters[each.limiter].get(), each.key, each.cost});
      const Expected expected = decide(models, drawn, now);
      const auto answer = AcquireAll::of(parts, now);
      CAPTURE(step, now);
      REQUIRE(answer.wait == static_cast<int64_t>(expected.wait));
      REQUIRE(answer.which == expected.which);
      if (expected.wait > 0) {
        ++refused[drawn[static_cast<size_t>(answer.which)].limiter];
      } else {
        std::map<std::pair<size_t, std::string>, bool> seen;
        for (const Drawn& each : drawn)
          if (each.cost > 0) seen[{each.limiter, each.key}] = true;
        for (const auto& [of, is] : seen) passed[of.first] += is;
      }
      for (size_t i = 0; i < 3; ++i) {
        REQUIRE(limiters[i]->allowed() == passed[i]);
        REQUIRE(limiters[i]->denied() == refused[i]);
      }
    }
    REQUIRE(std::min({passed[0], passed[1], passed[2]}) > 100);
    REQUIRE(std::min({refused[0], refused[1], refused[2]}) > 20);
  }
}

TEST_CASE("limits of every policy are one decision", "[acquire_all]") {
  const auto clock = make_manual_clock(0);
  auto log = make("3/s", 0, "sliding_window", clock),
       window = make("5/s", 0, "fixed_window", clock);
  auto counter = make("6/s", 0, "sliding_counter", clock),
       bucket = make("1/s", 2, "token_bucket", clock);
  const auto ask = [&] {
    const AcquireAll::Part parts[] = {{log.get(), "a", 1},
                                      {window.get(), "b", 1},
                                      {counter.get(), "c", 1},
                                      {bucket.get(), "d", 1}};
    return AcquireAll::of(parts, std::nullopt);
  };
  for (int i = 0; i < 2; ++i) REQUIRE(ask().wait == 0);
  for (int i = 0; i < 5; ++i) {
    const auto answer = ask();
    REQUIRE(answer.wait == kSecond);  // the bucket is empty
    REQUIRE(answer.which == 3);
  }
  Standing standing;
  log->standing("a", standing);
  REQUIRE(standing.remaining == 1);
  window->standing("b", standing);
  REQUIRE(standing.remaining == 3);
  counter->standing("c", standing);
  REQUIRE(standing.remaining == 4);
  REQUIRE(bucket->denied() == 5);
  REQUIRE(log->denied() + window->denied() + counter->denied() == 0);
}

TEST_CASE("a key without a cell is decided by when_full, and gives nothing back", "[acquire_all]") {
  const auto clock = make_manual_clock(0);
  auto open = make("1/h", 1, "token_bucket", clock, "allow", 1);
  auto shut = make("1/h", 1, "token_bucket", clock, "deny", 1);
  for (int i = 0; i < 64; ++i) {  // until there is no cell
    open->acquire("filler" + std::to_string(i), 1);
    shut->acquire("filler" + std::to_string(i), 1);
  }
  REQUIRE(open->crowded_out() > 0);
  const int64_t crowded = open->crowded_out(), allowed = open->allowed();
  auto other = make("2/h", 2, "token_bucket", clock);
  const AcquireAll::Part parts[] = {{open.get(), "nobody", 1}, {other.get(), "a", 1}};
  REQUIRE(AcquireAll::of(parts, std::nullopt).wait == 0);
  REQUIRE(open->crowded_out() == crowded + 1);
  REQUIRE(open->allowed() == allowed + 1);
  const AcquireAll::Part denied[] = {{other.get(), "a", 1}, {shut.get(), "nobody", 1}};
  const auto answer = AcquireAll::of(denied, std::nullopt);
  REQUIRE(answer.wait > 0);
  REQUIRE(answer.which == 1);
  REQUIRE(other->peek("a", 1) == 0);  // none of it was taken
  const int64_t shut_out = shut->crowded_out();
  REQUIRE(AcquireAll::of(denied, std::nullopt).wait > 0);
  REQUIRE(shut->crowded_out() == shut_out + 1);
  const AcquireAll::Part looked_at[] = {{other.get(), "a", 1}, {open.get(), "nobody", 1}};
  REQUIRE(AcquireAll::of(looked_at, std::nullopt).wait == 0);
}

TEST_CASE("a limit in a trial run refuses nothing, and what it would is counted", "[acquire_all]") {
  Config config;
  config.set("rate", "1/h");
  config.set_int("enforce_percent", 0);
  auto trial = *Limiter::create(config, make_manual_clock(0));
  auto team = make("3/h");
  const AcquireAll::Part parts[] = {{team.get(), "t", 1}, {trial.get(), "a", 1}};
  const AcquireAll::Part other_way[] = {{trial.get(), "a", 1}, {team.get(), "t", 1}};
  REQUIRE(AcquireAll::of(parts, 0).wait == 0);
  REQUIRE(AcquireAll::of(parts, 0).wait == 0);
  REQUIRE(AcquireAll::of(other_way, 0).wait == 0);
  REQUIRE(trial->allowed() == 1);
  REQUIRE(trial->spared() == 2);
  REQUIRE(trial->denied() == 0);
  REQUIRE(AcquireAll::of(parts, 0).which == 0);
  REQUIRE(AcquireAll::of(other_way, 0).which == 1);
  REQUIRE(team->allowed() == 3);
  REQUIRE(team->denied() == 2);
  REQUIRE(trial->spared() == 2);  // of a request that the team's limit refused
}

// Were a refused one to take no turn, the same would hold for ever.
TEST_CASE("of denials without a key so many in a hundred hold, each in its turn", "[acquire_all]") {
  Config config;
  config.set("rate", "1/d");
  config.set_int("enforce_percent", 25);
  auto some = *Limiter::create(config, make_manual_clock(0));
  auto other = make("1000/d");
  const AcquireAll::Part parts[] = {{other.get(), "t", 1}, {some.get(), "", 1}};
  REQUIRE(AcquireAll::of(parts, 0).wait == 0);
  int64_t refused = 0;
  for (int i = 0; i < 200; ++i) refused += AcquireAll::of(parts, 0).wait > 0;
  REQUIRE(refused == 50);
  REQUIRE(some->denied() == 50);
  REQUIRE(some->spared() == 150);
  REQUIRE(other->allowed() == 151);
  REQUIRE(other->peek_at("t", 849, 0) == 0);
}

TEST_CASE("what is wrong with a part is told by its number", "[acquire_all]") {
  auto limiter = make("5/s");
  const AcquireAll::Part bad[] = {{limiter.get(), "a", 1}, {limiter.get(), "b", -1}};
  REQUIRE(AcquireAll::of(bad, 0).wait == static_cast<int64_t>(Status::kInvalidArgument));
  REQUIRE(AcquireAll::of(bad, 0).which == 1);
  const AcquireAll::Part good[] = {{limiter.get(), "a", 1}, {limiter.get(), "b", 1}};
  REQUIRE(AcquireAll::of(good, 0).wait == 0);
  REQUIRE(AcquireAll::of(good, std::numeric_limits<int64_t>::max()).wait ==
          static_cast<int64_t>(Status::kInvalidArgument));
  REQUIRE(limiter->peek_at("a", 4, 0) == 0);
  REQUIRE(AcquireAll::of({}, 0).wait == 0);
  const AcquireAll::Part less[] = {{limiter.get(), "a", 3}, {limiter.get(), "a", -2}};
  REQUIRE(AcquireAll::of(less, 0).wait == static_cast<int64_t>(Status::kInvalidArgument));
  REQUIRE(AcquireAll::of(less, 0).which == 1);
  const int64_t most = std::numeric_limits<int64_t>::max();
  const AcquireAll::Part huge[] = {{limiter.get(), "a", most}, {limiter.get(), "a", most}};
  REQUIRE(AcquireAll::of(huge, 0).wait == kNeverPasses);
}

TEST_CASE("without a time each limiter goes by its own clock", "[acquire_all]") {
  const std::shared_ptr<Clock> early = make_manual_clock(0), late = make_manual_clock(0);
  auto a = make("1/s", 1, "token_bucket", early), b = make("1/s", 1, "token_bucket", late),
       c = make("1/s", 1, "token_bucket", late);
  const AcquireAll::Part parts[] = {{a.get(), "a", 1}, {b.get(), "b", 1}, {c.get(), "c", 1}};
  REQUIRE(AcquireAll::of(parts, std::nullopt).wait == 0);
  late->advance(kSecond);
  const auto answer = AcquireAll::of(parts, std::nullopt);
  REQUIRE(answer.wait == kSecond);
  REQUIRE(answer.which == 0);
  early->advance(kSecond);
  REQUIRE(AcquireAll::of(parts, std::nullopt).wait == 0);
}

TEST_CASE("who is denied is among the hottest, also in a trial run", "[acquire_all]") {
  Config config;
  config.set("rate", "1/h");
  config.set("hottest", "true");
  auto enforced = *Limiter::create(config, make_manual_clock(0));
  config.set_int("enforce_percent", 0);
  auto trial = *Limiter::create(config, make_manual_clock(0));
  const AcquireAll::Part first[] = {{enforced.get(), "greedy", 1}, {trial.get(), "b", 1}};
  const AcquireAll::Part then[] = {{enforced.get(), "modest", 1}, {trial.get(), "b", 1}};
  REQUIRE(AcquireAll::of(first, 0).wait == 0);
  REQUIRE(enforced->hottest().empty());
  REQUIRE(trial->hottest().empty());
  REQUIRE(AcquireAll::of(first, 0).wait > 0);
  REQUIRE(AcquireAll::of(then, 0).wait == 0);
  REQUIRE(enforced->hottest().size() == 1);
  REQUIRE(enforced->hottest()[0].key == "greedy");
  REQUIRE(trial->hottest().size() == 1);
  REQUIRE(trial->hottest()[0].key == "b");
}

// No time passes, so that what is left tells what was taken.
TEST_CASE("threads leave no part of a decision behind", "[acquire_all]") {
  constexpr int64_t kUser = 3000, kTeam = 5000, kEach = 4000;
  auto users = make("1/d", kUser), teams = make("1/d", kTeam),
       log = make("900000/d", 0, "fixed_window");
  std::atomic<int64_t> passed_a{0}, passed_b{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      const bool is_a = t % 2 == 0;
      const AcquireAll::Part forward[] = {
          {users.get(), "a", 1}, {log.get(), "", 1}, {teams.get(), "t", 1}};
      const AcquireAll::Part backward[] = {
          {teams.get(), "t", 1}, {log.get(), "", 1}, {users.get(), "b", 1}};
      for (int i = 0; i < kEach; ++i) {
        const auto answer = AcquireAll::of(is_a ? std::span(forward) : std::span(backward), 0);
        (is_a ? passed_a : passed_b) += answer.wait == 0;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  const auto left = [](Limiter& limiter, const char* key) {
    Standing standing;
    limiter.standing_at(key, 0, standing);
    return standing.remaining;
  };
  CHECK(left(*users, "a") == kUser - passed_a);
  CHECK(left(*users, "b") == kUser - passed_b);
  CHECK(left(*teams, "t") == kTeam - passed_a - passed_b);
  CHECK(passed_a <= kUser);
  CHECK(passed_b <= kUser);
  // Who found less than there was for a moment was denied; the rest of the limit is there.
  CHECK(passed_a + passed_b <= kTeam);
  CHECK(passed_a + passed_b > kTeam - 100);
  CHECK(log->allowed() == passed_a + passed_b);
}

}  // namespace og
