// SPDX-License-Identifier: Apache-2.0
// Plans that change beside decisions and changes of the rates, under every schedule of a bounded
// number of preemptions, one of the callers dying at each of its steps.
#include <cstring>
#include <set>
#include <string>
#include <vector>

#include "core/base/cell_table_faults.h"
#include "core/limit/plans.h"
#include "tests/catch.h"
#include "tests/core/bucket_bench.h"
#include "tests/sanitizers.h"

namespace og {
namespace {

constexpr int64_t kSecond = 1'000'000'000, kNow = 5 * kSecond;
constexpr uint64_t kPro = 1;

PlanTerms rated(int64_t tokens) {
  return {PlanTerms::kRated, TokenUnits::create(Rate{tokens, kSecond}, tokens)->words()};
}

// Two tokens a second, and with the plan `pro` four.
struct Bench {
  using Table = CellTable<test::SteppedMemory>;
  using Epochs = LimitEpochs<test::SteppedMemory>;
  using Cells = PlansOf<test::SteppedMemory>;
  static inline const uint64_t kPlansAt = (Epochs::kBytes + Table::bytes_for(1) + 63) / 64 * 64;
  static inline const uint64_t kBytes = kPlansAt + Cells::bytes_for(8);

  ZeroedBlock memory{kBytes};
  char* own = static_cast<char*>(memory.data());
  Epochs epochs{own};
  Table table{own + Epochs::kBytes, 1, 1, ~Cells::Bucket::kPlanBits};
  Cells plans{{table, epochs, nullptr, 0}, own + kPlansAt, 8};

  Bench() {
    epochs.begin(Cells::first(rated(2).words));
    Cells::begin(own + kPlansAt, {{.name = "pro", .rate = Rate{4, kSecond}}}, terms(4));
  }
  static AllPlanTerms terms(int64_t pro) { return {rated(2), rated(pro)}; }
  void copy(Bench& other) { std::memcpy(memory.data(), other.memory.data(), kBytes); }

