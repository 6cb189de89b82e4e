// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "core/data/gather.h"
#include "core/data/gather_query.h"
#include "tests/catch.h"

namespace og {
namespace {

constexpr int kThreads = 8;

template <class F>
void run_threads(F body) {
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) threads.emplace_back([&, i] { body(i); });
  for (auto& thread : threads) thread.join();
}

}  // namespace

TEST_CASE("gather: rows of shards handed in by eight threads come out merged, each once") {
  constexpr int kRows = 1000;
  Config config;
  config.set("order", "key");
  auto gather = std::move(*Gather::create(config, make_manual_clock(0)));
  std::vector<int32_t> shards = {7, 6, 5, 4, 3, 2, 1, 0};
  auto query = std::move(*gather->start(shards));
  run_threads([&](int thread) {
    for (int i = 0; i < kRows; ++i) {
      std::string key = std::to_string(100000 + i * kThreads + thread);
      query->row_at(thread, key, key, 0);
      if (i % 100 == 0) query->state_at(0);
    }
    query->done_at(thread, 0);
  });
  REQUIRE(query->state_at(0) == QueryState::kComplete);
  MergedRow row;
  for (int i = 0; i < kRows * kThreads; ++i) {
    REQUIRE(query->next_at(&row, 0) == Status::kOk);
    REQUIRE(row.key == std::to_string(100000 + i));
    REQUIRE(row.row == row.key);
    REQUIRE(row.shard == i % kThreads);
  }
  CHECK(query->next_at(&row, 0) == Status::kNone);
}

TEST_CASE("gather: threads that fail, end, time out and read at once lose no row in silence") {
  constexpr int kShards = 16, kRounds = 60, kRows = 20;
  Config config;
  config.set("policy", "any");
  config.set("deadline_ms", "1ms");
  config.set_int("max_bytes", 12'000);
  auto gather = std::move(*Gather::create(config, make_manual_clock(0)));
  std::vector<int32_t> shards;
  for (int32_t i = 0; i < kShards; ++i) shards.push_back(i);
  for (int round = 0; round < kRounds; ++round) {
    auto query = std::move(*gather->start_at(shards, 0));
    std::atomic<int64_t> taken{0}, handed_out{0}, refused{0}, bad{0};
    run_threads([&](int thread) {
      // Two threads hand in each shard's rows.
      for (int32_t n = 0; n < kShards / 4; ++n) {
        int32_t shard = thread / 2 * (kShards / 4) + n;
        for (int i = 0; i < kRows; ++i) {
          int64_t now = round % 3 == 0 && i > kRows / 2 ? 2'000'000 : 0;
          Status status = query->row_at(shard, "", std::string(static_cast<size_t>(i), 'x'), now);
          ++(status == Status::kOk ? taken : refused);
        }
        if ((shard + round) % 5 == 0) query->fail_at(shard, Status::kIo, "broken", 0);
        query->done_at(shard, 0);
        for (int64_t i = 0; i < query->failures(); ++i) {
          if (!query->failure(i)) ++bad;
        }
      }
      MergedRow row;
      while (query->next_at(&row, 0) == Status::kOk) ++handed_out;
    });
    MergedRow row;
    while (query->next_at(&row, 2'000'000) == Status::kOk) ++handed_out;
    int64_t dropped = 0;
    for (int64_t i = 0; i < query->failures(); ++i) dropped += query->failure(i)->dropped;
    int64_t waiting = -1;
    QueryState state = query->state_at(2'000'000, &waiting);
    REQUIRE(bad == 0);
    REQUIRE(waiting == 0);
    REQUIRE(query->refused() == refused);
    if (state == QueryState::kFailed) {
      REQUIRE(taken == dropped);
    } else {
      REQUIRE(taken == dropped + handed_out);
    }
  }
}

}  // namespace og
