// SPDX-License-Identifier: Apache-2.0
// setup.endpoints [{name, weight, zone}], setup.max_endpoints. Answers name endpoints.
// pick {key} -> name | "none"; pick_many {keys} or {count} -> [name]; acquire {as, key} -> name |
// "none" | "full"; release {ticket, success, latency_ms} -> "ok" | "lapsed" | "invalid";
// add {name, weight, zone} -> index; remove, set_weight {weight}, set_healthy {healthy} {name} ->
// "ok"; in_flight, calls, failures, picks {name}.
#include "core/balance/balancer.h"

#include <map>

#include "tests/conformance/driver.h"

namespace og::conformance {
namespace {

class BalancerDriver : public Driver {
 public:
  explicit BalancerDriver(const Setup& setup) {
    const json given = setup.vector.value("setup", json::object());
    Config config;
    config.set_int("max_endpoints", given.value("max_endpoints", 256));
    set_ = must(EndpointSet::create(config, setup.place));
    for (const json& e : given.value("endpoints", json::array())) add(e);
    balancer_ = must(Balancer::create(setup.config, set_, setup.clock));
  }

  json step(const json& step, int64_t) override {
    std::string op = step.at("op");
    if (op == "pick") return name(balancer_->pick(step.value("key", "")));
    if (op == "pick_many") return pick_many(step);
    if (op == "acquire") {
      int32_t endpoint = 0;
      int64_t ticket = balancer_->acquire(step.value("key", ""), &endpoint);
      if (ticket == static_cast<int64_t>(Status::kFull)) return "full";
      if (ticket > 0) tickets_[step.value("as", "")] = ticket;
      return name(endpoint);
    }
    if (op == "release") {
      auto found = tickets_.find(step.value("ticket", ""));
      return word(balancer_->release(found == tickets_.end() ? 0 : found->second,
                                     step.value("success", true),
                                     step.value("latency_ms", int64_t{0}) * 1'000'000));
    }
    if (op == "add") {
      auto added = set_->add(step.at("name").get<std::string>(), step.value("weight", 1),
                             step.value("zone", ""));
      return added ? json(*added) : error_json(added.error());
    }
    int32_t index = set_->find(step.at("name").get<std::string>());
    if (op == "remove") return word(set_->remove(index));
    if (op == "set_weight") return word(set_->set_weight(index, step.at("weight")));
    if (op == "set_healthy") return word(set_->set_healthy(index, step.at("healthy")));
    if (op == "in_flight") return set_->at(index)->in_flight.load();
    if (op == "calls") return set_->at(index)->counts.calls.load();
    if (op == "failures") return set_->at(index)->counts.failures.load();
    if (op == "picks") return balancer_->picks(index);
    throw std::runtime_error("unknown op " + op);
  }

 private:
  int32_t add(const json& e) {
    return must(
        set_->add(e.at("name").get<std::string>(), e.value("weight", 1), e.value("zone", "")));
  }
  json name(int32_t index) const {
    return index < 0 ? json("none") : json(must(set_->name(index)));
  }
  json pick_many(const json& step) {
    std::vector<std::string> keys = step.contains("keys")
                                        ? step["keys"].get<std::vector<std::string>>()
                                        : std::vector<std::string>(step.at("count").get<size_t>());
    std::vector<std::string_view> views(keys.begin(), keys.end());
    std::vector<int32_t> picked(keys.size());
    balancer_->pick_many(views, picked.data());
    json names = json::array();
    for (int32_t index : picked) names.push_back(name(index));
    return names;
  }
  static json word(Status status) {
    return status == Status::kOk ? "ok" : status == Status::kLapsed ? "lapsed" : "invalid";
  }
  static json word(const Result<void>& result) { return result ? "ok" : "invalid"; }

  std::shared_ptr<EndpointSet> set_;
  std::unique_ptr<Balancer> balancer_;
  std::map<std::string, int64_t> tickets_;
};

}  // namespace

std::unique_ptr<Driver> make_balancer_driver(const Setup& setup) {
  return std::make_unique<BalancerDriver>(setup);
}

}  // namespace og::conformance
