// SPDX-License-Identifier: Apache-2.0
// What is reserved and settled beside decisions, charges and a change of the rate, under every
// schedule of a bounded number of preemptions, one of the callers dying at each of its steps.
#include <cstring>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "core/base/cell_table_faults.h"
#include "core/limit/reserved_takes.h"
#include "tests/catch.h"
#include "tests/core/bucket_bench.h"

namespace og {
namespace {

constexpr int64_t kSecond = 1'000'000'000, kNow = 5 * kSecond, kTtl = 60 * kSecond;

// Twelve tokens a second, at one moment. Bodies are processes: 1 is the one that may die.
struct Bench : test::BucketBench<TokenUnits> {
  using Base = test::BucketBench<TokenUnits>;
  using Memory = test::SteppedMemory;
  using Slots = ReservationSlots<Memory>;
  using Takes = ReservedTakes<Bucket, Memory>;
  static constexpr uint32_t kSlots = 3;
  static constexpr uint64_t kTagMask = ~((uint64_t{1} << Slots::kVersionBits) - 1);

  ZeroedBlock slots_memory{Slots::bytes_for(kSlots)};
  Slots slots{slots_memory.data(), kSlots};
  Table versioned{static_cast<char*>(memory.data()) + Bucket::Epochs::kBytes, kKeys, 1, kTagMask};
  Bucket cells{versioned, epochs};
  Takes takes{cells, slots};
  int64_t first = 0;  // reserved before they begin

