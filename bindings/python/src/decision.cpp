// SPDX-License-Identifier: Apache-2.0
#include "decision.h"

#include <cmath>

namespace outgrow::python {
namespace {

template <auto kRead>
py::object whole(const Decision &self) {
  return py::int_(kRead(self.handle));
}

// None in place of NaN.
template <auto kRead>
py::object real(const Decision &self) {
  double value = kRead(self.handle);
  if (std::isnan(value)) return py::none();
  return py::float_(value);
}

py::object predicted(const Decision &self) {
  int32_t count = og_decision_predicted(self.handle);
  if (count < 0) return py::none();
  return py::int_(count);
}

py::object metric(const Decision &self) {
  int32_t which = og_decision_metric(self.handle);
  return which < 0 ? py::none() : Enum::metric(which);
}

}  // namespace

void bind_decision(py::module_ &module) {
  py::class_<Decision> type(module, "Decision",
                            "What an AutoScaler decided, and why. Never changes.");
  type.attr("__module__") = "outgrow";
  type.def_property_readonly("sequence", &whole<og_decision_sequence>,
                             "Its number; of a hold that repeats, that of the one kept.");
  type.def_property_readonly("at_ns", &whole<og_decision_at>, "When, by the clock.");
  type.def_property_readonly("previous", &whole<og_decision_previous>, "The count before.");
  type.def_property_readonly("desired", &whole<og_decision_desired>, "The count from now on.");
  type.def_property_readonly(
      "action",
      [](const Decision &self) { return Enum::scale_action(og_decision_action(self.handle)); },
      "A ScaleAction.");
  type.def_property_readonly(
      "reason",
      [](const Decision &self) { return Enum::scale_reason(og_decision_reason(self.handle)); },
      "A ScaleReason.");
  type.def_property_readonly("metric", &metric, "The Metric that decided, or None.");
  type.def_property_readonly("value", &real<og_decision_value>, "What was seen, or None.");
  type.def_property_readonly("threshold", &real<og_decision_threshold>,
                             "What it was held against, or None.");
  type.def_property_readonly("reactive", &whole<og_decision_reactive>,
                             "What the metrics asked for, before limits.");
  type.def_property_readonly("predicted", &predicted, "What the forecast asked for, or None.");
  type.def_property_readonly("forecast", &real<og_decision_forecast>,
                             "Requests a minute expected, or None.");
  type.def("__str__", [](const Decision &self) { return og_decision_text(self.handle); });
  type.def("__repr__", [](const Decision &self) {
    return std::string("<Decision ") + og_decision_text(self.handle) + ">";
  });
}

}  // namespace outgrow::python
