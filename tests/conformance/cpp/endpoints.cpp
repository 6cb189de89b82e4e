// SPDX-License-Identifier: Apache-2.0
#include "tests/conformance/driver_cpp.h"

namespace outgrow::conformance {
namespace {

class EndpointsDriver : public Driver {
 public:
  explicit EndpointsDriver(const Setup& setup)
      : set_(setup.scope ? Endpoints(*setup.scope, setup.name, setup.options)
                         : Endpoints(setup.options)) {}

  json step(const json& step, std::int64_t) override {
    const std::string op = step.at("op");
    if (op != "add" && op != "put") return answer([&] { return answer_to(step); });
    return answer_or_error([&] {
      const std::string name = step.at("name"), zone = step.value("zone", "");
      const std::int64_t weight = step.value("weight", std::int64_t{1});
      return op == "add" ? set_.add(name, weight, zone) : set_.put(name, weight, zone);
    });
  }

 private:
  json answer_to(const json& step) {
    const std::string op = step.at("op");
    if (op == "count") return set_.count();
    if (op == "find") {
      auto index = set_.find(step.at("name"));
      return index ? json(*index) : json("none");
    }
    std::int32_t index = step.at("index");
    if (op == "remove") return set_.remove(index), "ok";
    if (op == "set_weight") return set_.set_weight(index, step.at("weight")), "ok";
    if (op == "set_healthy") return set_.set_healthy(index, step.at("healthy").get<bool>()), "ok";
    if (op == "name") return set_.name(index);
    if (op == "zone") return set_.zone(index);
    if (op == "weight") return set_.weight(index);
    if (op == "healthy") return set_.healthy(index) ? 1 : 0;
    throw std::runtime_error("unknown op " + op);
  }

  Endpoints set_;
};

}  // namespace

std::unique_ptr<Driver> make_endpoints_driver(const Setup& setup) {
  return std::make_unique<EndpointsDriver>(setup);
}

}  // namespace outgrow::conformance
