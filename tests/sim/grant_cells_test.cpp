// SPDX-License-Identifier: Apache-2.0
#include "core/fleet/grant_cells.h"

#include <memory>
#include <string>

#include "core/base/zeroed_block.h"
#include "tests/catch.h"
#include "tests/core/interleaver.h"

namespace og {
namespace {

using test::Interleaver;
using test::SteppedMemory;
constexpr int64_t kMs = 1'000'000;

template <class M>
struct Bench {
  static constexpr uint64_t kKeys = 1;  // 34 cells: every key's window overlaps every other's
  ZeroedBlock memory{GrantCells<M>::bytes_for(kKeys)};
  GrantCells<M> cells{memory.data(), kKeys, 1};
  uint64_t key = cells.hash("key");
  int64_t taken = 0;

  void take(int64_t time, uint64_t cost = 1, uint64_t hash = 0) {
    taken += cells.take(hash ? hash : key, time, cost) ? static_cast<int64_t>(cost) : 0;
  }
};

}  // namespace

TEST_CASE("a machine spends what it was granted, until its end") {
  Bench<Memory> b;
  REQUIRE_FALSE(b.cells.take(b.key, 0, 1));
  REQUIRE(b.cells.put(b.key, 0, 3, 100 * kMs));
  REQUIRE(b.cells.take(b.key, 99 * kMs, 2));
  REQUIRE_FALSE(b.cells.take(b.key, 99 * kMs, 2));
  REQUIRE(b.cells.held(b.key, 99 * kMs).tokens == 1);
  REQUIRE_FALSE(b.cells.take(b.key, 100 * kMs, 1));
  REQUIRE(b.cells.held(b.key, 100 * kMs).tokens == 0);
  REQUIRE(b.cells.held(b.key, 100 * kMs).unspent == 1);
}

TEST_CASE("a grant beside another keeps its own end, and is spent once") {
  Bench<Memory> b;
  REQUIRE(b.cells.put(b.key, 0, 2, 100 * kMs));
  REQUIRE(b.cells.put(b.key, 50 * kMs, 3, 150 * kMs));
  REQUIRE(b.cells.held(b.key, 50 * kMs).tokens == 5);
  REQUIRE(b.cells.held(b.key, 50 * kMs).is_doubled);
  REQUIRE(b.cells.held(b.key, 100 * kMs).tokens == 3);
  for (int i = 0; i < 5; ++i) REQUIRE(b.cells.take(b.key, 60 * kMs, 1));
  REQUIRE_FALSE(b.cells.take(b.key, 60 * kMs, 1));
  REQUIRE(b.cells.held(b.key, 60 * kMs).tokens == 0);
  REQUIRE_FALSE(b.cells.put(b.key, 60 * kMs, 1, 150 * kMs));  // ends no later than what was there
  REQUIRE(b.cells.put(b.key, 60 * kMs, 1, 151 * kMs));
}

TEST_CASE("a key that takes over a cell has nothing of what stood beside it") {
  Bench<Memory> b;
  REQUIRE(b.cells.put(b.key, 0, 1, 10 * kMs));
  REQUIRE(b.cells.put(b.key, 0, 50, 900 * kMs));  // beside, and never brought in
  for (int i = 0; i < 40; ++i) {
    const uint64_t other = b.cells.hash("other-" + std::to_string(i));
    if (!b.cells.put(other, 20 * kMs, 1, 800 * kMs)) continue;
    REQUIRE(b.cells.take(other, 20 * kMs, 1));
    REQUIRE_FALSE(b.cells.take(other, 20 * kMs, 1));
  }
  REQUIRE(b.cells.evictions() == 1);
  REQUIRE_FALSE(b.cells.take(b.key, 20 * kMs, 1));
}

TEST_CASE("a clock may stand anywhere, and what a grant holds has its most") {
  for (int64_t start : {int64_t{0}, int64_t{1'800'000'000'000'000'000}, kEndOfTime - 1000 * kMs}) {
    Bench<Memory> b;
    REQUIRE_FALSE(b.cells.take(b.key, start, 1));
    REQUIRE(b.cells.put(b.key, start, 1 << 30, start + 500 * kMs));
    REQUIRE(b.cells.held(b.key, start).tokens == GrantCells<>::kMostTokens);
    REQUIRE(b.cells.take(b.key, start + 499 * kMs, GrantCells<>::kMostTokens));
    REQUIRE_FALSE(b.cells.take(b.key, start, 1));
  }
}

// Two workers and the agent under every schedule of two preemptions; one worker may be killed.
TEST_CASE("no schedule spends more than was granted") {
  std::unique_ptr<Bench<SteppedMemory>> b;
  for (bool death : {false, true}) {
    const int64_t schedules = Interleaver::explore(
        2, death,
        [&]() -> Interleaver::Bodies {
          b = std::make_unique<Bench<SteppedMemory>>();
          b->cells.put(b->key, 0, 2, 100 * kMs);
          const auto worker = [&b] {
            for (int i = 0; i < 3; ++i) b->take(1 * kMs);
          };
          return {worker, worker, [&b] { b->cells.put(b->key, 1 * kMs, 2, 200 * kMs); }};
        },
        [&](bool) {
          // What is there in the end is what was not taken.
          while (b->cells.take(b->key, 1 * kMs, 1)) ++b->taken;
          REQUIRE(b->taken == 4);
        });
    REQUIRE(schedules > 500);
  }
}

// The agent brings another key's grant into an idle cell, while workers of the first spend.
TEST_CASE("no schedule gives one key's grant to another") {
  std::unique_ptr<Bench<SteppedMemory>> b;
  uint64_t other = 0;
  int64_t others = 0;
  const int64_t schedules = Interleaver::explore(
      2, false,
      [&]() -> Interleaver::Bodies {
        b = std::make_unique<Bench<SteppedMemory>>();
        others = 0;
        b->cells.put(b->key, 0, 1, 10 * kMs);
        b->cells.put(b->key, 0, 5, 900 * kMs);
        for (int i = 0; i < 40; ++i)  // no other cell is free
          b->cells.put(b->cells.hash("filler-" + std::to_string(i)), 0, 1, 900 * kMs);
        other = b->cells.hash("other");
        return {[&b] {
                  for (int i = 0; i < 3; ++i) b->take(11 * kMs);
                },
                [&b, &other, &others] {
                  others += b->cells.put(other, 11 * kMs, 1, 800 * kMs);
                  for (int i = 0; i < 3; ++i) others -= b->cells.take(other, 11 * kMs, 1);
                }};
      },
      [&](bool) {
        REQUIRE(others >= 0);  // no more was taken than was put
        REQUIRE(b->taken <= 5);
      });
  REQUIRE(schedules > 50);
}

}  // namespace og
