// SPDX-License-Identifier: Apache-2.0
#include "tests/conformance/driver_cpp.h"

namespace outgrow::conformance {
namespace {

class GatherDriver : public Driver {
 public:
  explicit GatherDriver(const Setup& setup) : gather_(setup.options, setup.clock) {}

  json step(const json& step, std::int64_t now_ns) override {
    return answer([&] { return answer_to(step, time_of(now_ns)); });
  }

 private:
  json answer_to(const json& step, Time now) {
    const std::string op = step.at("op");
    const std::int32_t shard = step.value("shard", 0);
    if (op == "start") return start(step.at("shards")), "ok";
    if (op == "row") return word(query_.row(shard, step.value("row", ""), step.value("key", "")));
    if (op == "done") return word(query_.done(shard));
    if (op == "fail") {
      auto reason = static_cast<Status>(step.value("reason", static_cast<int>(Status::store)));
      return word(query_.fail(shard, reason, step.value("message", "")));
    }
    if (op == "state") {
      static const char* const kWords[] = {"pending", "partial", "complete", "failed"};
      Query::Progress progress = query_.progress_at(now);
      return {{"state", kWords[static_cast<int>(progress.state)]}, {"waiting", progress.waiting}};
    }
    if (op == "time_left") {
      Duration left = query_.time_left();
      return left == kNever ? json("none") : json(whole_ms(left));
    }
    if (op == "rows") return rows(now);
    if (op == "failures") return failures();
    if (op == "refused") return query_.refused();
    throw std::runtime_error("unknown op " + op);
  }

  void start(const json& shards) {
    query_ = shards.is_array() ? gather_.start(shards.get<std::vector<std::int32_t>>())
                               : gather_.start(shards.get<std::int64_t>());
  }
  json rows(Time now) {
    json all = json::array();
    Query::Row row;
    Status status;
    while ((status = query_.next_at(now, row)) == Status::ok) {
      all.push_back({row.shard, std::string(row.key), std::string(row.row)});
    }
    return {{"rows", all}, {"end", word(status)}};
  }
  json failures() const {
    json all = json::array();
    for (const Query::Failure& failure : query_.failures()) {
      all.push_back({failure.shard, static_cast<int>(failure.reason), std::string(failure.message),
                     failure.dropped_rows});
    }
    return all;
  }

  Gather gather_;
  Query query_;
};

}  // namespace

std::unique_ptr<Driver> make_gather_driver(const Setup& setup) {
  return std::make_unique<GatherDriver>(setup);
}

}  // namespace outgrow::conformance
