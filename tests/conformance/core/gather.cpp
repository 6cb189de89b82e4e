// SPDX-License-Identifier: Apache-2.0
// start {shards: [shard] | count} -> "ok" | "invalid": the query that the others refer to; row
// {shard, key, row}, done {shard}, fail {shard, reason, message} -> "ok" | "lapsed" | "full" |
// "invalid"; state ->
// {"state", "waiting"}; time_left -> ms | "none"; rows -> {"rows": [[shard, key, row]], "end":
// "none" | "wait" | "refused"}; failures -> [[shard, reason, message, dropped]]; refused.
#include "core/data/gather.h"

#include <numeric>

#include "core/data/gather_query.h"
#include "tests/conformance/driver.h"

namespace og::conformance {
namespace {

class GatherDriver : public Driver {
 public:
  explicit GatherDriver(const Setup& setup)
      : gather_(must(Gather::create(setup.config, setup.clock))) {}

  json step(const json& step, int64_t now) override {
    std::string op = step.at("op");
    int32_t shard = step.value("shard", 0);
    if (op == "start") return start(step.at("shards"));
    if (op == "row") {
      return word(query_->row_at(shard, step.value("key", ""), step.value("row", ""), now));
    }
    if (op == "done") return word(query_->done_at(shard, now));
    if (op == "fail") {
      auto reason = static_cast<Status>(step.value("reason", static_cast<int>(Status::kStore)));
      return word(query_->fail_at(shard, reason, step.value("message", ""), now));
    }
    if (op == "state") return state(now);
    if (op == "time_left") {
      int64_t left = query_->time_left_at(now);
      return left == INT64_MAX ? json("none") : json(left / 1'000'000);
    }
    if (op == "rows") return rows(now);
    if (op == "failures") return failures();
    if (op == "refused") return query_->refused();
    throw std::runtime_error("unknown op " + op);
  }

 private:
  static json word(Status status) {
    switch (status) {
      case Status::kOk:
        return "ok";
      case Status::kLapsed:
        return "lapsed";
      case Status::kFull:
        return "full";
      case Status::kNone:
        return "none";
      case Status::kWait:
        return "wait";
      case Status::kRefused:
        return "refused";
      default:
        return "invalid";
    }
  }
  json start(const json& shards) {
    std::vector<int32_t> list;
    if (shards.is_array()) {
      list = shards.get<std::vector<int32_t>>();
    } else {
      list.resize(shards.get<size_t>());
      std::iota(list.begin(), list.end(), 0);
    }
    auto query = gather_->start(list);
    if (!query) return "invalid";
    query_ = std::move(*query);
    return "ok";
  }
  json state(int64_t now) {
    static const char* const kWords[] = {"pending", "partial", "complete", "failed"};
    int64_t waiting = -1;
    auto state = static_cast<size_t>(query_->state_at(now, &waiting));
    return {{"state", kWords[state]}, {"waiting", waiting}};
  }
  json rows(int64_t now) {
    json all = json::array();
    MergedRow row;
    Status status;
    while ((status = query_->next_at(&row, now)) == Status::kOk) {
      all.push_back({row.shard, std::string(row.key), std::string(row.row)});
    }
    return {{"rows", all}, {"end", word(status)}};
  }
  json failures() {
    json all = json::array();
    for (int64_t i = 0; i < query_->failures(); ++i) {
      ShardFailure failure = *query_->failure(i);
      all.push_back(
          {failure.shard, static_cast<int>(failure.reason), failure.message, failure.dropped});
    }
    return all;
  }

  std::shared_ptr<Gather> gather_;
  std::unique_ptr<GatherQuery> query_;
};

}  // namespace

std::unique_ptr<Driver> make_gather_driver(const Setup& setup) {
  return std::make_unique<GatherDriver>(setup);
}

}  // namespace og::conformance
