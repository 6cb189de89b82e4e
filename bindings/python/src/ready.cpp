// SPDX-License-Identifier: Apache-2.0
#include "ready.h"

namespace outgrow::python {
namespace {

struct Ready {
  PyObject ob_base;
  PyObject *value;
};

PyObject *next(PyObject *self) {
  PyErr_SetObject(PyExc_StopIteration, reinterpret_cast<Ready *>(self)->value);
  return nullptr;
}

void dealloc_ready(PyObject *self) {
  PyTypeObject *type = Py_TYPE(self);
  Py_DECREF(reinterpret_cast<Ready *>(self)->value);
  type->tp_free(self);
  Py_DECREF(type);
}

PyTypeObject *ready_type() {
  static PyType_Slot slots[] = {{Py_am_await, reinterpret_cast<void *>(&PyObject_SelfIter)},
                                {Py_tp_iter, reinterpret_cast<void *>(&PyObject_SelfIter)},
                                {Py_tp_iternext, reinterpret_cast<void *>(&next)},
                                {Py_tp_dealloc, reinterpret_cast<void *>(&dealloc_ready)},
                                {0, nullptr}};
  static PyType_Spec spec{"outgrow._core._Ready", sizeof(Ready), 0,
                          Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION, slots};
  static auto *type = reinterpret_cast<PyTypeObject *>(PyType_FromSpec(&spec));
  return type;
}

}  // namespace

PyObject *ready(PyObject *value) {
  PyTypeObject *type = ready_type();
  if (type == nullptr) return nullptr;
  auto *self = reinterpret_cast<Ready *>(type->tp_alloc(type, 0));
  if (self != nullptr) self->value = Py_NewRef(value);
  return reinterpret_cast<PyObject *>(self);
}

}  // namespace outgrow::python
