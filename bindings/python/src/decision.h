// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "noun.h"

namespace outgrow::python {

// An autoscaler's decision, which never changes. Takes over the handle.
class Decision : public Unmade<Decision> {
 public:
  static constexpr const char *kName = "Decision";
  explicit Decision(og_decision *decision) : handle_(decision) {}
  ~Decision() { og_decision_destroy(&handle_); }
  Decision(const Decision &) = delete;
  Decision &operator=(const Decision &) = delete;

  const og_decision *get() const { return handle_; }

 private:
  og_decision *handle_;
};

// Nobody closes it under a call.
template <>
class InUse<Decision> {
 public:
  explicit InUse(Decision &) {}
};

}  // namespace outgrow::python
