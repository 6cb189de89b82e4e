// SPDX-License-Identifier: Apache-2.0
#include "shards_driver.h"

namespace og::conformance {

static std::string bytes_of(const json& key) {
  if (!key.is_number()) return key.get<std::string>();
  const auto bytes = ShardMap::int64_key(key.get<int64_t>());
  return {bytes.data(), bytes.size()};
}

static json listed(const Result<std::vector<KeyRange>>& ranges, bool moves) {
  if (!ranges) return "invalid";
  json all = json::array();
  for (const KeyRange& range : *ranges) {
    all.push_back({range.first, range.end, range.from});
    if (moves) all.back().push_back(range.to);
  }
  return all;
}

struct ShardsDriver::Own {
  std::unique_ptr<ShardMap> marked;
};

ShardsDriver::ShardsDriver(const Setup& setup) {
  std::vector<std::string> keys;
  const json given = setup.vector.value("setup", json::object());
  for (const json& key : given.value("splits", json::array())) keys.push_back(bytes_of(key));
  const std::vector<std::string_view> splits(keys.begin(), keys.end());
  shards = must(ShardMap::create(setup.config, splits));
  own = std::make_shared<Own>(Own{shards->copy()});
}

json ShardsDriver::of(const json& step, int64_t) {
  const json& key = step.at("key");
  return key.is_number() ? shards->of_int64(key) : shards->of(key.get<std::string>());
}

json ShardsDriver::of_many(const json& step, int64_t) {
  std::vector<int32_t> out(step.at("keys").size());
  const auto count = static_cast<int64_t>(out.size());
  if (step["keys"].at(0).is_number()) {
    const auto numbers = step["keys"].get<std::vector<int64_t>>();
    shards->of_int64_many(numbers.data(), count, out.data());
  } else {
    const Keys keys(step);
    shards->of_many(keys.data.data(), keys.lens.data(), count, out.data());
  }
  return out;
}

json ShardsDriver::span(const json& step, int64_t) {
  const std::string first = bytes_of(step.at("first")), end = bytes_of(step.at("end"));
  std::vector<int32_t> out(static_cast<size_t>(shards->span(first, end, {})));
  shards->span(first, end, out);
  return out;
}

json ShardsDriver::split(const json& step, int64_t) {
  return done_word(shards->split(bytes_of(step.at("key")), step.at("shard")));
}

json ShardsDriver::merge(const json& step, int64_t) {
  return done_word(shards->merge(bytes_of(step.at("key"))));
}

json ShardsDriver::ranges(const json&, int64_t) { return listed(shards->ranges(), false); }

json ShardsDriver::mark(const json&, int64_t) { return own->marked = shards->copy(), "ok"; }

json ShardsDriver::go_back(const json&, int64_t) { return done_word(shards->assign(*own->marked)); }

json ShardsDriver::moves(const json&, int64_t) {
  return listed(ShardMap::moves(*own->marked, *shards), true);
}

json ShardsDriver::moved_share(const json&, int64_t) {
  return must(ShardMap::moved_share(*own->marked, *shards));
}

json ShardsDriver::move(const json& step, int64_t) {
  const std::string key = bytes_of(step.at("key"));
  const int32_t from = own->marked->locate(key), to = shards->locate(key);
  return from == to ? json("stays") : json{from, to};
}

}  // namespace og::conformance
