// SPDX-License-Identifier: Apache-2.0
// Changes of a limiter's rate and burst under every schedule of a bounded number of preemptions,
// the one who changes dying at each of its steps.
#include <set>
#include <string>
#include <vector>

#include "core/limit/fixed_window.h"
#include "core/limit/limit_epochs.h"
#include "core/limit/sliding_counter.h"
#include "tests/catch.h"
#include "tests/core/bucket_bench.h"

namespace og {
namespace {

constexpr int64_t kSecond = 1'000'000'000, kNow = 5 * kSecond;

// Two tokens a second at first.
template <class Units>
struct Bench : test::BucketBench<Units> {
  using Base = test::BucketBench<Units>;
  Bench() : Base(2) {}
  bool passes(const std::string& key, int64_t now = kNow) { return Base::passes(key, now); }
  int left(const std::string& key, int64_t now = kNow) {
    int count = 0;
    while (count < 100 && passes(key, now)) ++count;
    return count;
  }
  void change(int64_t tokens, TokensInheritance rule = TokensInheritance::kProportional) {
    this->bucket.change(test::tokens_a_second<Units>(tokens), kNow, rule);
  }
};

template <class Bench, class Prepare, class Judge>
int64_t all_schedules(int preemptions, bool death, Prepare prepare,
                      const std::vector<std::function<void(Bench&)>>& bodies, Judge judge) {
  return test::all_schedules<Bench>(preemptions, death, prepare, bodies, judge);
}

}  // namespace

// Of 2 one is left. Of two that ask, k before the change: who asks first gets it, and then none is
// left to be doubled.
TEMPLATE_TEST_CASE("limiter epochs: callers of a key pass before a change or after it", "",
                   TokenUnits, WindowUnits, CounterUnits) {
  using Bench = og::Bench<TestType>;
  int passed = 0;
  int64_t wrong = 0, deaths = 0;
  std::set<int> seen;
  const int64_t schedules = all_schedules<Bench>(
      2, true, [](Bench& bench) { bench.passes("a"); },
      {[](Bench& bench) { bench.change(4); }, [&](Bench& bench) { passed += bench.passes("a"); },
       [&](Bench& bench) { passed += bench.passes("a"); }},
      [&](Bench& bench, bool died) {
        deaths += died;
        seen.insert(passed);
        wrong += passed != 1 && passed != 2;
        bench.change(4);  // finishes what is not
        const int left = bench.left("a");
        wrong += left != 0;
        passed = 0;
      });
  CHECK(schedules > 10'000);
  CHECK(deaths > 100);
  CHECK(seen == std::set<int>{1, 2});
  CHECK(wrong == 0);
}

// A new key's token is counted as of before the change (1 of 2 left, so 2 of 4) or after it.
TEMPLATE_TEST_CASE("limiter epochs: a new key's claim is not lost in a change", "", TokenUnits,
                   WindowUnits, CounterUnits) {
  using Bench = og::Bench<TestType>;
  int64_t wrong = 0, deaths = 0;
  std::set<int> seen;
  bool passed = false;
  const int64_t schedules = all_schedules<Bench>(
      2, true, [](Bench& bench) { bench.passes("other"); },
      {[](Bench& bench) { bench.change(4); }, [&](Bench& bench) { passed = bench.passes("new"); }},
      [&](Bench& bench, bool died) {
        deaths += died;
        wrong += !passed;
        bench.change(4);
        const int left = bench.left("new");
        seen.insert(left);
        wrong += left != 2 && left != 3;
      });
  CHECK(schedules > 1'000);
  CHECK(deaths > 100);
  CHECK(seen == std::set<int>{2, 3});
  CHECK(wrong == 0);
}

// Through two changes: 1 of 2, so 4 of 8; 3 of 4, so 6 of 8; 7 of 8.
TEMPLATE_TEST_CASE(
    "limiter epochs: a caller that sleeps through two changes loses nothing to either", "",
    TokenUnits, WindowUnits) {
  using Bench = og::Bench<TestType>;
  int64_t wrong = 0, deaths = 0;
  std::set<int> seen;
  const bool is_new = GENERATE(false, true);
  bool passed = false;
  const int64_t schedules = all_schedules<Bench>(
      2, true,
      [&](Bench& bench) {
        if (!is_new) bench.passes("key", kNow - kSecond);  // full again at kNow, and so is idle
        bench.passes("other");
      },
      {[](Bench& bench) {
         bench.change(4);
         bench.change(8);
       },
       [&](Bench& bench) { passed = bench.passes("key"); }},
      [&](Bench& bench, bool died) {
        deaths += died;
        wrong += !passed;
        bench.change(8);
        const int left = bench.left("key");
        seen.insert(left);
        wrong += left != 4 && left != 6 && left != 7;
      });
  CHECK(schedules > 1'000);
  CHECK(deaths > 100);
  CHECK(seen == std::set<int>{4, 6, 7});
  CHECK(wrong == 0);
}

// All cells are those of keys that have used one of 2, and a key that nobody knows wants one. At
// half a second they are idle by the old rate. By the new one, 1 of 2, so 2 of 4 at two a second,
// they are so only at a second.
TEMPLATE_TEST_CASE("limiter epochs: a change gives nobody's cell away", "", TokenUnits, WindowUnits,
                   CounterUnits) {
  using Bench = og::Bench<TestType>;
  int64_t wrong = 0, taken = 0, deaths = 0;
  std::vector<std::string> keys;
  const int64_t schedules = all_schedules<Bench>(
      1, true, [&](Bench& bench) { keys = bench.fill(kNow); },
      {[](Bench& bench) { bench.change(4); },
       [&](Bench& bench) { taken += bench.passes("new", kNow + 1); }},
      [&](Bench& bench, bool died) {
        deaths += died;
        bench.change(4);
        for (const std::string& key : keys) wrong += bench.left(key) != 2;
      });
  CHECK(schedules > 100);
  CHECK(deaths > 50);
  CHECK(taken == 0);
  CHECK(wrong == 0);
}

// The cells of keys that never come back serve others, though who was to convert them died.
TEMPLATE_TEST_CASE("limiter epochs: a change that died keeps no cell from new keys", "", TokenUnits,
                   WindowUnits, CounterUnits) {
  using Bench = og::Bench<TestType>;
  int64_t wrong = 0, deaths = 0;
  all_schedules<Bench>(
      0, true, [&](Bench& bench) { bench.fill(kNow); }, {[](Bench& bench) { bench.change(4); }},
      [&](Bench& bench, bool died) {
        deaths += died;
        const int64_t later = kNow + 2 * kSecond;
        const int left = bench.left("new", later);
        wrong += left != 2 && left != 4;
        wrong += bench.left("newer", later) != left;
      });
  CHECK(deaths > 100);
  CHECK(wrong == 0);
}

}  // namespace og
