// SPDX-License-Identifier: Apache-2.0
#include "value.h"

namespace outgrow::python {
namespace {

struct Pinned {
  PyObject ob_base;
  og_value *value;
};

int get_buffer(PyObject *self, Py_buffer *view, int flags) {
  og_value *value = reinterpret_cast<Pinned *>(self)->value;
  return PyBuffer_FillInfo(view, self, const_cast<void *>(og_value_data(value)),
                           static_cast<Py_ssize_t>(og_value_size(value)), 1, flags);
}

void dealloc_value(PyObject *self) {
  PyTypeObject *type = Py_TYPE(self);
  og_value_destroy(&reinterpret_cast<Pinned *>(self)->value);
  type->tp_free(self);
  Py_DECREF(type);
}

PyTypeObject *pinned_type() {
  static PyType_Slot slots[] = {{Py_bf_getbuffer, reinterpret_cast<void *>(&get_buffer)},
                                {Py_tp_dealloc, reinterpret_cast<void *>(&dealloc_value)},
                                {0, nullptr}};
  static PyType_Spec spec{"outgrow._core._Pinned", sizeof(Pinned), 0,
                          Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION, slots};
  static auto *type = reinterpret_cast<PyTypeObject *>(PyType_FromSpec(&spec));
  return type;
}

}  // namespace

PyObject *view(Value &value) {
  PyTypeObject *type = pinned_type();
  PyObject *pinned = type == nullptr ? nullptr : type->tp_alloc(type, 0);
  if (pinned == nullptr) return nullptr;
  reinterpret_cast<Pinned *>(pinned)->value = value.release();
  PyObject *memory = PyMemoryView_FromObject(pinned);
  Py_DECREF(pinned);
  return memory;
}

}  // namespace outgrow::python
