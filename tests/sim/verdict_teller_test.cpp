// SPDX-License-Identifier: Apache-2.0
// What an agent tells the workers of its machine of a breaker of its fleet, under every schedule of
// a bounded number of preemptions: agents that die and that go on, and probes that begin.
#include "core/guard/verdict_teller.h"

#include <memory>

#include "tests/catch.h"
#include "tests/core/interleaver.h"

namespace og {
namespace {

using test::Interleaver;
using test::SteppedMemory;
using Object = VotedObject<SteppedMemory, 2>;
using Teller = VerdictTeller<Object>;
using Verdict = FleetBreaker::Verdict;

constexpr int64_t kNow = 1'000'000'000, kLong = 1'000'000'000'000;
const auto kLives = [](uint64_t) { return true; };

// Its parts follow from one another, so that a mixture of two is seen.
Verdict open_with(int64_t probes, int64_t generation = 1) {
  Verdict verdict;
  verdict.generation = generation;
  verdict.until = 10 * generation + probes;
  verdict.holds_until = kLong + generation + probes;
  verdict.tried_at = generation + probes;
  verdict.probes = probes;
  verdict.probes_end = kLong;
  verdict.may_begin = probes > 0;
  return verdict;
}
Verdict closed(int64_t generation) {
  Verdict verdict;
  verdict.generation = generation;
  verdict.holds_until = kLong + generation;
  verdict.probes_end = kLong;
  return verdict;
}
bool is_whole(const Verdict& told) {
  return told == Verdict{} || told == closed(told.generation) ||
         told == open_with(told.probes, told.generation);
}

struct Bench {
  Bench() { object.cell().word.value = BreakerWord{BreakerState::kClosed, 0, 1}.pack(); }
  // A whole agent's work.
  bool tells(int64_t epoch, const Verdict& verdict) {
    Teller teller(object, epoch);
    const auto last = teller.take_over();
    wrong += last && !is_whole(*last);
    return last && teller.tell(verdict, false, kNow);
  }
  BreakerWord word() const { return BreakerWord::unpack(object.cell().word.value); }
  // As a worker goes by it.
  Object::Says says() const {
    return is_of_fleet(word().state) ? object.ruling(word(), kNow).says : Object::Says::kClosed;
  }
  void look() {
    const BreakerWord word =
        BreakerWord::unpack(object.cell().word.load(std::memory_order_seq_cst));
    wrong += !is_whole(object.told().verdict);
    // The record of an open breaker is there before its state is.
    if (is_of_fleet(word.state)) wrong += object.ruling(word, kNow).says == Object::Says::kOwn;
  }
  bool begins() {
    const auto taken = object.begin_probe(word(), kNow, 1, kLives);
    begun += taken.slot >= 0;
    return taken.slot >= 0;
  }

  alignas(64) char memory[Object::kBytes + sizeof(Object::Cell)] = {};
  Object object{memory};
  int wrong = 0, begun = 0;
  int64_t counted = 0;
};

template <class Bodies, class Judge>
int64_t all_schedules(int preemptions, bool death, Bodies bodies, Judge judge) {
  std::unique_ptr<Bench> bench;
  return Interleaver::explore(
      preemptions, death,
      [&] {
        bench = std::make_unique<Bench>();
        return bodies(*bench);
      },
      [&](bool died) { judge(*bench, died); });
}

}  // namespace

TEST_CASE("whoever dies in telling leaves what is whole, and the next agent tells the rest") {
  int64_t wrong = 0, deaths = 0;
  const int64_t schedules = all_schedules(
      2, true,
      [](Bench& bench) {
        bench.tells(1, open_with(1, 1));
        return Interleaver::Bodies{[&bench] { bench.tells(2, open_with(0, 2)); },
                                   [&bench] { bench.look(); }};
      },
      [&](Bench& bench, bool died) {
        deaths += died;
        bench.look();
        wrong += bench.wrong != 0 || !bench.tells(3, open_with(2, 3)) ||
                 bench.word().state != BreakerState::kFleetHalfOpen ||
                 bench.object.told().local != bench.word().generation ||
                 !(bench.object.told().verdict == open_with(2, 3));
      });
  CHECK(schedules > 1000);
  CHECK(deaths > 20);
  CHECK(wrong == 0);
}

TEST_CASE("an agent that was stopped and goes on closes nothing that a later one has open") {
  int64_t wrong = 0;
  const int64_t schedules = all_schedules(
      3, false,
      [](Bench& bench) {
        bench.tells(1, open_with(1));
        return Interleaver::Bodies{[&bench] { bench.tells(2, closed(2)); },
                                   [&bench] { bench.tells(3, open_with(1, 3)); }};
      },
      [&](Bench& bench, bool) {
        wrong += bench.wrong != 0 || !(bench.object.told().verdict == open_with(1, 3)) ||
                 bench.says() != Object::Says::kProbe;
      });
  CHECK(schedules > 1000);
  CHECK(wrong == 0);
}

TEST_CASE("an agent that was stopped and goes on opens nothing that a later one has closed") {
  int64_t wrong = 0;
  const int64_t schedules = all_schedules(
      3, false,
      [](Bench& bench) {
        return Interleaver::Bodies{[&bench] { bench.tells(2, open_with(1, 1)); },
                                   [&bench] { bench.tells(3, closed(2)); }};
      },
      [&](Bench& bench, bool) {
        // A state that came late is one that the next caller ends.
        wrong += bench.wrong != 0 || !(bench.object.told().verdict == closed(2)) ||
                 bench.says() != Object::Says::kClosed;
      });
  CHECK(schedules > 1000);
  CHECK(wrong == 0);
}

TEST_CASE("of probes that begin while an agent gives one back, none is out that it did not count") {
  int64_t wrong = 0, counted = 0, uncounted = 0;
  const int64_t schedules = all_schedules(
      2, false,
      [](Bench& bench) {
        bench.tells(1, open_with(1));
        return Interleaver::Bodies{[&bench] { bench.begins(); },
                                   [&bench] {
                                     bench.tells(2, open_with(0));
                                     bench.counted = bench.object.probing(kLong, kLives);
                                   },
                                   [&bench] { bench.begins(); }};
      },
      [&](Bench& bench, bool) {
        wrong += bench.wrong != 0 || bench.begun > 1 || bench.begun > bench.counted;
        counted += bench.begun == 1;
        uncounted += bench.begun == 0;
      });
  CHECK(schedules > 1000);
  CHECK(counted > 10);
  CHECK(uncounted > 10);
  CHECK(wrong == 0);
}

TEST_CASE("states that were forced stay, whatever the fleet agrees on") {
  Bench bench;
  for (const BreakerState forced : {BreakerState::kForcedOpen, BreakerState::kForcedClosed}) {
    bench.object.cell().word.value = BreakerWord{forced, 0, 5}.pack();
    REQUIRE(bench.tells(bench.word().generation, open_with(1)));
    REQUIRE(bench.word().state == forced);
    REQUIRE(bench.tells(bench.word().generation, closed(2)));
    REQUIRE(bench.word().state == forced);
  }
}

}  // namespace og
