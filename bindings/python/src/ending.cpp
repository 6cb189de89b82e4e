// SPDX-License-Identifier: Apache-2.0
#include "ending.h"

#include <unistd.h>
#include <unwind.h>

#include <atomic>

namespace outgrow::python {
namespace {

std::atomic<bool> ended{false};  // no thread state is left

[[noreturn]] void stop_here() {
  for (;;) pause();
}

}  // namespace

bool ending() {
#if PY_VERSION_HEX >= 0x030D0000
  return ended || Py_IsFinalizing() != 0;
#else
  return ended || _Py_IsFinalizing() != 0;
#endif
}

void watch_the_end() {
  ended = false;  // a program may begin again
  Py_AtExit([] { ended = true; });
}

WithoutGil::~WithoutGil() {
  if (ended) stop_here();  // its thread state is gone
  PyEval_RestoreThread(thread_);
}

}  // namespace outgrow::python

// The linker puts this before each frame of the module that has anything to do while the stack is
// unwound (--wrap). The first such frame is asked before any destructor has run.
extern "C" _Unwind_Reason_Code __real___gxx_personality_v0(int, _Unwind_Action,
                                                           _Unwind_Exception_Class,
                                                           _Unwind_Exception *, _Unwind_Context *);
extern "C" __attribute__((used)) _Unwind_Reason_Code
__wrap___gxx_personality_v0(int version, _Unwind_Action actions, _Unwind_Exception_Class kind,
                            _Unwind_Exception *exception, _Unwind_Context *context) {
  if ((actions & _UA_FORCE_UNWIND) != 0 && outgrow::python::ending()) {
    outgrow::python::stop_here();
  }
  return __real___gxx_personality_v0(version, actions, kind, exception, context);
}
