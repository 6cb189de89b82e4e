// SPDX-License-Identifier: Apache-2.0
#include <map>

#include "tests/conformance/driver_cpp.h"

namespace outgrow::conformance {
namespace {

class ServiceDriver : public Driver {
 public:
  explicit ServiceDriver(const Setup& setup)
      : service_(setup.options, setup.clock),
        endpoints_(service_.endpoints()),
        balancer_(service_.balancer()),
        replicas_(service_.replicas()) {}

  json step(const json& step, std::int64_t) override {
    return answer([&] { return answer_to(step); });
  }

 private:
  json answer_to(const json& step) {
    const std::string op = step.at("op");
    if (op == "begin") return begin(step);
    if (op == "end") return word(taken_up(step).end(step.value("success", true), keep(step)));
    if (op == "cancel") return word(taken_up(step).cancel());
    if (op == "where") {
      ServiceCall call = taken_up(step);
      json place = where(call);
      call.let_go();
      return place;
    }
    if (op == "count") return count(step.at("name"));
    if (op == "node") {
      std::int32_t node = step.at("node");
      return {{"in_flight", replicas_.in_flight(node)}, {"reads", replicas_.reads(node)}};
    }
    if (op == "set_node_healthy") {
      return replicas_.set_healthy(step.at("node"), step.at("healthy").get<bool>()), "ok";
    }
    const std::string name = step.at("name");
    if (op == "add") {
      return answer_or_error([&] { return endpoints_.add(name, step.value("weight", 1)); });
    }
    std::int32_t index = endpoints_.find(name).value_or(OG_NONE);
    if (op == "remove") return endpoints_.remove(index), "ok";
    if (op == "set_healthy")
      return endpoints_.set_healthy(index, step.at("healthy").get<bool>()), "ok";
    if (op == "server") return server(index);
    throw std::runtime_error("unknown op " + op);
  }

  json begin(const json& step) {
    ServiceCall call =
        service_.begin(step.value("write", false) ? Operation::write : Operation::read,
                       step.value("client", ""), step.value("key", ""));
    json out = {{"server", "none"}, {"node", "none"}};
    if (call) out = where(call);
    out["outcome"] = call                          ? json("run")
                     : call.status() == Status::ok ? json("hit")
                                                   : word(call.status());
    out["value"] = or_null(call.value());
    out["wait_ms"] = whole_ms(call.wait());
    if (call) tickets_[step.value("as", "")] = call.let_go();  // vectors end some of them twice
    return out;
  }
  Keep keep(const json& step) {
    Duration ttl = ms_of(step, "ttl_ms", kDefaultTtl);
    if (step.value("absent", false)) return Keep::absence(ttl);
    if (!step.contains("value")) return Keep::nothing();
    return Keep::value(step["value"].get_ref<const std::string&>(), ttl);
  }
  ServiceCall taken_up(const json& step) { return service_.adopt(tickets_[step.at("call")]); }

  json where(const ServiceCall& call) const {
    std::int32_t server = call.server(), node = call.node();
    return {
        {"server", server < 0 ? word(static_cast<Status>(server)) : json(endpoints_.name(server))},
        {"node", node < 0 ? word(static_cast<Status>(node)) : json(node)}};
  }
  json server(std::int32_t index) const {
    static const char* const kStates[] = {"closed", "open", "half_open", "forced_open",
                                          "forced_closed"};
    CircuitBreaker breaker = service_.breaker(index);
    return {{"breaker", breaker ? json(kStates[static_cast<int>(breaker.state())]) : json()},
            {"in_flight", endpoints_.in_flight(index)},
            {"calls", endpoints_.calls(index)},
            {"failures", endpoints_.failures(index)},
            {"picks", balancer_.picks(index)}};
  }
  json count(const std::string& name) const {
    using Stat = ServiceStat;
    static const std::map<std::string, Stat> kStats = {{"in_flight", Stat::in_flight},
                                                       {"denied", Stat::denied},
                                                       {"no_server", Stat::no_server},
                                                       {"refused", Stat::refused},
                                                       {"hits", Stat::hits},
                                                       {"absences", Stat::absences},
                                                       {"stale", Stat::stale},
                                                       {"waits", Stat::waits},
                                                       {"no_node", Stat::no_node},
                                                       {"full", Stat::full},
                                                       {"begun", Stat::begun},
                                                       {"successes", Stat::successes},
                                                       {"failures", Stat::failures},
                                                       {"cancelled", Stat::cancelled},
                                                       {"expired", Stat::expired},
                                                       {"lapsed", Stat::lapsed},
                                                       {"rerouted", Stat::rerouted},
                                                       {"fills", Stat::fills},
                                                       {"fills_refused", Stat::fills_refused},
                                                       {"invalidations", Stat::invalidations}};
    return service_.stat(kStats.at(name));
  }

  Service service_;
  Endpoints endpoints_;
  Balancer balancer_;
  ReplicaRouter replicas_;
  std::map<std::string, std::int64_t> tickets_;
};

}  // namespace

std::unique_ptr<Driver> make_service_driver(const Setup& setup) {
  return std::make_unique<ServiceDriver>(setup);
}

}  // namespace outgrow::conformance
