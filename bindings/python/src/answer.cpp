// SPDX-License-Identifier: Apache-2.0
#include "answer.h"

namespace outgrow::python {

Answer::Answer(const char *name, const char *doc, std::initializer_list<Field> fields)
    : name_(name), doc_(doc), fields_(fields) {}

void Answer::add_to(py::module_ &module) {
  py::list names;
  for (const Field &field : fields_) names.append(field.name);
  py::object type = py::module_::import("collections").attr("namedtuple")(name_, names);
  type.attr("__module__") = "outgrow";
  type.attr("__doc__") = doc_;
  for (const Field &field : fields_) type.attr(field.name).attr("__doc__") = field.doc;
  module.attr(name_) = type;
  type_ = reinterpret_cast<PyTypeObject *>(type.release().ptr());  // as long as the process
}

py::object Answer::blank(Py_ssize_t count) const {
  PyObject *answer = type_->tp_alloc(type_, count);
  if (answer == nullptr) throw py::error_already_set();
#if PY_VERSION_HEX >= 0x030E0000
  reinterpret_cast<PyTupleObject *>(answer)->ob_hash = -1;  // not known yet
#endif
  return py::reinterpret_steal<py::object>(answer);
}

}  // namespace outgrow::python
