// SPDX-License-Identifier: Apache-2.0
// Fixed windows and two-counter windows against their models, and against the exact log.
#include <algorithm>
#include <map>
#include <string>

#include "tests/core/window_models.h"

namespace og {
namespace {

using namespace test;
using Wide = __int128;

constexpr int64_t kNineYears = int64_t{9} * 365 * 86'400 * kSecond;

struct Case {
  int64_t count, period;
};

// How many requests were from before the latest window of their key.
template <class Model>
int64_t decides_as(const std::string& policy, const Case& c, int64_t begin) {
  INFO(policy << ' ' << text_of(c.count, c.period) << " from " << begin);
  auto limiter = make_limiter(policy, text_of(c.count, c.period));
  limiter->acquire_at("start", 1, begin);
  std::map<std::string, Model> models;
  // As often as not a request more than there is room for; some windows stay empty.
  Schedule schedule{std::mt19937_64(static_cast<uint64_t>(c.count)), begin, c.period / c.count + 1};
  const int64_t decisions = std::min<int64_t>(30'000, kNineYears / (2 * schedule.step));
  int64_t wrong = 0, passed = 0, denied = 0, late = 0;
  for (int64_t i = decisions; i > 0; --i) {
    if (schedule.draw(500) == 0) schedule.now += schedule.draw(3) * c.period;
    if (schedule.draw(200) == 0) schedule.now += c.period - schedule.now % c.period;
    const std::string key(1, static_cast<char>('a' + schedule.draw(3)));
    const int64_t cost = schedule.draw(4) ? 1 : 1 + schedule.draw(c.count);
    const int64_t now = schedule.next();
    auto [found, is_new] = models.try_emplace(key);
    Model& model = found->second;
    if (is_new) model = Model{{c.count, c.period, begin}};
    const int64_t wait = model.wait(now, cost);
    late += now >= begin && model.counted_at(now) > now;
    wrong += limiter->peek_at(key, cost, now) != wait;
    Standing standing;
    wrong += limiter->acquire_detailed_at(key, cost, now, standing) != wait;
    if (wait == 0) model.take(now, cost);
    wrong += standing.limit != c.count;
    wrong += standing.remaining != std::max<int64_t>(0, c.count - model.used(now));
    const int64_t all = model.used(now) == 0 ? 0 : std::max<int64_t>(0, model.idle_after(now));
    wrong += standing.reset_after != all;
    wrong += standing.next_after != (all == 0 ? 0 : model.wait(now, standing.remaining + 1));
    if (wait > 0) wrong += limiter->peek_at(key, cost, now + wait) != 0;
    if (wait > 1) wrong += limiter->peek_at(key, cost, now + wait - 1) == 0;
    ++(wait == 0 ? passed : denied);
    while (model.passed.size() > 3) model.passed.erase(model.passed.begin());
  }
  CHECK(wrong == 0);
  CHECK(passed > decisions / 20);
  CHECK(denied > decisions / 50);
  return late;
}

constexpr Case kCases[] = {
    {1, 86'400 * kSecond},   {7, kSecond}, {100, kSecond},     {1000, 60 * kSecond},
    {5, kSecond / 4},        {3, 7},       {126'000, kSecond}, {999'983, 3600 * kSecond},
    {1, 1'000'003 * kSecond}};

}  // namespace

TEST_CASE("limiter windows: a fixed window decides as a table of counts does") {
  const int64_t begin = GENERATE(int64_t{0}, 1'764'000'000 * kSecond + 123'456'789);
  int64_t late = decides_as<FixedModel>("fixed_window", {1'000'000'000, kSecond}, begin);
  for (const Case& c : kCases) late += decides_as<FixedModel>("fixed_window", c, begin);
  CHECK(late > 100);
}

TEST_CASE("limiter windows: two counters decide as the formula in fractions does") {
  const int64_t begin = GENERATE(int64_t{0}, 1'764'000'000 * kSecond + 123'456'789);
  int64_t late = 0;
  for (const Case& c : kCases) late += decides_as<CounterModel>("sliding_counter", c, begin);
  CHECK(late > 100);
}

// Against the exact log over all that passed. Of the window before, x are in the last period; two
// counters take them for previous * (period - elapsed) / period.
TEST_CASE("limiter windows: two counters err against the exact log within the bounds stated") {
  constexpr int64_t kCount = 20, kPeriod = 1000;
  int64_t beyond = 0, more_than_log = 0, less_than_log = 0, most = 0;
  for (int seed = 1; seed <= 60; ++seed) {
    std::mt19937_64 random(static_cast<uint64_t>(seed));
    auto counter = make_limiter("sliding_counter", text_of(kCount, kPeriod));
    auto log =
        make_limiter("sliding_window", text_of(2 * kCount, kPeriod));  // holds whatever passed
    CounterModel model{{kCount, kPeriod, 0}};
    counter->acquire_at("start", 1, 0);
    log->acquire_at("start", 1, 0);
    int64_t now = 0;
    for (int i = 0; i < 3000; ++i) {
      // In crowds: at the ends of windows, at their beginnings, evenly.
      const int64_t to_end = kPeriod - 1 - now % kPeriod;
      switch (random() % 8) {
        case 0:
          now += to_end;
          break;
        case 1:
          now += to_end + 1;
          break;
        case 2:
          now += static_cast<int64_t>(random() % 120);
          break;
        default:
          break;
      }
      const bool passed = counter->acquire_at("k", 1, now) == 0;
      Standing standing;
      REQUIRE(log->acquire_detailed_at("k", passed ? 1 : 0, now, standing) == 0);
      if (passed) model.take(now, 1);
      const int64_t in_log = standing.limit - standing.remaining, elapsed = now % kPeriod;
      const int64_t previous = model.in(now / kPeriod - 1);
      const Wide error = model.weight(now) - Wide{in_log} * kPeriod;  // times the period
      beyond += error < -Wide{previous} * elapsed;
      beyond += error > Wide{previous} * (kPeriod - elapsed);
      most = std::max(most, in_log);
      more_than_log += passed && in_log > kCount;
      less_than_log += !passed && in_log < kCount;
    }
  }
  CHECK(beyond == 0);
  CHECK(most <= 2 * kCount - 1);
  CHECK(more_than_log > 50);
  CHECK(less_than_log > 100);
}

TEST_CASE("limiter windows: the worst of two counters is twice the count less one in a period") {
  for (const int64_t count : {1, 2, 20, 1000}) {
    INFO(count);
    constexpr int64_t kPeriod = kSecond;
    auto counter = make_limiter("sliding_counter", text_of(count, kPeriod));
    auto log = make_limiter("sliding_window", text_of(2 * count, kPeriod));
    counter->acquire_at("start", 1, 0);
    log->acquire_at("start", 1, 0);
    const auto pass = [&](int64_t now) {
      int64_t passed = 0;
      while (counter->acquire_at("k", 1, now) == 0) {
        REQUIRE(log->acquire_at("k", 1, now) == 0);
        ++passed;
      }
      return passed;
    };
    CHECK(pass(kPeriod - 1) == count);
    CHECK(pass(2 * kPeriod - 2) == count - 1);
    Standing standing;
    REQUIRE(log->acquire_detailed_at("k", 0, 2 * kPeriod - 2, standing) == 0);
    CHECK(standing.limit - standing.remaining == 2 * count - 1);
  }
  // And of the other kind: all that the log has let go still counts, and then ever less.
  auto counter = make_limiter("sliding_counter", "1000/s");
  auto log = make_limiter("sliding_window", "1000/s");
  for (auto* limiter : {counter.get(), log.get()}) REQUIRE(limiter->acquire_at("k", 1000, 0) == 0);
  CHECK(log->peek_at("k", 1000, kSecond) == 0);
  CHECK(counter->peek_at("k", 1, kSecond) == kMs);
  CHECK(counter->peek_at("k", 500, kSecond) == 500 * kMs);
  CHECK(counter->peek_at("k", 1000, kSecond) == kSecond);
}

TEST_CASE("limiter windows: a fixed window lets twice the count through about its end, no more") {
  auto limiter = make_limiter("fixed_window", "100/s");
  limiter->acquire_at("start", 1, 0);
  CHECK(limiter->acquire_at("k", 100, kSecond - 1) == 0);
  CHECK(limiter->acquire_at("k", 1, kSecond - 1) == 1);
  CHECK(limiter->acquire_at("k", 100, kSecond) == 0);
  CHECK(limiter->acquire_at("k", 1, kSecond) == kSecond);
  CHECK(limiter->acquire_at("k", 101, kSecond) == kNeverPasses);
}

// Windows of one period begin at the same times wherever a limiter's first decision was.
TEST_CASE("limiter windows: begin at whole periods of the clock") {
  const int64_t midnight = int64_t{20'000} * 86'400 * kSecond;  // UTC
  for (const char* policy : {"fixed_window", "sliding_counter"}) {
    for (const int64_t first : {int64_t{1}, 7 * kSecond, 86'399 * kSecond}) {
      auto limiter = make_limiter(policy, "3/d");
      REQUIRE(limiter->acquire_at("k", 3, midnight + first) == 0);
      const int64_t wait = limiter->acquire_at("k", 1, midnight + first);
      const int64_t day = 86'400 * kSecond;
      CHECK(wait == day - first + (policy[0] == 'f' ? 0 : day / 3));
    }
  }
}

// Far more keys than cells: forgetting a key may deny what the model allows, never the other way.
template <class Model>
static void keeps_bounds(const char* policy) {
  INFO(policy);
  auto limiter = make_limiter(policy, "3/s", 8);
  limiter->acquire_at("start", 1, 0);
  std::map<int64_t, Model> models;
  Schedule schedule{std::mt19937_64(8), 0, kSecond / 60};
  int64_t over = 0, passed = 0;
  for (int i = 0; i < 60'000; ++i) {
    const int64_t id = std::min(schedule.draw(400), schedule.draw(400));
    const int64_t now = schedule.next();
    if (limiter->acquire_at(std::to_string(id), 1, now) != 0) continue;
    ++passed;
    Model& model = models.try_emplace(id, Model{{3, kSecond, 0}}).first->second;
    over += model.wait(now, 1) != 0;
    model.take(now, 1);
  }
  CHECK(over == 0);
  CHECK(passed > 1000);
  CHECK(limiter->evictions() > 100);
  CHECK(limiter->crowded_out() > 0);
  CHECK(limiter->faults().empty());
}

TEST_CASE("limiter windows: no key passes more than its bound, whichever keys make room for it") {
  keeps_bounds<FixedModel>("fixed_window");
  keeps_bounds<CounterModel>("sliding_counter");
}

}  // namespace og