  bool passes(const std::string& key) {
    const Verdict verdict = plans.acquire(table.hash(key), kNow, 1);
    return verdict.wait == 0 && !verdict.crowded_out;
  }
  bool passes_as(uint64_t plan, const std::string& key) {
    return plans.acquire_as(plan, table.hash(key), kNow, 1).wait == 0;
  }
  void set_plan(const std::string& key, uint64_t plan,
                TokensInheritance rule = TokensInheritance::kProportional) {
    plans.set_plan(table.hash(key), plan, kNow, rule);
  }
  void change(int64_t pro) {
    plans.change_all({}, terms(pro), kNow, TokensInheritance::kProportional);
  }
  int left(const std::string& key) {
    int count = 0;
    while (count < 100 && passes(key)) ++count;
    return count;
  }
  bool is_sound() { return CellTableFaults<test::SteppedMemory>::of(table).empty(); }
};

// Preemptions where there are millions of schedules of two: AddressSanitizer, for which those of
// one touch all memory that there is to touch, takes minutes for them.
#ifdef __SANITIZE_ADDRESS__
constexpr int kOfMillions = 1;
#else
constexpr int kOfMillions = 2;
#endif

// One of two was taken.
template <class Judge>
int64_t all_schedules(const std::vector<std::function<void(Bench&)>>& bodies, Judge judge,
                      int preemptions = 2) {
  return test::all_schedules<Bench>(
      preemptions, true,
      [](Bench& bench) {
        bench.passes("a");
        bench.passes("other");
      },
      bodies, judge);
}

}  // namespace

// Half a burst is left: one of two, or two of four.
TEST_CASE("limiter plans: a change of plan comes before each request or after it") {
  int passed = 0;
  int64_t wrong = 0, deaths = 0;
  std::set<int> seen;
  const auto take = [&](Bench& bench) { passed += bench.passes("a"); };
  const int64_t schedules = all_schedules(
      {[](Bench& bench) { bench.set_plan("a", kPro); }, take, take}, [&](Bench& bench, bool died) {
        deaths += died;
        bench.set_plan("a", kPro);  // finishes what is not
        const int all = passed + bench.left("a");
        if (!died) seen.insert(all);
        wrong += all > 2 || !bench.is_sound();
        passed = 0;
      });
  CHECK(seen == std::set<int>{1, 2});
  CHECK(schedules > 1'000);
  CHECK(deaths > 20);
  CHECK(wrong == 0);
}

// A new key has a burst: as many of two and of four as make one.
TEST_CASE("limiter plans: a new key's first requests and its plan") {
  int passed = 0;
  int64_t wrong = 0;
  const auto take = [&](Bench& bench) { passed += bench.passes("new"); };
  all_schedules(
      {[](Bench& bench) { bench.set_plan("new", kPro); }, take, take},
      [&](Bench& bench, bool died) {
        bench.set_plan("new", kPro);
        const int all = passed + bench.left("new");
        wrong += all > 4 || (!died && all < 2) || !bench.is_sound();
        passed = 0;
      },
      kOfMillions);
  CHECK(wrong == 0);
}

// By `additive` four have three left, once; whoever goes to and fro meanwhile.
TEST_CASE("limiter plans: a change of plan grants its growth once") {
  int passed = 0;
  int64_t wrong = 0;
  const auto as = [&](uint64_t plan) {
    return [&, plan](Bench& bench) { passed += bench.passes_as(plan, "a"); };
  };
  all_schedules({[](Bench& bench) { bench.set_plan("a", kPro, TokensInheritance::kAdditive); },
                 as(kDefaultPlan), as(kPro)},
                [&](Bench& bench, bool) {
                  bench.set_plan("a", kPro);
                  const int all = passed + bench.left("a");
                  wrong += all > 3 || !bench.is_sound();
                  passed = 0;
                });
  CHECK(wrong == 0);
}

// Who asks again, as after a death, finds a cell that is the plan's already, and fills it no second
// time. A request that knew the key's plan before it read its cell would have made that another's
// meanwhile. One is left at first, and four are granted.
TEST_CASE("limiter plans: who sets a plan twice fills a key once") {
  int passed = 0;
  int64_t wrong = 0;
  const auto take = [&](Bench& bench) { passed += bench.passes("a"); };
  all_schedules({[&](Bench& bench) {
                   bench.set_plan("a", kPro, TokensInheritance::kReset);
                   take(bench);
                   take(bench);
                   bench.set_plan("a", kPro, TokensInheritance::kReset);
                 },
                 take},
                [&](Bench& bench, bool) {
                  bench.set_plan("a", kPro, TokensInheritance::kReset);
                  wrong += passed + bench.left("a") > 1 + 4 || !bench.is_sound();
                  passed = 0;
                });
  CHECK(wrong == 0);
}

// Half a burst of two, four or eight.
TEST_CASE("limiter plans: a change of plan beside a change of its rate, and a request") {
  int passed = 0;
  int64_t wrong = 0;
  all_schedules(
      {[](Bench& bench) { bench.set_plan("a", kPro); }, [](Bench& bench) { bench.change(8); },
       [&](Bench& bench) { passed += bench.passes("a"); }},
      [&](Bench& bench, bool died) {
        bench.change(8);  // finishes what is not
        bench.set_plan("a", kPro);
        const int left = bench.left("a");
        wrong += passed + left > 4 || (!died && passed + left < 1) || !bench.is_sound();
        passed = 0;
      },
      kOfMillions);
  CHECK(wrong == 0);
}

TEST_CASE("limiter plans: a key that is blocked, and one that is exempt, from the next call on") {
  int64_t wrong = 0;
  all_schedules({[&](Bench& bench) {
                   bench.set_plan("a", kBlocked);
                   wrong += bench.passes("a");
                   bench.set_plan("a", kExempt);
                   wrong += !bench.passes("a");
                 },
                 [](Bench& bench) { bench.passes("a"); }},
                [&](Bench& bench, bool) { wrong += !bench.is_sound(); });
  CHECK(wrong == 0);
}

}  // namespace og
