// SPDX-License-Identifier: Apache-2.0
// Cache.get_or_load and what @cache.cached makes of a plain function: a hit is answered here, the
// rest is outgrow/_loading.py's.
#include "cache.h"
#include "class_members.h"
#include "coroutine.h"
#include "method.h"
#include "module.h"
#include "wrapper.h"

namespace outgrow::python {
namespace {

py::object python(const char *name) { return py::module_::import("outgrow._loading").attr(name); }

// The value when it is there, or the absence; else what `load` in Python makes of the Lookup,
// calling `produce` if the load is ours.
template <class Produce>
PyObject *lookup(Cache &self, PyObject *cache, PyObject *key_object, PyObject *ttl,
                 Produce produce) {
  Bytes key(key_object, "key");
  Value value;
  int64_t result =
      check(og_cache_get_or_lease(self.get(), key.data(), key.size(), value.out(), nullptr),
            "get_or_load");
  if (result == OG_OK || result == OG_STALE) return value_of(self, value).release().ptr();
  if (result == OG_ABSENT) return none();
  return python("load")(py::handle(cache), py::handle(key_object), produce(), py::handle(ttl),
                        result)
      .release()
      .ptr();
}

// key(*args, **kwargs) -> the value of that key, or function(*args, **kwargs), cached.
PyObject *call_cached(PyObject *self, PyObject *const *args, size_t count, PyObject *names) {
  auto *wrapper = reinterpret_cast<Wrapper *>(self);
  return caught([&] {
    py::object key = owned(key_of_call(*wrapper, args, count, names));
    return lookup(noun_of<Cache>(wrapper->noun), wrapper->noun, key.ptr(), wrapper->extra, [&] {
      py::object bind = python("bind");
      auto positional = static_cast<size_t>(PyVectorcall_NARGS(count));
      size_t named = names == nullptr ? 0 : static_cast<size_t>(PyTuple_GET_SIZE(names));
      py::tuple all(positional + named);
      for (size_t i = 0; i < positional + named; ++i) all[i] = py::handle(args[i]);
      return bind(py::handle(wrapper->function), all,
                  names == nullptr ? py::tuple() : py::reinterpret_borrow<py::tuple>(names));
    });
  });
}

}  // namespace

namespace cache_members {

PyObject *get_or_load(Cache &self, const Arguments<3> &given) {
  PyObject *loader = given[1], *ttl = given.given(2) ? given[2] : Py_None;
  if (is_coroutine_function(loader)) {
    return python("load_async")(py::handle(given.self), py::handle(given[0]), py::handle(loader),
                                py::handle(ttl))
        .release()
        .ptr();
  }
  if (!PyCallable_Check(loader)) {
    raise_type(std::string("loader must be callable, not ") + Py_TYPE(loader)->tp_name);
  }
  return lookup(self, given.self, given[0], ttl, [&] {
    return py::module_::import("functools")
        .attr("partial")(py::handle(loader), py::handle(given[0]));
  });
}

}  // namespace cache_members

void bind_loading(py::module_ &module) {
  module.def("_cached", [](const py::object &cache, const py::object &function,
                           const py::object &key, const py::object &ttl) {
    given_noun<Cache>(cache, "cache");
    return wrap(cache, function, call_cached, key, ttl);
  });
}

}  // namespace outgrow::python
