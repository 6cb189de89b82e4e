// SPDX-License-Identifier: Apache-2.0
// Answers of more than one part: named tuples. Not struct sequences, which look their size up in a
// dict whenever one is made or goes: 40 ns of a call's 100.
#pragma once

#include <pybind11/pybind11.h>

#include <initializer_list>
#include <vector>

namespace outgrow::python {

namespace py = pybind11;

class Answer {
 public:
  struct Field {
    const char *name, *doc;
  };
  // Lookup, Verdict ... of which `fields` are the parts: answers_generated.h has them all.
  Answer(const char *name, const char *doc, std::initializer_list<Field> fields);
  void add_to(py::module_ &module);

  // Of the parts, each a py::object, so that what is made is given back when a later one raises.
  template <class... Parts>
  py::object operator()(Parts... parts) const {
    py::object answer = blank(sizeof...(parts));
    Py_ssize_t at = 0;
    (PyTuple_SET_ITEM(answer.ptr(), at++, parts.release().ptr()), ...);
    return answer;
  }

 private:
  py::object blank(Py_ssize_t count) const;

  const char *name_, *doc_;
  std::vector<Field> fields_;
  PyTypeObject *type_ = nullptr;
};

}  // namespace outgrow::python
