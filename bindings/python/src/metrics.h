// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "noun.h"

namespace outgrow::python {

class Metrics : public Noun<Metrics, og_metrics, og_metrics_destroy> {
 public:
  static constexpr const char *kName = "Metrics";
  using Noun::Noun;
  static constexpr bool kWaits = true;  // as a cached store's, which goes with its last holder
  void close() {
    Noun::close();
    shown.clear();
  }

  // {name: [what is shown by it]}: the library keeps the nouns' own, here the collector can see
  // that.
  py::dict shown;

  void keep(const std::string &name, py::handle noun) {
    shown.attr("setdefault")(name, py::list()).attr("append")(noun);
  }
  void forget(const std::string &name) { shown.attr("pop")(name, py::none()); }

  template <class Show>
  void references(Show show) const {
    Noun::references(show);
    show(shown);
  }
};

// Shows the noun if it is of that class.
template <class N, auto kAdd>
bool shown_as(const Metrics &metrics, const std::string &name, py::handle noun) {
  if (!py::isinstance<N>(noun)) return false;
  Checked checked;
  checked(kAdd(metrics.get(), name.c_str(), noun.cast<N &>().get(), checked));
  return true;
}

}  // namespace outgrow::python
