// SPDX-License-Identifier: Apache-2.0
// The protocol of the table's cells under every schedule of a bounded number of preemptions.
#include "core/base/cell_table.h"

#include <string>
#include <vector>

#include "tests/catch.h"
#include "tests/core/bucket_bench.h"

namespace og {
namespace {

constexpr int64_t kSecond = 1'000'000'000;

// One token a second, one at most: a key passes once, whoever asks.
struct Bench : test::BucketBench<> {
  Bench() : BucketBench(1) {}
};
using Table = Bench::Table;

struct Ask {
  std::string key;
  int64_t now;
};

// Everyone asks at once, after `prepare`; judged by how many passed of each ask.
template <class Prepare, class Judge>
int64_t all_schedules(int preemptions, bool death, const std::vector<Ask>& asks, Prepare prepare,
                      Judge judge) {
  std::vector<int> passed(asks.size());
  std::vector<std::function<void(Bench&)>> bodies;
  for (size_t i = 0; i < asks.size(); ++i) {
    bodies.push_back([&, i](Bench& bench) { passed[i] = bench.passes(asks[i].key, asks[i].now); });
  }
  return test::all_schedules<Bench>(preemptions, death, prepare, bodies,
                                    [&](Bench& bench, bool died) {
                                      judge(bench, passed, died);
                                      passed.assign(asks.size(), 0);
                                    });
}

void nothing(Bench&) {}

}  // namespace

TEST_CASE("cells: three callers of one new key, and one passes") {
  int64_t wrong = 0;
  int64_t schedules = all_schedules(3, false, {{"a", 5}, {"a", 5}, {"a", 5}}, nothing,
                                    [&](Bench& bench, const std::vector<int>& passed, bool) {
                                      wrong += passed[0] + passed[1] + passed[2] != 1;
                                      wrong += bench.passes("a", 6);
                                    });
  CHECK(schedules > 1000);
  CHECK(wrong == 0);
}

TEST_CASE("cells: a caller that dies anywhere costs at most its own token") {
  int64_t wrong = 0, deaths = 0;
  int64_t schedules = all_schedules(2, true, {{"a", 5}, {"a", 5}, {"a", 5}}, nothing,
                                    [&](Bench& bench, const std::vector<int>& passed, bool died) {
                                      deaths += died;
                                      int sum = passed[0] + passed[1] + passed[2];
                                      wrong += died ? sum > 1 : sum != 1;
                                      // The dead one is in nobody's way: the key is served again,
                                      // once.
                                      wrong += !bench.passes("a", 5 + kSecond);
                                      wrong += bench.passes("a", 5 + kSecond);
                                    });
  CHECK(schedules > 1000);
  CHECK(deaths > 100);
  CHECK(wrong == 0);
}

TEST_CASE("cells: two new keys for the last idle cell while its key comes back") {
  int64_t wrong = 0;
  std::vector<std::string> keys;
  const auto prepare = [&](Bench& bench) {
    bench.fill(0);
    keys = bench.fill(kSecond + 10);  // all idle by then: the same keys take their tokens again
    REQUIRE(keys.size() >= Table::kWindow);
  };
  // At two seconds and ten ns every bucket is full again.
  const int64_t later = 2 * kSecond + 10;
  prepare(*std::make_unique<Bench>());
  const std::string back = keys[0];
  int64_t schedules =
      all_schedules(1, false, {{"new", later}, {"new", later}, {back, later}}, prepare,
                    [&](Bench& bench, const std::vector<int>& passed, bool) {
                      wrong += passed[0] + passed[1] != 1;
                      wrong += passed[2] != 1;
                      wrong += bench.passes("new", later + 1) || bench.passes(back, later + 1);
                    });
  CHECK(schedules > 1000);
  CHECK(wrong == 0);
}

// Another key takes the idle cell of one whose caller is at its decision, and dies over it
// anywhere.
TEST_CASE(
    "cells: who dies while it takes an idle cell over takes nothing from the key that had it") {
  int64_t wrong = 0, deaths = 0;
  std::vector<std::string> keys;
  const auto prepare = [&](Bench& bench) {
    bench.fill(0);
    keys = bench.fill(kSecond + 10);
  };
  const int64_t later = 2 * kSecond + 10;
  prepare(*std::make_unique<Bench>());
  const std::string back = keys[0];
  int64_t schedules = all_schedules(1, true, {{"new", later}, {back, later}}, prepare,
                                    [&](Bench& bench, const std::vector<int>& passed, bool died) {
                                      deaths += died;
                                      wrong += !died && passed[0] != 1;
                                      wrong += passed[1] != 1;
                                      wrong += bench.passes(back, later + 1);
                                      wrong += !bench.passes("new", later + kSecond + 1) ||
                                               bench.passes("new", later + kSecond + 1);
                                      wrong += !bench.passes(back, later + kSecond + 1) ||
                                               bench.passes(back, later + kSecond + 1);
                                    });
  CHECK(schedules > 1000);
  CHECK(deaths > 100);
  CHECK(wrong == 0);
}

TEST_CASE("cells: a caller whose time is old gains nothing from its key's eviction") {
  int64_t wrong = 0, granted = 0;
  std::vector<std::string> keys;
  const auto prepare = [&](Bench& bench) { keys = bench.fill(0); };
  prepare(*std::make_unique<Bench>());
  const std::string spent = keys[0];
  // Its token was taken at 0 and is back at one second. The caller's time is half a second, when
  // another, later, takes an idle cell: perhaps its own. What it then gets is the token of one
  // second.
  const int64_t later = kSecond + 1;
  int64_t schedules = all_schedules(2, false, {{"x", later}, {spent, kSecond / 2}}, prepare,
                                    [&](Bench& bench, const std::vector<int>& passed, bool) {
                                      granted += passed[1];
                                      wrong += passed[0] != 1;
                                      wrong +=
                                          passed[1] && bench.passes(spent, later + kSecond / 2);
                                    });
  CHECK(schedules > 1000);
  CHECK(granted > 0);
  CHECK(wrong == 0);
}

constexpr int64_t kDied = kSecond + 1;

// At kDied a caller claims a cell of every key's window and dies; the others are busy from then on.
static void only_a_dead_claim_is_left(Bench& bench) {
  const std::vector<std::string> keys = bench.fill(0);
  for (int i = 0;; ++i) {
    const uint64_t dead = bench.table.hash("dead-" + std::to_string(i));
    const auto moment = TokenUnits::create(Rate{1, kSecond}, 1)->at(kDied);
    auto claimed = bench.table.claim(dead, moment.floor, moment.ceil).view;
    const uint64_t index = bench.table.index(claimed);
    if (index > 0 && index < Table::kWindow) break;
    bench.table.swap_state(claimed, 1);  // not this cell: idle again
  }
  for (const std::string& key : keys) {
    if (bench.table.find(bench.table.hash(key)).cell) bench.passes(key, kDied);
  }
}

TEST_CASE("cells: a dead caller's claim is taken over when the window has no other") {
  Bench bench;
  only_a_dead_claim_is_left(bench);
  CHECK(bench.passes("alive", kDied + 5));
  CHECK_FALSE(bench.passes("alive", kDied + 5));
  CHECK_FALSE(bench.passes("another", kDied + 5));  // crowded out
}

// One sees that claim alone, the other, a second on, idle cells: they claim different cells for one
// key, and only one of the two may become live. Whoever passed last, the next token is a second
// later.
TEST_CASE("cells: one key claimed in two cells passes once") {
  int64_t wrong = 0;
  int64_t schedules = all_schedules(2, false, {{"new", kDied + 5}, {"new", kDied + kSecond + 10}},
                                    only_a_dead_claim_is_left,
                                    [&](Bench& bench, const std::vector<int>& passed, bool) {
                                      wrong += passed[0] + passed[1] == 0;
                                      wrong += bench.passes("new", kDied + kSecond + 500);
                                    });
  CHECK(schedules > 1000);
  CHECK(wrong == 0);
}

}  // namespace og
