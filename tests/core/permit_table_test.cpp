// SPDX-License-Identifier: Apache-2.0
// The protocol of permits under every schedule of a bounded number of preemptions.
#include "core/scope/permit_table.h"

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

constexpr uint64_t kForever = PermitSlot<SteppedMemory>::kLastDeadline;
constexpr uint64_t kNobody = 0;
constexpr int64_t kMs = 1'000'000;

struct Bench {
  explicit Bench(uint32_t slots) : memory(Table::bytes_for(slots)), table(memory.data(), slots) {
    table.resize(slots);
  }
  int64_t take(uint64_t attachment = kNobody, uint32_t start = 0, int64_t now = 0,
               uint64_t deadline_ms = kForever) {
    return table.take({start, attachment, now, deadline_ms, table.size()}).permit;
  }
  bool give_back(int64_t permit, uint64_t attachment = kNobody) {
    return table.give_back(permit, attachment, 0) == Table::Return::kOk;
  }
  ZeroedBlock memory;
  Table table;
};

// Callers who take a permit and give it back, `rounds` times each.
struct Callers {
  std::unique_ptr<Bench> bench;
  int64_t inside = 0, most = 0, refused = 0, lapsed = 0;

  int64_t explore(uint32_t slots, size_t callers, int rounds, int preemptions, bool death,
                  const std::function<void(bool died)>& judge) {
    return Interleaver::explore(
        preemptions, death,
        [&, callers] {
          bench = std::make_unique<Bench>(slots);
          inside = most = refused = lapsed = 0;
          Interleaver::Bodies bodies;
          for (size_t i = 0; i < callers; ++i) {
            bodies.push_back([&, i] {
              for (int round = 0; round < rounds; ++round) {
                const int64_t permit = bench->take(i + 1);
                if (!permit) {
                  ++refused;
                  continue;
                }
                most = std::max(most, ++inside);
                --inside;  // before it is free for others
                if (!bench->give_back(permit, i + 1)) ++lapsed;
              }
            });
          }
          return bodies;
        },
        judge);
  }
};

}  // namespace

TEST_CASE("permits: never more out than there are slots, and all are free after") {
  Callers callers;
  int64_t wrong = 0;
  const int64_t schedules = callers.explore(1, 3, 1, 3, false, [&](bool) {
    wrong += callers.most > 1 || callers.lapsed > 0;
    wrong += callers.bench->take() == 0;  // no bit was left set over a free slot
    wrong += callers.bench->take() != 0;
  });
  CHECK(schedules > 1000);
  CHECK(wrong == 0);
}

TEST_CASE("permits: nobody is refused while there are no more callers than permits") {
  Callers callers;
  int64_t wrong = 0;
  const int64_t schedules =
      callers.explore(2, 2, 2, 4, false, [&](bool) { wrong += callers.refused; });
  CHECK(schedules > 1000);
  CHECK(wrong == 0);
}

TEST_CASE("permits: a caller that dies anywhere costs nothing once that is known") {
  Callers callers;
  int64_t wrong = 0, deaths = 0;
  const int64_t schedules = callers.explore(1, 2, 2, 3, true, [&](bool died) {
    deaths += died;
    const auto swept =
        callers.bench->table.sweep(0, [&](uint64_t attachment) { return attachment != 1; });
    wrong += swept.held != 0 || swept.orphaned > died;
    wrong += callers.bench->take() == 0;
    wrong += callers.bench->take() != 0;
  });
  CHECK(schedules > 1000);
  CHECK(deaths > 100);
  CHECK(wrong == 0);
}

TEST_CASE(
    "permits: slots that come with a growth are found, whoever is at a full table meanwhile") {
  std::unique_ptr<Bench> bench;
  int64_t wrong = 0, taken = 0;
  const int64_t schedules = Interleaver::explore(
      3, false,
      [&] {
        bench = std::make_unique<Bench>(3);
        bench->table.resize(1);
        taken = 0;
        Interleaver::Bodies bodies;
        for (uint64_t i = 0; i < 2; ++i) {
          bodies.push_back([&, i] { taken += bench->take(i + 1) != 0; });
        }
        bodies.push_back([&] { bench->table.resize(3); });
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

TEST_CASE("permits: a permit that is past its time goes to one, and is no more its holder's") {
  std::unique_ptr<Bench> bench;
  int64_t wrong = 0, granted = 0;
  const int64_t schedules = Interleaver::explore(
      3, false,
      [&] {
        bench = std::make_unique<Bench>(1);
        granted = 0;
        const int64_t old = bench->take(1, 0, 0, 5);
        Interleaver::Bodies bodies;
        bodies.push_back([&, old] { bench->table.give_back(old, 1, 4 * kMs); });
        for (int i = 0; i < 2; ++i) {
          bodies.push_back([&] { granted += bench->take(2, 0, 5 * kMs, kForever) != 0; });
        }
        return bodies;
      },
      [&](bool) { wrong += granted != 1 || bench->take() != 0; });
  CHECK(schedules > 100);
  CHECK(wrong == 0);
}

// A deadline's high bits are in the slot's other word: they change here, and are read with
// another's low bits by whoever is interrupted between the two.
TEST_CASE("permits: where the two words of a deadline part, a permit goes to one as well") {
  constexpr uint64_t kTurn = PermitSlot<SteppedMemory>::kLowMask + 1;
  constexpr int64_t kTime = static_cast<int64_t>(kTurn) * kMs;
  std::unique_ptr<Bench> bench;
  int64_t wrong = 0, granted = 0, times_granted = 0;
  const int64_t schedules = Interleaver::explore(
      3, false,
      [&] {
        bench = std::make_unique<Bench>(1);
        granted = 0;
        const int64_t old = bench->take(1, 0, kTime - 3 * kMs, kTurn - 1);
        Interleaver::Bodies bodies;
        bodies.push_back([&, old] { bench->table.give_back(old, 1, kTime - 2 * kMs); });
        bodies.push_back([&] { granted += bench->take(2, 0, kTime, kTurn + 5) != 0; });
        bodies.push_back([&] { granted += bench->take(3, 0, kTime - 2 * kMs, kTurn + 3) != 0; });
        return bodies;
      },
      [&](bool) {
        const auto swept = bench->table.sweep(kTime + 2 * kMs, [](uint64_t) { return true; });
        wrong += granted > 1 || swept.held != granted;  // none where the late one saw it held
        wrong += (bench->take(4, 0, kTime, kTurn + 5) != 0) != (granted == 0);
        bench->table.sweep(kTime + 5 * kMs, [](uint64_t) { return true; });
        wrong += bench->take(5, 0, kTime + 5 * kMs, kTurn + 9) == 0;
        times_granted += granted;
      });
  CHECK(schedules > 100);
  CHECK(times_granted > 100);
  CHECK(wrong == 0);
}

TEST_CASE("permits: many groups are one table, and each permit is another's") {
  Bench bench(1000);
  std::vector<int64_t> permits;
  for (int i = 0; i < 1000; ++i) permits.push_back(bench.take(kNobody, 500));
  CHECK(bench.take(kNobody, 999) == 0);
  CHECK(bench.give_back(permits[700]));
  CHECK_FALSE(bench.give_back(permits[700]));
  CHECK(bench.take(kNobody, 3) > 0);
  CHECK(bench.take() == 0);
  CHECK_FALSE(bench.give_back(permits[700]));
  std::sort(permits.begin(), permits.end());
  CHECK(std::unique(permits.begin(), permits.end()) == permits.end());
  CHECK(permits.front() > 0);
}

}  // namespace og
