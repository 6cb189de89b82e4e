// SPDX-License-Identifier: Apache-2.0
// outgrow._core: the nouns over outgrow.h. outgrow/__init__.py makes the package of it.
#include "module.h"

#include <cstring>

#include "answers_generated.h"
#include "ending.h"
#include "errors.h"
#include "fork.h"
#include "module_generated.h"
#include "numbers.h"
#include "waiting.h"

namespace {

constexpr const char *kRefused = "outgrow is for the main interpreter, not for a sub-interpreter";

// Types, enums and error classes are kept for the life of the process, as those of one interpreter.
bool in_main_interpreter() { return PyInterpreterState_Get() == PyInterpreterState_Main(); }

}  // namespace

PYBIND11_MODULE(outgrow_core, module) {
  using namespace outgrow::python;
  if (std::strcmp(og_version(), OG_VERSION) != 0) {
    throw py::import_error(std::string("outgrow's module was built for ") + OG_VERSION +
                           " and is linked with " + og_version());
  }
  if (!in_main_interpreter())
    throw py::import_error(kRefused);  // Python 3.13 comes here by the main one
  load_errors();
  load_timedelta();
  watch_the_end();
  module.attr("VERSION") = og_version();
  module.attr("NEVER") = OG_NEVER;
  module.def("_duration_ns", [](const py::object &duration, const char *name) {
    return to_duration(duration.ptr(), name);
  });
  module.def("_is_made", [](py::handle noun) {
    auto *instance = reinterpret_cast<py::detail::instance *>(noun.ptr());
    return instance->simple_layout && instance->simple_value_holder[0] != nullptr;
  });
  module.def("_forget_other_threads", &Forked::forget_all);
  for (Answer *answer : answers::kAll) answer->add_to(module);
  give_up_gil_around_waits();
  bind_nouns(module);
  bind_argument_key(module);
  bind_acquire_all(module);
  bind_limited(module);
  bind_loading(module);
}

// Before pybind11's part of it: that waits for ever in a sub-interpreter of a Python before 3.12.
PyMODINIT_FUNC PyInit__core() {
  if (in_main_interpreter()) return PyInit_outgrow_core();
  PyErr_SetString(PyExc_ImportError, kRefused);
  return nullptr;
}
