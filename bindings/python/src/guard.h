// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "breaker.h"

namespace outgrow::python {

// Adds `with`, `async with`, call and what @breaker needs to the breaker's class.
void bind_guard(py::module_ &module, py::handle type);

}  // namespace outgrow::python
