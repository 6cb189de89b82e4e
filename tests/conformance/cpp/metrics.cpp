// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <sstream>

#include "tests/conformance/driver_cpp.h"

namespace outgrow::conformance {
namespace {

class MetricsDriver : public Driver {
 public:
  explicit MetricsDriver(const Setup& setup)
      : metrics_(setup.scope ? Metrics(*setup.scope, setup.name, setup.options)
                             : Metrics(setup.options)) {}

  json step(const json& step, std::int64_t) override {
    return answer([&] { return answer_to(step); });
  }

 private:
  json answer_to(const json& step) {
    const std::string op = step.at("op"), as = step.value("as", ""), id = step.value("id", "");
    if (op == "counter" || op == "gauge" || op == "histogram") return define(op, step, as);
    // What was made under the id may be of another kind, as steps have it: the number is what
    // counts.
    if (op == "increment")
      return Counter(metrics_.handle(), id_of(id)).increment(step.at("by")), "ok";
    if (op == "set") return Gauge(metrics_.handle(), id_of(id)).set(step.at("value")), "ok";
    if (op == "observe") {
      return Histogram(metrics_.handle(), id_of(id))
                 .observe(Duration(step.at("ns").get<std::int64_t>())),
             "ok";
    }
    if (op == "render") {
      std::istringstream rendered(metrics_.render());
      json lines = json::array();
      for (std::string line; std::getline(rendered, line);) {
        if (line.rfind(step.at("prefix").get<std::string>(), 0) == 0) lines.push_back(line);
      }
      return lines;
    }
    throw std::runtime_error("unknown op " + op);
  }

  json define(const std::string& op, const json& step, const std::string& as) {
    const std::string name = step.at("name"), help = step.at("help"), of = step.at("instance");
    ids_[as] = op == "counter" ? metrics_.counter(name, help, of).id()
               : op == "gauge" ? metrics_.gauge(name, help, of).id()
                               : metrics_.histogram(name, help, of).id();
    return "ok";
  }
  std::int32_t id_of(const std::string& name) const { return ids_.at(name); }

  Metrics metrics_;
  std::map<std::string, std::int32_t> ids_;
};

}  // namespace

std::unique_ptr<Driver> make_metrics_driver(const Setup& setup) {
  return std::make_unique<MetricsDriver>(setup);
}

}  // namespace outgrow::conformance
