// SPDX-License-Identifier: Apache-2.0
// A limiter of several rates, against buckets in exact integers that are all looked at before any
// is touched: what passes, how long the rest waits, where keys stand, what is given back, charged
// and forgotten, and what changes of the rates make of it.
#include <algorithm>
#include <array>
#include <atomic>
#include <map>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "core/limit/limiter.h"
#include "tests/catch.h"

namespace og {
namespace {

using Wide = __int128;
constexpr int64_t kSecond = 1'000'000'000;
constexpr auto kNoBand = static_cast<int64_t>(Status::kNone);

std::unique_ptr<Limiter> bands_of(const std::string& rates, const std::string& more = "",
                                  const std::string& value = "", int64_t keys = 64) {
  Config config;
  config.set("rate", rates);
  config.set_int("keys", keys);
  if (!more.empty()) config.set(more, value);
  auto made = Limiter::create(config, make_manual_clock(0));
  if (!made) FAIL(made.error().message);
  return std::move(*made);
}

std::string why_not(const std::string& rates, const std::string& more = "",
                    const std::string& value = "") {
  Config config;
  config.set("rate", rates);
  if (!more.empty()) config.set(more, value);
  auto made = Limiter::create(config, make_manual_clock(0));
  return made ? "" : made.error().message;
}

// Time in n-ths of a ns, so that a token of n in p ns is p of them. It keeps all that it gave, and
// forgets the last of it.
struct ExactBand {
  Wide n, p, burst;
  std::map<std::string, std::vector<std::pair<Wide, Wide>>> given{};

  Wide full(const std::string& key) {
    Wide full = 0;
    for (const auto& [at, amount] : given[key]) full = std::max(full, at) + amount;
    return full;
  }
  Wide wait(const std::string& key, int64_t now, Wide cost) {
    if (cost > burst) return kNeverPasses;
    const Wide over = std::max(full(key), now * n) + cost * p - burst * p - now * n;
    return over <= 0 ? 0 : (over + n - 1) / n;
  }
  Wide lacks(const std::string& key, int64_t now) { return std::max<Wide>(0, full(key) - now * n); }
  int64_t left(const std::string& key, int64_t now) {
    return static_cast<int64_t>((burst * p - std::min(lacks(key, now), burst * p)) / p);
  }
  void take(const std::string& key, int64_t now, Wide cost) {
    auto& all = given[key];
    if (full(key) <= now * n) all.clear();
    all.push_back({now * n, cost * p});
  }
  int64_t give_back(const std::string& key, int64_t now, Wide cost) {
    const Wide lacked = lacks(key, now);
    auto& all = given[key];
    for (Wide rest = cost * p; rest > 0 && !all.empty();) {
      const Wide part = std::min(rest, all.back().second);
      all.back().second -= part;
      rest -= part;
      if (all.back().second == 0) all.pop_back();
    }
    return static_cast<int64_t>(std::min<Wide>(lacked / p, cost));
  }
  void charge(const std::string& key, int64_t now, Wide cost) {
    take(key, now, std::min<Wide>(cost * p, std::max<Wide>(0, burst * p - lacks(key, now))) / p);
  }
};

struct ExactBands {
  std::vector<ExactBand> bands;

