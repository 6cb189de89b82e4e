// SPDX-License-Identifier: Apache-2.0
// The end of the interpreter, which daemon threads see in the middle of a call: whoever then takes
// the GIL, or has it taken away between two instructions of a codec, never gets it back. Python
// before 3.14 ends such a thread by pthread_exit, which unwinds its stack: through destructors that
// touch Python's objects without the GIL, and into std::terminate. Here the thread stops where it
// is, as from 3.14 on.
#pragma once

#include <pybind11/pybind11.h>

namespace outgrow::python {

// Whether the interpreter has begun to end; its own thread may still run Python code.
bool ending();

// Called once, by the module.
void watch_the_end();

// While it lives the GIL is given up.
class WithoutGil {
 public:
  WithoutGil() : thread_(PyEval_SaveThread()) {}
  ~WithoutGil();
  WithoutGil(const WithoutGil &) = delete;
  WithoutGil &operator=(const WithoutGil &) = delete;

 private:
  PyThreadState *thread_;
};

}  // namespace outgrow::python
