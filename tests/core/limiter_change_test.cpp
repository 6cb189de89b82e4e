// SPDX-License-Identifier: Apache-2.0
// A limiter whose rate and burst change while it is in use: figures by hand, and models that anyone
// can check.
#include <algorithm>
#include <cmath>
#include <deque>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "core/limit/limiter.h"
#include "tests/catch.h"
#include "tests/core/host_processes.h"

namespace og {
namespace {

constexpr int64_t kSecond = 1'000'000'000, kMs = 1'000'000;

using Pairs = std::vector<std::pair<std::string, std::string>>;

Config config_of(const Pairs& pairs) {
  Config config;
  for (const auto& [name, value] : pairs) config.set(name, value);
  return config;
}

std::unique_ptr<Limiter> make(Pairs pairs) {
  pairs.emplace_back("keys", "64");
  auto made = Limiter::create(config_of(pairs), make_manual_clock(0));
  if (!made) FAIL(made.error().message);
  return std::move(*made);
}

void change(Limiter& limiter, int64_t now, const Pairs& pairs) {
  const auto changed = limiter.reconfigure_at(config_of(pairs), now);
  if (!changed) FAIL(changed.error().message);
}

int64_t left(Limiter& limiter, const char* key, int64_t now) {
  Standing standing;
  limiter.acquire_detailed_at(key, 0, now, standing);
  return standing.remaining;
}

Error refusal(Limiter& limiter, const Pairs& pairs) {
  auto refused = limiter.reconfigure_at(config_of(pairs), 0);
  REQUIRE_FALSE(refused);
  return refused.error();
}

}  // namespace

TEST_CASE("limiter change: of 100 with 40 left, by each rule") {
  struct Row {
    const char* rule;
    int64_t of_200, of_20;
  };
  const int64_t at = GENERATE(int64_t{0}, 5 * kSecond + 7, int64_t{90} * 365 * 86400 * kSecond);
  for (const Row& row : {Row{"proportional", 80, 8}, Row{"as_is", 40, 20}, Row{"additive", 140, 20},
                         Row{"reset", 200, 20}}) {
    INFO(row.rule);
    for (const bool grows : {true, false}) {
      auto limiter = make({{"rate", "100/s"}});
      REQUIRE(limiter->acquire_at("a", 60, at) == 0);
      change(*limiter, at, {{"rate", grows ? "200/s" : "20/s"}, {"tokens_inheritance", row.rule}});
      const int64_t expected = grows ? row.of_200 : row.of_20;
      CHECK(limiter->peek_at("a", expected, at) == 0);
      CHECK(limiter->peek_at("a", expected + 1, at) > 0);
      CHECK(left(*limiter, "a", at) == expected);
      CHECK(left(*limiter, "new", at) == (grows ? 200 : 20));
      CHECK(limiter->acquire_at("a", expected, at) == 0);
      CHECK(limiter->acquire_at("a", 1, at) == kSecond / (grows ? 200 : 20));
    }
  }
}

TEST_CASE("limiter change: a burst alone, and a rate alone") {
  auto limiter = make({{"rate", "100/s"}, {"burst", "100"}});
  REQUIRE(limiter->acquire_at("a", 60, 0) == 0);
  change(*limiter, 0, {{"rate", "10/s"}});
  CHECK(left(*limiter, "a", 0) == 40);
  CHECK(limiter->peek_at("a", 41, 0) == 100 * kMs);
  change(*limiter, 0, {{"burst", "50"}});
  CHECK(left(*limiter, "a", 0) == 20);
  CHECK(left(*limiter, "a", kSecond) == 30);
  change(*limiter, kSecond, {{"burst", "0"}});  // the rate's count
  CHECK(left(*limiter, "a", kSecond) == 6);
}

TEST_CASE("limiter change: all who share it follow with their next call, and their keys stay") {
  test::SegmentName name;
  auto segment = test::attach(name.settings(64 << 20));
  const Config config = config_of({{"rate", "100/s"}, {"keys", "64"}});
  auto one = *Limiter::create(config, make_manual_clock(0), Place(segment, "logins"));
  auto other = *Limiter::create(config, make_manual_clock(0), Place(segment, "logins"));
  REQUIRE(one->acquire("a", 60) == 0);
  REQUIRE(other->reconfigure(config_of({{"rate", "200/s"}})));
  CHECK(one->peek("a", 80) == 0);
  CHECK(one->peek("a", 81) == 5 * kMs);
  CHECK(segment->objects()[0].options == "rate=200/1s keys=64");
  auto third = *Limiter::create(config, make_manual_clock(0), Place(segment, "logins"));
  CHECK(third->peek("a", 81) == 5 * kMs);
  REQUIRE(third->reconfigure(config_of({{"rate", "200/s"}})));  // as it is: nothing
  CHECK(one->peek("a", 81) == 5 * kMs);
  CHECK(one->faults().empty());
}

TEST_CASE("limiter change: who replaces says what becomes of the tokens, as reconfigure does") {
  struct Row {
    const char* rule;
    int64_t left;
  };
  for (const Row& row :
       {Row{"proportional", 80}, Row{"as_is", 40}, Row{"additive", 140}, Row{"reset", 200}}) {
    INFO(row.rule);
    test::SegmentName name;
    auto segment = test::attach(name.settings(64 << 20));
    const auto make = [&](Pairs pairs) {
      pairs.emplace_back("keys", "64");
      auto made = Limiter::create(config_of(pairs), make_manual_clock(0), Place(segment, "logins"));
      if (!made) FAIL(made.error().message);
      return std::move(*made);
    };
    auto one = make({{"rate", "100/s"}});
    REQUIRE(one->acquire("a", 60) == 0);
    const Pairs replacing = {
        {"rate", "200/s"}, {"on_mismatch", "replace"}, {"tokens_inheritance", row.rule}};
    auto other = make(replacing);
    CHECK(left(*one, "a", 0) == row.left);
    CHECK(segment->objects()[0].options == "rate=200/1s keys=64");
    CHECK(segment->differences().empty());
    REQUIRE(one->acquire("a", 10) == 0);
    auto third = make(replacing);  // as it is: no change, and so nothing to inherit
    CHECK(left(*third, "a", 0) == row.left - 10);
  }
}

TEST_CASE("limiter change: a sliding window is replaced as it is changed, or refuses by name") {
  test::SegmentName name;
  auto segment = test::attach(name.settings(64 << 20));
  const auto make = [&](Pairs pairs) {
    pairs.emplace_back("policy", "sliding_window");
    pairs.emplace_back("keys", "64");
    pairs.emplace_back("on_mismatch", "replace");
    return Limiter::create(config_of(pairs), make_manual_clock(0), Place(segment, "logins"));
  };
  auto one = *make({{"rate", "5/s"}});
  REQUIRE(one->acquire("a", 3) == 0);
  REQUIRE(make({{"rate", "4/s"}}));
  CHECK(left(*one, "a", 0) == 1);
  const auto refused = make({{"rate", "3/s"}, {"tokens_inheritance", "as_is"}});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().option == "tokens_inheritance");
  CHECK(left(*one, "a", 0) == 1);
  REQUIRE(make({{"rate", "3/s"}, {"tokens_inheritance", "reset"}}));
  CHECK(left(*one, "a", 0) == 3);
}

