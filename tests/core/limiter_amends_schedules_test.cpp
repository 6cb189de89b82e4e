// SPDX-License-Identifier: Apache-2.0
// What is given back, charged and forgotten beside decisions and a change of the rate, under every
// schedule of a bounded number of preemptions, one of the callers dying at each of its steps.
#include <algorithm>
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
  Slot reserve(const std::string& key, int64_t now = kNow) {
    return bucket.reserve(table.hash(key), now, 1, kNeverPasses);
  }
  bool cancel(const std::string& key, int64_t at) {
    return bucket.cancel(table.hash(key), kNow, 1, at) == 1;
  }
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

// At the epoch's first moment a key that has all again has the least value of any.
TEST_CASE("limiter amends: a key that has all is forgotten before a request or after it") {
  int64_t wrong = 0;
  std::set<int> seen;
  test::all_schedules<Bench>(
      2, true,
      [](Bench& bench) {
        bench.passes("a");
        bench.give_back("a");
      },
      {[](Bench& bench) { bench.forget("a"); }, [](Bench& bench) { bench.passes("a"); },
       [](Bench& bench) { bench.change(4); }},
      [&](Bench& bench, bool died) {
        wrong += !bench.is_sound();
        bench.change(4);  // finishes what is not
        const int left = bench.left("a");
        if (!died) seen.insert(left);
        wrong += left > 4 || !bench.is_sound();
      });
  CHECK(seen == std::set<int>{2, 3, 4});
  CHECK(wrong == 0);
}

// Half a second each, behind two that are taken.
TEST_CASE("limiter amends: turns are each another's, and no two the same") {
  int64_t wrong = 0, deaths = 0;
  std::vector<int64_t> turns;
  const auto reserve = [&](Bench& bench) { turns.push_back(bench.reserve("a").number); };
  const int64_t schedules =
      all_schedules({reserve, reserve, reserve}, 2, [&](Bench& bench, bool died) {
        deaths += died;
        std::sort(turns.begin(), turns.end());
        // One who died may have taken a turn, or none.
        const int64_t next = bench.reserve("a").number;
        const int64_t taken = (next - kNow) / (kSecond / 2) - 1;
        wrong += taken < static_cast<int64_t>(turns.size()) || taken > 3;
        wrong += !died && taken != 3;
        for (size_t i = 0; i < turns.size(); ++i) {
          const int64_t in = turns[i] - kNow;
          wrong += in % (kSecond / 2) != 0 || in == 0 || (i > 0 && turns[i] == turns[i - 1]);
        }
        wrong += !bench.is_sound();
        turns.clear();
      });
  CHECK(schedules > 1'000);
  CHECK(deaths > 20);
  CHECK(wrong == 0);
}

// Who cancels the last turn has it back, or another has come behind it; never both.
TEST_CASE("limiter amends: a turn is given back, or somebody has one behind it") {
  int64_t wrong = 0;
  std::set<int64_t> seen;
  bool cancelled = false;
  int64_t turn = 0;
  all_schedules({[&](Bench& bench) {
                   const int64_t own = bench.reserve("a").number;
                   cancelled = bench.cancel("a", own);
                 },
                 [&](Bench& bench) { turn = bench.reserve("a").number; }},
                2, [&](Bench& bench, bool died) {
                  const int64_t next = bench.reserve("a").number - kNow;
                  if (!died) {
                    seen.insert(turn - kNow);
                    // Two of three turns are taken, or one.
                    wrong += next != (cancelled ? kSecond : 3 * kSecond / 2);
                    wrong += cancelled && turn - kNow != kSecond / 2;
                  }
                  wrong += !bench.is_sound();
                  cancelled = false;
                });
  CHECK(seen == std::set<int64_t>{kSecond / 2, kSecond});
  CHECK(wrong == 0);
}

// A turn of before the change stays: what is reserved later comes behind it.
TEST_CASE("limiter amends: a turn comes before a change or after it") {
  int64_t wrong = 0;
  std::set<int64_t> seen;
  int64_t turn = 0;
  all_schedules({[](Bench& bench) { bench.change(4); },
                 [&](Bench& bench) { turn = bench.reserve("a").number; }},
                2, [&](Bench& bench, bool died) {
                  bench.change(4);  // finishes what is not
                  const int64_t next = bench.reserve("a").number;
                  if (!died) {
                    seen.insert(turn - kNow);
                    wrong += next < turn + kSecond / 4 || next > turn + kSecond / 4 + 4;
                  }
                  turn = 0;
                  wrong += !bench.is_sound();
                });
  CHECK(seen == std::set<int64_t>{kSecond / 4, kSecond / 2});
  CHECK(wrong == 0);
}

}  // namespace og
