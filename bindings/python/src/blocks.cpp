// SPDX-License-Identifier: Apache-2.0
#include "blocks.h"

#include <Python.h>
#include <pythread.h>

#include <algorithm>

namespace outgrow::python {
namespace {

// Which frame runs, as a name for it: PyEval_GetFrame would make an object of it.
const void *running_frame() {
#if PY_VERSION_HEX >= 0x030D0000
  return PyThreadState_Get()->current_frame;
#elif PY_VERSION_HEX >= 0x030B0000
  return PyThreadState_Get()->cframe->current_frame;
#else
  return PyThreadState_Get()->frame;
#endif
}

}  // namespace

void Blocks::push(int64_t permit) {
  inside_.push_back({running_frame(), PyThread_get_thread_ident(), permit});
}

int64_t Blocks::pop() {
  const void *frame = running_frame();
  auto found = std::find_if(inside_.rbegin(), inside_.rend(),
                            [&](const Inside &block) { return block.frame == frame; });
  if (found == inside_.rend()) {
    unsigned long thread = PyThread_get_thread_ident();
    found = std::find_if(inside_.rbegin(), inside_.rend(),
                         [&](const Inside &block) { return block.thread == thread; });
  }
  if (found == inside_.rend()) return 0;
  int64_t permit = found->permit;
  inside_.erase(std::next(found).base());
  return permit;
}

void Blocks::forget_other_threads() {
  unsigned long mine = PyThread_get_thread_ident();
  std::erase_if(inside_, [mine](const Inside &block) { return block.thread != mine; });
}

}  // namespace outgrow::python
