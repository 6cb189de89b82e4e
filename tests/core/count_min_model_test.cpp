// SPDX-License-Identifier: Apache-2.0
// A count-min sketch under every schedule of its callers, who may die at each access.
#include <cstring>
#include <vector>

#include "core/base/zeroed_block.h"
#include "core/limit/count_min.h"
#include "tests/catch.h"
#include "tests/core/bucket_bench.h"

namespace og {
namespace {

using namespace test;

constexpr int64_t kPeriod = 1'000'000'000;

template <int64_t kCount, uint64_t kWidth = 64>
struct Bench {
  using Sketch = CountMin<SteppedMemory, 2>;
  static constexpr Sketch::Shape kShape{kWidth, 2};
  static inline const uint64_t kBytes = Sketch::Epochs::kBytes + kShape.words() * 8;

  ZeroedBlock memory{kBytes};
  Sketch::Epochs epochs{memory.data()};
  Sketch sketch{reinterpret_cast<SteppedMemory::Word*>(static_cast<char*>(memory.data()) +
                                                       Sketch::Epochs::kBytes),
                kShape, epochs};
  int64_t passed[4] = {};  // by the number of the caller

  Bench() { epochs.begin(Sketch::first(words(kCount))); }
  static LimitWords words(int64_t count) {
    return CountMinUnits(static_cast<uint64_t>(count), kPeriod).words();
  }
  void copy(Bench& other) { std::memcpy(memory.data(), other.memory.data(), kBytes); }
  bool passes(uint64_t key, int64_t now, int64_t cost = 1) {
    return sketch.acquire(key, now, cost).wait == 0;
  }
  int64_t used(uint64_t key, int64_t now) {
    const Standing standing = sketch.standing(key, now, Crowd::kDeny);
    return standing.limit - standing.remaining;
  }
};

template <class B>
std::function<void(B&)> caller(size_t number, uint64_t key, int64_t now, int calls = 1) {
  return [=](B& bench) {
    for (int i = 0; i < calls; ++i) bench.passed[number] += bench.passes(key, now);
  };
}
// One that costs more.
template <class B>
std::function<void(B&)> costly(size_t number, uint64_t key, int64_t now, int64_t cost) {
  return [=](B& bench) { bench.passed[number] += bench.passes(key, now, cost) ? cost : 0; };
}
template <class B>
int64_t all(const B& bench) {
  return bench.passed[0] + bench.passed[1] + bench.passed[2] + bench.passed[3];
}

}  // namespace

TEST_CASE("count_min model: callers of a key get its count, together, whoever dies") {
  const bool death = GENERATE(false, true);
  using B = Bench<2>;
  int64_t least = 9, wrong = 0;
  // One was taken before. Who died may have taken the other.
  const int64_t schedules = all_schedules<B>(
      death ? 2 : 3, death, [](B& bench) { bench.passes(6, 0); },
      {caller<B>(0, 6, 0), caller<B>(1, 6, 0), caller<B>(2, 6, 0)},
      [&](B& bench, bool died) {
        wrong += all(bench) > 1 || (!died && all(bench) < 1);
        wrong += bench.used(6, 0) < 1 + all(bench);
        wrong += bench.passes(6, 0) && all(bench) == 1;
        least = std::min(least, all(bench));
      });
  CHECK(wrong == 0);
  CHECK(schedules > 1000);
  CHECK(least == (death ? 0 : 1));
}

TEST_CASE("count_min model: keys that share all counters count as one, and no key has too many") {
  const bool death = GENERATE(false, true);
  using B = Bench<2, 1>;
  int64_t wrong = 0;
  // 6 and 8 share a turnstile, 7 has another.
  all_schedules<B>(
      death ? 1 : 2, death, [](B&) {},
      {caller<B>(0, 6, 0, 2), caller<B>(1, 7, 0, 2), caller<B>(2, 8, 0)},
      [&](B& bench, bool died) {
        wrong += !died && all(bench) < 2;
        for (size_t i = 0; i < 3; ++i)
          wrong += bench.passed[i] > 2 || bench.used(6 + i, 0) < bench.passed[i];
        wrong += bench.used(9, 0) > 2;
      });
  CHECK(wrong == 0);
}

TEST_CASE("count_min model: a window that ends while callers are of the one before") {
  const bool death = GENERATE(false, true);
  using B = Bench<1>;
  int64_t wrong = 0;
  all_schedules<B>(
      2, death, [](B& bench) { bench.passes(9, 0); },
      {caller<B>(0, 6, kPeriod), caller<B>(1, 6, kPeriod - 1, 2), caller<B>(2, 6, kPeriod)},
      [&](B& bench, bool died) {
        const int64_t later = bench.passed[0] + bench.passed[2];
        wrong += all(bench) > 2 || later > 1 || (!died && all(bench) < 1);
        wrong += bench.passes(6, kPeriod) && later == 1;
      });
  CHECK(wrong == 0);
}

TEST_CASE("count_min model: what passes while the count changes is not forgotten") {
  const bool death = GENERATE(false, true);
  const bool changer_dies = death && GENERATE(false, true);
  using B = Bench<8, 2>;
  const auto change = [](B& bench) {
    bench.sketch.change(B::words(4), 5, TokensInheritance::kProportional);
  };
  std::vector<std::function<void(B&)>> bodies{caller<B>(0, 6, 4, 2), change, caller<B>(2, 6, 6)};
  if (changer_dies) std::swap(bodies[0], bodies[1]);
  int64_t wrong = 0;
  all_schedules<B>(
      death ? 1 : 2, death, [](B& bench) { bench.passes(6, 0); }, bodies,
      [&](B& bench, bool) {
        // Of 8 half as many of 4, rounded up: the least where all passed before the change.
        const int64_t passed = 1 + all(bench), used = bench.used(6, 6);
        wrong += used < (passed + 1) / 2 || used > 4;
        // Another change finishes what the dead left.
        const int64_t limit = bench.sketch.standing(6, 6, {}).limit;
        bench.sketch.change(B::words(2), 6, TokensInheritance::kProportional);
        wrong += bench.used(6, 6) != (used * 2 + limit - 1) / limit;
        while (bench.passes(6, 6)) {
        }
        wrong += bench.used(6, 6) != 2;
      });
  CHECK(wrong == 0);
}

TEST_CASE("count_min model: who began before the count changed is not decided on by both") {
  using B = Bench<8>;
  int64_t wrong = 0, before = 0;
  const auto change = [](B& bench) {
    bench.sketch.change(B::words(4), 5, TokensInheritance::kProportional);
  };
  all_schedules<B>(
      2, false, [](B& bench) { bench.passes(6, 0); }, {costly<B>(0, 6, 4, 7), change},
      [&](B& bench, bool) {
        wrong += bench.used(6, 6) != (all(bench) == 0 ? 1 : 4);
        before += all(bench) == 7;
      });
  CHECK(wrong == 0);
  CHECK(before > 0);
}

TEST_CASE("count_min model: no key writes a counter of a new epoch before all of the last are in") {
  using B = Bench<8, 1>;
  int64_t wrong = 0, before = 0;
  const auto change = [](B& bench) {
    bench.sketch.change(B::words(8), 5, TokensInheritance::kAsIs);
  };
  // 7 has a turnstile of its own, and shares its counters.
  all_schedules<B>(
      2, false, [](B& bench) { bench.passes(7, 0); },
      {costly<B>(0, 7, 4, 3), change, caller<B>(1, 6, 6)},
      [&](B& bench, bool) {
        wrong += bench.used(7, 6) < 1 + bench.passed[0];
        before += bench.passed[0] == 3;
      });
  CHECK(wrong == 0);
  CHECK(before > 0);
}

}  // namespace og
