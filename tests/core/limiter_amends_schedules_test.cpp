// SPDX-License-Identifier: Apache-2.0
// What is given back, charged and forgotten beside decisions and a change of the rate, under every
// schedule of a bounded number of preemptions, one of the callers dying at each of its steps.
#include <set>
#include <string>
#include <vector>

#include "core/base/cell_table_faults.h"
#include "tests/catch.h"
#include "tests/core/bucket_bench.h"

namespace og {
namespace {

constexpr int64_t kSecond = 1'000'000'000, kNow = 5 * kSecond;

// Two tokens a second at first.
struct Bench : test::BucketBench<TokenUnits> {
  using Base = test::BucketBench<TokenUnits>;
  Bench() : Base(2) {}
  bool passes(const std::string& key) { return Base::passes(key, kNow); }
  int64_t give_back(const std::string& key) { return bucket.give_back(table.hash(key), kNow, 1); }
  void charge(const std::string& key) { bucket.charge(table.hash(key), kNow, 1); }
  void forget(const std::string& key) { bucket.forget(table.hash(key)); }
  void change(int64_t tokens) {
    bucket.change(test::tokens_a_second<TokenUnits>(tokens), kNow,
                  TokensInheritance::kProportional);
  }
  int left(const std::string& key) {
    int count = 0;
    while (count < 100 && passes(key)) ++count;
    return count;
  }
  bool is_sound() { return CellTableFaults<test::SteppedMemory>::of(table).empty(); }
};

template <class Judge>
int64_t all_schedules(const std::vector<std::function<void(Bench&)>>& bodies, int used,
                      Judge judge) {
  return test::all_schedules<Bench>(
      2, true,
      [used](Bench& bench) {
        for (int i = 0; i < used; ++i) bench.passes("a");
        bench.passes("other");
      },
      bodies, judge);
}

}  // namespace

// Two of two are taken, and one comes back: it passes once.
TEST_CASE("limiter amends: what is given back is taken once") {
  int passed = 0;
  int64_t wrong = 0, deaths = 0;
  const auto take = [&](Bench& bench) { passed += bench.passes("a"); };
  const int64_t schedules = all_schedules(
      {[](Bench& bench) { bench.give_back("a"); }, take, take}, 2, [&](Bench& bench, bool died) {
        deaths += died;
        const int all = passed + bench.left("a");
        wrong += all > 1 || (!died && all != 1) || !bench.is_sound();
        passed = 0;
      });
  CHECK(schedules > 1'000);
  CHECK(deaths > 20);
  CHECK(wrong == 0);
}

TEST_CASE("limiter amends: two who give back give both, and no more than is lacking") {
  int64_t wrong = 0, given = 0;
  const auto give = [&](Bench& bench) { given += bench.give_back("a"); };
  all_schedules({give, give, give}, 2, [&](Bench& bench, bool died) {
    wrong += given > 2 || (!died && given != 2) || bench.left("a") > 2;
    given = 0;
  });
  CHECK(wrong == 0);
}

// Before the change it is one of two, so two of four; after it one of four.
TEST_CASE("limiter amends: what is given back comes before a change or after it") {
  int64_t wrong = 0;
  std::set<int> seen;
  all_schedules({[](Bench& bench) { bench.change(4); }, [](Bench& bench) { bench.give_back("a"); }},
                2, [&](Bench& bench, bool died) {
                  bench.change(4);  // finishes what is not
                  const int left = bench.left("a");
                  if (!died) seen.insert(left);
                  wrong += left > 2 || !bench.is_sound();
                });
  CHECK(seen == std::set<int>{1, 2});
  CHECK(wrong == 0);
}

// A new key has two.
TEST_CASE("limiter amends: a new key's charge and its request both count") {
  int64_t wrong = 0;
  std::set<int> seen;
  all_schedules(
      {[](Bench& bench) { bench.charge("new"); }, [](Bench& bench) { bench.passes("new"); }}, 0,
      [&](Bench& bench, bool died) {
        const int left = bench.left("new");
        if (!died) seen.insert(left);
        wrong += left > (died ? 1 : 0) || !bench.is_sound();
      });
  CHECK(seen == std::set<int>{0});
  CHECK(wrong == 0);
}

// One of two is taken. What passes after the key is forgotten counts, before it does not; and the
// key never has two cells.
TEST_CASE("limiter amends: a key is forgotten before a request or after it") {
  int64_t wrong = 0;
  std::set<int> seen;
  all_schedules({[](Bench& bench) { bench.forget("a"); }, [](Bench& bench) { bench.passes("a"); },
                 [](Bench& bench) { bench.passes("a"); }},
                1, [&](Bench& bench, bool died) {
                  wrong += !bench.is_sound();
                  const int left = bench.left("a");
                  if (!died) seen.insert(left);
                  wrong += left > 2;
                });
  CHECK(seen == std::set<int>{0, 1, 2});
  CHECK(wrong == 0);
}

}  // namespace og
