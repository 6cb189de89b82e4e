// SPDX-License-Identifier: Apache-2.0
#include "shards_driver.h"

namespace outgrow::conformance {

static std::string bytes_of(const json& key) {
  if (!key.is_number()) return key.get<std::string>();
  const auto bytes = ShardMap::int64_key(key.get<std::int64_t>());
  return std::string(Bytes(bytes).view());
}

static json listed(const KeyRanges& ranges, bool moves) {
  json all = json::array();
  for (KeyRange range : ranges) {
    all.push_back({std::string(range.first), std::string(range.end), range.from});
    if (moves) all.back().push_back(range.to);
  }
  return all;
}

struct ShardsDriver::Own {
  ShardMap marked;
};

ShardsDriver::ShardsDriver(const Setup& setup) {
  std::vector<std::string> splits;
  const json given = setup.vector.value("setup", json::object());
  for (const json& key : given.value("splits", json::array())) splits.push_back(bytes_of(key));
  shards = ShardMap(Keys(splits), setup.options);
  own = std::make_shared<Own>(Own{shards.copy()});
}

json ShardsDriver::of(const json& step, std::int64_t) {
  const json& key = step.at("key");
  return key.is_number() ? shards.of_int64(key.get<std::int64_t>())
                         : shards.of(key.get<std::string>());
}

json ShardsDriver::of_many(const json& step, std::int64_t) {
  const json& keys = step.at("keys");
  std::vector<std::int32_t> out;
  if (keys.at(0).is_number()) {
    shards.of_int64_many(keys.get<std::vector<std::int64_t>>(), out);
  } else {
    const auto texts = keys.get<std::vector<std::string>>();
    shards.of_many(Keys(texts), out);
  }
  return out;
}

json ShardsDriver::span(const json& step, std::int64_t) {
  return shards.span(bytes_of(step.at("first")), bytes_of(step.at("end")));
}

json ShardsDriver::split(const json& step, std::int64_t) {
  return answer([&] { return shards.split(bytes_of(step.at("key")), step.at("shard")), "ok"; });
}

json ShardsDriver::merge(const json& step, std::int64_t) {
  return answer([&] { return shards.merge(bytes_of(step.at("key"))), "ok"; });
}

json ShardsDriver::ranges(const json&, std::int64_t) {
  return answer([&] { return listed(shards.ranges(), false); });
}

json ShardsDriver::mark(const json&, std::int64_t) { return own->marked = shards.copy(), "ok"; }

json ShardsDriver::go_back(const json&, std::int64_t) {
  return answer([&] { return shards.assign(own->marked), "ok"; });
}

json ShardsDriver::moves(const json&, std::int64_t) {
  return answer([&] { return listed(own->marked.moves(shards), true); });
}

json ShardsDriver::moved_share(const json&, std::int64_t) {
  return own->marked.moved_share(shards).value_or(OG_NONE);
}

json ShardsDriver::move(const json& step, std::int64_t) {
  const ShardMap::Move move = own->marked.move(shards, bytes_of(step.at("key")));
  return move ? json{move.from, move.to} : json("stays");
}

}  // namespace outgrow::conformance
