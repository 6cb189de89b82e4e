// SPDX-License-Identifier: Apache-2.0
// Turns of windows beside decisions and each other, under every schedule of a bounded number of
// preemptions, one of the callers dying at each of its steps; and turns of several rates by
// threads.
#include <algorithm>
#include <atomic>
#include <cstring>
#include <map>
#include <mutex>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "core/base/cell_table_faults.h"
#include "core/limit/fixed_window.h"
#include "core/limit/window_log.h"
#include "tests/catch.h"
#include "tests/core/bucket_bench.h"
#include "tests/core/window_models.h"

namespace og {
namespace {

using test::kSecond;
constexpr int64_t kNow = 5 * kSecond;
constexpr uint64_t kLongest = 3600 * kSecond;

// Two a second.
struct FixedBench : test::BucketBench<WindowUnits> {
  using Base = test::BucketBench<WindowUnits>;
  FixedBench() : Base(2) {
    LimitWords words = test::tokens_a_second<WindowUnits>(2);
    words[kBesideSets] = kLongest;
    epochs.begin(Bucket::first(words));
  }
  Bucket& cells() { return bucket; }
};
struct LogBench {
  using Table = CellTable<test::SteppedMemory>;
  using Cells = WindowLog<test::SteppedMemory>;
  using Word = test::SteppedMemory::Word;
  static constexpr uint64_t kRing = 2;
  static inline const uint64_t kCellsAt = Cells::Epochs::kBytes;
  static inline const uint64_t kWordsAt = kCellsAt + Table::bytes_for(1);
  static inline const uint64_t kBytes = kWordsAt + Table::cells_for(1) * kRing * sizeof(Word);

  ZeroedBlock memory{kBytes};
  char* own = static_cast<char*>(memory.data());
  Cells::Epochs epochs{own};
  Table table{own + kCellsAt, 1, 1, Cells::tag_mask(kRing)};
  Cells log{{table, epochs, reinterpret_cast<Word*>(own + kWordsAt), kRing}};

  LogBench() { epochs.begin(Cells::first({2, kSecond, 0, 0, 0, kLongest}), kRing); }
  void copy(LogBench& other) { std::memcpy(memory.data(), other.memory.data(), kBytes); }
  Cells& cells() { return log; }
};

template <class Bench>
int64_t acquire(Bench& bench) {
  return bench.cells().acquire(bench.table.hash("a"), kNow, 1).wait;
}
// When its turn is, from now; -1 where there is none.
template <class Bench>
int64_t reserve(Bench& bench, int64_t cost) {
  const Slot slot = bench.cells().reserve(bench.table.hash("a"), kNow, cost, kNeverPasses);
  return slot.verdict.wait == 0 && !slot.verdict.crowded_out ? slot.after : -1;
}

// Who notes an admission of a log late has whoever needs it note the latest one's time, which may
// be a window later: a place is left out, and nobody comes early. Who reserves three, one by one,
// beside another and one who asks at once; one is taken at first.
template <class Bench>
void no_window_has_more(int64_t most_left_out) {
  std::mutex mutex;
  std::vector<int64_t> turns;
  int64_t wrong = 0, deaths = 0;
  std::set<size_t> seen;
  const auto note = [&](int64_t after) {
    const std::scoped_lock lock(mutex);
    if (after >= 0) turns.push_back(after);
  };
  const int64_t schedules = test::all_schedules<Bench>(
      2, true, [](Bench& bench) { acquire(bench); },
      {[&](Bench& bench) {
         note(reserve(bench, 1));
         note(reserve(bench, 1));
       },
       [&](Bench& bench) { note(reserve(bench, 1)); },
       [&](Bench& bench) { note(acquire(bench) == 0 ? 0 : -1); }},
      [&](Bench& bench, bool died) {
        deaths += died;
        turns.push_back(0);  // the one at first
        std::map<int64_t, int> in;
        for (const int64_t turn : turns) wrong += ++in[turn] > 2 || turn % kSecond != 0;
        const int64_t next = reserve(bench, 1);
        wrong += next < 0 || in[next] >= 2;
        for (const int64_t turn : turns) wrong += turn > next;
        // With nobody dead every place before it is taken.
        const int64_t left_out = next / kSecond * 2 - static_cast<int64_t>(turns.size());
        if (!died) wrong += left_out > most_left_out;
        wrong += !CellTableFaults<test::SteppedMemory>::of(bench.table).empty();
        seen.insert(turns.size());
        turns.clear();
      });
  CHECK(schedules > 1'000);
  CHECK(deaths > 20);
  CHECK(seen.size() > 1);
  CHECK(wrong == 0);
}

}  // namespace

TEST_CASE("limiter turns: no window has more than it holds, whoever dies", "[limiter][turns]") {
  no_window_has_more<FixedBench>(0);
}

TEST_CASE("limiter turns: no time as long as the window has more, whoever dies",
          "[limiter][turns]") {
  no_window_has_more<LogBench>(2);
}

// Each rate by itself: whatever passes within any time, at its turn, is within burst and rate.
TEST_CASE("limiter turns: of several rates none is exceeded by many at once", "[limiter][turns]") {
  struct Turn {
    int64_t at, cost;
  };
  struct Band {
    int64_t token, burst;
  };
  Config config;
  config.set("rate", "1000/s:5, 30000/min:40");
  config.set_int("keys", 64);
  const auto limiter = *Limiter::create(config, make_manual_clock(0));
  std::vector<Turn> taken[4];
  std::atomic<int64_t> clock{0}, cancelled{0};
  std::vector<std::thread> threads;
  for (size_t thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&limiter, &clock, &cancelled, own = &taken[thread], thread] {
      std::mt19937_64 random(thread);
      for (int i = 0; i < 3'000; ++i) {
        const int64_t now = clock.fetch_add(static_cast<int64_t>(random() % 400'000));
        const auto cost = static_cast<int64_t>(1 + random() % 3);
        Slot slot;
        if (random() % 4 == 0) {
          if (limiter->acquire_at("k", cost, now) == 0) own->push_back({now, cost});
          continue;
        }
        if (limiter->reserve_slot_at("k", cost, kNeverPasses, now, slot) != 0) continue;
        if (random() % 3 == 0 && limiter->cancel_slot_at("k", cost, slot.number, now) == 1)
          ++cancelled;
        else
          own->push_back({now + slot.after, cost});
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::vector<Turn> all;
  for (const auto& each : taken) all.insert(all.end(), each.begin(), each.end());
  std::sort(all.begin(), all.end(), [](const Turn& a, const Turn& b) { return a.at < b.at; });
  for (const Band& band : {Band{kSecond / 1000, 5}, Band{kSecond / 500, 40}}) {
    // The bucket that they leave: never emptier than empty.
    int64_t full = 0, over = 0;
    for (const Turn& turn : all) {
      full = std::max(full, turn.at) + turn.cost * band.token;
      over += full - turn.at > band.burst * band.token;
    }
    CHECK(over == 0);
  }
  CHECK(all.size() > 5'000);
  CHECK(cancelled > 100);
  CHECK(limiter->faults().empty());
}

}  // namespace og
