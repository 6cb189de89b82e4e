// SPDX-License-Identifier: Apache-2.0
// begin {client, key, write, as} -> {"outcome": "run" | "hit" | "absent" | "stale" | "wait" |
// "denied" | "refused" | "none" | "full", "server", "node", "value", "wait_ms"}; end {call,
// success, value | absent, ttl_ms}, cancel {call} -> "ok" | "lapsed" | "invalid"; where {call} ->
// {"server", "node"}; count {name}; server {name} -> {"breaker", "in_flight", "calls", "failures",
// "picks"}; node {node}
// -> {"in_flight", "reads"}; add {name, weight} -> index; remove {name}, set_healthy {name,
// healthy}, set_node_healthy {node, healthy} -> "ok".
#include "core/service/service.h"

#include <map>

#include "tests/conformance/driver.h"

namespace og::conformance {
namespace {

class ServiceDriver : public Driver {
 public:
  explicit ServiceDriver(const Setup& setup)
      : service_(must(Service::create(setup.config, setup.clock))) {}

  json step(const json& step, int64_t) override {
    std::string op = step.at("op");
    if (op == "begin") return begin(step);
    if (op == "end") return word(service_->end(call(step), ending(step)));
    if (op == "cancel") return word(service_->cancel(call(step)));
    if (op == "where") return where(call(step));
    if (op == "count") return count(step.at("name"));
    if (op == "node") {
      int32_t node = step.at("node");
      return {{"in_flight", service_->replicas()->in_flight(node)},
              {"reads", service_->replicas()->reads(node)}};
    }
    if (op == "set_node_healthy") {
      return word(service_->replicas()->set_healthy(step.at("node"), step.at("healthy")));
    }
    EndpointSet& set = *service_->endpoints();
    std::string name = step.at("name");
    if (op == "add") {
      auto added = set.add(name, step.value("weight", 1), "");
      return added ? json(*added) : error_json(added.error());
    }
    int32_t index = set.find(name);
    if (op == "remove") return word(set.remove(index));
    if (op == "set_healthy") return word(set.set_healthy(index, step.at("healthy")));
    if (op == "server") return server(index);
    throw std::runtime_error("unknown op " + op);
  }

 private:
  json begin(const json& step) {
    std::string client = step.value("client", ""), key = step.value("key", "");
    ServiceAnswer answer = service_->begin({client, key, step.value("write", false)});
    json out = answer.result > 0 ? where(answer.result) : where(0);
    if (answer.result > 0) tickets_[step.value("as", "")] = answer.result;
    out["outcome"] = answer.result > 0 ? "run" : outcome(static_cast<Status>(answer.result));
    out["value"] = answer.value ? json(std::string(answer.value.bytes())) : json();
    out["wait_ms"] = answer.wait_ns / 1'000'000;
    return out;
  }
  static ServiceEnding ending(const json& step) {
    using Keep = ServiceEnding::Keep;
    ServiceEnding ending{.success = step.value("success", true)};
    if (step.contains("value")) ending.keep = Keep::kValue;
    if (step.value("absent", false)) ending.keep = Keep::kAbsence;
    if (step.contains("value")) ending.value = step["value"].get_ref<const std::string&>();
    if (step.contains("ttl_ms")) ending.ttl_ns = step["ttl_ms"].get<int64_t>() * 1'000'000;
    return ending;
  }
  int64_t call(const json& step) const {
    auto found = tickets_.find(step.at("call"));
    return found == tickets_.end() ? 0 : found->second;
  }
  json where(int64_t ticket) const {
    if (ticket <= 0) return {{"server", "none"}, {"node", "none"}};
    int32_t server = service_->server(ticket), node = service_->node(ticket);
    return {
        {"server", server < 0 ? place(server) : json(must(service_->endpoints()->name(server)))},
        {"node", node < 0 ? place(node) : json(node)}};
  }
  static json place(int32_t status) {
    return status == static_cast<int32_t>(Status::kLapsed) ? "lapsed" : "none";
  }
  json server(int32_t index) const {
    static const char* kStates[] = {"closed", "open", "half_open", "forced_open", "forced_closed"};
    const Endpoint& endpoint = *service_->endpoints()->at(index);
    auto breaker = service_->breaker(index);
    return {{"breaker", breaker ? json(kStates[static_cast<int>(breaker->state())]) : json()},
            {"in_flight", endpoint.in_flight.load()},
            {"calls", endpoint.counts.calls.load()},
            {"failures", endpoint.counts.failures.load()},
            {"picks", service_->balancer()->picks(index)}};
  }
  json count(const std::string& name) const {
    if (name == "in_flight") return service_->in_flight();
    static const char* kNames[] = {
        "denied",  "no_server", "refused", "hits",          "absences",     "stale",     "waits",
        "no_node", "full",      "begun",   "successes",     "failures",     "cancelled", "expired",
        "lapsed",  "rerouted",  "fills",   "fills_refused", "invalidations"};
    for (size_t i = 0; i < std::size(kNames); ++i) {
      if (name == kNames[i]) return service_->count(static_cast<ServiceCount>(i));
    }
    throw std::runtime_error("unknown count " + name);
  }
  static json outcome(Status status) {
    switch (status) {
      case Status::kOk:
        return "hit";
      case Status::kAbsent:
        return "absent";
      case Status::kStale:
        return "stale";
      case Status::kWait:
        return "wait";
      case Status::kDenied:
        return "denied";
      case Status::kRefused:
        return "refused";
      case Status::kNone:
        return "none";
      case Status::kFull:
        return "full";
      default:
        return "invalid";
    }
  }
  static json word(Status status) {
    return status == Status::kOk ? "ok" : status == Status::kLapsed ? "lapsed" : "invalid";
  }
  static json word(const Result<void>& result) { return result ? "ok" : "invalid"; }

  std::unique_ptr<Service> service_;
  std::map<std::string, int64_t> tickets_;
};

}  // namespace

std::unique_ptr<Driver> make_service_driver(const Setup& setup) {
  return std::make_unique<ServiceDriver>(setup);
}

}  // namespace og::conformance