  Wide wait(const std::string& key, int64_t now, Wide cost, int64_t* which = nullptr) {
    Wide longest = 0;
    if (which) *which = kNoBand;
    for (size_t i = 0; i < bands.size(); ++i) {
      const Wide wait = bands[i].wait(key, now, cost);
      if (wait > longest && which) *which = static_cast<int64_t>(i);
      longest = std::max(longest, wait);
    }
    return longest;
  }
};

}  // namespace

TEST_CASE("several rates of a limiter decide as exact buckets of which all must pass",
          "[limiter][bands]") {
  struct Case {
    const char* rates;
    std::vector<ExactBand> bands;
  };
  const Case kCases[] = {
      {"2/s:6, 10/10s", {{2, kSecond, 6}, {1, kSecond, 10}}},
      {"3/s:5, 100/min:20, 1000/h:50",
       {{3, kSecond, 5}, {5, 3 * kSecond, 20}, {5, 18 * kSecond, 50}}},
      {"7/5s:9, 5/5s:30", {{7, 5 * kSecond, 9}, {1, kSecond, 30}}},
  };
  for (const Case& test : kCases) {
    std::vector<int64_t> by_band(test.bands.size());
    for (unsigned seed = 0; seed < 25; ++seed) {
      CAPTURE(test.rates, seed);
      std::mt19937_64 random(seed);
      const auto below = [&](uint64_t bound) { return static_cast<int64_t>(random() % bound); };
      auto limiter = bands_of(test.rates);
      REQUIRE(limiter->bands() == test.bands.size());
      ExactBands model{test.bands};
      int64_t now = 0, passed = 0, refused = 0;
      for (int step = 0; step < 2000; ++step) {
        now += below(25) == 0 ? below(10 * kSecond) : below(kSecond / 3);
        if (below(200) == 0) now += below(1000 * kSecond);
        const std::string key(1, "ab"[below(2)]);
        const int64_t cost = below(100) == 0 ? 60 : 1 + below(4);
        CAPTURE(step, now, key, cost);
        switch (below(12)) {
          case 0: {
            int64_t most = 0;
            for (auto& band : model.bands) most = std::max(most, band.give_back(key, now, cost));
            REQUIRE(limiter->give_back_at(key, cost, now) == most);
            break;
          }
          case 1: {
            int64_t there = cost;
            for (auto& band : model.bands) there = std::min(there, band.left(key, now));
            for (auto& band : model.bands)
              if (there > 0) band.take(key, now, there);
            REQUIRE(limiter->acquire_up_to_at(key, cost, now) == there);
            there > 0 ? ++passed : ++refused;
            break;
          }
          case 2: {
            Standing standing;
            const int64_t wait = limiter->standing_at(key, now, standing);
            int64_t limit = INT64_MAX, left = INT64_MAX;
            for (auto& band : model.bands) {
              limit = std::min(limit, static_cast<int64_t>(band.burst));
              left = std::min(left, band.left(key, now));
            }
            REQUIRE(wait == static_cast<int64_t>(model.wait(key, now, 1)));
            REQUIRE(standing.limit == limit);
            REQUIRE(standing.remaining == left);
            REQUIRE(standing.reset_after == static_cast<int64_t>(model.wait(key, now, limit)));
            REQUIRE(standing.next_after ==
                    (left == limit ? 0 : static_cast<int64_t>(model.wait(key, now, left + 1))));
            break;
          }
          case 3:
            if (below(10) == 0) {
              bool was_known = false;
              for (auto& band : model.bands) was_known |= band.given.erase(key) > 0;
              if (!was_known) break;
              limiter->forget(key);
              break;
            }
            [[fallthrough]];
          default: {
            int64_t which = 0;
            const Wide wait = model.wait(key, now, cost, &which);
            REQUIRE(limiter->peek_at(key, cost, now) == static_cast<int64_t>(wait));
            REQUIRE(limiter->band_at(key, cost, now) == which);
            REQUIRE(limiter->acquire_at(key, cost, now) == static_cast<int64_t>(wait));
            if (wait == 0)
              for (auto& band : model.bands) band.take(key, now, cost);
            else
              ++by_band[static_cast<size_t>(which)];
            wait == 0 ? ++passed : ++refused;
          }
        }
        REQUIRE(limiter->allowed() == passed);
        REQUIRE(limiter->denied() == refused);
      }
      REQUIRE(limiter->faults().empty());
    }
    REQUIRE(*std::min_element(by_band.begin(), by_band.end()) > 0);
  }
}

TEST_CASE("what is charged is charged by every rate", "[limiter][bands]") {
  auto limiter = bands_of("10/s, 20/10s");
  REQUIRE(limiter->charge_at("a", 10, 0) == kSecond / 10);
  REQUIRE(limiter->charge_at("a", 15, kSecond) == kSecond / 2);  // 2 + 10 were there by the second
  REQUIRE(limiter->band_at("a", 1, kSecond) == 1);
  REQUIRE(limiter->charge_at("b", 0, 0) == 0);
  REQUIRE(limiter->charge_at("b", -1, 0) == static_cast<int64_t>(Status::kInvalidArgument));
  REQUIRE(limiter->allowed() + limiter->denied() == 0);
}

TEST_CASE("several rates of every policy", "[limiter][bands]") {
  for (const char* policy : {"sliding_window", "fixed_window", "sliding_counter"}) {
    CAPTURE(policy);
    auto limiter = bands_of("3/s, 5/min", "policy", policy);
    for (int i = 0; i < 3; ++i) REQUIRE(limiter->acquire_at("a", 1, 60 * kSecond) == 0);
    REQUIRE(limiter->acquire_at("a", 1, 60 * kSecond) > 0);
    REQUIRE(limiter->band_at("a", 1, 60 * kSecond) == 0);
    for (int i = 0; i < 2; ++i) REQUIRE(limiter->acquire_at("a", 1, 63 * kSecond) == 0);
    REQUIRE(limiter->acquire_at("a", 1, 63 * kSecond) > kSecond);
    REQUIRE(limiter->band_at("a", 1, 63 * kSecond) == 1);
    REQUIRE(limiter->give_back_at("a", 1, 63 * kSecond) == 1);
    REQUIRE(limiter->acquire_at("a", 1, 63 * kSecond) == 0);
    REQUIRE(limiter->acquire_at("a", 1, 63 * kSecond) > kSecond);
    REQUIRE(limiter->forget("a") == 1);
    REQUIRE(limiter->acquire_at("a", 3, 63 * kSecond) == 0);
    REQUIRE(limiter->faults().empty());
  }
}

TEST_CASE("a window of each rate carries what is left over up to its own burst",
          "[limiter][bands]") {
  auto limiter = bands_of("3/s:9, 20/min:30", "policy", "fixed_window");
  REQUIRE(limiter->acquire_at("a", 9, 0) == 0);
  REQUIRE(limiter->acquire_at("a", 1, 0) == kSecond);
  // Three in each second again, until the minute's 30 are spent.
  for (int i = 1; i <= 7; ++i) REQUIRE(limiter->acquire_at("a", 3, i * kSecond) == 0);
  REQUIRE(limiter->acquire_at("a", 1, 8 * kSecond) == 52 * kSecond);
  REQUIRE(limiter->band_at("a", 1, 8 * kSecond) == 1);
  REQUIRE(limiter->acquire_at("a", 9, 60 * kSecond) == 0);
  REQUIRE(limiter->standings_at("a", 60 * kSecond)[1].remaining == 11);
}

TEST_CASE("rates change while they are used, each its own tokens", "[limiter][bands]") {
  auto limiter = bands_of("10/s:100, 1000/h:200", "tokens_inheritance", "as_is");
  REQUIRE(limiter->acquire_at("a", 60, 0) == 0);  // 40 and 140 left
  Config config;
  config.set("rate", "10/s:200, 1000/h:50");
  config.set("tokens_inheritance", "as_is");
  REQUIRE(limiter->reconfigure_at(config, 0));
  const auto standings = limiter->standings_at("a", 0);
  REQUIRE(standings.size() == 2);
  REQUIRE(standings[0].limit == 200);
  REQUIRE(standings[0].remaining == 40);
  REQUIRE(standings[1].limit == 50);
  REQUIRE(standings[1].remaining == 50);
  const auto terms = *limiter->terms_of_rates();
  REQUIRE(terms.size() == 2);
  REQUIRE(terms[1].rate.count == 1000);
  REQUIRE(terms[1].burst == 50);
  for (const char* fewer : {"5/s", "5/s, 6/s, 7/s"}) {
    config.set("rate", fewer);
    auto changed = limiter->reconfigure_at(config, 0);
    REQUIRE(!changed);
    REQUIRE(changed.error().option == "rate");
  }
}

TEST_CASE("what cannot be several rates is told", "[limiter][bands]") {
  REQUIRE(why_not("1/s, 2/s, 3/s, 4/s, 5/s, 6/s, 7/s, 8/s") == "");
  for (const char* bad : {"1/s, 2/s, 3/s, 4/s, 5/s, 6/s, 7/s, 8/s, 9/s", "1/s,", ",1/s", "1/s:5",
                          "1/s:0, 2/s", "1/s:-1, 2/s", "1/s:x, 2/s", "1/s, 2e9/s", "1/s;2/s"}) {
    CAPTURE(bad);
    REQUIRE(why_not(bad).find("option 'rate' cannot be") == 0);
  }
  REQUIRE(why_not("1/s, 2/s", "burst", "5").find("option 'burst' is of one rate") == 0);
  for (const char* policy : {"sliding_window", "sliding_counter"}) {
    REQUIRE(why_not("1/s:5, 2/s", "policy", policy).find("option 'rate' cannot say a burst") == 0);
    REQUIRE(why_not("1/s, 2/s", "policy", policy) == "");
  }
  REQUIRE(why_not("1/s:5, 2/s", "policy", "fixed_window") == "");
  REQUIRE(why_not("1/h:5, 2/day", "policy", "calendar_window") == "");
  REQUIRE(why_not("1/s, 2/s", "plans", "pro=5/s").find("option 'rate' cannot be several") == 0);
  REQUIRE(why_not("1/s, 2/s", "plan_keys", "9").find("option 'rate' cannot be several") == 0);
}

TEST_CASE("a refusal names the rate", "[limiter][bands]") {
  auto limiter = bands_of("10/s, 20/10s, 30/250ms");
  REQUIRE(limiter->refusal(12 * kSecond, 1) == "over the rate limit: 20/10s; try again in 12.0 s");
  REQUIRE(limiter->refusal(12 * kSecond, 0) == "over the rate limit: 10/s; try again in 12.0 s");
  REQUIRE(limiter->refusal(12 * kSecond, 2) ==
          "over the rate limit: 30/250ms; try again in 12.0 s");
  REQUIRE(limiter->refusal(12 * kSecond) == "over the rate limit; try again in 12.0 s");
}

// No time passes, so that what is left tells what was taken.
TEST_CASE("threads take from all rates or from none", "[limiter][bands]") {
  auto limiter = bands_of("1000/d, 3000/7d");
  std::atomic<int64_t> passed{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 600; ++i) {
        const int64_t cost = 1 + t % 2;
        if (limiter->acquire_at("a", cost, 0) == 0) passed += cost;
        if (i % 7 == 0 && limiter->acquire_at("b", 1, 0) == 0) limiter->give_back_at("b", 1, 0);
      }
    });
  }
  for (auto& thread : threads) thread.join();
  const auto standings = limiter->standings_at("a", 0);
  CHECK(standings[0].remaining == 1000 - passed);
  CHECK(standings[1].remaining == 3000 - passed);
  CHECK(passed <= 1000);
  CHECK(passed > 990);
  CHECK(limiter->standings_at("b", 0)[1].remaining == 3000);
  CHECK(limiter->faults().empty());
}

}  // namespace og
