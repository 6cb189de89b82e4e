// SPDX-License-Identifier: Apache-2.0
// How Python's collector of cycles sees a noun. It is told of what the noun refers to; there is no
// tp_clear, for what a noun refers to is fixed when it is made, as a tuple's items are: a cycle is
// closed by something that changed later, and that can be cleared. A noun whose close may wait is
// finalized as files are: closed while all it refers to is whole, so that write-behind reaches a
// program's own store that is garbage with it.
#pragma once

#include <pybind11/pybind11.h>

namespace outgrow::python {

namespace py = pybind11;

// The C++ object in an instance; nullptr while it is being made, or in a class of several bases.
template <class N>
N *made(PyObject *self) {
  auto *instance = reinterpret_cast<py::detail::instance *>(self);
  return instance->simple_layout ? static_cast<N *>(instance->simple_value_holder[0]) : nullptr;
}

template <class N>
int traverse(PyObject *self, visitproc visit, void *arg) {
  Py_VISIT(Py_TYPE(self));
  N *noun = made<N>(self);
  if (noun == nullptr) return 0;
  int stop = 0;
  noun->references([&](const py::object &reference) {
    if (stop == 0 && reference) stop = visit(reference.ptr(), arg);
  });
  return stop;
}

template <class N>
void finalize(PyObject *self) {
  N *noun = made<N>(self);
  if (noun == nullptr || noun->closed()) return;
  py::error_scope kept;  // what is being raised where the last reference went
  if (noun->warns_unclosed() && PyErr_ResourceWarning(self, 1, "unclosed %R", self) != 0) {
    PyErr_WriteUnraisable(self);  // by a filter that makes it an error
  }
  noun->close();
}

template <class N>
void dealloc(PyObject *self) {
  if (PyObject_CallFinalizerFromDealloc(self) < 0) return;  // somebody has it again
  py::detail::pybind11_object_dealloc(self);
}

template <class N>
py::custom_type_setup collected() {
  return py::custom_type_setup([](PyHeapTypeObject *heap_type) {
    PyTypeObject *type = &heap_type->ht_type;
    type->tp_flags |= Py_TPFLAGS_HAVE_GC;
    type->tp_traverse = traverse<N>;
    if constexpr (N::kWaits) {
      type->tp_finalize = finalize<N>;
      type->tp_dealloc = dealloc<N>;
    }
  });
}

}  // namespace outgrow::python
