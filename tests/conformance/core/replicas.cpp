// SPDX-License-Identifier: Apache-2.0
// write, read -> node | "none"; reads {count} -> [node]; acquire {as, write} -> node | "none" |
// "full"; release {ticket, success, latency_ms} -> "ok" | "lapsed" | "invalid"; set_healthy {node,
// healthy}; in_flight {node}; read_count {node}; write_count.
#include "core/data/replicas.h"

#include <map>

#include "tests/conformance/driver.h"

namespace og::conformance {
namespace {

class ReplicasDriver : public Driver {
 public:
  explicit ReplicasDriver(const Setup& setup)
      : router_(must(ReplicaRouter::create(setup.config, setup.clock))) {}

  json step(const json& step, int64_t) override {
    std::string op = step.at("op");
    int32_t node = step.value("node", 0);
    if (op == "write") return word(router_->write());
    if (op == "read") return word(router_->read());
    if (op == "reads") {
      json nodes = json::array();
      for (int i = 0; i < step.at("count").get<int>(); ++i) nodes.push_back(word(router_->read()));
      return nodes;
    }
    if (op == "acquire") {
      int64_t ticket = router_->acquire(step.value("write", false), &node);
      if (ticket == static_cast<int64_t>(Status::kFull)) return "full";
      if (ticket > 0) tickets_[step.value("as", "")] = ticket;
      return word(node);
    }
    if (op == "release") {
      return outcome(router_->release(tickets_[step.value("ticket", "")],
                                      step.value("success", true),
                                      step.value("latency_ms", int64_t{0}) * 1'000'000));
    }
    if (op == "set_healthy") return outcome(router_->set_healthy(node, step.at("healthy")));
    if (op == "in_flight") return router_->in_flight(node);
    if (op == "read_count") return router_->reads(node);
    if (op == "write_count") return router_->writes();
    throw std::runtime_error("unknown op " + op);
  }

 private:
  static json word(int32_t node) { return node < 0 ? json("none") : json(node); }
  static json outcome(Status status) {
    return status == Status::kOk ? "ok" : status == Status::kLapsed ? "lapsed" : "invalid";
  }
  std::unique_ptr<ReplicaRouter> router_;
  std::map<std::string, int64_t> tickets_;
};

}  // namespace

std::unique_ptr<Driver> make_replicas_driver(const Setup& setup) {
  return std::make_unique<ReplicasDriver>(setup);
}

}  // namespace og::conformance
