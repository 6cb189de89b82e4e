// SPDX-License-Identifier: Apache-2.0
#include "codec.h"

#include "errors.h"

namespace outgrow::python {

Codec::Codec(const py::object &given) : given_(given) {
  py::object pair = py::module_::import("outgrow._codecs").attr("find")(given);
  if (pair.is_none()) return;
  encode_ = pair[py::int_(0)];
  decode_ = pair[py::int_(1)];
}

}  // namespace outgrow::python
