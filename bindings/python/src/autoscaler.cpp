// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <vector>

#include "class_members.h"
#include "nouns_generated.h"

namespace outgrow::python::autoscaler_members {
namespace {

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

}  // namespace

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

PyObject *decide(Autoscaler &self, const Arguments<1> &given) {
  auto now = given.time(0);
  return integer(
      known(now ? og_autoscaler_decide_at(self.get(), *now) : og_autoscaler_decide(self.get()),
            given.method()));
}

py::object instances(const Autoscaler &self) {
  return owned(integer(known(og_autoscaler_instances(self.get()), "instances")));
}

}  // namespace outgrow::python::autoscaler_members
