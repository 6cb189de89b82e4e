// SPDX-License-Identifier: Apache-2.0
// add {name, weight, zone} -> index; remove, set_weight {weight}, set_healthy {healthy} {index} ->
// "ok"; find {name} -> index | "none"; count; name, zone, weight, healthy {index}. "invalid" where
// refused.
#include "core/balance/endpoints.h"

#include "tests/conformance/driver.h"

namespace og::conformance {
namespace {

class EndpointsDriver : public Driver {
 public:
  explicit EndpointsDriver(const Setup& setup)
      : set_(must(EndpointSet::create(setup.config, setup.place))) {}

  json step(const json& step, int64_t) override {
    std::string op = step.at("op");
    if (op == "count") return set_->count();
    if (op == "add" || op == "put") {
      const auto how = op == "add" ? &EndpointSet::add : &EndpointSet::put;
      auto added = (set_.get()->*how)(step.at("name").get<std::string>(),
                                      step.value("weight", int64_t{1}), step.value("zone", ""));
      return added ? json(*added) : error_json(added.error());
    }
    if (op == "find") {
      int32_t index = set_->find(step.at("name").get<std::string>());
      return index < 0 ? json("none") : json(index);
    }
    int32_t index = step.at("index");
    if (op == "remove") return word(set_->remove(index));
    if (op == "set_weight") return word(set_->set_weight(index, step.at("weight")));
    if (op == "set_healthy") return word(set_->set_healthy(index, step.at("healthy")));
    if (op == "name") return value(set_->name(index));
    if (op == "zone") return value(set_->zone(index));
    if (op == "weight") return value(set_->weight(index));
    if (op == "healthy") {
      int32_t healthy = set_->healthy(index);
      return healthy < 0 ? json("invalid") : json(healthy);
    }
    throw std::runtime_error("unknown op " + op);
  }

 private:
  static json word(const Result<void>& result) { return result ? "ok" : "invalid"; }
  template <class T>
  static json value(const Result<T>& result) {
    return result ? json(*result) : json("invalid");
  }
  std::shared_ptr<EndpointSet> set_;
};

}  // namespace

std::unique_ptr<Driver> make_endpoints_driver(const Setup& setup) {
  return std::make_unique<EndpointsDriver>(setup);
}

}  // namespace og::conformance
