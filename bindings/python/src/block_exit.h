// SPDX-License-Identifier: Apache-2.0
// Whose permit a `with` block returns. `with` has no place of its own for a permit, but it asks for
// __exit__ before it calls __enter__, and calls what it was given at the end of the block: whoever
// follows the language's definition does (ExitStack, async with, in every thread and task). So each
// time that
// __exit__ is asked for it is a new object, and __enter__ puts its permit into the newest of its
// thread.
#pragma once

#include <pybind11/pybind11.h>

#include <cstdint>
#include <vector>

#include "fork.h"

namespace outgrow::python {

namespace py = pybind11;

// The permits of those who call __enter__ and __exit__ by hand, and so ask for __exit__ too late.
class LoosePermits : Forked {
 public:
  void push(int64_t permit);
  // The latest of this thread's or task's, or the only one there is; 0 when there is none.
  // RuntimeError where several are others'.
  int64_t pop(const char *noun);

  template <class Show>
  void references(Show show) const {
    for (const Loose &each : all_) show(each.context);
  }

 private:
  struct Loose {
    py::object context;  // each task and thread has its own
    unsigned long thread;
    int64_t permit;
  };
  // Their permits go unreturned; each ends by its noun's own time limit.
  void forget_other_threads() override;
  std::vector<Loose> all_;
};

// What an __exit__ or __aexit__ is of a class.
struct BlockExit {
  const char *name, *doc;
  bool async;
  void (*settle)(PyObject *noun, int64_t permit, PyObject *exception_type);
  int64_t (*pop)(PyObject *noun);  // of its loose permits
};

// Makes `exit` a member of the class. It lives as long as the process.
void add_block_exit(py::handle type, const BlockExit &exit);

// Gives the permit to the __exit__ that was asked for last; false when none was.
bool give_to_exit(PyObject *noun, int64_t permit);

}  // namespace outgrow::python