TEST_CASE("limiter change: one that nobody uses takes the options of the first who comes") {
  test::SegmentName name;
  const ClockPtr clock = make_manual_clock(0);
  const auto make = [&](const std::shared_ptr<Segment>& segment, Pairs pairs) {
    pairs.emplace_back("keys", "64");
    auto made = Limiter::create(config_of(pairs), clock, Place(segment, "logins"));
    if (!made) FAIL(made.error().message);
    return std::move(*made);
  };
  const auto attach = [&] { return test::attach(name.settings(64 << 20)); };
  REQUIRE(make(attach(), {{"rate", "100/s"}})->acquire("a", 60) == 0);
  {
    const auto segment = attach();
    auto first = make(segment, {{"rate", "200/s"}});  // in proportion
    CHECK(left(*first, "a", 0) == 80);
    auto second = make(segment, {{"rate", "300/s"}});  // it is in use: adopts
    CHECK(left(*second, "a", 0) == 80);
    CHECK(segment->differences().size() == 1);
  }
  const auto segment = attach();
  auto first = make(segment, {{"rate", "20/s"}, {"tokens_inheritance", "as_is"}});
  CHECK(left(*first, "a", 0) == 20);
  CHECK(left(*first, "new", 0) == 20);
  CHECK(segment->objects()[0].options == "rate=20/1s keys=64");
}

