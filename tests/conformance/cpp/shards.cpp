// SPDX-License-Identifier: Apache-2.0
#include "tests/conformance/driver_cpp.h"

namespace outgrow::conformance {
namespace {

std::string bytes_of(const json& key) {
  if (!key.is_number()) return key.get<std::string>();
  auto bytes = ShardMap::int64_key(key.get<std::int64_t>());
  return std::string(Bytes(bytes).view());
}

ShardMap map_of(const Setup& setup) {
  std::vector<std::string> splits;
  if (setup.vector.contains("setup")) {
    for (const json& key : setup.vector["setup"].at("splits")) splits.push_back(bytes_of(key));
  }
  return ShardMap(Keys(splits), setup.options);
}

class ShardsDriver : public Driver {
 public:
  explicit ShardsDriver(const Setup& setup) : map_(map_of(setup)), marked_(map_.copy()) {}

  json step(const json& step, std::int64_t) override {
    return answer([&] { return answer_to(step); });
  }

 private:
  json answer_to(const json& step) {
    const std::string op = step.at("op");
    if (op == "of") return of(step.at("key"));
    if (op == "of_many") return of_many(step.at("keys"));
    if (op == "span") return map_.span(bytes_of(step.at("first")), bytes_of(step.at("end")));
    if (op == "count") return map_.count();
    if (op == "resize") return map_.resize(step.at("to")), "ok";
    if (op == "split") return map_.split(bytes_of(step.at("key")), step.at("shard")), "ok";
    if (op == "merge") return map_.merge(bytes_of(step.at("key"))), "ok";
    if (op == "ranges") return list(map_.ranges(), false);
    if (op == "mark") return marked_ = map_.copy(), "ok";
    if (op == "go_back") return map_.assign(marked_), "ok";
    if (op == "moves") return list(marked_.moves(map_), true);
    if (op == "moved_share") return marked_.moved_share(map_).value_or(OG_NONE);
    if (op == "move") {
      ShardMap::Move move = marked_.move(map_, bytes_of(step.at("key")));
      return move ? json{move.from, move.to} : json("stays");
    }
    throw std::runtime_error("unknown op " + op);
  }

  json of(const json& key) const {
    return key.is_number() ? map_.of_int64(key.get<std::int64_t>())
                           : map_.of(key.get<std::string>());
  }
  json of_many(const json& keys) const {
    std::vector<std::int32_t> out;
    if (keys.at(0).is_number()) {
      map_.of_int64_many(keys.get<std::vector<std::int64_t>>(), out);
    } else {
      auto texts = keys.get<std::vector<std::string>>();
      map_.of_many(Keys(texts), out);
    }
    return out;
  }
  static json list(const KeyRanges& ranges, bool moves) {
    json all = json::array();
    for (KeyRange range : ranges) {
      json row = {std::string(range.first), std::string(range.end), range.from};
      if (moves) row.push_back(range.to);
      all.push_back(row);
    }
    return all;
  }

  ShardMap map_;
  ShardMap marked_;
};

}  // namespace

std::unique_ptr<Driver> make_shards_driver(const Setup& setup) {
  return std::make_unique<ShardsDriver>(setup);
}

}  // namespace outgrow::conformance
