// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "core/data/shard_map.h"
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

TEST_CASE("shard lookups by range see one whole map while others change it") {
  Config config;
  config.set("strategy", "range");
  std::vector<std::string_view> splits = {"h", "p"};
  auto map = std::move(*ShardMap::create(config, splits));
  // Two maps in turn: in one the letters are 0 1 2, in the other 7 8 9. A batch is never a mixture.
  auto low = map->copy(), high = map->copy();
  REQUIRE(high->split("", 7));
  REQUIRE(high->split("h", 8));
  REQUIRE(high->split("p", 9));
  std::atomic<int> wrong{0}, lows{0}, highs{0};
  run_threads([&](int thread) {
    const void* keys[] = {"a", "k", "z"};
    const int64_t lens[] = {1, 1, 1};
    int32_t out[3];
    for (int i = 0; i < 3000; ++i) {
      if (thread < 2) {
        if (!map->assign(i % 2 ? *low : *high)) ++wrong;
        continue;
      }
      map->of_many(keys, lens, 3, out);
      bool is_low = out[0] == 0 && out[1] == 1 && out[2] == 2;
      bool is_high = out[0] == 7 && out[1] == 8 && out[2] == 9;
      if (!is_low && !is_high) ++wrong;
      ++(is_low ? lows : highs);
      int64_t shards = map->span("", "", {});
      if (shards != 3) ++wrong;
      if (i % 100 == 0 && map->ranges()->size() != 3) ++wrong;
    }
  });
  CHECK(wrong == 0);
  CHECK(lows + highs == 6 * 3000);
  int64_t counted = 0;
  for (int32_t shard = 0; shard < 10; ++shard) counted += map->lookups(shard);
  CHECK(counted == 6 * 3000 * 3);
}

TEST_CASE("shard lookups by hash stay within the map while others resize it") {
  auto map = std::move(*ShardMap::create(Config{}));
  std::atomic<int> wrong{0};
  std::atomic<int64_t> asked{0};
  run_threads([&](int thread) {
    for (int i = 0; i < 3000; ++i) {
      if (thread < 2) {
        if (!map->resize(1 + (i * 37 + thread) % 300)) ++wrong;
      } else {
        int32_t shard = map->of_int64(i);
        if (shard < 0 || shard >= 300) ++wrong;
        ++asked;
      }
    }
  });
  CHECK(wrong == 0);
  int64_t counted = 0;
  for (int32_t shard = 0; shard < 300; ++shard) counted += map->lookups(shard);
  CHECK(counted == asked);
}

}  // namespace og
