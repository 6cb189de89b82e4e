// SPDX-License-Identifier: Apache-2.0
// What Python does around the wait of a call that usually does not wait, and so keeps the GIL.
#pragma once

namespace outgrow::python {

// Called once, by the module.
void give_up_gil_around_waits();

}  // namespace outgrow::python
