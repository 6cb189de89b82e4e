// SPDX-License-Identifier: Apache-2.0
#include "waited.h"

namespace outgrow::python {

void Waiting::wake_now(const Bytes &key) {
  py::bytes name = to_bytes(key.data(), key.size());
  if (!by_key.contains(name)) return;
  py::list sleepers = by_key.attr("pop")(name);
  for (const py::handle &sleeper : sleepers) sleeper();
}

void Waiting::wake_all_now() {
  py::list all(by_key.attr("values")());
  by_key.clear();
  for (const py::handle &sleepers : all) {
    for (const py::handle &sleeper : sleepers) sleeper();
  }
}

}  // namespace outgrow::python