TEST_CASE("limiter change: an option that cannot change is named") {
  auto limiter = make({{"rate", "100/s"}});
  CHECK(refusal(*limiter, {{"policy", "sliding_window"}}).message ==
        "option 'policy' cannot become sliding_window while the limiter is in use: it is "
        "token_bucket");
  CHECK(refusal(*limiter, {{"keys", "65"}}).option == "keys");
  CHECK(refusal(*limiter, {{"when_full", "allow"}}).option == "when_full");
  CHECK(refusal(*limiter, {{"seed", "1"}}).option == "seed");
  CHECK(refusal(*limiter, {{"rates", "1/s"}}).option == "rates");
  CHECK(refusal(*limiter, {{"rate", "0/s"}}).option == "rate");
  CHECK(refusal(*limiter, {{"tokens_inheritance", "double"}}).option == "tokens_inheritance");
  CHECK(refusal(*limiter, {{"rate", "1/d"}, {"burst", "1000000000000"}}).option == "burst");
  CHECK(left(*limiter, "a", 0) == 100);
}

TEST_CASE("limiter change: a sliding window's log is kept, or forgotten, and has its length") {
  auto limiter = make({{"rate", "100/s"}, {"policy", "sliding_window"}});
  const Error grows = refusal(*limiter, {{"rate", "101/s"}});
  CHECK(grows.option == "rate");
  CHECK(grows.message ==
        "option 'rate' cannot become 101 events in its period while the limiter is in use: "
        "sliding_window was made with room for 100, and with window_events it is made with more");
  CHECK(refusal(*limiter, {{"rate", "50/s"}, {"tokens_inheritance", "as_is"}}).option ==
        "tokens_inheritance");
  REQUIRE(limiter->acquire_at("a", 60, 0) == 0);
  change(*limiter, 0, {{"rate", "80/s"}});
  CHECK(left(*limiter, "a", 0) == 20);
  change(*limiter, 0, {{"rate", "20/s"}});
  CHECK(left(*limiter, "a", 0) == 0);
  CHECK(limiter->acquire_at("a", 1, kMs) == kSecond - kMs);
  change(*limiter, kMs, {{"rate", "100/min"}});
  CHECK(left(*limiter, "a", kMs) == 40);
  CHECK(limiter->acquire_at("a", 40, 30 * kSecond) == 0);
  CHECK(limiter->acquire_at("a", 1, 30 * kSecond) == 30 * kSecond);
  change(*limiter, 30 * kSecond, {{"tokens_inheritance", "reset"}});
  CHECK(left(*limiter, "a", 30 * kSecond) == 100);
  CHECK(limiter->acquire_at("a", 100, 30 * kSecond) == 0);
  CHECK(limiter->acquire_at("a", 1, 30 * kSecond) == 60 * kSecond);
  CHECK(limiter->acquire_at("a", 100, 90 * kSecond) == 0);
}

TEST_CASE("limiter change: a sliding window is raised within the room that it was made with") {
  auto limiter = make({{"rate", "100/s"}, {"policy", "sliding_window"}, {"window_events", "250"}});
  const int64_t bytes = limiter->memory_bytes();
  REQUIRE(limiter->acquire_at("a", 100, 0) == 0);
  CHECK(limiter->acquire_at("a", 1, 0) == kSecond);
  change(*limiter, 0, {{"rate", "250/s"}});
  CHECK(left(*limiter, "a", 0) == 150);
  CHECK(limiter->acquire_at("a", 150, kMs) == 0);
  CHECK(limiter->acquire_at("a", 1, kMs) == kSecond - kMs);
  CHECK(limiter->acquire_at("a", 250, kMs) == kSecond);
  CHECK(limiter->acquire_at("a", 251, kMs) == kNeverPasses);
  CHECK(refusal(*limiter, {{"rate", "251/s"}}).option == "rate");
  CHECK(refusal(*limiter, {{"window_events", "300"}}).option == "window_events");
  change(*limiter, kMs, {{"rate", "150/s"}});
  CHECK(limiter->acquire_at("a", 1, kSecond) == kMs);  // 250 are in the window: 100 have to leave
  CHECK(limiter->acquire_at("a", 150, kSecond + kMs) == 0);
  CHECK(limiter->memory_bytes() == bytes);
  CHECK(limiter->faults().empty());
  const auto bucket =
      Limiter::create(config_of({{"rate", "100/s"}, {"window_events", "3"}}), make_manual_clock(0));
  REQUIRE_FALSE(bucket);
  CHECK(bucket.error().option == "window_events");
  auto least = make({{"rate", "100/s"}, {"policy", "sliding_window"}, {"window_events", "3"}});
  CHECK(left(*least, "a", 0) == 100);  // it is room, and no limit
}

