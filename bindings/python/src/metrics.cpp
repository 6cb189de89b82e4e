// SPDX-License-Identifier: Apache-2.0
#include "metrics.h"

#include "class_members.h"

namespace outgrow::python::metrics_members {

PyObject *add(Metrics &self, const Arguments<2> &given) {
  std::string text = given.text(0);
  py::handle noun = given[1];
  if (!show_by_class(self, text.c_str(), noun)) {
    raise_type(std::string("noun must be one that counts, not ") + Py_TYPE(given[1])->tp_name);
  }
  self.keep(text, noun);
  return none();
}

}  // namespace outgrow::python::metrics_members
