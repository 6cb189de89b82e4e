// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <vector>

#include "decision.h"
#include "module.h"
#include "noun_class.h"

namespace outgrow::python {
namespace {

PyObject *observe(Autoscaler &self, const Arguments<6> &given) {
  double value[5];
  for (size_t i = 0; i < 5; ++i) value[i] = given.number(i, std::nan(""));
  auto now = given.time(5);
  og_autoscaler *scaler = self.get();
  return done(
      now ? og_autoscaler_observe_at(scaler, value[0], value[1], value[2], value[3], value[4], *now)
          : og_autoscaler_observe(scaler, value[0], value[1], value[2], value[3], value[4]),
      given);
}

PyObject *observe_metric(Autoscaler &self, const Arguments<3> &given) {
  int32_t metric = given.index(0);
  double value = given.number(1, std::nan(""));
  auto now = given.time(2);
  return done(now ? og_autoscaler_observe_metric_at(self.get(), metric, value, *now)
                  : og_autoscaler_observe_metric(self.get(), metric, value),
              given);
}

PyObject *learn(Autoscaler &self, const Arguments<2> &given) {
  std::vector<int64_t> at;
  std::vector<double> rates;
  for (const py::handle &time : py::iter(given[0])) at.push_back(to_int64(time.ptr(), "at_ns"));
  for (const py::handle &rate : py::iter(given[1])) {
    rates.push_back(rate.is_none() ? std::nan("") : to_double(rate.ptr(), "request_rates"));
  }
  if (at.size() != rates.size()) {
    raise(OG_INVALID_ARGUMENT, "request_rates must be as many as at_ns", "request_rates");
  }
  int64_t taken =
      og_autoscaler_learn(self.get(), at.data(), rates.data(), static_cast<int64_t>(at.size()));
  if (taken == OG_UNSUPPORTED)
    raise(OG_UNSUPPORTED, "predictor is none: nothing to learn for", "predictor");
  return integer(check(taken, given.method()));
}

// A count is an order: none is made up.
int64_t known(int64_t count, const char *method) {
  if (count == OG_NONE) {
    raise(OG_NONE,
          std::string(method) +
              ": how many instances run is unknown: initial_instances or "
              "set_instances() says it",
          "initial_instances");
  }
  return check(count, method);
}

PyObject *decide(Autoscaler &self, const Arguments<1> &given) {
  auto now = given.time(0);
  return integer(
      known(now ? og_autoscaler_decide_at(self.get(), *now) : og_autoscaler_decide(self.get()),
            given.method()));
}

PyObject *explain(Autoscaler &self, const Arguments<1> &given) {
  auto now = given.time(0);
  og_decision *decision = nullptr;
  Checked checked;
  checked(now ? og_autoscaler_explain_at(self.get(), *now, &decision, checked)
              : og_autoscaler_explain(self.get(), &decision, checked));
  return py::cast(fresh<Decision>(decision)).release().ptr();
}

PyObject *set_instances(Autoscaler &self, const Arguments<1> &given) {
  int32_t count = given.index(0);
  return done(og_autoscaler_set_instances(self.get(), count), given);
}

PyObject *set_ready(Autoscaler &self, const Arguments<1> &given) {
  int32_t count = given.index(0);
  return done(og_autoscaler_set_ready(self.get(), count), given);
}

PyObject *forecast(Autoscaler &self, const Arguments<1> &given) {
  auto now = given.time(0);
  double rate =
      now ? og_autoscaler_forecast_at(self.get(), *now) : og_autoscaler_forecast(self.get());
  if (rate < 0) check(static_cast<int64_t>(rate), given.method());
  return rate < 0 ? none() : number(rate);
}

PyObject *history(Autoscaler &self, const Arguments<1> &given) {
  int64_t sequence = given.integer(0);
  og_decision *decision = nullptr;
  Checked checked;
  og_status found = checked(og_autoscaler_history(self.get(), sequence, &decision, checked));
  if (found == OG_NONE) return none();
  check(found, given.method());
  return py::cast(fresh<Decision>(decision)).release().ptr();
}

template <auto kRead>
int64_t number_of(const Autoscaler &self) {
  return check(kRead(self.get()), "AutoScaler");
}

std::unique_ptr<Autoscaler> make(const py::object &clock, const py::kwargs &options) {
  return make_noun<Autoscaler>(options, clock, og_autoscaler_create);
}

constexpr const char *kDoc =
    "How many instances a service should run, and why. It decides; you start and stop them.\n\n"
    "Observe metrics as they come: utilizations in per cent, requests a minute of all instances\n"
    "together, response time in ms, errors in per cent; None (or NaN) is missing, which is not "
    "zero.\n"
    "predictor=\"seasonal\" scales ahead of the load. Who starts beside a running fleet says how "
    "many\n"
    "run, by initial_instances or set_instances(). Safe from every thread.";

}  // namespace

void bind_autoscaler(py::module_ &module) {
  bind_decision(module);
  auto type = closing_class<Autoscaler>(module, kDoc);
  type.def(py::init(&make), py::kw_only(), py::arg("clock") = py::none());
  type.def_property_readonly(
      "instances",
      [](const Autoscaler &self) {
        return known(og_autoscaler_instances(self.get()), "instances");
      },
      "The count as last decided or set; OutgrowError while it is unknown.");
  type.def_property_readonly("history_first", &number_of<og_autoscaler_history_first>,
                             "The number of the oldest decision kept.");
  type.def_property_readonly("history_end", &number_of<og_autoscaler_history_end>,
                             "The number after the newest.");
  method<observe>(
      type,
      "observe($self, cpu_utilization=None, memory_utilization=None, request_rate=None, "
      "response_time=None, error_rate=None, *, now_ns=None)",
      "Metrics of this moment.");
  method<observe_metric>(type, "observe_metric($self, metric, value, *, now_ns=None)",
                         "One Metric alone.");
  method<learn>(type, "learn($self, at_ns, request_rates)",
                "Past request rates, oldest first, to warm the predictor: how many were taken. "
                "Unsupported without a predictor.");
  method<decide>(type, "decide($self, *, now_ns=None)",
                 "The instances to run from now on; OutgrowError until initial_instances or "
                 "set_instances() has said how many run.");
  method<explain>(type, "explain($self, *, now_ns=None)", "Decides, and gives the whole Decision.");
  method<set_instances>(
      type, "set_instances($self, count)",
      "What actually runs, or is starting: at the start, and whenever it differs.");
  method<set_ready>(type, "set_ready($self, count)", "How many of them serve.");
  method<forecast>(type, "forecast($self, *, now_ns=None)",
                   "Requests a minute expected horizon_ms from now; None while there is none.");
  method<history>(type, "history($self, sequence)", "The Decision of that number, or None.");
}

}  // namespace outgrow::python
