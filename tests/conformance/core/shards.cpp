// SPDX-License-Identifier: Apache-2.0
// Keys are texts, or integers for their int64 keys; setup {splits}. of {key} -> shard; of_many
// {keys} -> [shard]; span {first, end} -> [shard]; count; resize {to}, split {key, shard}, merge
// {key} -> "ok" | "invalid"; ranges -> [[first, end, shard]]; mark: remembers the map, to which
// these refer: moves ->
// [[first, end, from, to]]; moved_share; move {key} -> [from, to] | "stays"; go_back: takes it
// over.
#include <map>

#include "core/data/shard_map.h"
#include "tests/conformance/driver.h"

namespace og::conformance {
namespace {

std::string bytes_of(const json& key) {
  if (!key.is_number()) return key.get<std::string>();
  auto bytes = ShardMap::int64_key(key.get<int64_t>());
  return {bytes.data(), bytes.size()};
}

class ShardsDriver : public Driver {
 public:
  explicit ShardsDriver(const Setup& setup) {
    std::vector<std::string> keys;
    if (setup.vector.contains("setup")) {
      for (const json& key : setup.vector["setup"].at("splits")) keys.push_back(bytes_of(key));
    }
    std::vector<std::string_view> splits(keys.begin(), keys.end());
    map_ = must(ShardMap::create(setup.config, splits));
    marked_ = map_->copy();
  }

  json step(const json& step, int64_t) override {
    std::string op = step.at("op");
    if (op == "of") return of(step.at("key"));
    if (op == "of_many") return of_many(step.at("keys"));
    if (op == "span") return span(bytes_of(step.at("first")), bytes_of(step.at("end")));
    if (op == "count") return map_->count();
    if (op == "resize") return outcome(map_->resize(step.at("to")));
    if (op == "split") return outcome(map_->split(bytes_of(step.at("key")), step.at("shard")));
    if (op == "merge") return outcome(map_->merge(bytes_of(step.at("key"))));
    if (op == "ranges") return list(map_->ranges(), false);
    if (op == "mark") return marked_ = map_->copy(), "ok";
    if (op == "go_back") return outcome(map_->assign(*marked_));
    if (op == "moves") return list(ShardMap::moves(*marked_, *map_), true);
    if (op == "moved_share") return must(ShardMap::moved_share(*marked_, *map_));
    if (op == "move") {
      std::string key = bytes_of(step.at("key"));
      int32_t from = marked_->locate(key), to = map_->locate(key);
      return from == to ? json("stays") : json{from, to};
    }
    throw std::runtime_error("unknown op " + op);
  }

 private:
  json of(const json& key) const {
    return key.is_number() ? map_->of_int64(key) : map_->of(key.get<std::string>());
  }
  json of_many(const json& keys) const {
    std::vector<int32_t> out(keys.size());
    auto count = static_cast<int64_t>(keys.size());
    if (keys.at(0).is_number()) {
      auto numbers = keys.get<std::vector<int64_t>>();
      map_->of_int64_many(numbers.data(), count, out.data());
      return out;
    }
    auto texts = keys.get<std::vector<std::string>>();
    std::vector<const void*> data;
    std::vector<int64_t> lens;
    for (const std::string& text : texts) {
      data.push_back(text.data());
      lens.push_back(static_cast<int64_t>(text.size()));
    }
    map_->of_many(data.data(), lens.data(), count, out.data());
    return out;
  }
  json span(const std::string& first, const std::string& end) const {
    std::vector<int32_t> out(static_cast<size_t>(map_->span(first, end, {})));
    map_->span(first, end, out);
    return out;
  }
  static json list(const Result<std::vector<KeyRange>>& ranges, bool moves) {
    if (!ranges) return "invalid";
    json all = json::array();
    for (const KeyRange& range : *ranges) {
      json row = {range.first, range.end, range.from};
      if (moves) row.push_back(range.to);
      all.push_back(row);
    }
    return all;
  }
  static json outcome(const Result<void>& result) { return result ? "ok" : "invalid"; }

  std::unique_ptr<ShardMap> map_;
  std::unique_ptr<ShardMap> marked_;
};

}  // namespace

std::unique_ptr<Driver> make_shards_driver(const Setup& setup) {
  return std::make_unique<ShardsDriver>(setup);
}

}  // namespace og::conformance
