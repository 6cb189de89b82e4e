// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <utility>

#include "errors.h"

namespace outgrow::python {

// What a class bound by pybind11 is made of. Python can make an instance without its __init__, as
// Cache.__new__(Cache); asked for a member of one, pybind11 takes memory from the class's operator
// new and reads it as it is. Here that is an error, whatever the member. Self has its name in
// kName.
template <class Self>
class Unmade {
 public:
  static void *operator new(std::size_t) { raise_unmade(Self::kName); }
};

// The only way to make one.
template <class N, class... Parts>
std::unique_ptr<N> fresh(Parts &&...parts) {
  return std::unique_ptr<N>(::new N(std::forward<Parts>(parts)...));
}

}  // namespace outgrow::python
