// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "breaker.h"
#include "concurrency.h"

namespace outgrow::python {

// Adds `with`, `async with`, call and what the decorator needs to the class of a noun that has
// enter_or_raise(), settle(permit, exception_type) and loose.
void bind_guard(py::module_ &module, py::class_<Breaker> type);
void bind_guard(py::module_ &module, py::class_<Concurrency> type);

}  // namespace outgrow::python
