// SPDX-License-Identifier: Apache-2.0
// How an agent allows a machine's permits, under every schedule of a bounded number of preemptions.
#include "core/fleet/leased_permits.h"

#include <algorithm>
#include <memory>
#include <vector>

#include "core/base/zeroed_block.h"
#include "tests/catch.h"
#include "tests/core/interleaver.h"

namespace og {
namespace {

using test::Interleaver;
using test::SteppedMemory;
using Table = PermitTable<SteppedMemory>;
using Permits = LeasedPermits<SteppedMemory>;

constexpr uint64_t kForever = PermitSlot<SteppedMemory>::kLastDeadline;
constexpr int64_t kLong = 1'000;  // ns: the end of a lease
constexpr uint64_t kLine = 64;

struct Bench {
  explicit Bench(uint32_t room)
      : memory(Table::bytes_for(room) + kLine),
        table(static_cast<char*>(memory.data()) + kLine, room),
        permits(*reinterpret_cast<Permits::Words*>(memory.data()), table) {
    agent = permits.begin().agent;
  }
  int64_t take(uint64_t attachment = 0, uint32_t start = 0, int64_t now = 0) {
    return permits.take({start, attachment, 0, kForever, 0}, now).permit;
  }
  bool give_back(int64_t permit, uint64_t attachment = 0) {
    return table.give_back(permit, attachment, 0) == Table::Return::kOk;
  }
  int64_t allow(int64_t count, int64_t ends_at = kLong) {
    return permits.allow(agent, {count, ends_at, true}, 0);
  }
  ZeroedBlock memory;
  Table table;
  Permits permits;
  uint64_t agent = 0;
};

}  // namespace

TEST_CASE("leased permits: as many as are allowed, until their time ends") {
  Bench bench(8);
  REQUIRE(bench.take() == 0);
  REQUIRE(bench.allow(2) == 0);
  const int64_t first = bench.take(), second = bench.take();
  REQUIRE(first != 0);
  REQUIRE(second != 0);
  REQUIRE(bench.take() == 0);
  REQUIRE(bench.give_back(first));
  REQUIRE(bench.take(0, 0, kLong - 1) != 0);
  REQUIRE(bench.give_back(second));
  REQUIRE(bench.take(0, 0, kLong) == 0);
  REQUIRE(bench.allow(2, 2 * kLong) == 1);
  REQUIRE(bench.take(0, 0, kLong) != 0);
}

TEST_CASE("leased permits: what is out when less is allowed counts, wherever it lies") {
  Bench bench(8);
  bench.allow(6);
  std::vector<int64_t> out;
  for (int i = 0; i < 6; ++i) out.push_back(bench.take());
  for (int i = 0; i < 3; ++i) REQUIRE(bench.give_back(out[static_cast<size_t>(i)]));
  // Three are out in the last slots: of four allowed, one is left, and no more when that ends.
  REQUIRE(bench.allow(4) == 3);
  const int64_t one = bench.take();
  REQUIRE(one != 0);
  REQUIRE(bench.take() == 0);
  REQUIRE(bench.allow(2) == 4);
  REQUIRE(bench.give_back(one));
  REQUIRE(bench.take() == 0);
  REQUIRE(bench.give_back(out[5]));
  REQUIRE(bench.take() == 0);
  // Those that end in the last slots make room in the first.
  REQUIRE(bench.give_back(out[4]));
  REQUIRE(bench.allow(2) == 1);
  REQUIRE(bench.take() != 0);
  REQUIRE(bench.take() == 0);
}

TEST_CASE("leased permits: an agent that another has taken over from changes nothing") {
  Bench bench(8);
  bench.allow(3, 70);
  const auto next = bench.permits.begin();
  REQUIRE(next.left.permits == 3);
  REQUIRE(next.left.ends_at == 70);
  REQUIRE(next.left.is_granted);
  REQUIRE(bench.allow(5) == Permits::kTakenOver);
  REQUIRE(bench.permits.allowed() == 3);
  REQUIRE(bench.permits.allow(next.agent, {1, 80, false}, 0) == 0);
  REQUIRE_FALSE(bench.permits.begin().left.is_granted);
}

// What the server is told is in flight once less is allowed, and what is then, or later: callers of
// whom each read the size before it fell, or after, and claimed what the agent had looked at, or
// not.
TEST_CASE("leased permits: no call is let in beyond what allow() has said") {
  std::unique_ptr<Bench> bench;
  int64_t inside = 0, told = 0, over = 0, wrong = 0;
  bool is_told = false;
  const auto look = [&] {
    if (is_told) over = std::max(over, inside - std::max<int64_t>(told, 1));
  };
  for (const bool is_used : {false, true}) {
    const int64_t schedules = Interleaver::explore(
        3, false,
        [&] {
          bench = std::make_unique<Bench>(3);
          bench->allow(3);
          inside = is_used;
          if (is_used) bench->take(9, 1);
          over = told = 0;
          is_told = false;
          Interleaver::Bodies bodies;
          for (uint64_t i = 0; i < 2; ++i) {
            bodies.push_back([&, i] {
              const uint32_t start = i == 0 ? 2 : 0;  // from the last slot on, or from the first
              for (int round = 0; round < 2; ++round) {
                const int64_t permit = bench->take(i + 1, start);
                if (!permit) continue;
                ++inside;
                look();
                if (round == 0 && is_used) {
                  --inside;  // before it is free for others
                  bench->give_back(permit, i + 1);
                }
              }
            });
          }
          bodies.push_back([&] {
            told = bench->allow(1);
            is_told = true;
            look();
          });
          return bodies;
        },
        [&](bool) { wrong += over > 0; });
    CHECK(schedules > 1000);
  }
  CHECK(wrong == 0);
}

TEST_CASE("leased permits: those that come with a grant are found, whoever is refused meanwhile") {
  std::unique_ptr<Bench> bench;
  int64_t wrong = 0, taken = 0;
  const int64_t schedules = Interleaver::explore(
      3, false,
      [&] {
        bench = std::make_unique<Bench>(4);
        bench->allow(1);
        taken = 0;
        Interleaver::Bodies bodies;
        for (uint64_t i = 0; i < 2; ++i)
          bodies.push_back([&, i] { taken += bench->take(i + 1) != 0; });
        bodies.push_back([&] { bench->allow(3); });
        return bodies;
      },
      [&](bool) {
        wrong += taken < 1;
        while (bench->take() != 0) ++taken;
        wrong += taken != 3;
      });
  CHECK(schedules > 100);
  CHECK(wrong == 0);
}

// The first is stopped anywhere, thought dead, and goes on; or dies. What it was granted it had
// told the second, or nobody.
TEST_CASE("leased permits: two agents at once let in no more than the last one said") {
  std::unique_ptr<Bench> bench;
  int64_t wrong = 0;
  const int64_t schedules = Interleaver::explore(
      3, true,
      [&] {
        bench = std::make_unique<Bench>(4);
        bench->allow(2);
        Interleaver::Bodies bodies;
        bodies.push_back([&] {
          bench->allow(1);
          bench->allow(4);
        });
        bodies.push_back([&] {
          const auto second = bench->permits.begin();
          const int64_t in_flight = bench->permits.allow(second.agent, {1, kLong, true}, 0);
          wrong += in_flight == Permits::kTakenOver;
        });
        return bodies;
      },
      [&](bool) {
        int64_t taken = 0;
        while (bench->take() != 0) ++taken;
        wrong += taken != 1;
      });
  CHECK(schedules > 50);
  CHECK(wrong == 0);
}

}  // namespace og
