// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/base/random.h"
#include "core/data/shard_map.h"
#include "tests/catch.h"

namespace og {
namespace {

std::unique_ptr<ShardMap> by_range(std::span<const std::string_view> splits) {
  Config config;
  config.set("strategy", "range");
  return std::move(*ShardMap::create(config, splits));
}

// Few bytes and lengths around eight, so that prefixes are often equal: 0, 1, 'a', 0x80, 0xff.
std::string random_key(Random& random) {
  static const char kBytes[] = {0, 1, 'a', '\x80', '\xff'};
  std::string key(random.below(3) ? random.below(11) : random.below(3), '\0');
  for (char& byte : key) byte = kBytes[random.below(random.below(2) ? 5 : 2)];
  return key;
}

// A map from the first key of each range to its shard.
using Model = std::map<std::string, int32_t>;

int32_t shard_of(const Model& model, const std::string& key) {
  return std::prev(model.upper_bound(key))->second;
}

}  // namespace

TEST_CASE("splits that do not ascend are named") {
  Config config;
  config.set("strategy", "range");
  auto error = [&](std::vector<std::string_view> splits) {
    auto made = ShardMap::create(config, splits);
    REQUIRE_FALSE(made);
    CHECK(made.error().code == Status::kInvalidArgument);
    return made.error().message;
  };
  CHECK(error({"b", "d", "c"}) ==
        "split 2, 'c', is below the one before it: splits ascend, compared as bytes");
  CHECK(error({"b", "c", "c"}) == "split 2, 'c', stands twice");
  CHECK(error({"", "c"}) == "split 0, '', is empty: the first range begins there");
  CHECK(error({"z", "\xc3\xa9", "a"}).starts_with("split 2, 'a', is below"));
  std::string long_split(100, 'x');
  CHECK(error({long_split, "\x01"}) ==
        "split 1, '?', is below the one before it: splits ascend, compared as bytes");
  CHECK(error({long_split, long_split}) ==
        "split 1, '" + std::string(40, 'x') + "...', stands twice");

  config.set_int("shards", 4);
  auto made = ShardMap::create(config, std::vector<std::string_view>{"b", "c"});
  REQUIRE_FALSE(made);
  CHECK(made.error().code == Status::kBadValue);
  CHECK(made.error().option == "shards");
  CHECK(made.error().message == "option 'shards' cannot be 4: 2 splits make 3");

  auto hash = ShardMap::create(Config{}, std::vector<std::string_view>{"b"});
  REQUIRE_FALSE(hash);
  CHECK(hash.error().option == "strategy");
}

TEST_CASE("splits and merges agree with an ordered map of ranges") {
  // With a prefix all splits have something in common, which lookups skip.
  std::string prefix = GENERATE("", "tenant-7:");
  Random random(11);
  auto map = by_range({});
  auto before = map->copy();
  Model model{{"", 0}}, model_before = model;
  for (int round = 0; round < 3000; ++round) {
    std::string key = prefix + random_key(random);
    if (random.below(3)) {
      auto shard = static_cast<int32_t>(random.below(6));
      REQUIRE(map->split(key, shard));
      model[key] = shard;
    } else {
      bool merged = !key.empty() && model.erase(key) > 0;
      REQUIRE(map->merge(key).has_value() == merged);
    }

    auto random_probe = [&] {
      return prefix.substr(0, random.below(4) ? prefix.size() : random.below(9)) +
             random_key(random);
    };
    std::string probe = random_probe(), other = random_probe();
    REQUIRE(map->of(probe) == shard_of(model, probe));

    // A span's shards are those of the ranges that it touches, in their order, each once.
    std::vector<int32_t> wanted;
    if (other.empty() || probe < other) {
      auto add = [&](int32_t shard) {
        if (std::find(wanted.begin(), wanted.end(), shard) == wanted.end()) wanted.push_back(shard);
      };
      add(shard_of(model, probe));
      for (auto it = model.upper_bound(probe); it != model.end(); ++it) {
        if (other.empty() || it->first < other) add(it->second);
      }
    }
    std::vector<int32_t> seen(static_cast<size_t>(map->span(probe, other, {})));
    map->span(probe, other, seen);
    REQUIRE(seen == wanted);

    if (round % 50 != 0) continue;
    // Moves: ascending, disjoint, and a key lies in one of them exactly when its shard differs.
    auto moves = *ShardMap::moves(*before, *map);
    for (size_t i = 0; i < moves.size(); ++i) {
      REQUIRE(moves[i].from != moves[i].to);
      REQUIRE((moves[i].end.empty() ? i + 1 == moves.size() : moves[i].first < moves[i].end));
      if (i > 0) {
        REQUIRE(moves[i - 1].end <= moves[i].first);
        bool same = moves[i - 1].from == moves[i].from && moves[i - 1].to == moves[i].to;
        REQUIRE_FALSE((same && moves[i - 1].end == moves[i].first));
      }
    }
    for (int n = 0; n < 200; ++n) {
      std::string key = random_probe();
      int32_t from = shard_of(model_before, key), to = shard_of(model, key);
      bool found = false;
      for (const KeyRange& move : moves) {
        if (key < move.first || (!move.end.empty() && key >= move.end)) continue;
        found = true;
        REQUIRE((move.from == from && move.to == to));
      }
      REQUIRE(found == (from != to));
    }
    before = map->copy();
    model_before = model;
  }
  CHECK(map->ranges()->size() == model.size());
  CHECK(model.size() > 20);
}

TEST_CASE("integer keys order as their numbers do") {
  std::vector<int64_t> numbers = {
      INT64_MIN, INT64_MIN + 1, -256,  -255,          -2,       -1, 0, 1, 2, 255,
      256,       65535,         65536, INT64_MAX - 1, INT64_MAX};
  for (size_t i = 1; i < numbers.size(); ++i) {
    auto low = ShardMap::int64_key(numbers[i - 1]), high = ShardMap::int64_key(numbers[i]);
    CHECK(std::string_view(low.data(), 8) < std::string_view(high.data(), 8));
  }
  auto zero = ShardMap::int64_key(0);
  CHECK(std::string_view(zero.data(), 8) == std::string_view("\x80\0\0\0\0\0\0\0", 8));
}

TEST_CASE("a batch is answered by one map, whole keys compared") {
  std::vector<std::string_view> splits = {"same-prefix-a", "same-prefix-b", "same-prefix-c"};
  auto map = by_range(splits);
  std::vector<const void*> keys;
  std::vector<int64_t> lens;
  std::vector<std::string> texts = {"same-prefix",   "same-prefix-a",  "same-prefix-az",
                                    "same-prefix-b", "same-prefix-cc", ""};
  for (const std::string& text : texts) {
    keys.push_back(text.data());
    lens.push_back(static_cast<int64_t>(text.size()));
  }
  std::vector<int32_t> out(texts.size());
  map->of_many(keys.data(), lens.data(), static_cast<int64_t>(texts.size()), out.data());
  CHECK(out == std::vector<int32_t>{0, 1, 1, 2, 3, 0});
  CHECK(map->lookups(1) == 2);
  CHECK(map->lookups(3) == 1);
}

}  // namespace og
