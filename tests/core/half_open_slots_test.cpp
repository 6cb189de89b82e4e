// SPDX-License-Identifier: Apache-2.0
// The permits of a half-open breaker under every schedule of a bounded number of preemptions.
#include "core/guard/half_open_slots.h"

#include <array>
#include <memory>
#include <vector>

#include "tests/catch.h"
#include "tests/core/interleaver.h"

namespace og {
namespace {

using test::Interleaver;
using test::SteppedMemory;
using Slots = HalfOpenSlots<SteppedMemory>;

constexpr int kPermits = 1;
constexpr int64_t kLong = 1'000'000'000'000;

// A breaker's word reduced to its generation, odd while half-open, and who lives.
struct Bench {
  std::array<Slots::Slot, kPermits> memory{};
  SteppedMemory::Word sequence{0}, generation{1};
  const std::atomic<int64_t> count{kPermits};
  Slots slots{memory.data(), count, sequence};
  std::array<bool, 8> is_dead{};
  // By generation: permits out, as their holders know, and the most there were.
  std::array<int, 8> out{}, most{};

  Slots::Taken take(int64_t of, uint64_t who) {
    return slots.take(
        {of, 0, kLong, who},
        [&] { return generation.load(std::memory_order_seq_cst) == static_cast<uint64_t>(of); },
        [&](uint64_t by) { return !is_dead[by]; });
  }
  // A call: claims in the generation that it sees, holds, and returns.
  bool call(uint64_t who) {
    const auto of = static_cast<int64_t>(generation.load(std::memory_order_seq_cst));
    const Slots::Taken taken = of % 2 == 1 ? take(of, who) : Slots::Taken{};
    if (taken.slot < 0) return false;
    int& holders = out[static_cast<size_t>(of)];
    most[static_cast<size_t>(of)] = std::max(most[static_cast<size_t>(of)], ++holders);
    Interleaver::step();  // the call itself
    --holders;
    slots.give_back(of, taken.slot, taken.sequence, 0);
    return true;
  }
  // What another caller's failure, and the time, make of the breaker: open, and half-open anew.
  void move_on() {
    for (uint64_t of = 1; of < 3; ++of) {
      uint64_t seen = of;
      generation.compare_exchange_strong(seen, of + 1, std::memory_order_seq_cst);
    }
  }
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

TEST_CASE("half-open: no more permits are out than there are, and each is had again") {
  int64_t wrong = 0;
  const int64_t schedules = all_schedules(
      3, false,
      [](Bench& bench) {
        Interleaver::Bodies bodies;
        for (uint64_t who = 1; who <= 3; ++who)
          bodies.push_back([&bench, who] { bench.call(who); });
        return bodies;
      },
      [&](Bench& bench, bool) { wrong += bench.most[1] != kPermits || !bench.call(4); });
  CHECK(schedules > 1000);
  CHECK(wrong == 0);
}

TEST_CASE("half-open: a caller that was held up takes no permit of a newer generation") {
  int64_t wrong = 0;
  const int64_t schedules = all_schedules(
      3, false,
      [](Bench& bench) {
        return Interleaver::Bodies{[&bench] { bench.call(1); },
                                   [&bench] {
                                     bench.move_on();
                                     bench.call(2);
                                   },
                                   [&bench] { bench.call(3); }};
      },
      [&](Bench& bench, bool) {
        wrong += bench.most[1] > kPermits || bench.most[3] > kPermits || !bench.call(4);
      });
  CHECK(schedules > 1000);
  CHECK(wrong == 0);
}

TEST_CASE("half-open: who dies, wherever, gives its permit back by its death, and to one alone") {
  int64_t wrong = 0, deaths = 0, held_by_the_dead = 0;
  const int64_t schedules = all_schedules(
      2, true,
      [](Bench& bench) {
        return Interleaver::Bodies{[&bench] { bench.call(1); }, [&bench] { bench.call(2); },
                                   [&bench] { bench.call(3); }};
      },
      [&](Bench& bench, bool died) {
        deaths += died;
        if (died && !bench.call(4)) {
          ++held_by_the_dead;
          bench.is_dead[1] = true;  // the kernel says so
          wrong += bench.memory[0].attachment.value != 1;
        }
        const Slots::Taken taken = bench.take(1, 5);
        wrong += taken.slot != 0 || bench.take(1, 6).slot >= 0;
        // What it may still do, as one that only seemed dead: nothing to the new holder's permit.
        wrong += bench.slots.give_back(
            1, 0, (taken.sequence + Slots::kSequenceMask) & Slots::kSequenceMask, 0);
        wrong += bench.take(1, 7).slot >= 0;
      });
  CHECK(schedules > 1000);
  CHECK(deaths > 50);
  CHECK(held_by_the_dead > 10);
  CHECK(wrong == 0);
}

TEST_CASE("half-open: two who find the holder dead do not both take its permit") {
  int64_t wrong = 0;
  const int64_t schedules = all_schedules(
      3, false,
      [](Bench& bench) {
        bench.take(1, 7);
        bench.is_dead[7] = true;
        Interleaver::Bodies bodies;
        for (uint64_t who = 1; who <= 3; ++who)
          bodies.push_back([&bench, who] { bench.call(who); });
        return bodies;
      },
      [&](Bench& bench, bool) { wrong += bench.most[1] != kPermits; });
  CHECK(schedules > 1000);
  CHECK(wrong == 0);
}

}  // namespace og
