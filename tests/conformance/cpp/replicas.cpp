// SPDX-License-Identifier: Apache-2.0
#include <map>

#include "tests/conformance/driver_cpp.h"

namespace outgrow::conformance {
namespace {

json node_or_none(std::int32_t node) { return node < 0 ? json("none") : json(node); }

class ReplicasDriver : public Driver {
 public:
  explicit ReplicasDriver(const Setup& setup) : router_(setup.options, setup.clock) {}

  json step(const json& step, std::int64_t) override {
    return answer([&] { return answer_to(step); });
  }

 private:
  json answer_to(const json& step) {
    const std::string op = step.at("op");
    const std::int32_t node = step.value("node", 0);
    if (op == "write") return node_or_none(router_.write().value_or(OG_NONE));
    if (op == "read") return node_or_none(router_.read().value_or(OG_NONE));
    if (op == "reads") {
      std::vector<std::int32_t> nodes;
      router_.read_many(step.at("count"), nodes);
      json out = json::array();
      for (std::int32_t each : nodes) out.push_back(node_or_none(each));
      return out;
    }
    if (op == "acquire") {
      auto ticket =
          router_.acquire(step.value("write", false) ? Operation::write : Operation::read);
      if (!ticket) return word(ticket.status());
      std::int32_t given = ticket.node();
      tickets_[step.value("as", "")] = ticket.let_go();  // vectors return some of them twice
      return given;
    }
    if (op == "release") {
      auto ticket = router_.adopt(tickets_[step.value("ticket", "")]);
      return word(
          ticket.release(step.value("success", true), ms_of(step, "latency_ms", Duration())));
    }
    if (op == "set_healthy") return router_.set_healthy(node, step.at("healthy").get<bool>()), "ok";
    if (op == "in_flight") return in_flight(node);
    if (op == "read_count") return router_.reads(node);
    if (op == "write_count") return router_.writes();
    throw std::runtime_error("unknown op " + op);
  }

  json in_flight(std::int32_t node) const {
    try {
      return router_.in_flight(node);
    } catch (const Error& error) {
      return static_cast<int>(error.status());
    }
  }

  ReplicaRouter router_;
  std::map<std::string, std::int64_t> tickets_;
};

}  // namespace

std::unique_ptr<Driver> make_replicas_driver(const Setup& setup) {
  return std::make_unique<ReplicasDriver>(setup);
}

}  // namespace outgrow::conformance
