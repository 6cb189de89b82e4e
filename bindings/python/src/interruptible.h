// SPDX-License-Identifier: Apache-2.0
// Waits in the library that a signal ends.
#pragma once

namespace outgrow::python {

// While it lives the library's waits on this thread run Python's handlers of signals, about every
// 20 ms and with the GIL. What one raises ends the wait.
class Interruptible {
 public:
  Interruptible();
  ~Interruptible();
  Interruptible(const Interruptible &) = delete;
  Interruptible &operator=(const Interruptible &) = delete;

  // Throws what a handler raised. Called with the GIL, after the library's call.
  static void check();
  // As check(), where nothing can be thrown, as in a finalizer: a KeyboardInterrupt is raised again
  // by the program's next instruction, and all else is shown as what finalizers raise is.
  static void check_later() noexcept;
  // Whether a handler has raised something that nobody has thrown yet.
  static bool raised();
};

}  // namespace outgrow::python
