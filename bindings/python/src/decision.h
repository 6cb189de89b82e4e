// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "unmade.h"

namespace outgrow::python {

void bind_decision(py::module_ &module);

// An autoscaler's decision, which never changes. Takes over the handle.
class Decision : public Unmade<Decision> {
 public:
  static constexpr const char *kName = "Decision";
  explicit Decision(og_decision *decision) : handle(decision) {}
  ~Decision() { og_decision_destroy(&handle); }
  Decision(const Decision &) = delete;
  Decision &operator=(const Decision &) = delete;

  og_decision *handle;
};

}  // namespace outgrow::python
