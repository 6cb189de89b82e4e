// SPDX-License-Identifier: Apache-2.0
#include "block_exit.h"

#include <structmember.h>

#include <algorithm>
#include <cstddef>
#include <utility>

#include "errors.h"
#include "method.h"
#include "ready.h"

namespace outgrow::python {

// ---- by hand ----

namespace {

py::object this_context() {
  owned(PyContext_CopyCurrent());  // where there is none yet, it is made
  return py::reinterpret_borrow<py::object>(PyThreadState_Get()->context);
}

}  // namespace

void LoosePermits::push(int64_t permit) {
  all_.push_back({this_context(), PyThread_get_thread_ident(), permit});
}

int64_t LoosePermits::pop(const char *noun) {
  if (all_.empty()) return 0;
  py::object context = this_context();
  auto found = std::find_if(all_.rbegin(), all_.rend(),
                            [&](const Loose &each) { return each.context.is(context); });
  if (found == all_.rend()) {
    if (all_.size() > 1) {
      PyErr_Format(
          PyExc_RuntimeError,
          "%s.__exit__ by hand in another context than __enter__, with %zd blocks open: use "
          "enter() and exit()",
          noun, static_cast<Py_ssize_t>(all_.size()));
      throw py::error_already_set();
    }
    found = all_.rbegin();
  }
  int64_t permit = found->permit;
  all_.erase(std::next(found).base());
  return permit;
}

void LoosePermits::forget_other_threads() {
  unsigned long mine = PyThread_get_thread_ident();
  std::erase_if(all_, [mine](const Loose &each) { return each.thread != mine; });
}

// ---- by the language ----

namespace {

struct Exit {
  PyObject ob_base;
  vectorcallfunc vectorcall;
  const BlockExit *what;
  PyObject *owner;  // the class that has it
  PyObject
      *noun;   // whose permit it is; nullptr until there is one, where it was asked of the class
  bool bound;  // else the noun comes as the first argument, as to any function in a class
  int64_t permit;
  bool waits;  // for its permit: it is in the list
  unsigned long thread;
  Exit *older, *newer;
};

Exit *newest = nullptr;  // of those that wait

Exit *of(PyObject *self) { return reinterpret_cast<Exit *>(self); }

bool is_of(PyObject *noun, PyObject *owner) {
  return PyObject_TypeCheck(noun, reinterpret_cast<PyTypeObject *>(owner)) != 0;
}

void stop_waiting(Exit *exit) {
  if (!std::exchange(exit->waits, false)) return;
  if (exit->older != nullptr) exit->older->newer = exit->newer;
  (exit->newer != nullptr ? exit->newer->older : newest) = exit->older;
}

PyObject *call(PyObject *self, PyObject *const *args, size_t count, PyObject *names) {
  Exit *exit = of(self);
  return caught([&] {
    Py_ssize_t wanted = exit->bound ? 3 : 4;
    if (PyVectorcall_NARGS(count) != wanted || (names != nullptr && PyTuple_GET_SIZE(names) != 0)) {
      raise_type(std::string(exit->what->name) +
                 "() takes the exception's type, value and traceback");
    }
    PyObject *noun = exit->bound ? exit->noun : args[0];
    bool ours = exit->noun != nullptr ? noun == exit->noun : is_of(noun, exit->owner);
    if (!ours) raise_type(std::string(exit->what->name) + "() was asked for another's block");
    int64_t permit = std::exchange(exit->permit, 0);
    if (exit->waits) {
      stop_waiting(exit);
      permit = exit->what->pop(noun);
    }
    if (permit > 0) exit->what->settle(noun, permit, args[wanted - 3]);
    return exit->what->async ? ready(Py_False) : boolean(false);
  });
}

int traverse_exit(PyObject *self, visitproc visit, void *arg) {
  Py_VISIT(Py_TYPE(self));
  Py_VISIT(of(self)->owner);
  Py_VISIT(of(self)->noun);
  return 0;
}

// A block that never ends, of a stack that was dropped, says nothing of its call.
void give_back(Exit *exit) {
  py::error_scope kept;
  try {
    exit->what->settle(exit->noun, std::exchange(exit->permit, 0), PyExc_BaseException);
  } catch (...) {
    set_python_error();
    PyErr_Clear();
  }
}

void dealloc_exit(PyObject *self) {
  PyTypeObject *type = Py_TYPE(self);
  PyObject_GC_UnTrack(self);
  stop_waiting(of(self));
  if (of(self)->permit > 0) give_back(of(self));
  Py_XDECREF(of(self)->owner);
  Py_XDECREF(of(self)->noun);
  type->tp_free(self);
  Py_DECREF(type);
}

PyObject *name_of(PyObject *self, void *) { return PyUnicode_FromString(of(self)->what->name); }
PyObject *doc_of(PyObject *self, void *) { return PyUnicode_FromString(of(self)->what->doc); }

PyTypeObject *exit_type() {
  static PyMemberDef members[] = {
      {"__vectorcalloffset__", T_PYSSIZET, offsetof(Exit, vectorcall), READONLY, nullptr},
      {nullptr, 0, 0, 0, nullptr}};
  static PyGetSetDef properties[] = {{"__name__", name_of, nullptr, nullptr, nullptr},
                                     {"__doc__", doc_of, nullptr, nullptr, nullptr},
                                     {nullptr, nullptr, nullptr, nullptr, nullptr}};
  static PyType_Slot slots[] = {{Py_tp_members, members},
                                {Py_tp_getset, properties},
                                {Py_tp_call, reinterpret_cast<void *>(&PyVectorcall_Call)},
                                {Py_tp_traverse, reinterpret_cast<void *>(&traverse_exit)},
                                {Py_tp_dealloc, reinterpret_cast<void *>(&dealloc_exit)},
                                {0, nullptr}};
  static PyType_Spec spec{"outgrow._core._Exit", sizeof(Exit), 0,
                          Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_HAVE_VECTORCALL |
                              Py_TPFLAGS_DISALLOW_INSTANTIATION,
                          slots};
  static auto *type = reinterpret_cast<PyTypeObject *>(PyType_FromSpec(&spec));
  return type;
}

// ---- the member of the class, which makes one whenever it is asked for ----

struct Descriptor {
  PyObject ob_base;
  const BlockExit *what;
  PyObject *owner;
};

PyObject *make_exit(PyObject *self, PyObject *noun, PyObject *) {
  auto *descriptor = reinterpret_cast<Descriptor *>(self);
  PyTypeObject *type = exit_type();
  if (type == nullptr) return nullptr;
  auto *exit = reinterpret_cast<Exit *>(type->tp_alloc(type, 0));
  if (exit == nullptr) return nullptr;
  exit->vectorcall = call;
  exit->what = descriptor->what;
  exit->owner = Py_NewRef(descriptor->owner);
  exit->noun = Py_XNewRef(noun);
  exit->bound = noun != nullptr;
  exit->thread = PyThread_get_thread_ident();
  exit->waits = true;
  exit->older = newest;
  if (newest != nullptr) newest->newer = exit;
  newest = exit;
  return reinterpret_cast<PyObject *>(exit);
}

void dealloc_descriptor(PyObject *self) {
  PyTypeObject *type = Py_TYPE(self);
  Py_XDECREF(reinterpret_cast<Descriptor *>(self)->owner);
  type->tp_free(self);
  Py_DECREF(type);
}

PyTypeObject *descriptor_type() {
  static PyType_Slot slots[] = {{Py_tp_descr_get, reinterpret_cast<void *>(&make_exit)},
                                {Py_tp_dealloc, reinterpret_cast<void *>(&dealloc_descriptor)},
                                {0, nullptr}};
  static PyType_Spec spec{"outgrow._core._ExitOfClass", sizeof(Descriptor), 0,
                          Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION, slots};
  static auto *type = reinterpret_cast<PyTypeObject *>(PyType_FromSpec(&spec));
  return type;
}

}  // namespace

void add_block_exit(py::handle type, const BlockExit &exit) {
  PyTypeObject *kind = descriptor_type();
  auto made = owned(kind == nullptr ? nullptr : kind->tp_alloc(kind, 0));
  auto *descriptor = reinterpret_cast<Descriptor *>(made.ptr());
  descriptor->what = &exit;
  descriptor->owner = Py_NewRef(type.ptr());
  py::setattr(type, exit.name, made);
}

bool give_to_exit(PyObject *noun, int64_t permit) {
  unsigned long mine = PyThread_get_thread_ident();
  for (Exit *exit = newest; exit != nullptr; exit = exit->older) {
    if (exit->thread != mine) continue;
    if (exit->bound ? exit->noun != noun : !is_of(noun, exit->owner)) continue;
    stop_waiting(exit);
    if (!exit->bound) exit->noun = Py_NewRef(noun);
    exit->permit = permit;
    return true;
  }
  return false;
}

}  // namespace outgrow::python