TEST_CASE("limiter change: a longer window does not bring back what had left the shorter one") {
  auto limiter = make({{"rate", "10/s"}, {"policy", "sliding_window"}});
  REQUIRE(limiter->acquire_at("a", 10, 0) == 0);
  REQUIRE(limiter->acquire_at("a", 4, 2 * kSecond) == 0);
  change(*limiter, 2 * kSecond, {{"rate", "10/min"}});
  CHECK(left(*limiter, "a", 2 * kSecond) == 6);
}

TEST_CASE("limiter change: before the first decision, and as of a time before it") {
  auto limiter = make({{"rate", "100/s"}});
  change(*limiter, 5 * kSecond, {{"rate", "10/s"}});
  CHECK(limiter->acquire_at("a", 10, 5 * kSecond) == 0);
  CHECK(limiter->acquire_at("a", 1, 5 * kSecond) == 100 * kMs);
  change(*limiter, 3 * kSecond, {{"rate", "20/s"}});  // as at 5 s
  CHECK(limiter->acquire_at("a", 1, 5 * kSecond) == 50 * kMs);
  CHECK(limiter->acquire_at("a", 1, 4 * kSecond) == kSecond + 50 * kMs);
}

TEST_CASE("limiter change: so many changes, and then a refusal") {
  auto limiter = make({{"rate", "1000/30d"}});
  int changes = 0;
  while (limiter->reconfigure_at(config_of({{"rate", changes % 2 ? "1000/30d" : "999/30d"}}), 0))
    REQUIRE(++changes < 1000);
  CHECK(changes > 30);
  CHECK(left(*limiter, "a", 0) > 0);
  auto seconds = make({{"rate", "100/s"}});
  for (int i = 0; i < 10'000; ++i) change(*seconds, 0, {{"rate", i % 2 ? "100/s" : "200/s"}});
  CHECK(left(*seconds, "a", 0) == 100);
}

namespace {

// What a bucket lacks of being full, in tokens.
struct Bucket {
  long double owed = 0;
  int64_t seen = 0;
};
struct Configuration {
  long double per_ns;
  int64_t burst;
  std::string rate;
};

struct Bench {
  std::mt19937_64 random;
  int64_t draw(int64_t below) {
    return static_cast<int64_t>(random() % static_cast<uint64_t>(below));
  }
  Configuration configuration() {
    static constexpr std::pair<const char*, long double> kPeriods[] = {
        {"s", 1e9L}, {"250ms", 25e7L}, {"min", 6e10L}};
    const auto& [period, ns] = kPeriods[draw(3)];
    const int64_t count = 1 + draw(20);
    return {count / ns, 1 + draw(30), std::to_string(count) + "/" + period};
  }
};

}  // namespace

TEST_CASE("limiter change: decides as fractions do, through changes of every kind") {
  static constexpr const char* kRules[] = {"proportional", "as_is", "additive", "reset"};
  int64_t passed = 0, denied = 0, early = 0, late = 0;
  for (int seed = 1; seed <= 40; ++seed) {
    Bench bench{std::mt19937_64(seed)};
    Configuration is = bench.configuration();
    auto limiter = make({{"rate", is.rate}, {"burst", std::to_string(is.burst)}});
    std::map<std::string, Bucket> model;
    int64_t now = 0;
    limiter->acquire_at("start", 1, 0);
    for (int step = 0; step < 3000; ++step) {
      now += bench.draw(static_cast<int64_t>(1 / is.per_ns) + 1) / 2;
      auto refill = [&](Bucket& bucket) {
        bucket.owed = std::max(0.0L, bucket.owed - (now - bucket.seen) * is.per_ns);
        bucket.seen = now;
      };
      if (bench.draw(40) == 0) {
        const Configuration to = bench.configuration();
        const int64_t rule = bench.draw(4);
        change(*limiter, now,
               {{"rate", to.rate},
                {"burst", std::to_string(to.burst)},
                {"tokens_inheritance", kRules[rule]}});
        for (auto& [key, bucket] : model) {
          refill(bucket);
          const long double tokens = is.burst - bucket.owed;
          if (bucket.owed <= 0 || rule == 3) {
            bucket.owed = 0;
          } else if (rule == 0) {
            bucket.owed *= static_cast<long double>(to.burst) / is.burst;
          } else {
            const long double grant = rule == 2 ? std::max<int64_t>(0, to.burst - is.burst) : 0;
            bucket.owed = to.burst - std::min<long double>(to.burst, tokens + grant);
          }
        }
        is = to;
      }
      const std::string key(1, static_cast<char>('a' + bench.draw(4)));
      const int64_t cost = bench.draw(4) ? 1 : 1 + bench.draw(is.burst);
      Bucket& bucket = model.try_emplace(key, Bucket{0, now}).first->second;
      refill(bucket);
      const long double wait = std::max(0.0L, (bucket.owed + cost - is.burst) / is.per_ns);
      const int64_t got = limiter->acquire_at(key, cost, now);
      // A change rounds up by a unit at most, which may be 1e-8 of a small bucket.
      const long double unit = 1e-7L * is.burst / is.per_ns;
      early += got < std::ceil(wait - 0.5L);
      late += got > std::ceil(wait + 2 + unit);
      if (got == 0) bucket.owed += cost;
      ++(got == 0 ? passed : denied);
    }
    CHECK(limiter->faults().empty());
  }
  CHECK(early == 0);
  CHECK(late == 0);
  CHECK(passed > 10'000);
  CHECK(denied > 10'000);
}

TEST_CASE("limiter change: a window decides as a list of times does, through changes") {
  int64_t wrong = 0, passed = 0, denied = 0;
  for (int seed = 1; seed <= 40; ++seed) {
    Bench bench{std::mt19937_64(seed)};
    auto rate = [](int64_t count, int64_t ms) {
      return std::to_string(count) + "/" + std::to_string(ms) + "ms";
    };
    int64_t limit = 20, window = 1000 * kMs, line = -1, latest_change = 0;
    auto limiter =
        seed % 2
            ? make({{"rate", rate(20, 1000)}, {"policy", "sliding_window"}})
            : make(
                  {{"rate", rate(1, 1000)}, {"policy", "sliding_window"}, {"window_events", "20"}});
    if (seed % 2 == 0) change(*limiter, 0, {{"rate", rate(20, 1000)}});
    limiter->acquire_at("start", 1, 0);
    std::map<std::string, std::deque<int64_t>> logs;
    int64_t now = 0;
    for (int step = 0; step < 3000; ++step) {
      now += bench.draw(2 * window / limit);
      if (bench.draw(40) == 0) {
        const bool reset = bench.draw(4) == 0;
        line = std::max(line, reset ? now : now - window);
        limit = 1 + bench.draw(20);
        window = (1 + bench.draw(2000)) * kMs;
        change(*limiter, now,
               {{"rate", rate(limit, window / kMs)},
                {"tokens_inheritance", reset ? "reset" : "proportional"}});
        if (reset) ++now;  // what passes at the same time counts
        latest_change = now;
      }
      const std::string key(1, static_cast<char>('a' + bench.draw(3)));
      const int64_t cost = bench.draw(4) ? 1 : 1 + bench.draw(limit);
      auto& log = logs[key];
      std::vector<int64_t> within;
      for (int64_t time : log)
        if (time + window > now && time > line) within.push_back(time);
      const auto over = static_cast<int64_t>(within.size()) + cost - limit;
      const int64_t wait = over > 0 ? within[static_cast<size_t>(over - 1)] + window - now : 0;
      const int64_t got = limiter->acquire_at(key, cost, now);
      wrong += got != wait;
      if (got == 0) log.insert(log.end(), static_cast<size_t>(cost), now);
      ++(got == 0 ? passed : denied);
    }
    CHECK(latest_change > 0);
    CHECK(limiter->faults().empty());
  }
  CHECK(wrong == 0);
  CHECK(passed > 10'000);
  CHECK(denied > 10'000);
}

// Keys come and go in a table that is too small for them: what is forgotten is never what was used.
TEST_CASE("limiter change: whichever keys make room, no key passes more than the greater bound") {
  auto limiter = make({{"rate", "3/s"}});
  std::mt19937_64 random(7);
  std::map<std::string, Bucket> model;  // of the greater rate and burst
  int64_t over = 0, passed = 0, now = 0;
  for (int step = 0; step < 60'000; ++step) {
    now += static_cast<int64_t>(random() % (kSecond / 100));
    if (random() % 100 == 0)
      change(*limiter, now,
             {{"rate", step % 2 ? "3/s" : "6/s"},
              {"tokens_inheritance", random() % 2 ? "additive" : "proportional"}});
    const std::string key = std::to_string(std::min(random() % 600, random() % 600));
    if (limiter->acquire_at(key, 1, now) != 0) continue;
    ++passed;
    Bucket& bucket = model.try_emplace(key, Bucket{0, now}).first->second;
    bucket.owed = std::max(0.0L, bucket.owed - (now - bucket.seen) * 6e-9L) + 1;
    bucket.seen = now;
    over += bucket.owed > 6 + 1e-6L;
  }
  CHECK(over == 0);
  CHECK(passed > 1000);
  CHECK(limiter->evictions() > 100);
}

}  // namespace og
