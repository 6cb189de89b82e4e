// SPDX-License-Identifier: Apache-2.0
#include "decision.h"

#include "class_members.h"

namespace outgrow::python::decision_members {

PyObject *special_str(Decision &self, const Arguments<0> &) {
  return said(og_decision_text(self.get())).release().ptr();
}

PyObject *special_repr(Decision &self, const Arguments<0> &) {
  return PyUnicode_FromFormat("<Decision %s>", og_decision_text(self.get()));
}

}  // namespace outgrow::python::decision_members
