// SPDX-License-Identifier: Apache-2.0
// Windows that keep what earlier ones left, up to a burst, against a bucket that is refilled window
// by window; of the clock and of a calendar, in which UTC's windows are as long as each other.
#include <map>
#include <optional>
#include <string>

#include "tests/core/window_models.h"

namespace og {
namespace {

using namespace test;

constexpr int64_t kDay = 86'400 * kSecond;

// Tokens as of a window. A request from before it finds as many less as have come since, and counts
// in the first window in which nothing would be lacking.
struct RefillModel {
  int64_t count, capacity, period, phase;  // ns: where windows begin before the clock's zero
  std::optional<int64_t> window{};
  int64_t tokens = 0;

  int64_t window_of(int64_t now) const { return (now + phase) / period; }
  int64_t begin_of(int64_t w) const { return w * period - phase; }

  struct Seen {
    int64_t window, tokens;
  };
  Seen at(int64_t w) const {
    if (!window) return {w, capacity};
    Seen seen{*window, tokens};
    for (; seen.window < w && seen.tokens < capacity; ++seen.window)
      seen.tokens = std::min(capacity, seen.tokens + count);
    if (seen.window < w) return {w, capacity};
    for (; seen.window > w && seen.tokens >= count; --seen.window) seen.tokens -= count;
    return seen;
  }
  int64_t left(int64_t now) const { return at(window_of(now)).tokens; }
  int64_t wait(int64_t now, int64_t cost) const {
    Seen seen = at(window_of(now));
    if (cost <= seen.tokens) return 0;
    while (seen.tokens < cost) seen = {seen.window + 1, std::min(capacity, seen.tokens + count)};
    return begin_of(seen.window) - now;
  }
  void take(int64_t now, int64_t cost) {
    const Seen seen = at(window_of(now));
    window = seen.window;
    tokens = seen.tokens - cost;
  }
};

struct Case {
  const char* policy;
  const char* per;
  int64_t period, phase, count, burst;
};

void follows(const Case& c, int64_t begin) {
  INFO(c.policy << ' ' << c.count << '/' << c.per << " burst " << c.burst << " from " << begin);
  Config config;
  config.set("policy", c.policy);
  config.set("rate", std::to_string(c.count) + "/" + c.per);
  config.set_int("burst", c.burst);
  config.set_int("keys", 64);
  auto made = Limiter::create(config, make_manual_clock(0));
  if (!made) FAIL(made.error().message);
  auto& limiter = **made;
  limiter.acquire_at("start", 1, begin);
  std::map<std::string, RefillModel> models;
  Schedule schedule{std::mt19937_64(static_cast<uint64_t>(c.burst)), begin,
                    2 * c.period / c.burst + c.period / 7 + 1};
  const int64_t decisions =
      std::min<int64_t>(20'000, int64_t{8} * 365 * kDay / (3 * schedule.step));
  int64_t wrong = 0, passed = 0, denied = 0, back = 0, late = 0;
  for (int64_t i = decisions; i > 0; --i) {
    if (schedule.draw(60) == 0) schedule.now += schedule.draw(4) * c.period;
    if (schedule.draw(30) == 0)
      schedule.now += c.period - (schedule.now + c.phase) % c.period - schedule.draw(2);
    const std::string key(1, static_cast<char>('a' + schedule.draw(3)));
    const int64_t cost = schedule.draw(4) ? 1 : 1 + schedule.draw(c.burst);
    const int64_t now = std::max(begin, schedule.next());
    RefillModel& model =
        models.try_emplace(key, RefillModel{c.count, c.burst, c.period, c.phase}).first->second;
    late += model.window && model.window_of(now) < *model.window;
    const int64_t wait = model.wait(now, cost);
    wrong += limiter.peek_at(key, cost, now) != wait;
    Standing standing;
    wrong += limiter.acquire_detailed_at(key, cost, now, standing) != wait;
    if (wait == 0) model.take(now, cost);
    const int64_t left = model.left(now);
    wrong += standing.limit != c.burst || standing.remaining != left;
    wrong += standing.reset_after != model.wait(now, c.burst);
    wrong += standing.next_after != (left == c.burst ? 0 : model.wait(now, left + 1));
    ++(wait == 0 ? passed : denied);
    // What was just taken in full is as never taken.
    if (wait == 0 && schedule.draw(5) == 0 &&
        model.at(model.window_of(now)).window == *model.window) {
      const int64_t given = limiter.give_back_at(key, cost, now);
      wrong += given != cost;
      model.tokens += given;
      wrong += limiter.acquire_detailed_at(key, 0, now, standing) != 0;
      wrong += standing.remaining != model.left(now);
      ++back;
    }
  }
  CHECK(wrong == 0);
  CHECK(passed > decisions / 20);
  CHECK(denied > decisions / 50);
  CHECK(back > 0);
  CHECK(late > 0);
}

}  // namespace

TEST_CASE("limiter refill: windows of the clock add up to a burst, as a bucket does by windows") {
  const int64_t begin = GENERATE(int64_t{0}, 1'764'000'000 * kSecond + 123'456'789);
  for (const Case& c : {Case{"fixed_window", "s", kSecond, 0, 100, 250},
                        {"fixed_window", "min", 60 * kSecond, 0, 7, 7},
                        {"fixed_window", "7ns", 7, 0, 3, 20},
                        {"fixed_window", "250ms", kSecond / 4, 0, 5, 3},
                        {"fixed_window", "s", kSecond, 0, 1, 40}})
    follows(c, begin);
}

TEST_CASE("limiter refill: days, weeks and hours of UTC decide as windows of their length do") {
  const int64_t begin = GENERATE(int64_t{0}, 1'764'000'000 * kSecond + 123'456'789);
  for (const Case& c : {Case{"calendar_window", "hour", kDay / 24, 0, 100, 100},
                        {"calendar_window", "hour", kDay / 24, 0, 10, 45},
                        {"calendar_window", "day", kDay, 0, 3, 3},
                        {"calendar_window", "day", kDay, 0, 50, 120},
                        {"calendar_window", "week", 7 * kDay, 3 * kDay, 20, 20}})
    follows(c, begin);
}

}  // namespace og
