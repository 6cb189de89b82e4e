// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "fork.h"

namespace outgrow::python {

// The permits of the `with` blocks that are running, for `with` has no place of its own for one. The
// frame that runs the block does: it is the same at both ends, and another's in every other task,
// generator and thread.
class Blocks : Forked {
 public:
  void push(int64_t permit);
  // The permit of the block that ends, or 0. ExitStack ends blocks from another frame: then the
  // thread's latest.
  int64_t pop();

 private:
  struct Inside {
    const void *frame;
    unsigned long thread;
    int64_t permit;
  };
  // Their permits go unreturned; each ends by its noun's own time limit.
  void forget_other_threads() override;
  std::vector<Inside> inside_;
};

}  // namespace outgrow::python
