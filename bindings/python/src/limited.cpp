// SPDX-License-Identifier: Apache-2.0
// What @limiter.limit makes of a plain function.
#include "class_members.h"
#include "module.h"
#include "wrapper.h"

namespace outgrow::python {
namespace {

void take(const Wrapper &wrapper, const py::object &key) {
  Bytes bytes(key.ptr(), "key");
  int64_t cost = to_natural(wrapper.extra, "cost");
  const auto &limiter = noun_of<Limiter>(wrapper.noun);
  int64_t wait =
      check(og_limiter_acquire(limiter.get(), bytes.data(), bytes.size(), cost), "limit");
  if (wait != 0) raise_limited(limiter, wait);
}

PyObject *call_limited(PyObject *self, PyObject *const *args, size_t count, PyObject *names) {
  auto *wrapper = reinterpret_cast<Wrapper *>(self);
  return caught([&] {
    take(*wrapper, owned(key_of_call(*wrapper, args, count, names)));
    return PyObject_Vectorcall(wrapper->function, args, count, names);
  });
}

}  // namespace

void bind_limited(py::module_ &module) {
  module.def("_limited", [](const py::object &limiter, const py::object &function,
                            const py::object &key, const py::object &cost) {
    given_noun<Limiter>(limiter, "limiter");
    to_natural(cost.ptr(), "cost");
    return wrap(limiter, function, call_limited, key, cost);
  });
}

}  // namespace outgrow::python
