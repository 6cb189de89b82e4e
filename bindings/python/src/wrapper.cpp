// SPDX-License-Identifier: Apache-2.0
#include "wrapper.h"

#include <structmember.h>

#include <cstddef>

#include "coroutine.h"

namespace outgrow::python {
namespace {

Wrapper *of(PyObject *self) { return reinterpret_cast<Wrapper *>(self); }

int traverse_wrapper(PyObject *self, visitproc visit, void *arg) {
  Py_VISIT(Py_TYPE(self));
  Py_VISIT(of(self)->noun);
  Py_VISIT(of(self)->function);
  Py_VISIT(of(self)->key);
  Py_VISIT(of(self)->extra);
  Py_VISIT(of(self)->dict);
  return 0;
}

int clear_wrapper(PyObject *self) {
  Py_CLEAR(of(self)->noun);
  Py_CLEAR(of(self)->function);
  Py_CLEAR(of(self)->key);
  Py_CLEAR(of(self)->extra);
  Py_CLEAR(of(self)->dict);
  return 0;
}

void dealloc_wrapper(PyObject *self) {
  PyTypeObject *type = Py_TYPE(self);
  PyObject_GC_UnTrack(self);
  if (of(self)->weak_references != nullptr) PyObject_ClearWeakRefs(self);
  clear_wrapper(self);
  type->tp_free(self);
  Py_DECREF(type);
}

PyObject *bind(PyObject *self, PyObject *instance, PyObject *) {
  return instance == nullptr || instance == Py_None ? Py_NewRef(self)
                                                    : PyMethod_New(self, instance);
}

PyObject *repr(PyObject *self) {
  return PyUnicode_FromFormat("<%R guarding %R>", of(self)->noun, of(self)->function);
}

// By its name, as the function it stands for would be pickled.
PyObject *reduce(PyObject *self, PyObject *) {
  return PyObject_GetAttrString(self, "__qualname__");
}

PyTypeObject *wrapper_type() {
  static PyMethodDef methods[] = {{"__reduce__", &reduce, METH_NOARGS, nullptr},
                                  {nullptr, nullptr, 0, nullptr}};
  static PyMemberDef members[] = {
      {"__vectorcalloffset__", T_PYSSIZET, offsetof(Wrapper, vectorcall), READONLY, nullptr},
      {"__dictoffset__", T_PYSSIZET, offsetof(Wrapper, dict), READONLY, nullptr},
      {"__weaklistoffset__", T_PYSSIZET, offsetof(Wrapper, weak_references), READONLY, nullptr},
      {nullptr, 0, 0, 0, nullptr}};
  static PyGetSetDef dict[] = {
      {"__dict__", PyObject_GenericGetDict, PyObject_GenericSetDict, nullptr, nullptr},
      {nullptr, nullptr, nullptr, nullptr, nullptr}};
  static PyType_Slot slots[] = {{Py_tp_members, members},
                                {Py_tp_methods, methods},
                                {Py_tp_getset, dict},
                                {Py_tp_call, reinterpret_cast<void *>(&PyVectorcall_Call)},
                                {Py_tp_descr_get, reinterpret_cast<void *>(&bind)},
                                {Py_tp_repr, reinterpret_cast<void *>(&repr)},
                                {Py_tp_traverse, reinterpret_cast<void *>(&traverse_wrapper)},
                                {Py_tp_clear, reinterpret_cast<void *>(&clear_wrapper)},
                                {Py_tp_dealloc, reinterpret_cast<void *>(&dealloc_wrapper)},
                                {0, nullptr}};
  static PyType_Spec spec{"outgrow._core._Wrapper", sizeof(Wrapper), 0,
                          Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_HAVE_VECTORCALL |
                              Py_TPFLAGS_METHOD_DESCRIPTOR | Py_TPFLAGS_DISALLOW_INSTANTIATION,
                          slots};
  static auto *type = reinterpret_cast<PyTypeObject *>(PyType_FromSpec(&spec));
  return type;
}

}  // namespace

py::object wrap(const py::object &noun, const py::object &function, vectorcallfunc call,
                const py::object &key, const py::object &extra) {
  PyTypeObject *type = wrapper_type();
  auto made =
      py::reinterpret_steal<py::object>(type == nullptr ? nullptr : type->tp_alloc(type, 0));
  if (!made) throw py::error_already_set();
  Wrapper *wrapper = of(made.ptr());
  wrapper->vectorcall = call;
  wrapper->noun = noun.inc_ref().ptr();
  wrapper->function = function.inc_ref().ptr();
  wrapper->key = Py_XNewRef(key.ptr());
  wrapper->extra = Py_XNewRef(extra.ptr());
  py::module_::import("functools").attr("update_wrapper")(made, function);
  return made;
}

PyObject *key_of_call(const Wrapper &wrapper, PyObject *const *args, size_t count,
                      PyObject *names) {
  if (!PyCallable_Check(wrapper.key)) return Py_NewRef(wrapper.key);
  return plain(
      PyObject_Vectorcall(wrapper.key, args, count & ~PY_VECTORCALL_ARGUMENTS_OFFSET, names),
      "the key function");
}

}  // namespace outgrow::python
