// SPDX-License-Identifier: Apache-2.0
#include <numeric>

#include "gather_driver.h"

namespace og::conformance {

json GatherDriver::start(const json& step, int64_t) {
  const json& shards = step.at("shards");
  std::vector<int32_t> list;
  if (shards.is_array()) {
    list = shards.get<std::vector<int32_t>>();
  } else {
    list.resize(shards.get<size_t>());
    std::iota(list.begin(), list.end(), 0);
  }
  auto started = gather->start(list);
  if (started) query = std::move(*started);
  return started ? "ok" : "invalid";
}

json GatherDriver::state(const json&, int64_t now) {
  static const std::vector<std::string> kWords{"pending", "partial", "complete", "failed"};
  int64_t waiting = -1;
  const json state = word_of(kWords, query->state_at(now, &waiting));
  return {{"state", state}, {"waiting", waiting}};
}

json GatherDriver::rows(const json&, int64_t now) {
  json all = json::array();
  MergedRow row;
  Status status;
  while ((status = query->next_at(&row, now)) == Status::kOk) {
    all.push_back({row.shard, std::string(row.key), std::string(row.row)});
  }
  return {{"rows", all}, {"end", word(status)}};
}

json GatherDriver::failures(const json&, int64_t) {
  json all = json::array();
  for (int64_t i = 0; i < query->failures(); ++i) {
    const ShardFailure failure = *query->failure(i);
    all.push_back(
        {failure.shard, static_cast<int>(failure.reason), failure.message, failure.dropped});
  }
  return all;
}

}  // namespace og::conformance
