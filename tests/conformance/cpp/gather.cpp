// SPDX-License-Identifier: Apache-2.0
#include "gather_driver.h"

namespace outgrow::conformance {

json GatherDriver::start(const json& step, std::int64_t) {
  const json& shards = step.at("shards");
  return answer([&] {
    query = shards.is_array() ? gather.start(shards.get<std::vector<std::int32_t>>())
                              : gather.start(shards.get<std::int64_t>());
    return "ok";
  });
}

json GatherDriver::state(const json&, std::int64_t now) {
  static const char* const kWords[] = {"pending", "partial", "complete", "failed"};
  const Query::Progress progress = query.progress_at(time_of(now));
  return {{"state", kWords[static_cast<int>(progress.state)]}, {"waiting", progress.waiting}};
}

json GatherDriver::rows(const json&, std::int64_t now) {
  json all = json::array();
  Query::Row row;
  Status status;
  while ((status = query.next_at(time_of(now), row)) == Status::ok) {
    all.push_back({row.shard, std::string(row.key), std::string(row.row)});
  }
  return {{"rows", all}, {"end", word(status)}};
}

}  // namespace outgrow::conformance
