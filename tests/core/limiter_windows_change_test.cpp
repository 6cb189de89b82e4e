// SPDX-License-Identifier: Apache-2.0
// Fixed windows and two-counter windows whose count and period change while they are in use.
#include <string>
#include <vector>

#include "tests/core/host_processes.h"
#include "tests/core/window_models.h"

namespace og {
namespace {

using namespace test;

constexpr const char* kRules[] = {"proportional", "as_is", "additive", "reset"};

void change(Limiter& limiter, int64_t now, const std::string& rate, const char* rule) {
  Config config;
  config.set("rate", rate);
  config.set("tokens_inheritance", rule);
  const auto changed = limiter.reconfigure_at(config, now);
  if (!changed) FAIL(changed.error().message);
}

int64_t left(Limiter& limiter, const std::string& key, int64_t now) {
  Standing standing;
  limiter.acquire_detailed_at(key, 0, now, standing);
  return standing.remaining;
}

// Of what counts of a window of `from`, what counts in one of `to`.
int64_t carried(int64_t rule, int64_t used, int64_t from, int64_t to) {
  if (used == 0 || rule == 3) return 0;
  if (rule == 0) return (used * to + from - 1) / from;
  const int64_t grown = rule == 2 ? std::max<int64_t>(0, to - from) : 0;
  return to - std::min(to, from - used + grown);
}

template <class Model>
void follows(const std::string& policy) {
  int64_t wrong = 0, passed = 0, denied = 0;
  for (int seed = 1; seed <= 40; ++seed) {
    Schedule random{std::mt19937_64(static_cast<uint64_t>(seed)), 0, 1};
    static constexpr int64_t kPeriods[] = {kSecond, kSecond / 4, 60 * kSecond, 1000};
    int64_t count = 1 + random.draw(30), period = kPeriods[random.draw(4)], latest = 0;
    int64_t now = seed % 2 ? 0 : 1'764'000'000 * kSecond + 5;
    auto limiter = make_limiter(policy, text_of(count, period));
    limiter->acquire_at("start", 1, now);
    int64_t begin = now;
    std::map<std::string, Model> models;
    for (int step = 0; step < 3000; ++step) {
      now += random.draw(2 * period / count);
      if (random.draw(40) == 0) {
        const int64_t to = 1 + random.draw(30), next = kPeriods[random.draw(4)];
        const int64_t rule = random.draw(4);
        change(*limiter, now, text_of(to, next), kRules[rule]);
        if (rule != 3 && to == count && next == period) continue;  // no change
        for (auto& [key, model] : models) {
          const int64_t counts = carried(rule, std::min(count, model.used(now)), count, to);
          model = Model{{to, next, now}};
          if (counts > 0) model.passed[now / next] = counts;
        }
        count = to;
        period = next;
        begin = now;
      }
      const std::string key(1, static_cast<char>('a' + random.draw(4)));
      const int64_t cost = random.draw(4) ? 1 : 1 + random.draw(count);
      Model& model = models.try_emplace(key, Model{{count, period, begin}}).first->second;
      const int64_t wait = model.wait(now, cost);
      wrong += limiter->acquire_at(key, cost, now) != wait;
      if (wait == 0) model.take(now, cost);
      wrong += left(*limiter, key, now) != std::max<int64_t>(0, count - model.used(now));
      ++(wait == 0 ? passed : denied);
      latest = now;
    }
    CHECK(left(*limiter, "new", latest) == count);
    CHECK(limiter->faults().empty());
  }
  CHECK(wrong == 0);
  CHECK(passed > 10'000);
  CHECK(denied > 10'000);
}

}  // namespace

TEST_CASE("limiter windows change: of 100 with 40 left, by each rule") {
  const char* policy = GENERATE("fixed_window", "sliding_counter");
  const int64_t at = GENERATE(int64_t{0}, 5 * kSecond + 7, int64_t{90} * 365 * 86400 * kSecond);
  struct Row {
    const char* rule;
    int64_t of_200, of_20;
  };
  for (const Row& row : {Row{"proportional", 80, 8}, Row{"as_is", 40, 20}, Row{"additive", 140, 20},
                         Row{"reset", 200, 20}}) {
    INFO(policy << ' ' << row.rule);
    for (const bool grows : {true, false}) {
      auto limiter = make_limiter(policy, "100/s");
      REQUIRE(limiter->acquire_at("a", 60, at) == 0);
      change(*limiter, at, grows ? "200/s" : "20/s", row.rule);
      const int64_t expected = grows ? row.of_200 : row.of_20;
      CHECK(limiter->peek_at("a", expected, at) == 0);
      CHECK(limiter->peek_at("a", expected + 1, at) > 0);
      CHECK(left(*limiter, "a", at) == expected);
      CHECK(left(*limiter, "new", at) == (grows ? 200 : 20));
    }
  }
}

TEST_CASE("limiter windows change: fixed windows decide as their model, through changes") {
  follows<FixedModel>("fixed_window");
}
TEST_CASE("limiter windows change: two counters decide as their model, through changes") {
  follows<CounterModel>("sliding_counter");
}

TEST_CASE("limiter windows change: all who share it follow, and it can be replaced") {
  const char* policy = GENERATE("fixed_window", "sliding_counter");
  SegmentName name;
  auto segment = attach(name.settings(64 << 20));
  const auto make = [&](const char* rate, const char* mismatch) {
    Config config;
    config.set("policy", policy);
    config.set("rate", rate);
    config.set("keys", "64");
    config.set("on_mismatch", mismatch);
    auto made = Limiter::create(config, make_manual_clock(0), Place(segment, "logins"));
    if (!made) FAIL(made.error().message);
    return std::move(*made);
  };
  auto one = make("100/s", "adopt");
  REQUIRE(one->acquire("a", 60) == 0);
  auto other = make("200/s", "replace");
  CHECK(left(*one, "a", 0) == 80);
  change(*one, 0, "20/s", "as_is");
  CHECK(left(*other, "a", 0) == 20);
  CHECK(one->faults().empty());
}

// A caller whose time was later than the change had begun another window. What it took there
// counts.
TEST_CASE("limiter windows change: what passed in a later window than the change's is not lost") {
  const char* policy = GENERATE("fixed_window", "sliding_counter");
  auto limiter = make_limiter(policy, "10/s");
  REQUIRE(limiter->acquire_at("a", 10, kSecond) == 0);
  REQUIRE(limiter->acquire_at("a", 4, 3 * kSecond) == 0);
  change(*limiter, kSecond + 1, "20/s", "proportional");  // 8 of 20
  CHECK(limiter->peek_at("a", 12, 2 * kSecond - 1) == 0);
  CHECK(limiter->peek_at("a", 13, 2 * kSecond - 1) > 0);
}

TEST_CASE("limiter windows change: so many changes, and then a refusal by name") {
  for (const char* policy : {"fixed_window", "sliding_counter"}) {
    auto limiter = make_limiter(policy, "100000/s");
    Config config;
    int changes = 0;
    Result<void> changed;
    do {
      config.set("rate", changes % 2 ? "100000/s" : "99999/s");
      changed = limiter->reconfigure_at(config, 0);
    } while (changed && ++changes < 20'000);
    INFO(policy);
    CHECK(changes > 100);
    CHECK(left(*limiter, "a", 0) > 0);
  }
}

}  // namespace og
