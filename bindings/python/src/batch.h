// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "noun.h"

namespace outgrow::python {

// A batch taken from a cached store, until it is done.
class Batch : public Noun<Batch, og_batch, og_batch_destroy> {
 public:
  static constexpr const char *kName = "Batch";
  Batch(og_batch *handle, py::object taken_from) : Noun(handle), from(std::move(taken_from)) {}

  static constexpr bool kWaits = true;  // as the cached store's, which goes with its last holder

  py::object from;  // as long as the library's batch keeps the library's cached store

  template <class Show>
  void references(Show show) const {
    Noun::references(show);
    show(from);
  }
};

}  // namespace outgrow::python
