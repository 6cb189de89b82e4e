// SPDX-License-Identifier: Apache-2.0
#include <map>

#include "tests/conformance/driver_cpp.h"

namespace outgrow::conformance {
namespace {

Endpoints endpoints_of(const Setup& given) {
  const json setup = given.vector.value("setup", json::object());
  const Options options{{"max_endpoints", setup.value("max_endpoints", 256)}};
  Endpoints set = given.scope ? Endpoints(*given.scope, given.name, options) : Endpoints(options);
  for (const json& e : setup.value("endpoints", json::array())) {
    set.add(e.at("name"), e.value("weight", 1), e.value("zone", ""));
  }
  return set;
}

class BalancerDriver : public Driver {
 public:
  explicit BalancerDriver(const Setup& setup)
      : set_(endpoints_of(setup)), balancer_(set_, setup.options, setup.clock) {}

  json step(const json& step, std::int64_t) override {
    if (step.at("op") != "add") return answer([&] { return answer_to(step); });
    return answer_or_error(
        [&] { return set_.add(step.at("name"), step.value("weight", 1), step.value("zone", "")); });
  }

 private:
  json answer_to(const json& step) {
    const std::string op = step.at("op"), key = step.value("key", "");
    if (op == "pick") return name(balancer_.pick(key).value_or(OG_NONE));
    if (op == "pick_many") return pick_many(step);
    if (op == "acquire") {
      auto ticket = balancer_.acquire(key);
      if (!ticket) return word(ticket.status());
      std::int32_t endpoint = ticket.endpoint();
      tickets_[step.value("as", "")] = ticket.let_go();  // vectors return some of them twice
      return name(endpoint);
    }
    if (op == "release") {
      auto ticket = balancer_.adopt(tickets_[step.value("ticket", "")]);
      return word(
          ticket.release(step.value("success", true), ms_of(step, "latency_ms", Duration())));
    }
    std::int32_t index = set_.find(step.at("name")).value_or(OG_NONE);
    if (op == "remove") return set_.remove(index), "ok";
    if (op == "set_weight") return set_.set_weight(index, step.at("weight")), "ok";
    if (op == "set_healthy") return set_.set_healthy(index, step.at("healthy").get<bool>()), "ok";
    if (op == "in_flight") return set_.in_flight(index);
    if (op == "calls") return set_.calls(index);
    if (op == "failures") return set_.failures(index);
    if (op == "picks") return balancer_.picks(index);
    throw std::runtime_error("unknown op " + op);
  }

  json name(std::int32_t index) const { return index < 0 ? json("none") : json(set_.name(index)); }
  json pick_many(const json& step) {
    std::vector<std::int32_t> picked;
    if (step.contains("keys")) {
      auto names = step["keys"].get<std::vector<std::string>>();
      balancer_.pick_many(Keys(names), picked);
    } else {
      balancer_.pick_many(step.at("count").get<std::size_t>(), picked);
    }
    json names = json::array();
    for (std::int32_t index : picked) names.push_back(name(index));
    return names;
  }

  Endpoints set_;
  Balancer balancer_;
  std::map<std::string, std::int64_t> tickets_;
};

}  // namespace

std::unique_ptr<Driver> make_balancer_driver(const Setup& setup) {
  return std::make_unique<BalancerDriver>(setup);
}

}  // namespace outgrow::conformance
