// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace outgrow::python {

// What remembers threads, and so has something to forget in the child of a fork, where the forking
// thread alone goes on. Made, destroyed and told with the GIL.
class Forked {
 public:
  Forked(const Forked &) = delete;
  Forked &operator=(const Forked &) = delete;
  static void forget_all();

 protected:
  Forked();
  ~Forked();
  virtual void forget_other_threads() = 0;
};

}  // namespace outgrow::python
