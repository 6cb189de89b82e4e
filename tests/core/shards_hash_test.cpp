// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <string>
#include <vector>

#include "core/base/hash.h"
#include "core/base/random.h"
#include "core/data/jump_hash.h"
#include "core/data/shard_map.h"
#include "tests/catch.h"

namespace og {
namespace {

std::unique_ptr<ShardMap> by_hash(int64_t shards) {
  Config config;
  config.set_int("shards", shards);
  return std::move(*ShardMap::create(config));
}

}  // namespace

TEST_CASE("jump hash answers as the paper's code does") {
  // The table of github.com/dgryski/go-jump (jump_test.go), "generated from the reference C++
  // code".
  struct Row {
    uint64_t key;
    std::vector<int32_t> buckets;  // for 1, 2, 3 ... buckets
  };
  const std::vector<Row> rows = {
      {0, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}},
      {1, {0, 0, 0, 0, 0, 0, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 17, 17}},
      {0xdeadbeef, {0, 1, 2, 3, 3, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 16, 16, 16}},
      {0x0ddc0ffeebadf00d, {0, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 15, 15, 15, 15}},
  };
  for (const Row& row : rows) {
    for (size_t i = 0; i < row.buckets.size(); ++i) {
      CHECK(jump_hash(row.key, static_cast<int32_t>(i) + 1) == row.buckets[i]);
    }
  }
}

TEST_CASE("the keys' hash is XXH3_64 with seed 0") {
  // xxHash's own sanity check: bytes from a generator it states, lengths on every code path.
  std::string bytes(2367, '\0');
  uint64_t state = 2654435761u;
  for (char& byte : bytes) {
    byte = static_cast<char>(state >> 56);
    state *= 11400714785074694797u;
  }
  const std::pair<size_t, uint64_t> published[] = {
      {0, 0x2D06800538D394C2},    {1, 0xC44BDFF4074EECDB},    {6, 0x27B56A84CD2D7325},
      {12, 0xA713DAF0DFBB77E7},   {24, 0xA3FE70BF9D3510EB},   {48, 0x397DA259ECBA1F11},
      {80, 0xBCDEFBBB2C47C90A},   {195, 0xCD94217EE362EC3A},  {403, 0xCDEB804D65C6DEA4},
      {512, 0x617E49599013CB6B},  {2048, 0xDD59E2C3A5F038E0}, {2240, 0x6E73A90539CF2948},
      {2367, 0xCB37AEB9E5D361ED},
  };
  for (auto [length, hash] : published) {
    INFO(length);
    CHECK(hash64({bytes.data(), length}) == hash);
    CHECK(by_hash(1000)->of({bytes.data(), length}) == jump_hash(hash, 1000));
  }
}

TEST_CASE("random keys spread evenly over the shards") {
  constexpr int kShards = 50, kKeys = 100'000;
  auto map = by_hash(kShards);
  std::vector<int> held(kShards);
  Random random(7);
  for (int i = 0; i < kKeys; ++i) {
    ++held[static_cast<size_t>(map->of("user:" + std::to_string(random.next())))];
  }
  // Chi-square with 49 degrees of freedom: mean 49, standard deviation sqrt(98); five of them.
  double expected = static_cast<double>(kKeys) / kShards, chi = 0;
  for (int n : held) chi += (n - expected) * (n - expected) / expected;
  CHECK(chi < 49 + 5 * std::sqrt(98.0));
  for (int i = 0; i < kShards; ++i) CHECK(map->lookups(i) == held[static_cast<size_t>(i)]);
}

TEST_CASE("growth moves the least share of keys, each onto a new shard") {
  constexpr int kKeys = 20'000;
  for (auto [from, to] : {std::pair{1, 2}, {4, 5}, {10, 15}, {99, 100}, {8, 64}}) {
    auto less = by_hash(from), more = by_hash(to);
    int moved = 0;
    for (int64_t key = 0; key < kKeys; ++key) {
      int32_t before = less->of_int64(key), after = more->of_int64(key);
      if (before == after) continue;
      ++moved;
      REQUIRE(after >= from);
    }
    double share = *ShardMap::moved_share(*less, *more);
    CHECK(share == Approx(static_cast<double>(to - from) / to));
    CHECK(*ShardMap::moved_share(*more, *less) == Approx(share));
    // Six standard deviations of a binomial.
    CHECK(std::abs(moved - share * kKeys) < 6 * std::sqrt(kKeys * share * (1 - share)));
  }
}

TEST_CASE("a map in use takes over another's shards, and the copy is on its own") {
  auto live = by_hash(4);
  auto next = live->copy();
  REQUIRE(next->resize(9));
  CHECK(live->count() == 4);
  REQUIRE(live->assign(*next));
  CHECK(live->count() == 9);
  CHECK(live->of("abc") == next->of("abc"));
  REQUIRE(live->assign(*live));
  Config range;
  range.set("strategy", "range");
  auto other = std::move(*ShardMap::create(range));
  CHECK(live->assign(*other).error().code == Status::kInvalidArgument);
  CHECK(ShardMap::moved_share(*live, *other).error().code == Status::kInvalidArgument);
}

}  // namespace og