  Bench() : Base(12) {}
  void copy(Bench& other) {
    Base::copy(other);
    std::memcpy(slots_memory.data(), other.slots_memory.data(), Slots::bytes_for(kSlots));
    first = other.first;
  }
  uint64_t hash() { return versioned.hash("a"); }
  bool passes(int64_t cost) { return cells.acquire(hash(), kNow, cost).wait == 0; }
  int64_t reserve(int64_t amount, uint64_t owner) {
    return takes.reserve({hash(), amount, kNow + kTtl, owner}, kNow, false).id;
  }
  bool settle(int64_t id, int64_t actual, uint64_t owner, int64_t now = kNow) {
    auto* const slot = slots.settling(id, owner);
    if (!slot) return false;
    takes.settle(*slot, slots.hash_of(*slot), [now] { return now; }, actual);
    slots.free(*slot);
    return true;
  }
  int64_t sweep(uint64_t dead) {
    return takes.sweep(
                    kNow, [] { return kNow; }, 9, [dead](uint64_t who) { return who != dead; })
        .all();
  }
  // What did not come back is there once time has refilled it.
  bool has_all_later() {
    return cells.standing(hash(), kNow + kSecond, Crowd::kDeny).remaining == 12;
  }
  int64_t left(int64_t now = kNow) { return cells.standing(hash(), now, Crowd::kDeny).remaining; }
  bool is_sound() { return CellTableFaults<Memory>::of(versioned).empty(); }
};

template <class Prepare, class Judge>
int64_t all_schedules(Prepare prepare, const std::vector<std::function<void(Bench&)>>& bodies,
                      Judge judge) {
  const auto later = [&](Bench& bench) {  // than the first decision: no value is 0
    bench.cells.acquire(bench.versioned.hash("other"), kNow - kSecond, 1);
    prepare(bench);
  };
  return test::all_schedules<Bench>(2, true, later, bodies, judge);
}

}  // namespace

// Of 12, 5 are reserved, 2 of them are used, 3 are taken besides.
TEST_CASE("reservations: one settles while another takes, or dies in it") {
  int64_t taken = 0, wrong = 0, deaths = 0, lost = 0;
  bool settled = false;
  const int64_t schedules =
      all_schedules([](Bench& bench) { bench.first = bench.reserve(5, 1); },
                    {[&](Bench& bench) { settled = bench.settle(bench.first, 2, 1); },
                     [&](Bench& bench) { taken += bench.passes(3) ? 3 : 0; },
                     [&](Bench& bench) { taken += bench.passes(3) ? 3 : 0; }},
                    [&](Bench& bench, bool died) {
                      deaths += died;
                      if (died) bench.sweep(1);
                      const int64_t left = bench.left();
                      // The dead used 2, or nothing that is known.
                      wrong += left > 12 - taken - (died ? 0 : 2) || left < 12 - taken - 5;
                      wrong += !died && (!settled || left != 12 - taken - 2);
                      wrong += bench.slots.out().reservations != 0 || !bench.is_sound();
                      lost += died && left < 12 - taken;
                      taken = 0;
                      settled = false;
                    });
  CHECK(schedules > 1'000);
  CHECK(deaths > 20);
  CHECK(wrong == 0);
  CHECK(lost > 0);
}

TEST_CASE("reservations: two settle one, and it is settled once") {
  int64_t wrong = 0, settled = 0;
  const auto settle = [&](Bench& bench) { settled += bench.settle(bench.first, 0, 1); };
  all_schedules(
      [](Bench& bench) {
        bench.first = bench.reserve(5, 1);
        bench.passes(4);
      },
      {settle, settle, [](Bench& bench) { bench.sweep(1); }},
      [&](Bench& bench, bool died) {
        if (died) bench.sweep(1);
        wrong += settled > 1 || bench.left() > 8 || (!died && bench.left() != 8);
        settled = 0;
      });
  CHECK(wrong == 0);
}

// Who is dead holds 5. All who look take that back, once.
TEST_CASE("reservations: what the dead reserved comes back once, whoever looks and dies") {
  int64_t wrong = 0, swept = 0, deaths = 0;
  const auto sweep = [&](Bench& bench) { swept += bench.sweep(1); };
  all_schedules(
      [](Bench& bench) {
        bench.first = bench.reserve(5, 1);
        bench.passes(4);
      },
      {sweep, sweep, [](Bench& bench) { bench.reserve(2, 3); }},
      [&](Bench& bench, bool died) {
        deaths += died;
        const int64_t left = bench.left();
        wrong += left > 6 || left < 1 || (!died && left != 6) || swept > 1;
        wrong += !died && bench.slots.out().reservations != 1;
        swept = 0;
      });
  CHECK(deaths > 20);
  CHECK(wrong == 0);
}

// Who dies while it reserves: what it took is lost or comes back, and its slot is free.
TEST_CASE("reservations: one reserves while another settles, or dies in it") {
  int64_t wrong = 0, id = 0;
  std::set<int64_t> seen;
  all_schedules([](Bench& bench) { bench.first = bench.reserve(2, 2); },
                {[&](Bench& bench) { id = bench.reserve(6, 1); },
                 [](Bench& bench) { bench.settle(bench.first, 0, 2); },
                 [](Bench& bench) { bench.passes(2); }},
                [&](Bench& bench, bool died) {
                  const int64_t before = bench.left();
                  if (!died) wrong += before != 12 - 2 - 6 || id <= 0;
                  bench.sweep(died ? 1 : 0);
                  if (!died) wrong += !bench.settle(id, 0, 1);
                  const int64_t left = bench.left();
                  if (!died) seen.insert(left);
                  wrong += left > 12 - 2 || left < 12 - 2 - 6;
                  wrong += bench.slots.out().reservations != 0 || !bench.has_all_later();
                  id = 0;
                });
  CHECK(wrong == 0);
  // Where the other 2 come back while these 6 are being taken they count as if they had been taken
  // before, and so much less comes back.
  CHECK(seen == std::set<int64_t>{12 - 2 - 2, 12 - 2});
}

// All that there is was reserved. A charge of 4 cannot be added then: it is not forgotten when what
// was reserved turns out not to have been used.
TEST_CASE("reservations: a charge that was forgiven is not given back") {
  int64_t wrong = 0;
  std::set<int64_t> seen;
  all_schedules(
      [](Bench& bench) {
        bench.first = bench.reserve(5, 1);
        bench.passes(7);
      },
      {[](Bench& bench) { bench.settle(bench.first, 0, 1); },
       [](Bench& bench) { bench.takes.charge(bench.hash(), kNow, 4); }},
      [&](Bench& bench, bool died) {
        if (died) bench.sweep(1);
        wrong += bench.left() > 1;
        if (!died) seen.insert(bench.left());
        wrong += !died && !bench.has_all_later();
      });
  CHECK(wrong == 0);
  // 0: where the settlement found that a charge was forgiven, which then was not, as it found what
  // the settlement gave back.
  CHECK(seen == std::set<int64_t>{0, 1});
}

// A key that is forgotten has all; what was reserved before is not given to it again.
TEST_CASE("reservations: a key is forgotten before a settlement or after it") {
  int64_t wrong = 0, taken = 0;
  all_schedules([](Bench& bench) { bench.first = bench.reserve(5, 1); },
                {[](Bench& bench) { bench.settle(bench.first, 0, 1); },
                 [](Bench& bench) { bench.takes.forget(bench.hash()); },
                 [&](Bench& bench) { taken = bench.passes(6) ? 6 : 0; }},
                [&](Bench& bench, bool died) {
                  if (died) bench.sweep(1);
                  // Where the key was forgotten last, it has all.
                  wrong += bench.left() != 12 && bench.left() != 12 - taken;
                  wrong += !bench.is_sound();
                  taken = 0;
                });
  CHECK(wrong == 0);
}

// All 12 are taken, 5 of them reserved. A turn of 6 comes in half a second or, where the settlement
// is first, in one twelfth: then nothing comes back for it that it was not told of.
TEST_CASE("reservations: a turn is given before a settlement or after it, or given back") {
  int64_t wrong = 0;
  Slot turn;
  std::set<int64_t> after;
  for (const bool cancels : {false, true}) {
    all_schedules(
        [](Bench& bench) {
          bench.first = bench.reserve(5, 1);
          bench.passes(7);
        },
        {[](Bench& bench) { bench.settle(bench.first, 0, 1); },
         [&](Bench& bench) {
           turn = bench.takes.reserve_slot(bench.hash(), kNow, 6, kNeverPasses);
           if (cancels && bench.takes.cancel_slot(bench.hash(), kNow, 6, turn.number) == 1)
             turn = {};
         }},
        [&](Bench& bench, bool died) {
          if (died) bench.sweep(1);
          // Nobody has a turn sooner, nor at that moment.
          const Slot next = bench.takes.reserve_slot(bench.hash(), kNow, 1, kNeverPasses);
          if (!died) after.insert(turn.after);
          wrong += turn.number != 0 && next.number <= turn.number;
          // 12 are there at a time: what is taken by a moment is no more than that and the refill.
          wrong += !died && next.after < (turn.number == 0 ? 0 : turn.after + kSecond / 12 - 1);
          wrong += !bench.is_sound();
          turn = {};
        });
  }
  CHECK(wrong == 0);
  CHECK(after.size() == 3);  // none, and both
}

// 5 are reserved, and 1. Had the 5 never been, the key would have been idle soon after: so of the 1
// nothing comes back later, also where it was reserved while the 5 came back.
TEST_CASE("reservations: who reserves while another settles is told what came back before") {
  constexpr int64_t kLater = kNow + kSecond / 4;
  int64_t wrong = 0, id = 0;
  all_schedules([](Bench& bench) { bench.first = bench.reserve(5, 1); },
                {[](Bench& bench) { bench.settle(bench.first, 0, 1); },
                 [&](Bench& bench) { id = bench.reserve(1, 2); }},
                [&](Bench& bench, bool died) {
                  if (died) return;
                  wrong += bench.cells.acquire(bench.hash(), kLater, 12).wait != 0;
                  wrong += !bench.settle(id, 0, 2, kLater);
                  wrong += bench.left(kLater) != 0;
                });
  CHECK(wrong == 0);
}

// 5 of 12 are reserved and 4 taken. After the change, to as full as it was, nothing comes back.
TEST_CASE("reservations: a change of the rate comes before a settlement or after it") {
  struct Case {
    int64_t tokens;
    std::set<int64_t> left;  // after the change, and where it finds what was settled
  };
  for (const Case& each : {Case{24, {6, 16}}, Case{4, {1, 2}}}) {
    CAPTURE(each.tokens);
    int64_t wrong = 0;
    std::set<int64_t> seen;
    const auto change = [to = each.tokens](Bench& bench) {
      bench.cells.change(test::tokens_a_second<TokenUnits>(to), kNow,
                         TokensInheritance::kProportional);
    };
    all_schedules(
        [](Bench& bench) {
          bench.first = bench.reserve(5, 1);
          bench.passes(4);
        },
        {change, [](Bench& bench) { bench.settle(bench.first, 0, 1); }},
        [&](Bench& bench, bool died) {
          change(bench);  // finishes what is not
          if (!died) seen.insert(bench.left());
          wrong += bench.left() > *each.left.rbegin() || !bench.is_sound();
        });
    CHECK(seen == each.left);
    CHECK(wrong == 0);
  }
}

}  // namespace og
