// SPDX-License-Identifier: Apache-2.0
// counter, gauge, histogram {name, help, instance, as} -> "ok" | "invalid"; increment {id, by},
// set {id, value}, observe {id, ns}; render {prefix} -> the lines that start with it.
#include "core/observe/metrics.h"

#include <map>
#include <sstream>

#include "tests/conformance/driver.h"

namespace og::conformance {
namespace {

class MetricsDriver : public Driver {
 public:
  explicit MetricsDriver(const Setup& setup)
      : metrics_(must(Metrics::create(setup.config, setup.place))) {}

  json step(const json& step, int64_t) override {
    std::string op = step.at("op");
    OwnSeries& own = metrics_->own();
    if (op == "counter") return define(OwnSeries::Kind::kCounter, step);
    if (op == "gauge") return define(OwnSeries::Kind::kGauge, step);
    if (op == "histogram") return define(OwnSeries::Kind::kHistogram, step);
    if (op == "increment") return word(own.increment(id(step), step.at("by")));
    if (op == "set") return word(own.set(id(step), step.at("value")));
    if (op == "observe") return word(own.observe(id(step), step.at("ns")));
    if (op == "render") {
      std::istringstream text(metrics_->render());
      json lines = json::array();
      for (std::string line; std::getline(text, line);) {
        if (line.rfind(step.at("prefix").get<std::string>(), 0) == 0) lines.push_back(line);
      }
      return lines;
    }
    throw std::runtime_error("unknown op " + op);
  }

 private:
  json define(OwnSeries::Kind kind, const json& step) {
    auto made = metrics_->own().define(kind, step.at("name").get<std::string>(),
                                       step.at("help").get<std::string>(),
                                       step.at("instance").get<std::string>());
    if (!made) return word(made.error().code);
    ids_[step.value("as", "")] = *made;
    return "ok";
  }
  int32_t id(const json& step) const { return ids_.at(step.at("id")); }
  static json word(Status status) { return status == Status::kOk ? "ok" : "invalid"; }

  std::unique_ptr<Metrics> metrics_;
  std::map<std::string, int32_t> ids_;
};

}  // namespace

std::unique_ptr<Driver> make_metrics_driver(const Setup& setup) {
  return std::make_unique<MetricsDriver>(setup);
}

}  // namespace og::conformance
